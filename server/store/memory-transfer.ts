import type { Author, Stamp } from '../../federation/interaction.ts';
import { activityNotStored } from './delivery-rules.ts';
import { keptOf, restoreEntry } from './kept-deliveries.ts';
import type { AnswerRecords } from './memory-answers.ts';
import type { MemoryQueue } from './memory-deliveries.ts';
import type { InteractionEntry, RestoredInteractions } from './memory-interactions.ts';
import { setFolded } from './receipt-rules.ts';
import type { TransferStore } from './transfer-store.ts';

export interface MemoryParts {
  readonly queue: MemoryQueue;
  readonly interactions: RestoredInteractions;
  readonly entries: ReadonlyMap<string, InteractionEntry>;
  readonly authors: ReadonlyMap<string, Author>;
  readonly stamps: ReadonlyMap<string, Stamp>;
  readonly seen: Map<string, number>;
  readonly answers: Pick<AnswerRecords, 'asked'>;
  readonly secret: { readonly value?: string };
}

/** What takes a store in memory elsewhere. */
export function memoryTransfer(parts: MemoryParts): TransferStore {
  const { queue, interactions, entries, authors, stamps, seen, answers, secret } = parts;
  return {
    activities: () => walk(queue.activities.values()),
    deliveries: () => walk([...queue.entries.values()].map(keptOf)),
    putDeliveries: async (deliveries) => {
      for (const each of deliveries) {
        const stored = queue.activities.get(each.activityId);
        if (stored === undefined) throw activityNotStored(each.activityId);
        restoreEntry(queue, stored.activity, each);
      }
    },
    folded: async function* () {
      for (const [object, counts] of queue.folded) for (const each of counts.values()) yield { object, ...each };
    },
    putFolded: async (counts) => {
      for (const { object, ...count } of counts) setFolded(queue.folded, object, count);
    },
    hosts: () => walk(queue.hosts.values()),
    interactions: async function* () {
      for (const { interaction, isApproved } of [...entries.values()].sort((a, b) => a.seq - b.seq)) {
        const author = authors.get(interaction.actor);
        if (author) yield structuredClone({ interaction, isApproved, author });
      }
    },
    putInteractions: async (said) => {
      for (const { author, ...kept } of said) interactions.restore(kept, author);
      return 0;
    },
    stamps: () => walk(stamps.values()),
    seen: () => walk([...seen].map(([name, at]) => ({ name, at }))),
    putSeen: async (marks) => {
      for (const { name, at } of marks) seen.set(name, Math.max(at, seen.get(name) ?? at));
    },
    told: async function* () {
      for (const [object, { told }] of answers.asked) if (told !== undefined) yield { object, digest: told };
    },
    feedSecret: async () => secret.value,
  };
}

async function* walk<Item>(items: Iterable<Item>): AsyncIterable<Item> {
  for (const item of items) yield structuredClone(item);
}
