import type { Ledger, LedgerObject } from '../../federation/ledger.ts';
import type { LedgerChange } from './store.ts';

/**
 * The object that has, or last had, its page at an address; `objects` in the order in which they were first told. Where a
 * page had several, one that is not deleted goes first, then the newest.
 */
export function objectAt(objects: readonly LedgerObject[], url: string): LedgerObject | undefined {
  const newest = objects.toReversed();
  const liveFirst = [
    ...newest.filter(({ state }) => state !== 'deleted'),
    ...newest.filter(({ state }) => state === 'deleted'),
  ];
  return (
    liveFirst.find((object) => object.url === url) ?? liveFirst.find(({ formerUrls }) => formerUrls?.includes(url))
  );
}

/** All but the objects of a ledger, changed. */
export function changedHead<Head extends Omit<Ledger, 'objects'>>(
  head: Head,
  { actor, source, approved }: LedgerChange,
): Head {
  return { ...head, ...(actor ? { actor } : {}), ...(source ? { source } : {}), ...(approved ? { approved } : {}) };
}
