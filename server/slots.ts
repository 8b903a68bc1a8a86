/** Requests under way, and how many more may begin. */
export interface Slots {
  /** All of them, the slow ones too. */
  readonly underWay: number;
  readonly hasRoom: boolean;
  /** Counts a request until it is given back. */
  take(): Slot;
  give(slot: Slot): void;
  /** Frees the slots of requests that have been under way for long; they go on. True when one became free. */
  freeSlow(): boolean;
}

export interface Slot {
  readonly since: number;
  isSlow: boolean;
}

export interface SlotsOptions {
  readonly concurrency: number;
  /** How long a request may hold its slot, in milliseconds. */
  readonly slowAfterMs: number;
  /** Slow requests at once that hold none; more of them keep theirs, which bounds sockets and memory. */
  readonly mostSlow: number;
  /** Milliseconds that only go forward. */
  readonly clock: () => number;
}

/** Makes slots that are free. */
export function createSlots({ concurrency, slowAfterMs, mostSlow, clock }: SlotsOptions): Slots {
  // In the order in which they began: those that became slow are in front.
  const held = new Set<Slot>();
  let slow = 0;
  return {
    get underWay() {
      return held.size + slow;
    },
    get hasRoom() {
      return held.size < concurrency;
    },
    take() {
      const slot = { since: clock(), isSlow: false };
      held.add(slot);
      return slot;
    },
    give(slot) {
      if (slot.isSlow) slow -= 1;
      else held.delete(slot);
    },
    freeSlow() {
      const before = slow;
      const limit = clock() - slowAfterMs;
      for (const slot of held) {
        if (slot.since > limit || slow >= mostSlow) break;
        held.delete(slot);
        slot.isSlow = true;
        slow += 1;
      }
      return slow > before;
    },
  };
}
