import { checkOrigin } from '../build/settings.ts';
import type { Ledger } from '../federation/ledger.ts';
import { parseLedgerDocument } from '../federation/ledger-document.ts';
import { PosternError } from '../server/errors.ts';
import { bodyWithin, errorText } from '../server/http/bodies.ts';
import { namedOrigin } from './named-origin.ts';
import { oneLine } from './printable.ts';

/** An object takes about 600 bytes of the document, so this is for a hundred thousand posts. */
const MAX_BYTES = 64 * 1024 * 1024;
const DEADLINE_MS = 20_000;

/** Checks the origin of a server that the owner names. Plain http too: one on this machine may be asked directly. */
export function readOrigin(value: string, option: string): string {
  const checked = checkOrigin(namedOrigin(value), true);
  if (checked.ok) return checked.origin;
  throw new PosternError('not-an-origin', `${option}: ${checked.message}.`, {
    hint: 'Write the origin of a server, such as https://blog.example; --against also takes live, the origin in content/profile.md.',
    facts: { value },
  });
}

export interface LiveLedgerOptions {
  readonly deadlineMs?: number;
  readonly maxBytes?: number;
  /** Wanted as well when the account there is gone; otherwise that is a fault. */
  readonly goneToo?: boolean;
}

/**
 * Gets the ledger that a running server or live site shows at `<origin>/ap/ledger`; undefined when it says that it has
 * none yet. The address is the owner's, so it may be a private one; a redirect is not followed. Throws
 * `ledger-unavailable` and `ledger-unreadable`.
 */
export async function readLiveLedger(origin: string, options: LiveLedgerOptions = {}): Promise<Ledger | undefined> {
  const { deadlineMs = DEADLINE_MS, maxBytes = MAX_BYTES, goneToo = false } = options;
  const url = `${origin}/ap/ledger`;
  const signal = AbortSignal.timeout(deadlineMs);
  const { status, location, bytes } = await get(url, { signal, maxBytes }).catch((cause: unknown) => {
    const why = signal.aborted ? `no answer within ${deadlineMs / 1000} s` : reasonOf(cause);
    throw unavailable(url, why, 'Check the address, and that the server runs.', cause);
  });
  if (status === 404) return undefined;
  if (status >= 300 && status < 400) {
    const to = location ?? 'nowhere';
    throw unavailable(url, `it redirects to ${oneLine(to)}`, 'Name the origin that answers itself.');
  }
  if (status === 410 && !goneToo)
    throw unavailable(url, 'it answers 410', 'The account there is deleted; nothing is sent any more.');
  if (status !== 200 && status !== 410)
    throw unavailable(url, `it answers ${status}`, 'Look into the log of that server.');
  if (bytes === undefined) throw unavailable(url, `it is larger than ${maxBytes} bytes`, 'Check the address.');
  return parse(url, bytes);
}

async function get(
  url: string,
  { signal, maxBytes }: { signal: AbortSignal; maxBytes: number },
): Promise<{ status: number; location: string | null; bytes: Buffer | undefined }> {
  const response = await fetch(url, { signal, redirect: 'manual', headers: { accept: 'application/json' } });
  const { status } = response;
  const location = response.headers.get('location');
  if (status === 200 || status === 410) return { status, location, bytes: await bodyWithin(response.body, maxBytes) };
  await response.body?.cancel();
  return { status, location, bytes: undefined };
}

function parse(url: string, bytes: Buffer): Ledger {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw unreadable(url, 'what it answers is no JSON', 'Check that a Postern answers at that address.');
  }
  const read = parseLedgerDocument(value);
  if ('fault' in read)
    throw unreadable(url, oneLine(read.fault), 'Update Postern here or there, so that both are of one version.');
  return read.ledger;
}

/** `fetch` says only that it failed; why is in the cause. */
function reasonOf(error: unknown): string {
  return errorText(error instanceof Error && error.cause !== undefined ? error.cause : error);
}

function unavailable(url: string, why: string, hint: string, cause?: unknown): PosternError {
  return new PosternError('ledger-unavailable', `The ledger at ${url} cannot be had: ${why}.`, {
    hint,
    facts: { url },
    ...(cause === undefined ? {} : { cause }),
  });
}

function unreadable(url: string, why: string, hint: string): PosternError {
  return new PosternError('ledger-unreadable', `The ledger at ${url} cannot be read: ${why}.`, {
    hint,
    facts: { url },
  });
}
