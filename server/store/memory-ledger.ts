import type { Ledger, LedgerObject } from '../../federation/ledger.ts';
import type { LedgerChange, LedgerStore } from './store.ts';

/** The ledger in memory. */
export function memoryLedger(): LedgerStore {
  let stored: { ledger: Ledger; version: number } | undefined;

  return {
    read: async () => stored && { ledger: copyOf(stored.ledger), version: stored.version },
    object: async (id) => {
      const entry = stored?.ledger.objects.get(id);
      return entry && { ...entry };
    },
    begin: async (ledger) => {
      if (stored) return false;
      stored = { ledger: copyOf(ledger), version: 1 };
      return true;
    },
    compareAndSwap: async (version, change) => {
      if (stored?.version !== version) return undefined;
      stored = { ledger: applied(stored.ledger, change), version: version + 1 };
      return stored.version;
    },
  };
}

function applied(ledger: Ledger, { actor, objects = [], source }: LedgerChange): Ledger {
  const changed: [string, LedgerObject][] = objects.map((entry) => [entry.id, entry]);
  return copyOf({
    ...ledger,
    ...(actor ? { actor } : {}),
    ...(source ? { source } : {}),
    objects: new Map([...ledger.objects, ...changed]),
  });
}

function copyOf({ origin, actor, source, objects }: Ledger): Ledger {
  return {
    origin,
    actor: { ...actor },
    ...(source ? { source: { ...source } } : {}),
    objects: new Map([...objects].map(([id, entry]) => [id, { ...entry }])),
  };
}
