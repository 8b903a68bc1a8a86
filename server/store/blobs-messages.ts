import { PosternError } from '../errors.ts';
import { openBuckets, sum } from './blobs-buckets.ts';
import type { BlobStore } from './blobs-client.ts';
import { atOnce } from './blobs-documents.ts';
import { openPlaced, type PlacedOptions } from './blobs-placed.ts';
import type { MessageStore, SealedMessage } from './interaction-store.ts';
import { memoryMessages } from './memory-messages.ts';
import type { PlacedMap } from './placed-map.ts';
import { hasTexts } from './stored-texts.ts';

const BUCKETS = 32;

/** Messages of one document, and their text: each is rewritten with every message that comes to it. */
export const MOST_MESSAGES = 500;
export const MOST_MESSAGE_TEXT = 2_097_152;

/** Objects of one document whose senders are known; what is forgotten is looked for among the messages of the sender alone. */
export const MOST_OBJECTS = 2_000;

/** By object, the sender. */
type Senders = Map<string, string>;

/**
 * Sealed messages in Blobs, those of one sender in one document: what they sent is counted with all that they do. Beside them
 * lies who sent an object, so that it is not taken over by another. That is noted before the message is stored and dropped
 * after it, so it may name a message that is not there; and the oldest notes go where there are too many.
 */
export function blobsMessages(blobs: BlobStore, options: PlacedOptions): MessageStore {
  const isValue = (json: unknown): json is SealedMessage => hasTexts(json, ['object', 'sender', 'jwe', 'at']);
  const kind = { folder: 'messages', buckets: BUCKETS, keyOf: ({ object }: SealedMessage) => object, isValue };
  const messages = openPlaced(blobs, kind, options);
  const senders = openBuckets(blobs, sendersKind, options);
  const all = async (): Promise<MessageStore> => memoryMessages(await messages.all());
  const forget = (objects: readonly string[], sender: string) =>
    atOnce(objects, (object) => senders.change(object, (map) => map.get(object) === sender && map.delete(object)));
  const removeFrom = async (sender: string, object: string): Promise<boolean> => {
    const isRemoved = await messages.change(sender, (map) => memoryMessages(map).remove({ object, sender }));
    if (isRemoved) await forget([object], sender);
    return isRemoved;
  };
  return {
    put: async (message) => {
      const { object, sender } = message;
      const known = (await senders.read(object)).get(object);
      if (known !== undefined && known !== sender && (await messages.read(known)).get(object)?.sender === known)
        return 'ignored';
      await senders.change(object, (map) => note(map, object, sender));
      return messages.change(sender, (map) => putBounded(map, message));
    },
    list: async (options) => (await all()).list(options),
    remove: async ({ object, sender }) => {
      if (sender !== undefined) return removeFrom(sender, object);
      const known = (await senders.read(object)).get(object);
      if (known !== undefined && (await removeFrom(known, object))) return true;
      return (await messages.changeAll((map) => memoryMessages(map).remove({ object }))).includes(true);
    },
    forgetSender: async (sender) => {
      const objects = await messages.change(sender, (map) => {
        const theirs = [...map.values()].filter((message) => message.sender === sender);
        for (const { object } of theirs) map.delete(object);
        return theirs.map(({ object }) => object);
      });
      await forget(objects, sender);
      return objects.length;
    },
    countSince: async (sender, since) => memoryMessages(await messages.read(sender)).countSince(sender, since),
    count: async () => (await all()).count(),
    prune: async (before) => sum(await messages.changeAll((map) => memoryMessages(map).prune(before))),
  };
}

const sendersKind = {
  folder: 'message-senders',
  buckets: BUCKETS,
  empty: (): Senders => new Map(),
  parse: (json: unknown): Senders => {
    if (!Array.isArray(json)) throw new TypeError('no senders');
    return new Map(json.map(senderIn));
  },
  print: (senders: Senders) => [...senders],
};

function senderIn(pair: unknown): [string, string] {
  const [object, sender]: unknown[] = Array.isArray(pair) ? pair : [];
  if (typeof object !== 'string' || typeof sender !== 'string') throw new TypeError('no sender');
  return [object, sender];
}

function note(senders: Senders, object: string, sender: string): void {
  senders.set(object, sender);
  for (const oldest of senders.keys()) {
    if (senders.size <= MOST_OBJECTS) return;
    senders.delete(oldest);
  }
}

function full(): PosternError {
  return new PosternError('store-full', 'There is no room for another message.', {
    hint: 'Read the messages and remove what you do not need (npm run messages); its sender tries again by itself.',
  });
}

/** In a full document a sender's oldest messages make room for their newest. Nobody pushes out what another sent. */
function putBounded(map: PlacedMap<SealedMessage>, message: SealedMessage): ReturnType<MessageStore['put']> {
  const { object, sender, jwe } = message;
  const others = [...map.values()].filter((each) => each.object !== object);
  let [count, text] = [others.length + 1, jwe.length];
  for (const each of others) text += each.jwe.length;
  const doomed: string[] = [];
  for (const each of others) {
    if (count <= MOST_MESSAGES && text <= MOST_MESSAGE_TEXT) break;
    if (each.sender !== sender) continue;
    doomed.push(each.object);
    count -= 1;
    text -= each.jwe.length;
  }
  if (count > MOST_MESSAGES || text > MOST_MESSAGE_TEXT) throw full();
  for (const each of doomed) map.delete(each);
  return memoryMessages(map).put(message);
}
