/** Requests under way, and how many more may begin. */
export interface Slots {
  /** All of them, the slow ones too. */
  readonly underWay: number;
  readonly hasRoom: boolean;
  /** Counts a request until it is given back. */
  take(): Slot;
  /** `answered`: somebody was there, and this is how long it takes to hear from somebody. */
  give(slot: Slot, answered: boolean): void;
  /** Frees the slots of requests that have been under way for long; they go on. True when one became free. */
  freeSlow(): boolean;
}

export interface Slot {
  readonly since: number;
  isSlow: boolean;
}

export interface SlotsOptions {
  readonly concurrency: number;
  /** How long a request may hold its slot at most, in milliseconds. */
  readonly slowAfterMs: number;
  /** Slow requests at once that hold none; more of them keep theirs, which bounds sockets and memory. */
  readonly mostSlow: number;
  /** Milliseconds that only go forward. */
  readonly clock: () => number;
}

/** A request is slow when it takes so many times as long as an answer does, */
const TIMES_USUAL = 4;
/** and no sooner than this, in milliseconds. */
const NEVER_SLOW_BEFORE = 50;
/** How much one answer moves what is taken for usual. */
const WEIGHT = 1 / 16;

/**
 * Makes slots that are free.
 *
 * A request is slow in comparison: beside peers that answer in milliseconds one that hangs is known soon, and where an
 * answer takes a second, because of the peers, the line or our own processor, nothing is gained by starting more.
 */
export function createSlots({ concurrency, slowAfterMs, mostSlow, clock }: SlotsOptions): Slots {
  // In the order in which they began: those that became slow are in front.
  const held = new Set<Slot>();
  let slow = 0;
  let usual: number | undefined;
  const patience = (): number =>
    usual === undefined ? slowAfterMs : Math.min(slowAfterMs, Math.max(NEVER_SLOW_BEFORE, TIMES_USUAL * usual));

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
    give(slot, answered) {
      const took = Math.min(clock() - slot.since, slowAfterMs);
      if (answered) usual = usual === undefined ? took : usual + (took - usual) * WEIGHT;
      if (slot.isSlow) slow -= 1;
      else held.delete(slot);
    },
    freeSlow() {
      const before = slow;
      const limit = clock() - patience();
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
