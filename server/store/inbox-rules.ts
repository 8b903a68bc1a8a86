import type { AfterAttempt } from '../../federation/delivery.ts';
import { signOfInbox } from './delivery-rules.ts';
import type { InboxRecord } from './store.ts';

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

/** `InboxStore.found` in one queue. */
export function foundInboxes(inboxes: Map<string, InboxRecord>, heard: readonly string[]): void {
  for (const inbox of heard) {
    const record = inboxes.get(inbox);
    if (record?.missingSince !== undefined) inboxes.set(inbox, withoutMissing(record));
  }
}

/** The inboxes of `InboxStore.deliveredSince` in one queue. */
export function inboxesSince(inboxes: Map<string, InboxRecord>, time: number): string[] {
  return [...inboxes.values()].flatMap(({ inbox, deliveredAt = -1 }) =>
    deliveredAt >= Math.max(0, time) ? [inbox] : [],
  );
}
