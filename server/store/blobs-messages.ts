import { sum } from './blobs-buckets.ts';
import type { BlobStore } from './blobs-client.ts';
import { openPlaced, type PlacedOptions } from './blobs-placed.ts';
import type { MessageStore, SealedMessage } from './interaction-store.ts';
import { memoryMessages } from './memory-messages.ts';
import { hasTexts } from './stored-texts.ts';

const BUCKETS = 32;

/** Sealed messages in Blobs, those of one sender in one document: what they sent is counted with all that they do. */
export function blobsMessages(blobs: BlobStore, options: PlacedOptions): MessageStore {
  const isValue = (json: unknown): json is SealedMessage => hasTexts(json, ['object', 'sender', 'jwe', 'at']);
  const kind = { folder: 'messages', buckets: BUCKETS, keyOf: ({ object }: SealedMessage) => object, isValue };
  const messages = openPlaced(blobs, kind, options);
  const all = async (): Promise<MessageStore> => memoryMessages(await messages.all());
  return {
    put: async (message) => {
      const known = (await messages.all()).get(message.object);
      if (known && known.sender !== message.sender) return 'ignored';
      return messages.change(message.sender, (map) => memoryMessages(map).put(message));
    },
    list: async (options) => (await all()).list(options),
    remove: async (of) => {
      if (of.sender !== undefined) return messages.change(of.sender, (map) => memoryMessages(map).remove(of));
      return (await messages.changeAll((map) => memoryMessages(map).remove(of))).includes(true);
    },
    forgetSender: (sender) => messages.change(sender, (map) => memoryMessages(map).forgetSender(sender)),
    countSince: async (sender, since) => memoryMessages(await messages.read(sender)).countSince(sender, since),
    count: async () => (await all()).count(),
    prune: async (before) => sum(await messages.changeAll((map) => memoryMessages(map).prune(before))),
  };
}
