import type { AfterAttempt, DeliveryState } from '../../federation/delivery.ts';
import { PosternError } from '../errors.ts';

/** Every state, in the order in which counts are shown. */
export const DELIVERY_STATES: readonly DeliveryState[] = ['pending', 'delivered', 'failed', 'gone', 'superseded'];

/** Gives a count of none for each state, to add to. */
export function noDeliveries(): Record<DeliveryState, number> {
  return { pending: 0, delivered: 0, failed: 0, gone: 0, superseded: 0 };
}

/** Gives the host whose turn it is when a delivery to `inbox` is leased. What has no host is one of its own; never ''. */
export function hostOfInbox(inbox: string): string {
  const host = URL.canParse(inbox) ? new URL(inbox).host : '';
  return host === '' ? `?${inbox}` : host;
}

/**
 * What an attempt says about the inbox itself: something arrived, it was not found, or its server knows it. Undefined
 * when nobody answered, or only that the server cannot do it now: that says nothing about one inbox.
 */
export function signOfInbox(after: AfterAttempt): 'delivered' | 'missing' | 'known' | undefined {
  if (after.state === 'delivered') return 'delivered';
  const { status } = after;
  if (status === undefined || status === 408 || status === 425 || status === 429 || status >= 500) return undefined;
  return status === 404 ? 'missing' : 'known';
}

/** A delivery was asked for before its activity was stored, so there would be nothing to send. */
export function activityNotStored(activityId: string): PosternError {
  return new PosternError('activity-not-stored', `The activity ${activityId} is to be delivered, but is not stored.`, {
    hint: 'This is a fault in Postern: an activity is stored before its deliveries. Please report it.',
    facts: { activityId },
  });
}

/** Adds the second to the first. */
export function addCounts(total: Record<DeliveryState, number>, counts: Readonly<Record<DeliveryState, number>>): void {
  for (const state of DELIVERY_STATES) total[state] += counts[state];
}
