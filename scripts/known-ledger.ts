import pc from 'picocolors';
import type { Settings } from '../build/settings.ts';
import type { Ledger } from '../federation/ledger.ts';
import { PosternError } from '../server/errors.ts';
import { readLiveLedger, readOrigin } from './live-ledger.ts';
import { ownOrigin } from './own-origin.ts';
import { isOtherSide } from './plan-against.ts';

export interface KnownLedgerOptions {
  /** The origin of a server, or `live` for the blog's own. */
  readonly ledger?: string;
  /** A server that cannot be asked is no reason not to build. */
  readonly lenient?: boolean;
}

/** Gets the ledger by which a build names what the network knows; undefined when none is wanted, or there is none yet. */
export async function readKnownLedger(
  settings: Settings,
  { ledger, lenient = false }: KnownLedgerOptions,
): Promise<Ledger | undefined> {
  if (ledger === undefined) return undefined;
  try {
    const own = ownOrigin(settings);
    const known = await readLiveLedger(
      ledger === 'live' ? assertNotLocal(own, settings) : readOrigin(ledger, '--ledger'),
      { goneToo: true },
    );
    // Ids and addresses of another origin are none of this build.
    return known?.origin === own ? known : undefined;
  } catch (error) {
    if (!lenient || !isOtherSide(error)) throw error;
    console.error(`${pc.yellow('note')}  Built without the ledger: ${error.message} ${error.hint}`);
    return undefined;
  }
}

function assertNotLocal(origin: string, settings: Settings): string {
  if (origin !== settings.origin.fallback) return origin;
  throw new PosternError('no-origin', 'The blog has no origin yet, so nothing of it is live.', {
    hint: 'Set `origin` in content/profile.md.',
  });
}
