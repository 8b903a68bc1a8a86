import type { Ledger, LedgerObject } from '../../federation/ledger.ts';
import type { LedgerChange, LedgerStore } from './store.ts';

/** The ledger in memory, and the activities that it is still telling. */
export function memoryLedger(): { ledger: LedgerStore; sending: () => ReadonlySet<string> } {
  let stored: { ledger: Ledger; version: number } | undefined;

  const ledger: LedgerStore = {
    read: async () => structuredClone(stored),
    object: async (id) => structuredClone(stored?.ledger.objects.get(id)),
    objectAt: async (url) => structuredClone(objectAt([...(stored?.ledger.objects.values() ?? [])], url)),
    head: async () => stored && { actor: { ...stored.ledger.actor }, version: stored.version },
    begin: async (baseline) => {
      if (stored) return false;
      stored = structuredClone({ ledger: baseline, version: 1 });
      return true;
    },
    compareAndSwap: async (version, change) => {
      if (stored?.version !== version) return undefined;
      stored = { ledger: applied(stored.ledger, structuredClone(change)), version: version + 1 };
      return stored.version;
    },
  };
  const sending = (): ReadonlySet<string> => {
    const told = stored ? [stored.ledger.actor, ...stored.ledger.objects.values()] : [];
    return new Set(told.flatMap((each) => each.sending ?? []));
  };
  return { ledger, sending };
}

/** Where a page had several objects, one that is not deleted goes first, then the newest. */
function objectAt(objects: readonly LedgerObject[], url: string): LedgerObject | undefined {
  const newest = objects.toReversed();
  const liveFirst = [
    ...newest.filter(({ state }) => state !== 'deleted'),
    ...newest.filter(({ state }) => state === 'deleted'),
  ];
  return (
    liveFirst.find((object) => object.url === url) ?? liveFirst.find(({ formerUrls }) => formerUrls?.includes(url))
  );
}

function applied(ledger: Ledger, { actor, objects = [], source, approved }: LedgerChange): Ledger {
  const changed: [string, LedgerObject][] = objects.map((entry) => [entry.id, entry]);
  return {
    ...ledger,
    ...(actor ? { actor } : {}),
    ...(source ? { source } : {}),
    ...(approved ? { approved } : {}),
    objects: new Map([...ledger.objects, ...changed]),
  };
}
