import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeedId } from '../federation/deeds.ts';
import type { Ledger } from '../federation/ledger.ts';
import { openSite } from '../server/site.ts';

/**
 * Writes where pages moved to into `_redirects`, for hosts of files that read it (Netlify, Cloudflare Pages); after what the
 * file has already. The Node host knows it from its ledger.
 */
export async function writeRedirects(output: string, ledger: Ledger): Promise<void> {
  const { objects } = await openSite(output).manifest();
  const urls = new Map(objects.map(({ id, url }) => [id, url]));
  addRedirects(output, redirectLines(ledger, urls));
}

/** Adds lines to the `_redirects` of a built site, after what it has already. */
export function addRedirects(output: string, lines: readonly string[]): void {
  if (lines.length === 0) return;
  const file = join(output, '_redirects');
  const before = existsSync(file) ? `${readFileSync(file, 'utf8').trimEnd()}\n` : '';
  writeFileSync(file, `${before}${lines.join('\n')}\n`);
}

/**
 * Gives a line for each address that a page had before: `/old/ /new/ 301`. `urls` has the pages of the build by the ids of
 * their objects. An address that another page has now, or that an older post would take from a newer, is left out.
 */
export function redirectLines(ledger: Ledger, urls: ReadonlyMap<string, string>): string[] {
  const taken = new Set([...urls.values()].map(pathOf));
  const lines: string[] = [];
  for (const { id, url, formerUrls = [] } of ledger.objects.values()) {
    const to = urls.get(id);
    if (to === undefined || isDeedId(id) || !isPlain(pathOf(to))) continue;
    for (const former of [url, ...formerUrls]) {
      const path = pathOf(former);
      if (taken.has(path) || !isPlain(path)) continue;
      taken.add(path);
      lines.push(`${path} ${pathOf(to)} 301`);
    }
  }
  return lines;
}

function pathOf(url: string): string {
  return new URL(url).pathname;
}

/**
 * A page of this site and nothing else: no pattern, no address of another host, which a path that begins with two slashes is,
 * and nothing that is answered to machines.
 */
function isPlain(path: string): boolean {
  if (/[*\s]|\/:/.test(path)) return false;
  const read = decoded(path);
  return read !== undefined && !/\/\/|\\/.test(read) && !OF_MACHINES.test(read);
}

const OF_MACHINES = /^\/(?:ap|\.well-known|\.netlify)(?:\/|$)/i;

/** As a server may read it; undefined when it could not. */
function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
