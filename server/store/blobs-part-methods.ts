import type { Methods } from '../load-when-needed.ts';
import type { AnswerStore, FollowingStore, ReadingStore } from './account-store.ts';
import type { BlobsActivities } from './blobs-activities.ts';
import type { BlobsStamps } from './blobs-consent.ts';
import type { DeliveryStore } from './delivery-store.ts';
import type { InteractionStore, MediaCache, MessageStore, NotificationStore } from './interaction-store.ts';
import type { HostStore, InboxStore, WorkerStore } from './store.ts';

/*
 * What each part that is loaded with its first call can do. None can be left out: the type names them all.
 */

export const ACTIVITIES: Methods<BlobsActivities> = { put: 'one', get: 'one', stored: 'one', all: 'many', drop: 'one' };

export const INTERACTIONS: Methods<InteractionStore> = {
  ...{ put: 'one', get: 'one', find: 'one', remove: 'one', setState: 'one', page: 'one', thread: 'one', list: 'one' },
  ...{ counts: 'one', version: 'one', targets: 'many', author: 'one', putAuthor: 'one', authors: 'many' },
  ...{ wasShown: 'one', countSince: 'one', forgetActor: 'one', prune: 'one', forgetTarget: 'one' },
};

export const MEDIA: Methods<MediaCache> = { urlOf: 'one', get: 'one', put: 'one' };

export const DELIVERIES: Methods<DeliveryStore> = {
  ...{ enqueue: 'one', lease: 'one', settle: 'one', release: 'one', abandon: 'one', counts: 'one', nextDue: 'one' },
  ...{ leased: 'one', ofActivity: 'one', progress: 'one', receipts: 'one', troubled: 'one', retry: 'one' },
  ...{ postpone: 'one', hasten: 'one', giveUp: 'one', supersedeAll: 'one', fold: 'one' },
};

export const INBOXES: Methods<InboxStore> = {
  get: 'one',
  deliveredSince: 'one',
  found: 'one',
  put: 'one',
  all: 'many',
};

export const HOSTS: Methods<HostStore> = { get: 'one', put: 'one', remove: 'one' };

export const WORKERS: Methods<WorkerStore> = { beat: 'one', leave: 'one', alive: 'one' };

export const STAMPS: Methods<BlobsStamps> = { put: 'one', get: 'one', ofQuote: 'one', revoke: 'one', all: 'one' };

export const MESSAGES: Methods<MessageStore> = {
  ...{ put: 'one', list: 'one', remove: 'one', forgetSender: 'one', countSince: 'one', count: 'one', prune: 'one' },
};

export const NOTIFICATIONS: Methods<NotificationStore> = {
  ...{ add: 'one', list: 'one', forgetActor: 'one', prune: 'one', secret: 'one' },
};

export const FOLLOWING: Methods<FollowingStore> = { put: 'one', get: 'one', remove: 'one', all: 'many' };

export const READING: Methods<ReadingStore> = {
  ...{ put: 'one', get: 'one', remove: 'one', newest: 'one', prune: 'one', forgetActor: 'one' },
};

export const ANSWERS: Methods<AnswerStore> = {
  ...{ vote: 'one', tally: 'one', voterInboxes: 'one', putConsent: 'one', consent: 'one', consentByStamp: 'one' },
  ...{ told: 'one', setTold: 'one', forgetObject: 'one', votes: 'many', consents: 'many' },
};
