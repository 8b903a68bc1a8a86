import type { HostHealth } from '../../federation/breaker.ts';
import { foundInboxes, inboxesSince } from './inbox-rules.ts';
import type { HostStore, InboxRecord, InboxStore } from './store.ts';

/** Records of inboxes in memory. */
export function memoryInboxes(inboxes: Map<string, InboxRecord>): InboxStore {
  return {
    get: async (inbox) => {
      const record = inboxes.get(inbox);
      return record && { ...record };
    },
    deliveredSince: async (time) => inboxesSince(inboxes, time),
    found: async (heard) => foundInboxes(inboxes, heard),
    put: async (records) => {
      for (const record of records) inboxes.set(record.inbox, { ...record });
    },
    all: async function* () {
      for (const record of inboxes.values()) yield { ...record };
    },
  };
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
