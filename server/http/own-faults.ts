import { open } from 'node:fs/promises';
import { devNull } from 'node:os';

/** No descriptor, port or memory left for a socket, or no network: nothing was sent, whoever the peer is. */
const OWN = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOMEM', 'ENOBUFS', 'ENETDOWN']);

/**
 * No route, or no answer of the resolver: a peer's own fault (an address or a name server that is not reached), but also what
 * every peer meets when this machine is offline.
 */
const OFFLINE = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'EAI_AGAIN']);

/** Somebody was there. */
const REACHED = new Set(['ECONNREFUSED', 'ECONNRESET']);

/** A peer that was heard from so long ago, in milliseconds, says that this machine is online. */
const ONLINE_MS = 60_000;

/** Tells failures of our own machine from those of peers. */
export interface OwnFaults {
  /** A peer has answered. */
  heard(): void;
  /** A refusal or a reset is noted as heard, too. */
  isOwn(error: Error): boolean;
}

/** `clock` gives milliseconds that only go forward. */
export function createOwnFaults(clock: () => number): OwnFaults {
  let heardAt = Number.NEGATIVE_INFINITY;
  return {
    heard: () => {
      heardAt = clock();
    },
    isOwn: (error) => {
      if (isSystemFault(error)) return true;
      const codes = codesOf(error);
      if (codes.some((code) => REACHED.has(code))) heardAt = clock();
      if (codes.some((code) => OWN.has(code))) return true;
      return codes.length > 0 && codes.every((code) => OFFLINE.has(code)) && clock() - heardAt > ONLINE_MS;
    },
  };
}

/** Whether a look-up failed at something else than a name: `EAI_SYSTEM` of getaddrinfo(3), given by the system's own code. */
function isSystemFault(error: Error): boolean {
  const { syscall, code }: NodeJS.ErrnoException = error;
  return syscall === 'getaddrinfo' && code !== undefined && code !== 'ENOTFOUND' && !code.startsWith('EAI_');
}

/** Of the error, or of each address that was tried in vain (`AggregateError`). */
function codesOf(error: Error): string[] {
  const each: unknown[] = error instanceof AggregateError ? error.errors : [error];
  return each.flatMap((one) =>
    one instanceof Error && 'code' in one && typeof one.code === 'string' ? [one.code] : [],
  );
}

/**
 * Gives the error of a name that was not found, or EMFILE in its place: without a descriptor the system's resolver reads no
 * configuration and asks nobody, and says that there is no such name.
 */
export async function lookupError(error: unknown): Promise<unknown> {
  try {
    await (await open(devNull)).close();
    return error;
  } catch (ours) {
    return ours;
  }
}
