import type { HostHealth } from '../../federation/breaker.ts';
import type { Delivery } from '../../federation/delivery.ts';
import type { Author, Stamp } from '../../federation/interaction.ts';
import type { StoredActivity } from './delivery-queue.ts';
import type { FoldedReceipts } from './delivery-store.ts';
import type { KeptInteraction } from './interaction-rules.ts';
import type { Store } from './store.ts';

/**
 * What a store needs beside its own methods to be taken elsewhere whole: walks over what nobody else asks for whole, and writes
 * that put things as they were and not as they come in. No request needs it, so no function of a host loads it. Whoever writes
 * here is alone with a store that has no ledger yet; every write may be repeated.
 */
export interface TransferStore {
  activities(): AsyncIterable<StoredActivity>;
  /** In the order in which they were asked for. Nobody holds a lease on what is given. */
  deliveries(): AsyncIterable<KeptDelivery>;
  /** Adds at the end, or replaces by activity and inbox in its place. Rejects with `activity-not-stored`. */
  putDeliveries(deliveries: readonly KeptDelivery[]): Promise<void>;
  /** Receipts that were turned into counts. */
  folded(): AsyncIterable<FoldedOf>;
  /** Replaces the count of an object, type and state. */
  putFolded(counts: readonly FoldedOf[]): Promise<void>;
  hosts(): AsyncIterable<HostHealth>;
  /** Oldest first. */
  interactions(): AsyncIterable<KeptSaying>;
  /** Adds at the end, or replaces by id in its place, as it is. Gives how many found no room. */
  putInteractions(said: readonly KeptSaying[]): Promise<number>;
  stamps(): AsyncIterable<Stamp>;
  /** Every mark of `InboundStore`. */
  seen(): AsyncIterable<SeenMark>;
  putSeen(marks: readonly SeenMark[]): Promise<void>;
  /** What the network was told last of what changes by itself: see `AnswerStore.told`. */
  told(): AsyncIterable<{ readonly object: string; readonly digest: string }>;
  /** The secret of the owner's feeds, if it was ever made. */
  feedSecret(): Promise<string | undefined>;
}

/** A store that can be taken elsewhere, or be where another one is taken to. */
export interface PortableStore extends Store {
  readonly transfer: TransferStore;
}

/** A delivery, and what only the queue knows of it. */
export interface KeptDelivery extends Delivery {
  /** When `lastStatus` and `lastError` were written. */
  readonly notedAt?: number;
  /** It was superseded while it was leased, or had failed. */
  readonly outdated: boolean;
}

export interface FoldedOf extends FoldedReceipts {
  readonly object: string;
}

/** An interaction, and who said it. */
export interface KeptSaying extends KeptInteraction {
  readonly author: Author;
}

/** What was seen. `name` is an id, or `digestName` of one where an adapter keeps no more of it. */
export interface SeenMark {
  readonly name: string;
  readonly at: number;
}
