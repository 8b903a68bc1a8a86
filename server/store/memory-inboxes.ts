import type { HostHealth } from '../../federation/breaker.ts';
import type { AfterAttempt } from '../../federation/delivery.ts';
import { signOfInbox } from './delivery-rules.ts';
import type { HostStore, InboxRecord, InboxStore } from './store.ts';

/** Records of inboxes in memory. */
export function memoryInboxes(inboxes: Map<string, InboxRecord>): InboxStore {
  return {
    get: async (inbox) => {
      const record = inboxes.get(inbox);
      return record && { ...record };
    },
    deliveredSince: async (time) =>
      [...inboxes.values()].flatMap(({ inbox, deliveredAt = -1 }) => (deliveredAt >= Math.max(0, time) ? [inbox] : [])),
    found: async (heard) => {
      for (const inbox of heard) {
        const record = inboxes.get(inbox);
        if (record?.missingSince !== undefined) inboxes.set(inbox, withoutMissing(record));
      }
    },
    put: async (records) => {
      for (const record of records) inboxes.set(record.inbox, { ...record });
    },
    all: async function* () {
      for (const record of inboxes.values()) yield { ...record };
    },
  };
}

/** Writes down what an attempt says about its inbox. */
export function noteInbox(inboxes: Map<string, InboxRecord>, inbox: string, after: AfterAttempt, now: number): void {
  const known = inboxes.get(inbox);
  switch (signOfInbox(after)) {
    case 'delivered':
      inboxes.set(inbox, { inbox, deliveredAt: Math.max(now, known?.deliveredAt ?? now) });
      return;
    case 'missing':
      inboxes.set(inbox, { ...known, inbox, missingSince: known?.missingSince ?? now });
      return;
    case 'known':
      if (known) inboxes.set(inbox, withoutMissing(known));
  }
}

function withoutMissing({ missingSince: _over, ...record }: InboxRecord): InboxRecord {
  return record;
}

/** The hosts that fail, in memory. */
export function memoryHosts(hosts: Map<string, HostHealth>): HostStore {
  return {
    get: async (host) => {
      const health = hosts.get(host);
      return health && { ...health };
    },
    put: async (health) => {
      hosts.set(health.host, { ...health });
    },
    remove: async (host) => hosts.delete(host),
  };
}
