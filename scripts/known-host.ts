import { nearestName } from '../build/front-matter-keys.ts';
import { PosternError } from '../server/errors.ts';
import type { HostQueue } from '../server/store/delivery-store.ts';
import { printable, quoted } from './printable.ts';

/** As many hosts as one line shows. */
const MOST_NAMED = 5;

/** More slips of the pen than this are another name. */
const MOST_EDITS = 3;

/**
 * Reads the name of a server as `npm run deliveries` prints it; an inbox or page may be pasted. Throws `not-a-host` for
 * what a URL would make another host of: `5402` alone is read as the address 0.0.21.26 there (WHATWG URL §3.5).
 */
export function readHost(value: string, queues: readonly HostQueue[]): string {
  const text = value.trim();
  const address = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const typed = /^https?:\/\/([^/?#]*)/i.exec(address)?.[1] ?? '';
  const isNumber = url !== undefined && /^\d+(?:\.\d+){3}$/.test(url.hostname);
  if (url && (!isNumber || typed.split(':', 1)[0] === url.hostname)) return url.host;
  const [nearest] = nearestHosts(text, queues);
  const like = nearest ?? 'social.example or social.example:8443';
  throw new PosternError('not-a-host', `${quoted(text)} is not the name of a server.`, {
    hint: `Write it as npm run deliveries prints it, such as ${printable(like)}.`,
    facts: { value },
  });
}

/** The hosts for which something can be tried again and which `name` may mean; all of them when it is like none. */
export function nearestHosts(name: string, queues: readonly HostQueue[]): string[] {
  const hosts = queues.filter(({ pending, failed }) => pending + failed > 0).map(({ host }) => host);
  const alike = hosts.filter((host) => name !== '' && (host.includes(name) || name.includes(host)));
  const nearest = nearestName(name, hosts);
  if (alike.length === 0 && nearest && nearest.edits <= MOST_EDITS) return [nearest.name];
  return (alike.length > 0 ? alike : hosts).slice(0, MOST_NAMED);
}
