import { isPersonal } from '../federation/deeds.ts';
import type { Ledger, LedgerActor, LedgerObject } from '../federation/ledger.ts';
import { actorAfter, objectAfter, withoutSending } from '../federation/ledger-entry.ts';
import type { OutgoingActivity } from '../federation/outcome.ts';
import type { PlannedActivity, Unfinished } from '../federation/plan.ts';
import type { Listeners } from './listeners.ts';
import type { Deps } from './ports.ts';
import type { LedgerChange } from './store/store.ts';

/** An activity that is stored, told to the ledger, and queued for its audience. */
export interface Queued {
  readonly activityId: string;
  readonly type: string;
  /** The object's id, or the actor's. */
  readonly object: string;
  /** New deliveries. */
  readonly deliveries: number;
}

/** What telling needs: the ledger as it was read, and who listens. */
export interface Telling {
  readonly deps: Pick<Deps, 'store' | 'site' | 'clock' | 'log'>;
  readonly listeners: Listeners;
  readonly known: { readonly ledger: Ledger; readonly version: number };
  readonly onQueued: (queued: Queued) => void;
}

export interface BuiltActivity {
  readonly planned: PlannedActivity;
  readonly activity: OutgoingActivity;
}

/**
 * Tells the network of activities: stored, then in the ledger as `sending`, then queued, then `sending` is cleared. What
 * else the ledger takes, `change`, is in the same write as the marks.
 *
 * The ledger comes before the queue. So of two publishers only the one that the ledger takes sends anything, and a
 * crash leaves either nothing sent or a `sending` that the next publish finishes, even when the object has changed or
 * gone by then. Gives the state to go on with, or undefined when the ledger was changed by another process.
 */
export async function tell(
  telling: Telling,
  built: readonly BuiltActivity[],
  change: LedgerChange = {},
  onSwapped: () => void = () => {},
): Promise<Telling | undefined> {
  const { store, clock } = telling.deps;
  const { ledger } = telling.known;
  const objects: LedgerObject[] = [...(change.objects ?? [])];
  const stored: OutgoingActivity[] = [];
  let actor: LedgerActor | undefined;
  for (const { planned, activity } of built) {
    const kept = await store.activities.put(activity, { now: clock() });
    stored.push(kept);
    actor = actorAfter(planned, kept, actor ?? ledger.actor) ?? actor;
    const object = objectAfter(planned, kept, ledger.objects.get(kept.object));
    if (object) objects.push(object);
  }
  const version = await store.ledger.compareAndSwap(telling.known.version, {
    ...change,
    ...(actor ? { actor } : {}),
    objects,
  });
  if (version === undefined) return undefined;
  onSwapped();
  // Who hears of it is in the entry that was just written: an interrupted publish reads no other.
  const written = withChange(ledger, { objects, ...(actor ? { actor } : {}) });
  const after = { ...telling, known: { ledger: written, version } };
  for (const activity of stored) await queue(after, activity);
  return clear(after, stored);
}

/**
 * Queues what an interrupted publish had told the ledger and may not have queued for everybody. Queueing twice changes
 * nothing. Gives the state to go on with, or undefined when the ledger was changed by another process.
 */
export async function finishSending(telling: Telling, unfinished: readonly Unfinished[]): Promise<Telling | undefined> {
  const { store, log } = telling.deps;
  for (const { activityId, id } of unfinished) {
    const activity = await store.activities.get(activityId);
    if (activity) await queue(telling, activity);
    else log({ event: 'publish.lost', level: 'error', activity: activityId, object: id });
  }
  return clear(
    telling,
    unfinished.map(({ activityId }) => ({ id: activityId })),
  );
}

async function queue(telling: Telling, activity: OutgoingActivity): Promise<void> {
  const { store, clock, log } = telling.deps;
  const inboxes = await inboxesFor(telling, activity);
  const deliveries = await store.deliveries.enqueue(activity.id, inboxes, { now: clock() });
  log({
    event: 'publish.queued',
    level: 'info',
    type: activity.type,
    activity: activity.id,
    object: activity.object,
    deliveries,
  });
  if (activity.type === 'Delete') await forgetAnswers(telling, activity.object);
  telling.onQueued({ activityId: activity.id, type: activity.type, object: activity.object, deliveries });
}

/** Votes go once all who voted are told; and what somebody said to being quoted goes with what quotes. */
async function forgetAnswers({ deps, known }: Telling, object: string): Promise<void> {
  const { answers } = deps.store;
  const isPoll = known.ledger.objects.get(object)?.type === 'Question';
  if (isPoll || (await answers.consent(object)) !== undefined) await answers.forgetObject(object);
}

/**
 * What takes something back goes to everybody who may have it, also where nobody follows any more. Whom an object ever
 * addressed hears of it besides the followers; of what is between the owner and somebody, they alone.
 */
async function inboxesFor({ deps, listeners, known }: Telling, activity: OutgoingActivity): Promise<readonly string[]> {
  const told = known.ledger.objects.get(activity.object);
  const addressed = told?.inboxes ?? [];
  if (told && isPersonal(told)) return addressed;
  const isTakenBack = activity.type === 'Delete' || activity.type === 'Undo';
  const others = isTakenBack ? await listeners.reachedBy(told) : listeners.audience.inboxes.map(({ inbox }) => inbox);
  // Who voted has the poll, wherever from.
  const voters = isTakenBack && told?.type === 'Question' ? await deps.store.answers.voterInboxes(told.id) : [];
  return [...new Set([...others, ...addressed, ...voters])];
}

async function clear(telling: Telling, sent: readonly { readonly id: string }[]): Promise<Telling | undefined> {
  const { ledger, version } = telling.known;
  const ids = new Set(sent.map(({ id }) => id));
  const objects: LedgerObject[] = [];
  for (const object of ledger.objects.values()) {
    if (object.sending !== undefined && ids.has(object.sending)) objects.push(withoutSending(object));
  }
  const isActor = ledger.actor.sending !== undefined && ids.has(ledger.actor.sending);
  const change = { objects, ...(isActor ? { actor: withoutSending(ledger.actor) } : {}) };
  const next = await telling.deps.store.ledger.compareAndSwap(version, change);
  return next === undefined ? undefined : { ...telling, known: { ledger: withChange(ledger, change), version: next } };
}

function withChange(ledger: Ledger, change: LedgerChange): Ledger {
  const objects = new Map(ledger.objects);
  for (const object of change.objects ?? []) objects.set(object.id, object);
  return { ...ledger, objects, actor: change.actor ?? ledger.actor };
}
