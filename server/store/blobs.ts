import { PosternError } from '../errors.ts';
import { partWhenNeeded, whenNeeded } from '../load-when-needed.ts';
import { blobsActors } from './blobs-actors.ts';
import type { BlobStore } from './blobs-client.ts';
import type { DeliveringOptions } from './blobs-deliveries.ts';
import type { DocumentsOptions } from './blobs-documents.ts';
import { blobsFollowers, blobsFollowRequests } from './blobs-followers.ts';
import { openGround } from './blobs-ground.ts';
import { blobsInbound } from './blobs-inbound.ts';
import { blobsLedger } from './blobs-ledger.ts';
import * as part from './blobs-part-methods.ts';
import { countTicks, type PlacedOptions } from './blobs-placed.ts';
import type { blobsSizes } from './blobs-sizes.ts';
import type { MediaCache } from './interaction-store.ts';
import type { Store } from './store.ts';

export interface BlobsStoreOptions extends DocumentsOptions, DeliveringOptions {
  /** For the order in which entries came. */
  readonly clock?: () => number;
  /** Given by a process that has to tell how much is stored; without it nothing here counts. */
  readonly sizes?: typeof blobsSizes | undefined;
}

/**
 * Opens the store in Netlify Blobs. Any number of processes may hold it open. There is no transaction across keys: what the
 * interface promises of one entry holds always, what it promises of several is said where an adapter promises less.
 */
export function openBlobsStore(
  blobs: BlobStore,
  { clock = Date.now, sizes = cannotCount, ...tries }: BlobsStoreOptions = {},
): Store {
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
  return { ...store, sizes: () => sizes({ ...store, sizes: async () => [], contents: late.contents }) };
}

async function cannotCount(): Promise<never> {
  throw new PosternError('store-without-sizes', 'This process opened the store without what counts in it.', {
    hint: 'This is a fault in Postern: please report it.',
  });
}

interface LateOptions extends PlacedOptions, DeliveringOptions {
  readonly sending: () => Promise<ReadonlySet<string>>;
}

/**
 * The parts of the store that no request needs before it is known for what it says it is. They are loaded with the first call:
 * most of what wakes an inbox ends before.
 */
function latePartsOf(blobs: BlobStore, options: LateOptions) {
  const said = whenNeeded(async () => (await import('./blobs-said.ts')).blobsSaid(blobs, options));
  const sent = whenNeeded(async () => (await import('./blobs-sent.ts')).blobsSent(blobs, options));
  const desk = whenNeeded(async () => (await import('./blobs-desk.ts')).blobsDesk(blobs, options));
  const account = whenNeeded(async () => (await import('./blobs-account.ts')).blobsAccount(blobs, options));
  const parts = {
    activities: partWhenNeeded(async () => (await sent()).activities, part.ACTIVITIES),
    interactions: partWhenNeeded(async () => (await said()).interactions, part.INTERACTIONS),
    media: partWhenNeeded<MediaCache>(async () => (await said()).media, part.MEDIA),
    together: async <T>(writes: readonly (() => Promise<T>)[]) => (await sent()).together(writes),
    deliveries: partWhenNeeded(async () => (await sent()).deliveries, part.DELIVERIES),
    inboxes: partWhenNeeded(async () => (await sent()).inboxes, part.INBOXES),
    hosts: partWhenNeeded(async () => (await sent()).hosts, part.HOSTS),
    workers: partWhenNeeded(async () => (await sent()).workers, part.WORKERS),
    stamps: partWhenNeeded(async () => (await desk()).stamps, part.STAMPS),
    messages: partWhenNeeded(async () => (await desk()).messages, part.MESSAGES),
    notifications: partWhenNeeded(async () => (await desk()).notifications, part.NOTIFICATIONS),
    following: partWhenNeeded(async () => (await account()).following, part.FOLLOWING),
    reading: partWhenNeeded(async () => (await account()).reading, part.READING),
    answers: partWhenNeeded(async () => (await account()).answers, part.ANSWERS),
  };
  const contents = async () => ({
    ...(await (await sent()).contents()),
    pictures: await (await said()).media.contents(),
  });
  return { parts, contents };
}
