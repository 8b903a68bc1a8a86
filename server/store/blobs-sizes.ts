import type { Interaction } from '../../federation/interaction.ts';
import type { BlobsActivities } from './blobs-activities.ts';
import type { BlobsStamps } from './blobs-consent.ts';
import type { BlobsInbound } from './blobs-inbound.ts';
import { byKind, type Contents, sizesOf } from './memory-sizes.ts';
import type { Store, StoreSize } from './store.ts';

/** What the parts of the store tell of what the interface gives nobody as a whole. */
export interface SizedParts extends Store {
  readonly activities: BlobsActivities;
  readonly stamps: BlobsStamps;
  readonly inbound: BlobsInbound;
  /** Of the queue and the pictures. */
  readonly contents: () => Promise<Pick<Contents, 'deliveries' | 'receipts' | 'pictures'>>;
}

/** Counts what is stored, reading all of it: for commands. */
export async function blobsSizes(store: SizedParts): Promise<readonly StoreSize[]> {
  const interactions = await allInteractions(store);
  return sizesOf({
    followers: await collect(store.followers.all()),
    'follow requests': await store.requests.list(Number.MAX_SAFE_INTEGER),
    ...byKind(interactions),
    authors: await collect(store.interactions.authors()),
    messages: (await store.messages.list({ limit: Number.MAX_SAFE_INTEGER })).items,
    notifications: await store.notifications.list(Number.MAX_SAFE_INTEGER),
    stamps: await store.stamps.all(),
    'follows answered': await collect(store.following.all()),
    reading: await store.reading.newest(Number.MAX_SAFE_INTEGER),
    votes: await collect(store.answers.votes()),
    'quotes answered': await collect(store.answers.consents()),
    posts: (await store.ledger.read())?.ledger.objects.values() ?? [],
    activities: await collect(store.activities.all()),
    inboxes: await collect(store.inboxes.all()),
    'cached documents': await collect(store.actors.all()),
    'seen activities': await store.inbound.digests(),
    'kept activities': [],
    ...(await store.contents()),
  });
}

async function allInteractions({ interactions }: Store): Promise<readonly Interaction[]> {
  return (await interactions.list({ limit: Number.MAX_SAFE_INTEGER })).items;
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
