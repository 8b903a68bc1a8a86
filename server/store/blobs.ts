import { partWhenNeeded, whenNeeded } from '../load-when-needed.ts';
import type { BlobsActivities } from './blobs-activities.ts';
import { blobsActors } from './blobs-actors.ts';
import type { BlobStore } from './blobs-client.ts';
import type { BlobsStamps } from './blobs-consent.ts';
import type { DocumentsOptions } from './blobs-documents.ts';
import { blobsFollowers, blobsFollowRequests } from './blobs-followers.ts';
import { openGround } from './blobs-ground.ts';
import { blobsInbound } from './blobs-inbound.ts';
import { blobsLedger } from './blobs-ledger.ts';
import { countTicks, type PlacedOptions } from './blobs-placed.ts';
import type { DeliveryStore } from './delivery-store.ts';
import type { InteractionStore, MediaCache, MessageStore, NotificationStore } from './interaction-store.ts';
import type { HostStore, InboxStore, Store, WorkerStore } from './store.ts';

export interface BlobsStoreOptions extends DocumentsOptions {
  /** For the order in which entries came. */
  readonly clock?: () => number;
}

/**
 * Opens the store in Netlify Blobs. Any number of processes may hold it open. There is no transaction across keys: what the
 * interface promises of one entry holds always, what it promises of several is said where an adapter promises less.
 */
export function openBlobsStore(blobs: BlobStore, { clock = Date.now, ...tries }: BlobsStoreOptions = {}): Store {
  const options = { ...tries, ground: openGround(blobs, tries), tick: countTicks(clock) };
  const ledger = blobsLedger(blobs, clock);
  const late = latePartsOf(blobs, { ...options, sending: () => ledger.sending() });
  const store = {
    ...late.parts,
    followers: blobsFollowers(blobs, options),
    ledger,
    inbound: blobsInbound(blobs, options),
    actors: blobsActors(blobs, (actor) => late.parts.interactions.author(actor), options),
    requests: blobsFollowRequests(blobs, options),
    close: async () => {},
  };
  const sizes: Store['sizes'] = async () => {
    const { blobsSizes } = await import('./blobs-sizes.ts');
    return blobsSizes({ ...store, sizes: async () => [], contents: late.contents });
  };
  return { ...store, sizes };
}

interface LateOptions extends PlacedOptions {
  readonly sending: () => Promise<ReadonlySet<string>>;
}

/**
 * The parts of the store that no request needs before it is known for what it says it is. They are loaded with the first call:
 * most of what wakes an inbox ends before.
 */
function latePartsOf(blobs: BlobStore, options: LateOptions) {
  const said = whenNeeded(async () => (await import('./blobs-said.ts')).blobsSaid(blobs, options));
  const queue = whenNeeded(async () =>
    (await import('./blobs-deliveries.ts')).blobsDeliveries(blobs, { ...options, activities }),
  );
  const activities = partWhenNeeded<BlobsActivities>(
    async () => (await import('./blobs-activities.ts')).blobsActivities(blobs),
    { put: 'one', get: 'one', stored: 'one', all: 'many', drop: 'one' },
  );
  const parts = {
    activities,
    interactions: partWhenNeeded<InteractionStore>(async () => (await said()).interactions, {
      ...{
        put: 'one',
        get: 'one',
        find: 'one',
        remove: 'one',
        setState: 'one',
        page: 'one',
        thread: 'one',
        list: 'one',
      },
      ...{ counts: 'one', version: 'one', targets: 'many', author: 'one', putAuthor: 'one', authors: 'many' },
      ...{ wasShown: 'one', countSince: 'one', forgetActor: 'one', prune: 'one', forgetTarget: 'one' },
    }),
    media: partWhenNeeded<MediaCache>(async () => (await said()).media, { urlOf: 'one', get: 'one', put: 'one' }),
    deliveries: partWhenNeeded<DeliveryStore>(async () => (await queue()).deliveries, {
      ...{ enqueue: 'one', lease: 'one', settle: 'one', release: 'one', abandon: 'one', counts: 'one', nextDue: 'one' },
      ...{ leased: 'one', ofActivity: 'one', progress: 'one', receipts: 'one', troubled: 'one', retry: 'one' },
      ...{ postpone: 'one', hasten: 'one', giveUp: 'one', supersedeAll: 'one', fold: 'one' },
    }),
    inboxes: partWhenNeeded<InboxStore>(async () => (await queue()).inboxes, {
      ...{ get: 'one', deliveredSince: 'one', found: 'one', put: 'one', all: 'many' },
    }),
    hosts: partWhenNeeded<HostStore>(async () => (await queue()).hosts, { get: 'one', put: 'one', remove: 'one' }),
    workers: partWhenNeeded<WorkerStore>(
      async () => (await import('./blobs-workers.ts')).blobsWorkers(blobs, options),
      {
        ...{ beat: 'one', leave: 'one', alive: 'one' },
      },
    ),
    stamps: partWhenNeeded<BlobsStamps>(async () => (await import('./blobs-consent.ts')).blobsStamps(blobs, options), {
      ...{ put: 'one', get: 'one', ofQuote: 'one', revoke: 'one', all: 'one' },
    }),
    messages: partWhenNeeded<MessageStore>(
      async () => (await import('./blobs-messages.ts')).blobsMessages(blobs, options),
      {
        ...{
          put: 'one',
          list: 'one',
          remove: 'one',
          forgetSender: 'one',
          countSince: 'one',
          count: 'one',
          prune: 'one',
        },
      },
    ),
    notifications: partWhenNeeded<NotificationStore>(
      async () => (await import('./blobs-notifications.ts')).blobsNotifications(blobs, options),
      { add: 'one', list: 'one', forgetActor: 'one', prune: 'one', secret: 'one' },
    ),
  };
  const contents = async () => ({
    ...(await (await queue()).contents()),
    pictures: await (await said()).media.contents(),
  });
  return { parts, contents };
}
