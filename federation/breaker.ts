import type { Attempt } from './delivery.ts';

/** What is known of a host that fails. Times are milliseconds since the epoch. */
export interface HostHealth {
  readonly host: string;
  /** Failures in a row, over all deliveries. */
  readonly failures: number;
  readonly failingSince: number;
  /** Different days (UTC) on which it failed, in this row. */
  readonly failedDays: number;
  readonly lastFailureAt: number;
  /** While open nothing is sent but one probe at this time. Absent while closed. */
  readonly openUntil?: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** So many failures in a row open the breaker: four requests run at once, so one bad moment is not enough. */
export const FAILURES_TO_OPEN = 5;

/** The wait before the first, second … probe; the last one repeats. */
const PROBE_WAITS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 12 * HOUR] as const;
const LONGEST_PROBE_WAIT = 12 * HOUR;

/** From so many failing days on, a host is probed once a day, then every second day … and once a week at last. */
const DAYS_TO_SLOW_DOWN = 7;
const MOST_DAYS_BETWEEN_PROBES = 7;

/** What a host may ask for with Retry-After, and what 429 without it means. */
const LONGEST_ASKED = 12 * HOUR;
const RATE_LIMITED = MINUTE;

/** A wait grows by up to this share, at random: hosts that failed together are not probed together. */
const JITTER = 0.2;

/** Deliveries end after 72 h (`GIVE_UP_AFTER`) when their host has failed for as long, on more than two days. */
const LOST_AFTER = 72 * HOUR;
const DAYS_TO_LOSE = 3;

/** After a probe is due, the host's other deliveries wait for what comes of it: longer than a lease, should its process die. */
const REST_AFTER_PROBE = 2 * MINUTE;

/** What `afterHostAttempt` must know. `now` is in milliseconds since the epoch, `random` from 0 up to 1. */
export interface HostContext {
  /** Host of the inbox, port included. */
  readonly host: string;
  readonly now: number;
  readonly random: number;
}

/**
 * Says what is known of a host after an attempt to deliver to it; undefined when there is nothing to remember.
 *
 * | came of it                                    | then                                                               |
 * | --------------------------------------------- | ------------------------------------------------------------------ |
 * | an answer but those below, also a refusal     | forgotten: the host is well                                        |
 * | network, 408, 425, 5xx but 501                | one failure more; from the fifth in a row on it opens              |
 * | 429, and the line above with `Retry-After`    | opens for the time that was asked for (429: a minute), at most 12 h; no failure |
 * | a failure while it is open                    | began before it opened, so it counts for its day alone             |
 * | unsent, or blocked by our own address guard   | as it was: our own side says nothing of the host                   |
 *
 * While open, one probe is made at `openUntil`: after 1 min, 5 min, 15 min, 1 h, 2 h, 4 h, 8 h, then 12 h each. A host
 * that failed on seven different days (UTC) is probed after a day, one of eight after two … and of thirteen and more
 * after a week. Each wait plus up to 20 % jitter. No failure ever closes it, and no number of failures makes a day
 * count twice. Pure; never fails.
 *
 * Sources: Mastodon 4.6 (`delivery_failure_tracker`: failing days as a set of dates, a host unavailable after seven, any
 * success or signed request from there clears them; `delivery_worker`: 60 s without requests after ten failures); Lemmy
 * (`federate_retry_sleep_duration`: one fail count for an instance, waits up to a day and never an end);
 * RFC 9110 §10.2.3, RFC 6585 §4.
 */
export function afterHostAttempt(
  health: HostHealth | undefined,
  attempt: Attempt,
  context: HostContext,
): HostHealth | undefined {
  if (attempt.kind === 'blocked' || attempt.kind === 'unsent') return health;
  if (attempt.kind === 'network') return failed(health, context);
  const { status, retryAfterMs } = attempt;
  // A time that is over already asks for nothing.
  const asked = retryAfterMs !== undefined && retryAfterMs > 0 ? Math.min(retryAfterMs, LONGEST_ASKED) : undefined;
  if (status === 429) return busy(health, asked ?? RATE_LIMITED, context);
  if (!isFailure(status)) return undefined;
  return asked === undefined ? failed(health, context) : busy(health, asked, context);
}

/**
 * Says when what waits for an open host may be sent: one delivery at `probeAt`, to see whether it is well again, and the
 * rest later, should nothing be heard of that one. Milliseconds since the epoch; undefined while closed. Never fails.
 */
export function postponementOf(health: HostHealth): { probeAt: number; restAt: number } | undefined {
  if (health.openUntil === undefined) return undefined;
  return { probeAt: health.openUntil, restAt: health.openUntil + REST_AFTER_PROBE };
}

/**
 * Gives the time before which a delivery must have been made to be given up now, because its host has failed for three
 * days; undefined when it has not. Three different days as well: a machine that slept, or had no network, for a weekend
 * gives nothing up on the morning after. Milliseconds since the epoch; never fails.
 */
export function lostBefore(health: HostHealth, now: number): number | undefined {
  const isLost = now - health.failingSince >= LOST_AFTER && health.failedDays >= DAYS_TO_LOSE;
  return isLost ? now - LOST_AFTER : undefined;
}

function isFailure(status: number): boolean {
  return status === 408 || status === 425 || (status >= 500 && status !== 501);
}

function failed(health: HostHealth | undefined, { host, now, random }: HostContext): HostHealth {
  const known = health ?? unknown(host, now);
  const isNewDay = known.failedDays === 0 || dayOf(now) > dayOf(known.lastFailureAt);
  const counted = { ...known, failedDays: known.failedDays + (isNewDay ? 1 : 0), lastFailureAt: now };
  if (known.openUntil !== undefined && now < known.openUntil) return counted;
  const failures = known.failures + 1;
  if (failures < FAILURES_TO_OPEN) return { ...closed(counted), failures };
  return { ...counted, failures, openUntil: now + jittered(probeWait(failures, counted.failedDays), random) };
}

/** The host asked for a pause, which is no fault of it. A pause never makes an open host's wait shorter. */
function busy(health: HostHealth | undefined, asked: number, { host, now, random }: HostContext): HostHealth {
  const known = health ?? unknown(host, now);
  const { failures, failedDays, openUntil = 0 } = known;
  const own = failures < FAILURES_TO_OPEN ? 0 : probeWait(failures, failedDays);
  return { ...known, openUntil: Math.max(openUntil, now + jittered(Math.max(asked, own), random)) };
}

function unknown(host: string, now: number): HostHealth {
  return { host, failures: 0, failingSince: now, failedDays: 0, lastFailureAt: now };
}

/** A pause that is over and was followed by a failure: closed, until there are enough of them. */
function closed({ openUntil: _over, ...rest }: HostHealth): HostHealth {
  return rest;
}

function probeWait(failures: number, failedDays: number): number {
  if (failedDays >= DAYS_TO_SLOW_DOWN) {
    return Math.min(failedDays - DAYS_TO_SLOW_DOWN + 1, MOST_DAYS_BETWEEN_PROBES) * DAY;
  }
  return PROBE_WAITS[failures - FAILURES_TO_OPEN] ?? LONGEST_PROBE_WAIT;
}

function jittered(wait: number, random: number): number {
  return Math.round(wait * (1 + JITTER * random));
}

/** Days since the epoch, UTC. */
function dayOf(time: number): number {
  return Math.floor(time / DAY);
}
