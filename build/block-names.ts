import { normalHost } from '../federation/inbox/blocks.ts';

/** What a line of a list of blocks names. */
export type BlockName =
  | { readonly kind: 'account' | 'host'; readonly name: string }
  /** A host is blocked with all its ports, so this says more than can be done; `name` is what it is without the port. */
  | { readonly kind: 'port'; readonly name: string }
  | { readonly kind: 'obfuscated' }
  | { readonly kind: 'unreadable' };

/** The one that HTTPS has anyway, and that is no port of its own. */
const HTTPS_PORT = 443;

/** Letters, digits, hyphens and dots, and the underscores that some names have; no port, no IPv6. */
const HOST = /^[\p{L}\p{M}\p{N}_-]+(?:[.。．｡][\p{L}\p{M}\p{N}_-]+)+[.。．｡]?$/u;

const USER = /^[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_-])?$/u;

/** Longest host name that there can be (RFC 1035 §2.3.4). */
const LONGEST_HOST = 253;

/**
 * Reads what somebody is named by: `@user@host`, `user@host`, `acct:user@host`, the address of an actor or of its profile
 * page, a domain, or the address of a server. Hosts come out in lower case and ASCII, without a dot at the end. A name with
 * an asterisk in it was made unreadable on purpose, by a server that publishes its blocks. Hosts are compared without their
 * port, so a port is told, and never dropped in silence; the address of an actor keeps its own.
 */
export function readBlockName(text: string): BlockName {
  const name = text.trim().replace(/^acct:/i, '');
  if (/^https?:\/\//i.test(name)) return readAddress(name);
  const bare = name.replace(/^@/, '').replace(/^\*\./, '');
  if (bare.includes('*')) return { kind: 'obfuscated' };
  const at = bare.indexOf('@');
  if (at === -1) return name.startsWith('@') ? { kind: 'unreadable' } : asHost(bare);
  return asAccount(bare.slice(0, at), bare.slice(at + 1));
}

/** Mastodon, Misskey and others have the page of a profile at `/@user`; anything else is taken for an actor's id. */
function readAddress(text: string): BlockName {
  if (!URL.canParse(text)) return text.includes('*') ? { kind: 'obfuscated' } : { kind: 'unreadable' };
  const url = new URL(text);
  const typed = /^https?:\/\/(?:[^/?#]*@)?([^/?#:]*)/i.exec(text)?.[1] ?? '';
  const host = asHost(typed);
  if (host.kind !== 'host' || url.username !== '') return host.kind === 'obfuscated' ? host : { kind: 'unreadable' };
  // What the scheme has anyway is '' here.
  const server = url.port === '' ? typed : `${typed}:${url.port}`;
  if (url.pathname === '/' && url.search === '') return asHost(server);
  const page = /^\/@([^/@]+)(?:@([^/@]+))?\/?$/.exec(decode(url.pathname));
  if (page?.[1] !== undefined && url.search === '') return asAccount(page[1], page[2] ?? server);
  url.hash = '';
  return { kind: 'account', name: url.href };
}

function asAccount(user: string, host: string): BlockName {
  const server = asHost(host);
  if (server.kind !== 'host' && server.kind !== 'port') return server;
  if (!USER.test(user) || user.length > 200) return { kind: 'unreadable' };
  return { kind: server.kind === 'port' ? 'port' : 'account', name: `${user.toLowerCase()}@${server.name}` };
}

function asHost(text: string): BlockName {
  const port = /:(\d{1,5})$/.exec(text)?.[1];
  const typed = port === undefined ? text : text.slice(0, -port.length - 1);
  if (typed.includes('*')) return { kind: 'obfuscated' };
  const name = HOST.test(typed) ? normalHost(typed) : undefined;
  if (name === undefined || name.length > LONGEST_HOST || !name.includes('.')) return { kind: 'unreadable' };
  // A URL makes an address of numbers: `12.34` would be 12.0.0.34 (WHATWG URL §3.5).
  const isAddress = /^\d+(?:\.\d+){3}$/.test(name);
  if (isAddress && name !== typed) return { kind: 'unreadable' };
  return { kind: port === undefined || Number(port) === HTTPS_PORT ? 'host' : 'port', name };
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
