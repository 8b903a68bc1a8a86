import type { Deps } from './ports.ts';

const SLOT_MS = 600_000;

/** How long ago a sweep is looked for: who asks wants to know whether the schedule runs. */
const SLOTS = 6;

/** Marks that a sweep came: one mark for ten minutes, dropped with others after a month. No activity's id begins like it. */
export function markSweep({ store, clock }: Pick<Deps, 'store' | 'clock'>): Promise<void> {
  return store.inbound.markSeen(markOf(slotOf(clock())), clock());
}

/** When a sweep came last, to ten minutes; undefined when none did in the last hour. */
export async function lastSweep({ store, clock }: Pick<Deps, 'store' | 'clock'>): Promise<number | undefined> {
  const now = slotOf(clock());
  for (let slot = now; slot > now - SLOTS; slot -= 1) {
    if (await store.inbound.seen(markOf(slot))) return slot * SLOT_MS;
  }
  return undefined;
}

function slotOf(now: number): number {
  return Math.floor(now / SLOT_MS);
}

function markOf(slot: number): string {
  return `sweep:${slot}`;
}
