import { sum } from './blobs-buckets.ts';
import type { BlobStore } from './blobs-client.ts';
import { openPlaced, type PlacedOptions } from './blobs-placed.ts';
import type { MessageStore, SealedMessage } from './interaction-store.ts';
import { memoryMessages } from './memory-messages.ts';
import { hasTexts } from './stored-texts.ts';

const BUCKETS = 32;

/** Sealed messages in Blobs. */
export function blobsMessages(blobs: BlobStore, options: PlacedOptions): MessageStore {
  const isValue = (json: unknown): json is SealedMessage => hasTexts(json, ['object', 'sender', 'jwe', 'at']);
  const kind = { folder: 'messages', buckets: BUCKETS, keyOf: ({ object }: SealedMessage) => object, isValue };
  const messages = openPlaced(blobs, kind, options);
  const all = async (): Promise<MessageStore> => memoryMessages(await messages.all());
  return {
    put: async (message) => messages.change(message.object, (map) => memoryMessages(map).put(message)),
    list: async (options) => (await all()).list(options),
    remove: async (of) => messages.change(of.object, (map) => memoryMessages(map).remove(of)),
    forgetSender: async (sender) => sum(await messages.changeAll((map) => memoryMessages(map).forgetSender(sender))),
    countSince: async (sender, since) => (await all()).countSince(sender, since),
    count: async () => (await all()).count(),
    prune: async (before) => sum(await messages.changeAll((map) => memoryMessages(map).prune(before))),
  };
}
