import type { PreparedPlan } from '../server/publish.ts';
import { findUnsent, type UnsentPost, type UnsentReason } from '../server/unsent.ts';
import type { Told } from './print-receipts.ts';
import { shownTime } from './times.ts';

/** A post of the live build that the network was not told of. */
export interface Unsent extends Told {
  readonly unsent: Reason;
}

interface Reason {
  /** For people: `it waits for its date, until 10:10`. */
  readonly why: string;
  /** When it goes out by itself. RFC 3339 UTC. */
  readonly until?: string;
}

/** Gives the posts of a plan that the ledger does not know, each with what it waits for. */
export function unsentPosts(prepared: Omit<PreparedPlan, 'audience' | 'build'>): Unsent[] {
  return findUnsent(prepared).map((post) => unsentOf(post, prepared.options.now));
}

/** The same for people, who read times of their own day; `at` is the origin of a blog that runs elsewhere. */
export function unsentOf({ reason, ...post }: UnsentPost, now: number, at?: string): Unsent {
  const until = 'until' in reason ? { until: reason.until } : {};
  return { ...post, unsent: { why: whyOf(reason, now, at), ...until } };
}

function whyOf(reason: UnsentReason, now: number, at: string | undefined): string {
  const time = (text: string): string => shownTime(Date.parse(text), now);
  const publish = at === undefined ? 'npm run publish' : `npm run publish -- --at ${at}`;
  const plan = at === undefined ? 'npm run plan' : `npm run plan -- --against ${at}`;
  switch (reason.kind) {
    case 'date': {
      const once = reason.published ? '' : `, if ${publish} comes first`;
      return `it waits for its date, until ${time(reason.until)}${once}`;
    }
    case 'held':
      return `it is held (${reason.code}); ${plan} tells what releases it`;
    case 'publish':
      return `${publish} sends it`;
    case 'due':
      return 'it is due now';
    case 'delay':
      return `it waits until ${time(reason.until)} (sendAfter in the profile)`;
    default:
      return reason satisfies never;
  }
}
