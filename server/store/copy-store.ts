import { PosternError } from '../errors.ts';
import { MAX_READING } from './account-store.ts';
import { atOnce } from './blobs-documents.ts';
import type { FollowRequestStore } from './interaction-store.ts';
import type { FollowerStore } from './store.ts';
import type { PortableStore } from './transfer-store.ts';

/** What is being copied, in plain words, and how much of it is. */
export interface CopyProgress {
  readonly kind: string;
  readonly done: number;
}

export interface CopyOptions {
  readonly onProgress?: (progress: CopyProgress) => void;
}

export interface Copied {
  /** By kind, in the order in which they were copied. */
  readonly counts: ReadonlyMap<string, number>;
  /** Replies and messages that found no room: an adapter may bound what lies at one place. */
  readonly leftOut: number;
}

/** Things that are put at once: adapters write what comes together in few steps. */
const BATCH = 500;

type Put<Item> = (batch: readonly Item[]) => Promise<unknown>;

/**
 * Copies all that a store remembers, from any adapter to any other, but for what is only there to spare a request: pictures of
 * others, and how long a server that fails is left alone. Nobody may write to either meanwhile.
 *
 * The ledger comes last, and without one nothing is ever published: a copy that was cut short leaves a store that does nothing,
 * and is completed by copying again. Rejects with `ledger-exists` where there is one, and with `nothing-to-copy` and
 * `store-not-adopted` for what cannot be copied; then nothing was written.
 */
export async function copyStore(
  from: PortableStore,
  to: PortableStore,
  { onProgress = () => {} }: CopyOptions = {},
): Promise<Copied> {
  const known = await from.ledger.read();
  if (known === undefined) throw nothingToCopy();
  if ((await to.ledger.head()) !== undefined) throw ledgerExists();
  if ((await from.inbound.kept(1)).length > 0) throw notAdopted();
  const counts = new Map<string, number>();
  const copy = async <Item>(kind: string, items: AsyncIterable<Item>, put: Put<Item>): Promise<void> => {
    let done = 0;
    for await (const batch of batches(items)) {
      await put(batch);
      done += batch.length;
      onProgress({ kind, done });
    }
    counts.set(kind, done);
  };
  await copyPeople(from, to, copy);
  await copyQueue(from, to, copy);
  const leftOut = await copySaid(from, to, copy);
  await copyAccount(from, to, copy);
  const { objects } = known.ledger;
  // Another copy was first: what it wrote is the same, or of another store, which is not ours to mix.
  if (!(await to.ledger.begin(known.ledger))) throw ledgerExists();
  counts.set('posts in the ledger', objects.size);
  onProgress({ kind: 'posts in the ledger', done: objects.size });
  return { counts, leftOut };
}

type Copy = <Item>(kind: string, items: AsyncIterable<Item>, put: Put<Item>) => Promise<void>;

async function copyPeople(from: PortableStore, to: PortableStore, copy: Copy): Promise<void> {
  const requests = async function* () {
    yield* await from.requests.list(Number.MAX_SAFE_INTEGER);
  };
  await copy('followers', from.followers.all(), each(to.followers.put));
  await dropOthers(from.followers, to.followers, to.followers.all());
  await copy('follow requests', requests(), each(to.requests.put));
  await dropOthers(from.requests, to.requests, await to.requests.list(Number.MAX_SAFE_INTEGER));
  await copy('accounts followed', from.following.all(), each(to.following.put));
  await copy('known accounts', from.actors.all(), each(to.actors.put));
}

/** A copy that was cut short may have brought somebody who left since. */
async function dropOthers(
  from: Pick<FollowerStore & FollowRequestStore, 'get'>,
  to: Pick<FollowerStore & FollowRequestStore, 'remove'>,
  all: AsyncIterable<{ actor: string }> | Iterable<{ actor: string }>,
): Promise<void> {
  for await (const batch of batches(all)) {
    const known = await Promise.all(batch.map(({ actor }) => from.get(actor)));
    for (const [index, { actor }] of batch.entries()) if (known[index] === undefined) await to.remove(actor);
  }
}

async function copyQueue(from: PortableStore, to: PortableStore, copy: Copy): Promise<void> {
  await copy('inboxes', from.inboxes.all(), to.inboxes.put);
  await copy(
    'activities',
    from.transfer.activities(),
    // Nothing is shared between two of them: each may be a request of its own.
    (batch) => atOnce(batch, ({ activity, createdAt }) => to.activities.put(activity, { now: createdAt })),
  );
  await copy('deliveries', from.transfer.deliveries(), to.transfer.putDeliveries);
  await copy('counted receipts', from.transfer.folded(), to.transfer.putFolded);
  await copy('servers that fail', from.transfer.hosts(), each(to.hosts.put));
}

async function copySaid(from: PortableStore, to: PortableStore, copy: Copy): Promise<number> {
  let leftOut = 0;
  await copy('replies and reactions', from.transfer.interactions(), async (batch) => {
    leftOut += await to.transfer.putInteractions(batch);
  });
  await copy('seen activities', from.transfer.seen(), to.transfer.putSeen);
  await copy(
    'consents to quotes',
    from.transfer.stamps(),
    each(async (stamp) => {
      await to.stamps.put(stamp);
      if (stamp.revoked !== undefined) await to.stamps.revoke(stamp.id, stamp.revoked);
    }),
  );
  await copy(
    'messages',
    messagesOf(from),
    // One after the other: an adapter may look something up before it gives a place in the order.
    async (batch) => {
      for (const message of batch)
        await to.messages.put(message).catch((fault: unknown) => {
          if (!(fault instanceof PosternError && fault.code === 'store-full')) throw fault;
          leftOut += 1;
        });
    },
  );
  return leftOut;
}

/** Oldest first, as they came. */
async function* messagesOf({ messages }: PortableStore) {
  const { items } = await messages.list({ limit: Number.MAX_SAFE_INTEGER });
  yield* items.reverse();
}

async function copyAccount(from: PortableStore, to: PortableStore, copy: Copy): Promise<void> {
  const notifications = async function* () {
    yield* (await from.notifications.list(Number.MAX_SAFE_INTEGER)).reverse();
  };
  const reading = async function* () {
    yield* (await from.reading.newest(2 * MAX_READING)).reverse();
  };
  await copy('notifications', notifications(), each(to.notifications.add));
  await copy('posts of accounts followed', reading(), each(to.reading.put));
  await copy('votes', from.answers.votes(), each(to.answers.vote));
  await copy('answers to quotes', from.answers.consents(), each(to.answers.putConsent));
  await copy(
    'results that were told',
    from.transfer.told(),
    each(({ object, digest }) => to.answers.setTold(object, digest)),
  );
  const secret = await from.transfer.feedSecret();
  if (secret !== undefined) await to.notifications.secret(() => secret, { renew: true });
}

/** One call each, all at once: adapters write together what comes together, in the order of the calls. */
function each<Item>(put: (item: Item) => Promise<unknown>): Put<Item> {
  return (batch) => Promise.all(batch.map((item) => put(item)));
}

async function* batches<Item>(items: AsyncIterable<Item> | Iterable<Item>): AsyncIterable<Item[]> {
  let batch: Item[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function nothingToCopy(): PosternError {
  return new PosternError('nothing-to-copy', 'The store has no ledger: nothing was ever told to the network.', {
    hint: 'Check that it is the store of your blog. A blog that has not begun needs no more than its content.',
  });
}

function ledgerExists(): PosternError {
  return new PosternError(
    'ledger-exists',
    'There is a ledger already where the store is to go, and two cannot be one.',
    {
      hint: 'Restore into a place that is new, before anything is published from there.',
    },
  );
}

function notAdopted(): PosternError {
  return new PosternError('store-not-adopted', 'The store keeps replies of an earlier version that were never read.', {
    hint: 'Run npm start once where the store is now, which reads them; then copy it again.',
  });
}
