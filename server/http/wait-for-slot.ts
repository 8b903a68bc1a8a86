/** Bounds how much is done at once, and how many wait for it. */
export interface Slots {
  /** Resolves with true once it is the caller's turn, who must give it back; with false at once when too many wait. */
  take(): Promise<boolean>;
  give(): void;
}

/** Makes slots, taken in the order in which they were asked for. */
export function createSlots({ atOnce, waiting }: { readonly atOnce: number; readonly waiting: number }): Slots {
  let taken = 0;
  const queue: ((turn: true) => void)[] = [];
  return {
    take() {
      if (taken < atOnce) {
        taken += 1;
        return Promise.resolve(true);
      }
      if (queue.length >= waiting) return Promise.resolve(false);
      return new Promise<true>((resolve) => queue.push(resolve));
    },
    give() {
      const next = queue.shift();
      // The slot goes from hand to hand.
      if (next) next(true);
      else taken -= 1;
    },
  };
}
