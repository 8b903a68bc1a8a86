import type { DeliveryState } from '../../federation/delivery.ts';
import { PosternError } from '../errors.ts';

/** Every state, in the order in which counts are shown. */
export const DELIVERY_STATES: readonly DeliveryState[] = ['pending', 'delivered', 'failed', 'gone'];

/** Gives the host whose turn it is when a delivery to `inbox` is leased. What has no host is one of its own; never ''. */
export function hostOfInbox(inbox: string): string {
  const host = URL.canParse(inbox) ? new URL(inbox).host : '';
  return host === '' ? `?${inbox}` : host;
}

/** A delivery was asked for before its activity was stored, so there would be nothing to send. */
export function activityNotStored(activityId: string): PosternError {
  return new PosternError('activity-not-stored', `The activity ${activityId} is to be delivered, but is not stored.`, {
    hint: 'This is a fault in Postern: an activity is stored before its deliveries. Please report it.',
    facts: { activityId },
  });
}
