import { z } from 'zod';

/** Letters, digits, hyphens and dots, and the underscores that some names have; a port for servers in development. */
const HOST = /^[\p{L}\p{M}\p{N}_-]+(?:[.。．｡][\p{L}\p{M}\p{N}_-]+)*(?::\d{1,5})?$/u;

const USER = /^[\p{L}\p{N}_](?:[\p{L}\p{M}\p{N}_.-]*[\p{L}\p{M}\p{N}_-])?$/u;

/** Longest host name that there can be (RFC 1035 §2.3.4). */
const LONGEST_HOST = 253;
const LONGEST_USER = 200;

/** A name of somebody, in the one spelling in which names are compared. */
export interface Handle {
  /** As it was written. */
  readonly user: string;
  /** In lower case and ASCII, with the port when it has one. */
  readonly host: string;
  /** `@user@host`, all in lower case. */
  readonly handle: string;
}

/** Reads `@user@host`, `user@host` or `acct:user@host`; undefined for anything else. */
export function readHandle(text: string): Handle | undefined {
  const [user = '', typed = '', ...more] = text
    .trim()
    .replace(/^acct:/i, '')
    .replace(/^@/, '')
    .split('@');
  const host = more.length === 0 ? readHost(typed) : undefined;
  if (host === undefined || !USER.test(user) || user.length > LONGEST_USER) return undefined;
  return { user, host, handle: `@${user.toLowerCase()}@${host}` };
}

function readHost(typed: string): string | undefined {
  const name = typed.replace(/:\d+$/, '');
  if (!HOST.test(typed) || !(/[.。．｡]/.test(name) || name.toLowerCase() === 'localhost')) return undefined;
  if (!URL.canParse(`https://${typed}`)) return undefined;
  const { host, hostname } = new URL(`https://${typed}`);
  // A URL makes an address of numbers: `12.34` would be 12.0.0.34 (WHATWG URL §3.5).
  const isAddress = /^\d+(?:\.\d+){3}$/.test(hostname);
  return (isAddress && hostname !== name) || hostname.length > LONGEST_HOST ? undefined : host;
}

/** A handle that a file of ours holds already read. */
export const handleSchema = z
  .string()
  .refine((text) => readHandle(text)?.handle === text, 'must be @user@host in lower case');
