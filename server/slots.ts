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
  /** Requests at once that are not known to be slow, and as many more as are likely to turn out so: at most twice as many. */
  readonly concurrency: number;
  /** How long a request may hold its slot at most, in milliseconds. */
  readonly slowAfterMs: number;
  /** Slow requests at once that hold none, and spare slots; more of them keep theirs, which bounds sockets and memory. */
  readonly mostSlow: number;
  /** Milliseconds that only go forward. */
  readonly clock: () => number;
}

/** A request is slow when it takes longer than is usual, by so many times what answers differ from each other, */
const TIMES_DEVIATION = 2;
/** and by so much in any case, */
const TIMES_USUAL = 1.5;
/** and no sooner than this, in milliseconds. */
const NEVER_SLOW_BEFORE = 50;
/** How much one answer moves what is taken for usual, and for the usual deviation. */
const WEIGHT = 1 / 16;
const DEVIATION_WEIGHT = 1 / 8;

/**
 * Makes slots that are free.
 *
 * A request is slow in comparison, reckoned as TCP reckons when an answer is overdue (RFC 6298 §2): beside peers that answer
 * in milliseconds one that hangs is known soon, and where an answer takes a second, because of the peers, the line or our own
 * processor, nothing is gained by starting more.
 *
 * Slots are also held by requests that will come to nothing. About as many as there were a moment ago are made up for by
 * spare slots, so that those that are answered have theirs.
 */
export function createSlots({ concurrency, slowAfterMs, mostSlow, clock }: SlotsOptions): Slots {
  // In the order in which they began: those that became slow are in front.
  const held = new Set<Slot>();
  let slow = 0;
  const patience = createPatience(slowAfterMs);
  const waste = createWaste(clock);
  return {
    get underWay() {
      return held.size + slow;
    },
    get hasRoom() {
      const spare = Math.min(waste.slotsOver(patience.span()), concurrency, mostSlow - slow);
      return held.size < concurrency + spare;
    },
    take() {
      const slot = { since: clock(), isSlow: false };
      held.add(slot);
      return slot;
    },
    give(slot, answered) {
      const took = Math.min(clock() - slot.since, slowAfterMs);
      if (answered) patience.learn(took);
      if (slot.isSlow) slow -= 1;
      else if (held.delete(slot) && !answered) waste.add(took);
    },
    freeSlow() {
      const before = slow;
      const limit = clock() - patience.span();
      for (const slot of held) {
        if (slot.since > limit || slow >= mostSlow) break;
        held.delete(slot);
        slot.isSlow = true;
        slow += 1;
        waste.add(clock() - slot.since);
      }
      return slow > before;
    },
  };
}

interface Patience {
  /** How long a request may take before it is slow, in milliseconds. */
  span(): number;
  /** Takes in how long an answer took. */
  learn(took: number): void;
}

function createPatience(slowAfterMs: number): Patience {
  let usual: number | undefined;
  let deviation = 0;
  return {
    span() {
      if (usual === undefined) return slowAfterMs;
      const unusual = Math.max(TIMES_USUAL * usual, usual + TIMES_DEVIATION * deviation);
      return Math.min(slowAfterMs, Math.max(NEVER_SLOW_BEFORE, unusual));
    },
    learn(took) {
      if (usual === undefined) {
        usual = took;
        deviation = took / 2;
        return;
      }
      deviation += (Math.abs(took - usual) - deviation) * DEVIATION_WEIGHT;
      usual += (took - usual) * WEIGHT;
    },
  };
}

interface Waste {
  /** A slot that was held for nothing ends now. */
  add(took: number): void;
  /** How many slots those that ended within the last `span` milliseconds come to. Older ones are forgotten. */
  slotsOver(span: number): number;
}

function createWaste(clock: () => number): Waste {
  /** Slots that were held for nothing, those that ended first in front. */
  const futile: { readonly until: number; readonly took: number }[] = [];
  let wasted = 0;
  return {
    add(took) {
      futile.push({ until: clock(), took });
      wasted += took;
    },
    slotsOver(span) {
      for (let first = futile[0]; first !== undefined && first.until <= clock() - span; first = futile[0]) {
        futile.shift();
        wasted -= first.took;
      }
      return Math.floor(wasted / span);
    },
  };
}
