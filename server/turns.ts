/** The last work that was begun for each key, as long as it lasts. */
const turns = new WeakMap<object, Map<string, Promise<unknown>>>();

/**
 * Runs `work` once all earlier work for the same `key` of the same `place` has ended; other keys do not wait. Gives what
 * it gives, and fails as it does.
 *
 * What one actor sends is dealt with one by one, in the order in which it was verified: otherwise a Follow that waits for
 * its actor's document would outlast the Undo that came after it. Holds within one process, and only one hosts the inbox.
 */
export async function inTurn<T>(place: object, key: string, work: () => Promise<T>): Promise<T> {
  const waiting = turns.get(place) ?? new Map<string, Promise<unknown>>();
  turns.set(place, waiting);
  const mine = (waiting.get(key) ?? Promise.resolve()).then(work, work);
  waiting.set(key, mine);
  try {
    return await mine;
  } finally {
    if (waiting.get(key) === mine) waiting.delete(key);
  }
}
