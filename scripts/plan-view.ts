import { addressesOf } from '../federation/addresses.ts';
import type { Audience } from '../federation/audience.ts';
import { confirmCommand, releaseAt } from '../federation/hold-text.ts';
import { RELEASABLE } from '../federation/holds.ts';
import type { Ledger } from '../federation/ledger.ts';
import type { Manifest } from '../federation/manifest.ts';
import type { Hold, Plan, PlanOptions } from '../federation/plan.ts';
import { type PlanCounts, type PlanReport, planCounts, type ShownPlan } from '../server/shown-plan.ts';
import type { Store } from '../server/store/store.ts';
import { count } from './command.ts';
import { printable } from './printable.ts';

/** A plan with all that is said around it, for people and for machines. */
export interface PlanView {
  readonly plan: ShownPlan;
  /** How much of each there is, where the lists of the plan do not have all. */
  readonly counts?: PlanCounts;
  /** How many objects a hold has, where its list does not have all. */
  readonly heldIn?: (hold: Hold) => number | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Title and file of an object that a hold names. */
  readonly nameOf: (id: string) => { readonly title: string; readonly source: string };
  /** Absent when the plan was made from afar: only the blog's own store knows its followers. */
  readonly audience?: Pick<Audience, 'followers' | 'servers'>;
  /** What an earlier publish still has in the queue. */
  readonly queue?: { readonly pending: number; readonly nextDue?: number };
  /** Of which blog elsewhere this is the plan; absent of the one in this folder. */
  readonly against?: string;
  /** The profile's `sendAfter` is not waited for. */
  readonly sendNow?: boolean;
}

export interface PlannedFrom {
  readonly plan: Plan;
  readonly manifest: Manifest;
  readonly ledger: Ledger | undefined;
  readonly options: PlanOptions;
}

/** Puts together what is shown of a plan. */
export function viewOf(from: PlannedFrom, more: Omit<PlanView, 'plan' | 'now' | 'nameOf'> = {}): PlanView {
  const { plan, manifest, ledger, options } = from;
  const entries = new Map([...(options.scheduled ?? []), ...manifest.objects].map((entry) => [entry.id, entry]));
  const nameOf = (id: string) => {
    if (id === manifest.actor.id) return { title: 'the blog itself', source: 'profile.md' };
    const found = entries.get(id) ?? ledger?.objects.get(id);
    return { title: found?.title ?? '', source: found?.source ?? '' };
  };
  return { plan, now: options.now, nameOf, ...more };
}

/** The view of a plan that was made where the blog runs, at an origin. */
export function viewOfReport({ plan, counts, held, names, audience, now }: PlanReport, against: string): PlanView {
  const heldIn = new Map(plan.holds.map((hold, at) => [hold, held[at]]));
  const nameOf = (id: string) => {
    if (Object.hasOwn(names, id)) return names[id] ?? NAMELESS;
    return id === addressesOf(plan.origin).actor ? { title: 'the blog itself', source: 'profile.md' } : NAMELESS;
  };
  return { plan, counts, heldIn: (hold) => heldIn.get(hold), nameOf, audience, now, against };
}

const NAMELESS = { title: '', source: '' };

/** What waits in the queue of a store. */
export async function queueOf({ deliveries }: Pick<Store, 'deliveries'>): Promise<NonNullable<PlanView['queue']>> {
  const { pending } = await deliveries.counts();
  const nextDue = pending > 0 ? await deliveries.nextDue() : undefined;
  return { pending, ...(nextDue === undefined ? {} : { nextDue }) };
}

/** `3 followers on 2 servers`. */
export function audienceText({ followers, servers }: Pick<Audience, 'followers' | 'servers'>): string {
  return followers === 0 ? 'no followers yet' : `${count(followers, 'follower')} on ${count(servers, 'server')}`;
}

/** Who would get what is sent, as `audienceText` has it; a deleted account has nobody any more, whoever is on record. */
export function whomText({ plan, audience, against }: PlanView, showOrigin = printable): string {
  if (plan.holds.some(({ code }) => code === 'account-deleted')) return 'the account is deleted';
  return audience ? audienceText(audience) : `compared with the ledger of ${showOrigin(against ?? plan.origin)}`;
}

export const BASELINE = 'Federation begins with this publish: what exists now is not announced. New posts will be.';

/** What the first publish is, and what the next one sends of what there is now. */
export function baselineText({ follows = [] }: Pick<ShownPlan, 'follows'>): string {
  if (follows.length === 0) return BASELINE;
  const whom = follows.slice(0, 3).map(printable).join(', ');
  const more = follows.length > 3 ? ` and ${follows.length - 3} more` : '';
  return `${BASELINE} The publish after it follows ${whom}${more}.`;
}

/** How many activities a publish sends. */
export function sentIn({ creates, updates, deletes, deeds, undos, moves }: PlanCounts): number {
  return creates + updates + deletes + deeds + undos + moves;
}

/** `1 to create, 2 to update, 0 to delete; 1 held`. */
export function summaryOf(plan: ShownPlan, counts: PlanCounts = planCounts(plan)): string {
  const { creates, updates, deletes, deeds, undos, moves } = counts;
  const quiet = counts.quiet > 0 ? `; ${count(counts.quiet, 'quiet change')}` : '';
  const held = counts.holds > 0 ? `; ${counts.holds} held` : '';
  if (sentIn(counts) + counts.unfinished === 0) return `nothing to send${quiet}${held}`;
  const done = deeds > 0 ? `, ${count(deeds, 'follow, like or boost', 'follows, likes and boosts')}` : '';
  const undone = undos > 0 ? `, ${undos} to undo` : '';
  const move = moves > 0 ? ', and the account moves' : '';
  return `${creates} to create, ${updates} to update, ${deletes} to delete${done}${undone}${move}${quiet}${held}`;
}

/** The advice of a hold as it holds where the blog is: of one that runs elsewhere the commands name it. */
export function releaseText({ release }: Hold, { against }: Pick<PlanView, 'against'>): string {
  return against === undefined ? release : releaseAt(release, against);
}

/** The commands that release a hold, as far as its advice does not say them: all of it, and one of its posts alone. */
export function releaseCommands(
  hold: Hold,
  { nameOf, against }: Pick<PlanView, 'nameOf' | 'against'>,
): { whole?: string; one?: string } {
  if (!RELEASABLE.includes(hold.code)) return {};
  const whole = confirmCommand(hold.code);
  const [first, second] = hold.ids;
  // A pair that looks like a rename goes together.
  const isSingle = first === undefined || second === undefined || hold.code === 'rename-without-id';
  // A list of many is no name for one of them: who is followed is named by the handle.
  const { source, title } = isSingle ? NAMELESS : nameOf(first);
  const isShared = !isSingle && nameOf(second).source === source;
  const names = isShared ? [HANDLE.test(title) ? title : '', first ?? ''] : [source, first ?? ''];
  const name = isSingle ? undefined : names.find((each) => isPlain(each) || HANDLE.test(each));
  const typed = (text: string): string => (against === undefined ? text : releaseAt(text, against));
  return {
    // The word is for dates that were moved, and its advice says so; a clock that is wrong is mended otherwise.
    ...(hold.release.includes(whole) || hold.code === 'postponed' ? {} : { whole: typed(whole) }),
    ...(name === undefined ? {} : { one: typed(`npm run publish -- --confirm ${name}`) }),
  };
}

const HANDLE = /^@[\w.-]+@[\w.:-]+$/;

/** What a shell takes as it stands, no matter whose ledger it is from: people paste what a plan prints. */
function isPlain(name: string): boolean {
  return /^\w[\w.:/%~-]*$/.test(name);
}

/** When the plan's activities go, while that is later than now (milliseconds since the epoch). */
export function sendTime({ plan, now, sendNow }: PlanView): number | undefined {
  if (sendNow || plan.sendAt === undefined || plan.activities.length === 0) return undefined;
  const at = Date.parse(plan.sendAt);
  return at > now ? at : undefined;
}
