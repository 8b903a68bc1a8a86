import { isJsonObject, type JsonObject } from '../../federation/vocabulary.ts';
import type { Answer, NoAnswer } from './ask.ts';

const MOST_QUOTED = 160;

/** What was asked and what came, for people: `https://… → 301 to https://…`, `→ 200 text/html`, `→ no answer (ENOTFOUND)`. */
export function shown(answer: Answer | NoAnswer): string {
  return `${answer.url} → ${came(answer)}`;
}

/** What came, without the address. */
export function came(answer: Answer | NoAnswer): string {
  if (answer.kind === 'none') return `no answer: ${answer.reason}`;
  const { status, headers } = answer;
  if (isRedirect(answer)) return `${status}, to ${headers.location ?? 'nowhere'}`;
  return `${status} ${headers['content-type'] ?? 'without Content-Type'}`;
}

export function isRedirect({ status }: Answer): boolean {
  return status >= 300 && status < 400 && status !== 304;
}

/** Where a redirect leads, as an absolute address. */
export function targetOf({ url, headers }: Answer): string | undefined {
  const { location } = headers;
  return location !== undefined && URL.canParse(location, url) ? new URL(location, url).href : undefined;
}

/** The body as a JSON object, or why it is none. */
export function jsonOf(answer: Answer): { readonly json: JsonObject } | { readonly fault: string } {
  if (answer.end === 'too-large') return { fault: 'is larger than 1 MiB, beyond which Mastodon reads nothing' };
  if (answer.end === 'cut') return { fault: 'breaks off: the connection ended before the body did' };
  const text = answer.body.toString();
  if (text.startsWith('\ufeff')) return { fault: 'begins with a byte order mark, which is no JSON' };
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? { json: value } : { fault: 'is JSON, but no object' };
  } catch {
    return { fault: `is no JSON; it ends with ${JSON.stringify(text.slice(-20))}` };
  }
}

/** What an answer says is wrong, when it is one of ours: `{"error": "…"}`. */
export function errorOf(answer: Answer): string {
  const read = jsonOf(answer);
  const said = 'json' in read ? read.json.error : undefined;
  return typeof said === 'string' ? said.slice(0, MOST_QUOTED) : '';
}

/** What to do about a status that nobody wants. `absent`: where there should be something. */
export function mendStatus(
  status: number,
  absent = 'Put a complete build live: the folder ap/ of the built site, and the functions behind it.',
): string {
  if (status === 404) return absent;
  if (status === 410) return 'The account was deleted from the network; that is for good.';
  if (status === 401 || status === 403) {
    return 'Take the password or the firewall ("bot protection") away, at least for /ap/ and /.well-known/.';
  }
  if (status === 429) return 'Loosen the rate limit for /ap/: many servers ask at once when a post appears.';
  return 'Look into the log of the host: the function or the server behind this address fails.';
}
