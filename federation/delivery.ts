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

/** `pending`: waiting or leased. `delivered`: the peer answered 2xx. `failed`: given up. `gone`: the inbox is no more. */
export type DeliveryState = 'pending' | 'delivered' | 'failed' | 'gone';

/** A delivery that this process may attempt until `leasedUntil`. */
export interface LeasedDelivery {
  readonly activityId: string;
  readonly inbox: string;
  readonly attempts: number;
  readonly createdAt: number;
  readonly leasedUntil: number;
  readonly lastStatus?: number;
  readonly activity: JsonObject;
}

/** What one attempt came to. `network` covers DNS, TCP, TLS and time-outs; `blocked` is our own address guard. */
export type Attempt =
  | { readonly kind: 'response'; readonly status: number; readonly retryAfterMs?: number }
  | { readonly kind: 'network'; readonly error: string }
  | { readonly kind: 'blocked'; readonly error: string };

/** What becomes of a delivery after an attempt. */
export type AfterAttempt =
  | { readonly state: 'delivered'; readonly status: number }
  | { readonly state: 'pending'; readonly dueAt: number; readonly status?: number; readonly error?: string }
  | { readonly state: 'failed'; readonly status?: number; readonly error: string }
  | { readonly state: 'gone'; readonly status: number; readonly error: string };
