import type { Author, Notification, Stamp } from '../../federation/interaction.ts';
import type { Follower } from '../../federation/outcome.ts';
import type { FollowingRecord, ReadingItem } from './account-store.ts';
import type { StoredActivity } from './delivery-queue.ts';
import type { CachedMedia, SealedMessage } from './interaction-store.ts';
import { type AnswerRecords, consentsIn, memoryAnswers, votesOf } from './memory-answers.ts';
import { memoryFollowRequests, memoryStamps } from './memory-consent.ts';
import { type MemoryQueue, memoryDeliveries, memoryQueue } from './memory-deliveries.ts';
import { memoryFollowers } from './memory-followers.ts';
import { memoryFollowing } from './memory-following.ts';
import { memoryActors, memoryInbound } from './memory-inbound.ts';
import { memoryHosts, memoryInboxes } from './memory-inboxes.ts';
import { type InteractionEntry, memoryInteractions } from './memory-interactions.ts';
import { memoryLedger } from './memory-ledger.ts';
import { dropUnnamed, memoryMedia } from './memory-media.ts';
import { memoryMessages, memoryNotifications } from './memory-messages.ts';
import { memoryReading } from './memory-reading.ts';
import { byKind, sizesOf } from './memory-sizes.ts';
import { memoryTransfer } from './memory-transfer.ts';
import { memoryWorkers } from './memory-workers.ts';
import { inOrder } from './one-by-one.ts';
import { PlacedMap } from './placed-map.ts';
import type { ActivityStore, CachedDocument, LedgerStore } from './store.ts';
import type { PortableStore } from './transfer-store.ts';

/**
 * Opens an empty store in memory, for tests and for a look around: it ends with the process. Each method does its work
 * in one step of the event loop, which is what makes it atomic, and copies what it takes and gives.
 */
export function openMemoryStore(): PortableStore {
  const queue = memoryQueue();
  const { ledger, sending } = memoryLedger();
  const records = memoryRecords();
  const secret: { value?: string } = {};
  const interactions = memoryInteractions(records);
  return {
    followers: memoryFollowers(records.followers),
    ledger,
    activities: memoryActivities(queue.activities),
    deliveries: memoryDeliveries(queue, sending),
    inbound: memoryInbound(records.seen),
    actors: memoryActors(records.documents, records.authors),
    workers: memoryWorkers(new Map()),
    inboxes: memoryInboxes(queue.inboxes),
    hosts: memoryHosts(queue.hosts),
    interactions,
    stamps: memoryStamps(records.stamps),
    requests: memoryFollowRequests(records.requests),
    messages: memoryMessages(records.messages),
    notifications: memoryNotifications(records.notifications, secret),
    media: memoryMedia(records.pictures, records),
    following: memoryFollowing(records.following),
    reading: memoryReading(records.reading),
    answers: memoryAnswers(records.answers),
    transfer: memoryTransfer({ ...records, queue, interactions, secret }),
    together: inOrder,
    sizes: () => memorySizes(records, queue, ledger),
    close: async () => {},
  };
}

/** What is kept beside the queue and the ledger. */
function memoryRecords() {
  return {
    followers: new PlacedMap<Follower>(),
    seen: new Map<string, number>(),
    documents: new Map<string, CachedDocument>(),
    entries: new Map<string, InteractionEntry>(),
    authors: new Map<string, Author>(),
    stamps: new Map<string, Stamp>(),
    requests: new Map<string, Follower>(),
    messages: new PlacedMap<SealedMessage>(),
    notifications: new Map<string, Notification>(),
    pictures: new Map<string, CachedMedia>(),
    following: new Map<string, FollowingRecord>(),
    reading: new Map<string, ReadingItem>(),
    answers: { polls: new Map(), asked: new Map() } satisfies AnswerRecords,
  };
}

async function memorySizes(records: ReturnType<typeof memoryRecords>, queue: MemoryQueue, ledger: LedgerStore) {
  dropUnnamed(records.pictures, records);
  const { polls, asked } = records.answers;
  const deliveries = [...queue.entries.values()].map(({ lane: _, activity: { object }, ...entry }) => ({
    ...entry,
    object,
  }));
  return sizesOf({
    followers: records.followers.values(),
    'follow requests': records.requests.values(),
    ...byKind([...records.entries.values()].map(({ interaction }) => interaction)),
    authors: records.authors.values(),
    pictures: records.pictures.values(),
    messages: records.messages.values(),
    notifications: records.notifications.values(),
    stamps: records.stamps.values(),
    'follows answered': records.following.values(),
    reading: records.reading.values(),
    votes: [...polls].flatMap(([poll, voters]) => votesOf(poll, voters)),
    'quotes answered': consentsIn(asked.values()),
    posts: (await ledger.read())?.ledger.objects.values() ?? [],
    activities: queue.activities.values(),
    deliveries: deliveries.filter(({ state }) => state === 'pending'),
    receipts: deliveries.filter(({ state }) => state !== 'pending'),
    inboxes: queue.inboxes.values(),
    'cached documents': records.documents.values(),
    'seen activities': records.seen.keys(),
    'kept activities': [],
  });
}

function memoryActivities(activities: Map<string, StoredActivity>): ActivityStore {
  return {
    put: async (activity, { now }) => {
      const stored = activities.get(activity.id) ?? { activity: structuredClone(activity), createdAt: now };
      activities.set(activity.id, stored);
      return structuredClone(stored.activity);
    },
    get: async (id) => structuredClone(activities.get(id)?.activity),
  };
}
