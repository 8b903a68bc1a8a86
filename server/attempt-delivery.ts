import { afterHostAttempt, type HostHealth, postponementOf } from '../federation/breaker.ts';
import {
  type AfterAttempt,
  type Attempt,
  afterAttempt,
  type LeasedDelivery,
  signatureFormFor,
} from '../federation/delivery.ts';
import { isJsonObject, type JsonObject } from '../federation/vocabulary.ts';
import { holdBack, noteHostAttempt } from './host-health.ts';
import type { Deps, LogLine, PostOptions } from './ports.ts';

export type AttemptDeps = Pick<Deps, 'store' | 'inboxes' | 'clock' | 'log'>;

/** A delivery whose attempt is written down. */
export interface Settled {
  readonly activityId: string;
  readonly inbox: string;
  readonly after: AfterAttempt;
}

export interface AttemptOptions {
  readonly owner: string;
  /** Of the inbox, port included. */
  readonly host: string;
  readonly body: Uint8Array;
  /** From 0 up to 1: the jitter. */
  readonly random: number;
  /** Whether the key that others knew before is held: the news of the change is signed by it. */
  readonly isKeyChanging?: boolean;
  /**
   * Hosts that have a record of failures, as far as this run has seen: kept here, so that a success asks the store for
   * a record only when the lease or this run knows of one.
   */
  readonly failing: Set<string>;
  /** Takes what is leased for a host and not yet begun out of the run's hands, because the host is not to be asked. */
  readonly takeBack: (host: string) => readonly LeasedDelivery[];
  /** Told when the request has ended, before what came of it is written down. `answered`: somebody was there. */
  readonly onRequestEnd?: (answered: boolean) => void;
}

/**
 * Attempts one leased delivery, writes down what came of it and what it says of the host, and logs it in one line.
 *
 * Gives undefined when the lease was lost meanwhile: the attempt then counts for nothing but the host, as its new holder
 * makes its own. An inbox that is gone takes its other deliveries and its followers with it; were the process to end
 * between the two, the next delivery to that inbox would finish it. Rejects only for faults of our own store.
 */
export async function attemptDelivery(
  deps: AttemptDeps,
  leased: LeasedDelivery,
  options: AttemptOptions,
): Promise<Settled | undefined> {
  const { activityId, inbox, attempts, createdAt, lastStatus } = leased;
  const { owner, host, random } = options;
  const attempt = await deps.inboxes.post(inbox, options.body, signatureFor(leased, options.isKeyChanging === true));
  options.onRequestEnd?.(attempt.kind === 'response');
  const isAgainMissing = leased.missingSince !== undefined && attempt.kind === 'response' && attempt.status === 404;
  const missingSince = isAgainMissing ? await confirmedMissing(deps, leased) : undefined;
  const health = saysNothing(deps, leased, attempt, options) ? undefined : await noteHost(deps, host, attempt, options);
  const now = deps.clock();
  const after = afterAttempt(attempt, { attempts, createdAt, lastStatus, missingSince, now, random });
  const isOurs = await deps.store.deliveries.settle({ activityId, inbox, owner }, after, now);
  logOutcome(deps, leased, host, attempt, isOurs ? after : undefined);
  if (isOurs && after.state === 'gone') await forgetInbox(deps, inbox, host, after.error, now);
  if (health && postponementOf(health)) await holdBack(deps, health, { owner, inHand: options.takeBack(host) });
  return isOurs ? { activityId, inbox, after } : undefined;
}

/**
 * How the next attempt is signed. An Update of our own actor tells of new keys, so it is signed by the key that others know
 * already: Mastodon 4.6 takes a change that the known key does not vouch for as that of another owner, and drops and renews its
 * follows (`after_key_change!`). Whoever refuses it (401) has forgotten that key, and finds the new one in the actor document.
 * The turns of `signatureFormFor` begin after that.
 */
export function signatureFor(leased: LeasedDelivery, isKeyChanging: boolean): PostOptions {
  if (!isKeyChanging || !isOwnUpdate(leased.activity)) return { form: signatureFormFor(leased) };
  if (leased.lastStatus !== 401) return { form: 'draft-cavage', by: 'retired' };
  return { form: signatureFormFor({ ...leased, attempts: leased.attempts - 1 }) };
}

function isOwnUpdate({ type, actor, object }: JsonObject): boolean {
  return type === 'Update' && isJsonObject(object) && object.id === actor;
}

/**
 * Since when the inbox is missing, read anew: a follower there may have been heard from since the lease, and followers
 * are not dropped by what was true a minute ago. Asked only when another 404 could end them.
 */
async function confirmedMissing(deps: AttemptDeps, { inbox }: LeasedDelivery): Promise<number | undefined> {
  return (await deps.store.inboxes.get(inbox))?.missingSince;
}

/** Nothing is read or written for a host that is well and was. */
function saysNothing(
  { clock }: AttemptDeps,
  { hostFailing }: LeasedDelivery,
  attempt: Attempt,
  { host, random, failing }: AttemptOptions,
): boolean {
  if (hostFailing === true || failing.has(host)) return false;
  return afterHostAttempt(undefined, attempt, { host, now: clock(), random }) === undefined;
}

async function noteHost(
  deps: AttemptDeps,
  host: string,
  attempt: Attempt,
  { random, failing }: AttemptOptions,
): Promise<HostHealth | undefined> {
  const health = await noteHostAttempt(deps, host, attempt, random);
  if (health === undefined) failing.delete(host);
  else failing.add(host);
  return health;
}

/** Drops what waits for an inbox that is no more, and the followers whose inbox or shared inbox it was. */
async function forgetInbox(deps: AttemptDeps, inbox: string, host: string, reason: string, now: number): Promise<void> {
  const { deliveries, followers } = deps.store;
  const abandoned = await deliveries.abandon(inbox, reason, now);
  const lost = await followers.atInbox(inbox);
  for (const actor of lost) await followers.remove(actor);
  deps.log({ event: 'inbox.gone', level: 'warn', host, inbox, reason, abandoned, followers: lost.length });
}

const LINES = {
  delivered: { event: 'delivery.delivered', level: 'info' },
  pending: { event: 'delivery.retry', level: 'info' },
  failed: { event: 'delivery.failed', level: 'warn' },
  gone: { event: 'delivery.gone', level: 'warn' },
} as const satisfies Record<AfterAttempt['state'], Pick<LogLine, 'event' | 'level'>>;

const LEASE_LOST = { event: 'delivery.lease-lost', level: 'warn' } as const satisfies Pick<LogLine, 'event' | 'level'>;

/** `after` is undefined when the lease was lost. */
function logOutcome(
  deps: AttemptDeps,
  leased: LeasedDelivery,
  host: string,
  attempt: Attempt,
  after: AfterAttempt | undefined,
): void {
  const { event, level } = after ? LINES[after.state] : LEASE_LOST;
  deps.log({
    event,
    level,
    activity: leased.activityId,
    host,
    attempt: leased.attempts + 1,
    status: attempt.kind === 'response' ? attempt.status : undefined,
    error: attempt.kind === 'response' ? undefined : attempt.error,
    due: after?.state === 'pending' ? new Date(after.dueAt).toISOString() : undefined,
  });
}
