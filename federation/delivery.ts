import type { DeedType } from './manifest.ts';
import type { JsonObject } from './vocabulary.ts';

/** One activity to one inbox. Its identity is the pair. Times are milliseconds since the epoch. */
export interface Delivery {
  readonly activityId: string;
  readonly inbox: string;
  readonly state: DeliveryState;
  /** Attempts made so far. */
  readonly attempts: number;
  readonly createdAt: number;
  /** When the next attempt is due; meaningful while `pending`. */
  readonly dueAt: number;
  /** What the peer answered last, or why nothing did. */
  readonly lastStatus?: number;
  readonly lastError?: string;
  readonly finishedAt?: number;
}

/**
 * `pending`: waiting or leased. `delivered`: the peer answered 2xx. `failed`: given up. `gone`: the inbox is no more.
 * `superseded`: a later activity about the same object made it pointless before it arrived.
 */
export type DeliveryState = 'pending' | 'delivered' | 'failed' | 'gone' | 'superseded';

/** Which deliveries go first: 0 before 1 before 2. */
export type DeliveryPriority = 0 | 1 | 2;

/**
 * Gives the priority of an activity by its type: answers to others and what asks for one first, for somebody waits, then what
 * takes something back, then the rest. Never fails.
 */
export function priorityOf(type: string): DeliveryPriority {
  if (type === 'Accept' || type === 'Reject' || type === 'Follow') return 0;
  return type === 'Delete' || type === 'Undo' ? 1 : 2;
}

/**
 * Says which queued activities about the same object to the same inbox a new one makes pointless: a Delete those of
 * every Create and Update, an Undo that of the deed, an Update those of earlier Updates. The Create stays before an Update,
 * since most peers take no Update of what they have not seen. What is done again stays after its Undo. Never fails.
 */
export function supersedes(later: string, earlier: string): boolean {
  if (later === 'Delete') return earlier === 'Create' || earlier === 'Update';
  if (later === 'Undo') return DEEDS.has(earlier);
  return later === 'Update' && earlier === 'Update';
}

const DEEDS: ReadonlySet<string> = new Set<DeedType>(['Like', 'Announce', 'Follow', 'QuoteRequest']);

/** A delivery that this process may attempt until `leasedUntil`. */
export interface LeasedDelivery {
  readonly activityId: string;
  readonly inbox: string;
  readonly attempts: number;
  readonly createdAt: number;
  readonly leasedUntil: number;
  readonly lastStatus?: number;
  /** Since when the inbox has answered nothing but 404, whatever was delivered. */
  readonly missingSince?: number;
  /** True when there is a record of the host's failures. */
  readonly hostFailing?: boolean;
  readonly activity: JsonObject;
  /** When the activity was stored: the same however often its delivery starts over. */
  readonly storedAt: number;
}

/**
 * What one attempt came to. `network` covers DNS, TCP, TLS and time-outs; `unsent` is our own machine, which had no
 * descriptor, port, memory or network to make it with; `blocked` is our own address guard.
 */
export type Attempt =
  | { readonly kind: 'response'; readonly status: number; readonly retryAfterMs?: number }
  | { readonly kind: 'network'; readonly error: string }
  | { readonly kind: 'unsent'; readonly error: string }
  | { readonly kind: 'blocked'; readonly error: string };

/** How a request is signed: draft-cavage-12, which every peer reads, or RFC 9421. */
export type SignatureForm = 'draft-cavage' | 'rfc9421';

/** What becomes of a delivery after an attempt. */
export type AfterAttempt =
  | { readonly state: 'delivered'; readonly status: number }
  | { readonly state: 'pending'; readonly dueAt: number; readonly status?: number; readonly error?: string }
  | { readonly state: 'failed'; readonly status?: number; readonly error: string }
  | { readonly state: 'gone'; readonly status: number; readonly error: string };

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The wait after the first, second … attempt; the last one repeats. */
const WAITS = [
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  8 * HOUR,
  12 * HOUR,
] as const;
const LONGEST_WAIT = 12 * HOUR;

/** What our own machine could not send is tried again soon after it can. */
const LONGEST_WAIT_UNSENT = 10 * MINUTE;

/** A wait grows by up to this share, at random: deliveries that failed together do not come back together. */
const JITTER = 0.2;

/** No attempt is planned for later than this after the delivery was made. */
export const GIVE_UP_AFTER = 72 * HOUR;
/** A key that a peer could not get, or clocks that differ, are mended within a day or not at all. */
const GIVE_UP_UNAUTHORIZED_AFTER = 24 * HOUR;
/** An inbox that is not found over all this time is no more; a deploy or a restore of the peer takes less. */
const GONE_AFTER = 48 * HOUR;
/** A machine that slept through the days has still to try this often. */
export const LEAST_ATTEMPTS = 6;

/** What `afterAttempt` must know of the delivery. Times are milliseconds since the epoch. */
export interface AttemptContext {
  /** Attempts made before this one. */
  readonly attempts: number;
  readonly createdAt: number;
  readonly now: number;
  /** From 0 up to 1: the jitter. */
  readonly random: number;
  /** What the peer answered the time before, when it answered. */
  readonly lastStatus?: number | undefined;
  /** Since when the inbox has answered nothing but 404, whatever was delivered; absent when this is the first. */
  readonly missingSince?: number | undefined;
}

/**
 * Decides what becomes of a delivery after an attempt.
 *
 * | came of it                                     | then                                                              |
 * | ---------------------------------------------- | ----------------------------------------------------------------- |
 * | 2xx                                            | delivered (the peer answered; it does not prove that it was shown) |
 * | 410                                            | gone at once                                                      |
 * | 404                                            | retried for 72 h; gone when the inbox has answered so for 48 h, over all its deliveries |
 * | 401                                            | retried after 30 s (keys and clocks race), then as below for 24 h; see `signatureFormFor` |
 * | 408, 425, 429, 5xx but 501, 1xx, 3xx, network  | retried for 72 h                                                  |
 * | 501 and every other 4xx                        | failed at once                                                    |
 * | unsent: our own machine could not              | retried until it can, after 10 min at most                        |
 * | blocked by our own address guard               | failed at once                                                    |
 *
 * Waits after attempt 1, 2 …: 30 s, 2 min, 10 min, 30 min, 1 h, 2 h, 4 h, 8 h, then 12 h each, plus up to 20 % jitter:
 * about thirteen attempts. `Retry-After` makes a wait longer, up to 12 h, never shorter. No attempt is planned beyond
 * the end, but at least six are made, whatever the time. What the host as a whole can bear is the breaker's to say, and
 * can only put an attempt off (`afterHostAttempt`). Pure; never fails.
 * Sources: the retry rules of Mastodon 4.6 (`delivery_worker`), GoToSocial and Lemmy; RFC 9110 §10.2.3, §15.
 */
export function afterAttempt(attempt: Attempt, context: AttemptContext): AfterAttempt {
  if (attempt.kind === 'blocked') return { state: 'failed', error: attempt.error };
  if (attempt.kind === 'network') return retry(context, GIVE_UP_AFTER, { error: attempt.error });
  if (attempt.kind === 'unsent') {
    const wait = Math.min(waitAfter(context), LONGEST_WAIT_UNSENT);
    return { state: 'pending', dueAt: context.now + wait, error: attempt.error };
  }
  const { status, retryAfterMs } = attempt;
  if (status >= 200 && status < 300) return { state: 'delivered', status };
  const answer = { status, error: `HTTP ${status}`, retryAfterMs };
  if (status === 410) return { state: 'gone', status, error: answer.error };
  if (status === 404) {
    const isGone = context.missingSince !== undefined && context.now - context.missingSince >= GONE_AFTER;
    if (isGone) return { state: 'gone', status, error: 'HTTP 404 for two days' };
    return retry(context, GIVE_UP_AFTER, answer);
  }
  if (status === 401) {
    const isFirst = context.lastStatus !== 401;
    return retry(isFirst ? { ...context, attempts: 0 } : context, GIVE_UP_UNAUTHORIZED_AFTER, answer, context.attempts);
  }
  const isPassing = status === 408 || status === 425 || status === 429 || (status >= 500 && status !== 501);
  if (isPassing || status < 400) return retry(context, GIVE_UP_AFTER, answer);
  return { state: 'failed', status, error: answer.error };
}

/**
 * Gives the form in which the next attempt of a delivery is signed: draft-cavage, and RFC 9421 in turns with it while the
 * peer answers 401.
 *
 * Takes the attempts made and the last answer. The turns go by the number of attempts, so that nothing more has to be
 * stored: after a 401 to the first attempt, and after every second one from then on, it is RFC 9421. Pure; never fails.
 * Source: the double knock of the SWICG report on HTTP signatures (2026), with draft-cavage first, because Misskey,
 * GoToSocial, Lemmy and Pixelfed read no other.
 */
export function signatureFormFor(delivery: {
  readonly attempts: number;
  readonly lastStatus?: number | undefined;
}): SignatureForm {
  return delivery.lastStatus === 401 && delivery.attempts % 2 === 1 ? 'rfc9421' : 'draft-cavage';
}

/** Plans the next attempt, or gives up when it would come after the end. `made` is the number of attempts before this one. */
function retry(
  context: AttemptContext,
  giveUpAfter: number,
  came: { readonly status?: number; readonly error: string; readonly retryAfterMs?: number | undefined },
  made = context.attempts,
): AfterAttempt {
  const { createdAt, now } = context;
  const asked = Math.min(Math.max(0, came.retryAfterMs ?? 0), LONGEST_WAIT);
  const dueAt = now + Math.max(waitAfter(context), asked);
  const status = came.status === undefined ? {} : { status: came.status };
  if (made + 1 >= LEAST_ATTEMPTS && dueAt > createdAt + giveUpAfter) {
    return { state: 'failed', ...status, error: `${came.error}; given up after ${made + 1} attempts` };
  }
  return { state: 'pending', dueAt, ...status, error: came.error };
}

function waitAfter({ attempts, random }: AttemptContext): number {
  const base = WAITS[Math.min(attempts, WAITS.length - 1)] ?? LONGEST_WAIT;
  return Math.round(base * (1 + JITTER * random));
}
