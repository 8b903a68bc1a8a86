import { isDeed } from '../../federation/deeds.ts';
import type { Ledger, LedgerObject, LedgerOutline } from '../../federation/ledger.ts';
import { bucketOf, digestTold } from '../../federation/manifest-parts.ts';
import { sha256Hex } from '../crypto.ts';
import { changedHead, objectAt } from './ledger-rules.ts';
import type { LedgerChange, LedgerStore } from './store.ts';

const DEPS = { sha256: sha256Hex };

/** The ledger in memory, and the activities that it is still telling. */
export function memoryLedger(): { ledger: LedgerStore; sending: () => ReadonlySet<string> } {
  let stored: { ledger: Ledger; version: number } | undefined;

  const ledger: LedgerStore = {
    read: async () => structuredClone(stored),
    outline: async () => stored && structuredClone(outlineOf(stored)),
    part: async (of) => {
      const [buckets, ids] = [new Set(of.buckets), new Set(of.ids)];
      if (!stored) return undefined;
      const objects = [...stored.ledger.objects.values()].filter(
        ({ id }) => ids.has(id) || buckets.has(bucketOf(DEPS, id)),
      );
      return structuredClone({ objects, version: stored.version });
    },
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
    collect: async () => 0,
  };
  const sending = (): ReadonlySet<string> => {
    const told = stored ? [stored.ledger.actor, ...stored.ledger.objects.values()] : [];
    return new Set(told.flatMap((each) => each.sending ?? []));
  };
  return { ledger, sending };
}

function outlineOf(stored: { ledger: Ledger; version: number }): LedgerOutline {
  const { objects, ...ledger } = stored.ledger;
  const all = [...objects.values()];
  const live = all.filter(({ state }) => state !== 'deleted');
  const byBucket = new Map<string, LedgerObject[]>();
  for (const object of live) {
    const bucket = bucketOf(DEPS, object.id);
    byBucket.set(bucket, [...(byBucket.get(bucket) ?? []), object]);
  }
  return {
    ledger,
    version: stored.version,
    live: live.filter((object) => !isDeed(object)).length,
    buckets: new Map([...byBucket].map(([name, each]) => [name, digestTold(DEPS, each)])),
    sending: all.filter(({ sending }) => sending !== undefined).map(({ id }) => id),
  };
}

function applied(ledger: Ledger, change: LedgerChange): Ledger {
  const changed: [string, LedgerObject][] = (change.objects ?? []).map((entry) => [entry.id, entry]);
  return {
    ...changedHead(ledger, change),
    objects: new Map([...ledger.objects, ...changed]),
  };
}
