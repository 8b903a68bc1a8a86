import { hostOf } from '../federation/audience.ts';
import {
  type AfterAttempt,
  type Attempt,
  afterAttempt,
  type DeliveryState,
  type LeasedDelivery,
  signatureFormFor,
} from '../federation/delivery.ts';
import type { Deps, LogLine } from './ports.ts';

export type AttemptDeps = Pick<Deps, 'store' | 'inboxes' | 'clock' | 'log'>;

/** A delivery whose attempt is written down. */
export interface Settled {
  readonly activityId: string;
  readonly inbox: string;
  readonly after: AfterAttempt;
}

/**
 * Attempts one leased delivery, writes down what came of it, and logs it in one line. `random` is the jitter.
 *
 * Gives undefined when the lease was lost meanwhile: the attempt then counts for nothing, as its new holder makes its
 * own. An inbox that is gone takes its other deliveries and its followers with it; were the process to end between the
 * two, the next delivery to that inbox would finish it. Rejects only for faults of our own store.
 */
export async function attemptDelivery(
  deps: AttemptDeps,
  leased: LeasedDelivery,
  options: { readonly owner: string; readonly body: Uint8Array; readonly random: number },
): Promise<Settled | undefined> {
  const { activityId, inbox, attempts, createdAt, lastStatus } = leased;
  const attempt = await deps.inboxes.post(inbox, options.body, { form: signatureFormFor(leased) });
  const now = deps.clock();
  const after = afterAttempt(attempt, { attempts, createdAt, lastStatus, now, random: options.random });
  const isOurs = await deps.store.deliveries.settle({ activityId, inbox, owner: options.owner }, after, now);
  logOutcome(deps, leased, attempt, isOurs ? after : undefined);
  if (!isOurs) return undefined;
  if (after.state === 'gone') await forgetInbox(deps, inbox, after.error, now);
  return { activityId, inbox, after };
}

/** Drops what waits for an inbox that is no more, and the followers whose inbox or shared inbox it was. */
async function forgetInbox(deps: AttemptDeps, inbox: string, reason: string, now: number): Promise<void> {
  const { deliveries, followers } = deps.store;
  const abandoned = await deliveries.abandon(inbox, reason, now);
  const lost: string[] = [];
  for await (const follower of followers.all()) {
    if (follower.inbox === inbox || follower.sharedInbox === inbox) lost.push(follower.actor);
  }
  for (const actor of lost) await followers.remove(actor);
  deps.log({
    event: 'inbox.gone',
    level: 'warn',
    host: hostOf(inbox),
    inbox,
    reason,
    abandoned,
    followers: lost.length,
  });
}

const LINES = {
  delivered: { event: 'delivery.delivered', level: 'info' },
  pending: { event: 'delivery.retry', level: 'info' },
  failed: { event: 'delivery.failed', level: 'warn' },
  gone: { event: 'delivery.gone', level: 'warn' },
} as const satisfies Record<DeliveryState, Pick<LogLine, 'event' | 'level'>>;

/** `after` is undefined when the lease was lost. */
function logOutcome(
  deps: AttemptDeps,
  leased: LeasedDelivery,
  attempt: Attempt,
  after: AfterAttempt | undefined,
): void {
  deps.log({
    ...(after ? LINES[after.state] : { event: 'delivery.lease-lost', level: 'warn' }),
    activity: leased.activityId,
    host: hostOf(leased.inbox),
    attempt: leased.attempts + 1,
    status: attempt.kind === 'response' ? attempt.status : undefined,
    error: attempt.kind === 'response' ? undefined : attempt.error,
    due: after?.state === 'pending' ? new Date(after.dueAt).toISOString() : undefined,
  });
}
