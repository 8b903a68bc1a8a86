import { holdAmounts, holdShrunk } from './amount-holds.ts';
import type { Changes } from './changes.ts';
import { holdPolls, holdRequests, holdUnresolved } from './deed-holds.ts';
import type { Ledger } from './ledger.ts';
import type { Limits } from './manifest.ts';
import type { Hold, HoldCode } from './plan.ts';
import { holdBackdated, holdPostponed, holdRenames, holdTombstones, holdVisibility } from './post-holds.ts';
import { holdTaken } from './taken-ids.ts';

/** The holds that the owner releases with `--confirm <code>`. The others are mended in the files, or not at all. */
export const RELEASABLE: readonly HoldCode[] = [
  'older-build',
  'identity-changed',
  'rename-without-id',
  'shrunk',
  'many-deletes',
  'many-updates',
  'many-creates',
  'backdated',
  'postponed',
  'visibility-changed',
  'unresolved',
  'account-move',
];

/** What a hold looks at besides the changes. */
export interface HoldContext {
  readonly ledger: Ledger;
  readonly limits: Limits;
  /** Codes of holds, and ids. */
  readonly confirm: ReadonlySet<string>;
  /** What is dated before this, in milliseconds since the epoch, is no news. */
  readonly freshFrom: number;
}

/** What is held of some changes, and the changes that are left. */
export interface Held {
  readonly holds: readonly Hold[];
  readonly changes: Changes;
}

/**
 * Holds what is not sent unasked, and gives what is left (invariants 3 and 5).
 *
 * An object is in one hold at most. The first that fits has it: its id was deleted; its date moved ahead; its id is
 * another file's now; it looks like a rename; half of the blog or more is missing; it names what nobody could resolve; its
 * poll changed; its date is past; its visibility changed; there are too many of its kind. A request to quote is held with
 * its post. So what is held for a reason of its own does not count to an amount, and advice
 * that saves a post comes before advice that gives it up. An id in `confirm` releases that object from every hold but `tombstoned-id`, and no other one.
 */
export function holdChanges(changes: Changes, context: HoldContext): Held {
  const stages = [
    holdTombstones,
    holdPostponed,
    holdTaken,
    holdRenames,
    holdShrunk,
    holdUnresolved,
    holdPolls,
    holdBackdated,
    holdVisibility,
    holdAmounts,
  ];
  let left = changes;
  const holds: Hold[] = [];
  for (const stage of stages) {
    const held = stage(left, context);
    holds.push(...held.holds);
    left = held.changes;
  }
  return holdRequests(left, holds);
}
