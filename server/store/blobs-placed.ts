import { type Buckets, openBuckets } from './blobs-buckets.ts';
import type { BlobStore } from './blobs-client.ts';
import { type GroundOptions, openGround } from './blobs-ground.ts';
import { PlacedMap } from './placed-map.ts';

/** Entries that have an order of their own across all buckets. */
export interface PlacedKind<Value extends object> {
  readonly folder: string;
  /** At most `PLACES`. */
  readonly buckets: number;
  keyOf(value: Value): string;
  isValue(json: unknown): json is Value;
}

export interface PlacedBuckets<Value> extends Buckets<PlacedMap<Value>> {
  /** All entries in their order. */
  all(): Promise<PlacedMap<Value>>;
}

export interface PlacedOptions extends GroundOptions {
  /** See `countTicks`. */
  readonly tick: () => number;
}

/** Places of one tick: each bucket takes its own, so that no two entries have the same one, whoever adds them. */
const PLACES = 32;

/** Ticks of a millisecond: what one process adds one after the other gets places in that order. */
const TICKS = 16;

/** Places have 15 digits until the year 2080 if they are counted from here. */
const FIRST_DAY = Date.UTC(2026, 0, 1);

/** Counts up with the clock, and never gives a number twice. */
export function countTicks(clock: () => number): () => number {
  let last = 0;
  return () => {
    last = Math.max(last + 1, (clock() - FIRST_DAY) * TICKS);
    return last;
  };
}

/**
 * Opens buckets whose entries are in the order in which they were added: as the clocks of those who added them tell, which
 * differ by milliseconds. Within a bucket a place is always later than those before.
 */
export function openPlaced<Value extends object>(
  blobs: BlobStore,
  { folder, buckets, keyOf, isValue }: PlacedKind<Value>,
  { tick, ...options }: PlacedOptions,
): PlacedBuckets<Value> {
  const parse = (json: unknown): PlacedMap<Value> => {
    const placed = new PlacedMap<Value>();
    if (!Array.isArray(json)) throw new TypeError('no entries');
    for (const entry of json) {
      const [place, value]: unknown[] = entry;
      if (typeof place !== 'number' || !isValue(value)) throw new TypeError('no entry');
      placed.put(keyOf(value), value, place);
    }
    return placed;
  };
  const print = (placed: PlacedMap<Value>) => [...placed].map(([key, value]) => [placed.placeOf(key), value]);
  const ground = openGround(blobs, options);
  const kind = { folder, buckets, empty: () => new PlacedMap<Value>(), parse, print };
  const opened = openBuckets(blobs, kind, { ...options, ground });

  return {
    ...opened,
    change: (id, work) => {
      const now = tick();
      return ground().then((placeOf) => {
        const place = now * PLACES + placeOf(buckets, id);
        return opened.change(id, (placed) => {
          placed.next = (last) => Math.max(place, last + PLACES);
          return work(placed);
        });
      });
    },
    all: async () => inOrder(await opened.readAll()),
  };
}

function inOrder<Value>(parts: readonly PlacedMap<Value>[]): PlacedMap<Value> {
  const entries = parts.flatMap((part) => [...part].map(([key, value]) => ({ key, value, place: part.placeOf(key) })));
  const all = new PlacedMap<Value>();
  for (const { key, value, place } of entries.sort((a, b) => a.place - b.place)) all.put(key, value, place);
  return all;
}
