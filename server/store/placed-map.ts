import { placeOf } from './stored-order.ts';

/** Gives the place of what is added, larger than the last one. */
export type NextPlace = (last: number) => number;

/** A map whose entries have places: numbers in the order in which they were added. One that is replaced keeps its place. */
export class PlacedMap<Value> extends Map<string, Value> {
  /** How places are given. */
  next: NextPlace;
  readonly #places = new Map<string, number>();
  #last = 0;

  constructor(next: NextPlace = (last) => last + 1) {
    super();
    this.next = next;
  }

  override set(key: string, value: Value): this {
    if (!this.has(key)) this.put(key, value, this.next(this.#last));
    return super.set(key, value);
  }

  override delete(key: string): boolean {
    this.#places.delete(key);
    return super.delete(key);
  }

  override clear(): void {
    this.#places.clear();
    super.clear();
  }

  /** Adds what has its place already. They are put in the order of their places. */
  put(key: string, value: Value, place: number): void {
    this.#places.set(key, place);
    this.#last = Math.max(this.#last, place);
    super.set(key, value);
  }

  /** 0 for what is not there. */
  placeOf(key: string): number {
    return this.#places.get(key) ?? 0;
  }
}

/** What was added last first, from before the place that `before` names: pages are stable whatever is added and dropped. */
export function pageOfPlaced<Value>(
  placed: PlacedMap<Value>,
  { limit, before }: { limit: number; before?: string },
): { items: Value[]; cursor?: string } {
  const bound = before === undefined ? Number.POSITIVE_INFINITY : (placeOf(before) ?? 0);
  const older = [...placed.keys()].reverse().filter((key) => placed.placeOf(key) < bound);
  const shown = older.slice(0, limit);
  const items = structuredClone(shown.flatMap((key) => placed.get(key) ?? []));
  const end = shown.at(-1);
  return older.length > limit && end !== undefined ? { items, cursor: String(placed.placeOf(end)) } : { items };
}
