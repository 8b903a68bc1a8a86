import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../../server/store/sqlite.ts';
import { type Opened, storeConformance } from './conformance.ts';
import { activity, enqueued, follower } from './samples.ts';

storeConformance('SQLite', openTwice, { remains: 'nothing' });

describe('text that SQLite cannot hold', () => {
  test('U+0000 and lone surrogates become U+FFFD: nothing is cut off, and no other id is met', async () => {
    const { store, dispose } = await openTwice();
    for (const actor of ['a\0b', 'a', 'x\ud800y']) await store.followers.put(follower('f', { actor }));
    expect(await store.followers.count()).toBe(3);
    expect((await store.followers.get('a\0b'))?.actor).toBe('a\uFFFDb');
    expect((await store.followers.get('x\ud800y'))?.actor).toBe('x\uFFFDy');
    const id = await enqueued(store, activity('x'), ['https://a.example/\0', 'https://a.example/\ud800']);
    const inboxes = (await store.deliveries.ofActivity(id)).map(({ inbox }) => inbox);
    expect(inboxes).toEqual(['https://a.example/\uFFFD']);
    const lease = { owner: 'me', now: 0, leaseMs: 9, limit: 9 };
    expect(await store.deliveries.lease(lease)).toHaveLength(1);
    const settled = { activityId: id, inbox: 'https://a.example/\0', owner: 'me' };
    expect(await store.deliveries.settle(settled, { state: 'delivered', status: 202 }, 1)).toBe(true);
    await dispose();
  });
});

async function openTwice(): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-store-'));
  const file = join(folder, 'new', 'postern.db');
  const store = openSqliteStore(file);
  const other = openSqliteStore(file);
  return {
    store,
    other,
    dispose: async () => {
      await Promise.all([store.close(), other.close()]);
      rmSync(folder, { recursive: true });
    },
  };
}
