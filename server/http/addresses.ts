import { lookup as dnsLookup } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { lookupError } from './own-faults.ts';

/** Where outbound requests may go. `allowPrivate` is for development: plain http, any port, and loopback as well. */
export interface GuardOptions {
  readonly allowPrivate: boolean;
}

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** Gives every address of a name. */
export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>;

export type GuardedUrl =
  | { readonly kind: 'allowed'; readonly url: URL }
  | { readonly kind: 'blocked'; readonly reason: string };

/** The error that ends a connection which the guard refused; `code` survives node-fetch and node:http. */
export class BlockedAddressError extends Error {
  static readonly code = 'POSTERN_BLOCKED';
  readonly code = BlockedAddressError.code;
}

/** Says whether a connection failed because the guard refused it; `node-fetch` wraps the error and keeps its code. */
export function isBlockedAddress(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === BlockedAddressError.code;
}

/**
 * IPv4 that leads to no public server: the special-purpose registry of IANA (RFC 6890), with what is multicast, reserved, or
 * for a purpose of its own there.
 */
const SPECIAL_4 = blockList('ipv4', [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.31.196.0/24', '192.52.193.0/24', '192.88.99.0/24', '192.175.48.0/24'],
  ...['198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
]);

const LOOPBACK_4 = blockList('ipv4', ['127.0.0.0/8']);

/** Global unicast; everything else of IPv6 is reserved, special or not yet assigned (RFC 4291 §2.4, IANA registry). */
const GLOBAL_6 = blockList('ipv6', ['2000::/3']);

/** Of global unicast: protocols, among them Teredo and ORCHID; documentation; 6to4; AS 112. */
const SPECIAL_6 = blockList('ipv6', ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20']);

const MAPPED = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/;

/** Longer than any id in use; what the stores and peers are asked to keep is bounded. */
const MAX_URL_LENGTH = 2048;

/** Names that never lead to another server (RFC 6761, 6762, 8375, ICANN's .internal). */
const LOCAL_SUFFIXES = ['localhost', 'localdomain', 'local', 'internal', 'lan', 'home.arpa', 'onion'];

/**
 * Says whether a connection to this address may be made. Addresses that carry an IPv4 address (NAT64, 6to4, Teredo …) are
 * refused as such, but for v4-mapped ones, which are judged by the address they carry.
 */
export function isAllowedAddress(address: string, { allowPrivate }: GuardOptions): boolean {
  // `isIP` first: the URL parser also reads octal and short forms, which a resolver never gives.
  const bare = plainAddress(address.split('%')[0] ?? '');
  if (bare === undefined) return false;
  if (isLoopback(bare)) return allowPrivate;
  if (isIP(bare) === 4) return !SPECIAL_4.check(bare, 'ipv4');
  return GLOBAL_6.check(bare, 'ipv6') && !SPECIAL_6.check(bare, 'ipv6');
}

/** In one spelling, and a v4-mapped one as the IPv4 address that it carries; undefined for what is no address. */
function plainAddress(address: string): string | undefined {
  if (isIP(address) !== 6) return isIP(address) === 4 ? address : undefined;
  const hex = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [, high, low] = MAPPED.exec(hex) ?? [];
  if (high === undefined || low === undefined) return hex;
  const bytes = [high, low].map((part) => Number.parseInt(part, 16)).flatMap((part) => [part >> 8, part & 255]);
  return bytes.join('.');
}

function blockList(family: 'ipv4' | 'ipv6', subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = '', prefix] = subnet.split('/');
    list.addSubnet(network, Number(prefix), family);
  }
  return list;
}

/**
 * Checks a URL before anything is resolved: https on port 443, a public name, no user. The URL parser has already
 * turned every spelling of an IPv4 address (decimal, octal, hex) into one. Gives the URL without trailing dot.
 */
export function guardUrl(url: string, options: GuardOptions): GuardedUrl {
  // The parser would drop or turn these silently; no id contains them.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (url.length > MAX_URL_LENGTH || /[\u0000-\u0020\u007f\\]/.test(url)) return blocked('malformed-url');
  const parsed = parseUrl(url);
  if (parsed === undefined) return blocked('malformed-url');
  if (parsed.protocol !== 'https:' && !(options.allowPrivate && parsed.protocol === 'http:')) return blocked('scheme');
  if (parsed.username !== '' || parsed.password !== '') return blocked('userinfo');
  if (parsed.port !== '' && !options.allowPrivate) return blocked('port');
  const host = parsed.hostname.replace(/\.$/, '');
  const reason = refuseHost(host, options);
  if (reason !== undefined) return blocked(reason);
  if (host !== parsed.hostname) parsed.hostname = host;
  return { kind: 'allowed', url: parsed };
}

/** Once: to ask whether it can be parsed costs as much as parsing it. */
function parseUrl(url: string): URL | undefined {
  try {
    return new URL(url);
  } catch {
    return undefined;
  }
}

function refuseHost(host: string, options: GuardOptions): string | undefined {
  const literal = host.startsWith('[') ? host.slice(1, -1) : host;
  // Of a parsed URL none ends otherwise; what tells addresses from names for certain costs more than the rest together.
  if (/[\d\]]$/.test(host) && isIP(literal) !== 0) {
    // A peer's id never has a literal; in development only loopback may be named so.
    return options.allowPrivate && isLoopback(literal) ? undefined : 'ip-literal';
  }
  if (options.allowPrivate && (host === 'localhost' || host.endsWith('.localhost'))) return undefined;
  const labels = host.split('.');
  if (labels.length < 2 || labels.includes('')) return 'local-name';
  return LOCAL_SUFFIXES.some((suffix) => host.endsWith(`.${suffix}`)) ? 'local-name' : undefined;
}

function isLoopback(literal: string): boolean {
  const address = plainAddress(literal) ?? '';
  return address === '::1' || (isIP(address) === 4 && LOOPBACK_4.check(address, 'ipv4'));
}

function blocked(reason: string): GuardedUrl {
  return { kind: 'blocked', reason };
}

const systemResolve: Resolve = (hostname) =>
  dnsLookup(hostname, { all: true }).catch(async (error: unknown) => {
    throw await lookupError(error);
  });

/**
 * Makes the `lookup` of a socket: every answer is checked, and the socket connects to one of the checked ones, so that
 * a name cannot change its address between check and use. One forbidden answer refuses the name.
 */
export function guardedLookup(options: GuardOptions & { readonly resolve?: Resolve }): LookupFunction {
  const resolve = options.resolve ?? systemResolve;
  return (hostname, lookupOptions, callback) => {
    resolve(hostname).then(
      (answers) => {
        const forbidden = answers.find(({ address }) => !isAllowedAddress(address, options));
        if (forbidden) return callback(new BlockedAddressError(`${hostname} leads to ${forbidden.address}`), '', 0);
        const family = Number(String(lookupOptions.family ?? 0).replace('IPv', ''));
        const usable = answers.filter((answer) => family === 0 || answer.family === family);
        const [first] = usable;
        if (!first)
          return callback(Object.assign(new Error(`${hostname} has no address`), { code: 'ENOTFOUND' }), '', 0);
        if (lookupOptions.all) return callback(null, [...usable]);
        return callback(null, first.address, first.family);
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), '', 0),
    );
  };
}
