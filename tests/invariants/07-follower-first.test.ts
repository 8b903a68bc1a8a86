import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deliverDue } from '../../server/deliver.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import type { Store } from '../../server/store/store.ts';
import { crashingStore } from '../remote/watched-store.ts';
import { ACTOR, INBOX, startLiveBlog } from './live-blog.ts';
import { type LoopbackPeer, startLoopbackPeer } from './loopback-peer.ts';

const HOUR = 3_600_000;

let peer: LoopbackPeer;
let folder: string;
beforeEach(async () => {
  peer = await startLoopbackPeer();
  folder = mkdtempSync(join(tmpdir(), 'postern-accept-'));
});
afterEach(async () => {
  await peer.close();
  rmSync(folder, { recursive: true });
});

/** Serves for one request, as a process that ends afterwards. */
async function takeFollow(store: Store): Promise<number> {
  const blog = await startLiveBlog({ store });
  try {
    const follow = { id: peer.id('follow'), type: 'Follow', actor: peer.actor, object: ACTOR };
    return (await fetch(`${blog.url}/ap/inbox`, peer.signed(INBOX, follow, blog.now))).status;
  } finally {
    await blog.close();
  }
}

test('the Accept is tried over days and restarts until it lands, always the same', async () => {
  const open = () => openSqliteStore(join(folder, 'postern.db'));
  let store = open();
  expect(await takeFollow(store)).toBe(202);
  await store.close();

  const answers = [503, 500, 429, 408, 401, 404, 502];
  let now = Date.now();
  for (const status of [...answers, 202]) {
    store = open();
    peer.answer = () => status;
    const blog = await startLiveBlog({ store });
    now += 9 * HOUR;
    blog.now = now;
    await deliverDue(blog.deps, { owner: `run-${now}`, random: () => 0 });
    await blog.close();
    expect(await store.deliveries.counts()).toMatchObject(
      status === 202 ? { pending: 0, delivered: 1 } : { pending: 1, delivered: 0 },
    );
    await store.close();
  }
  expect(peer.arrived).toHaveLength(answers.length + 1);
  expect(new Set(peer.arrived.map((accept) => JSON.stringify(accept))).size).toBe(1);
  expect(peer.arrived[0]).toMatchObject({ type: 'Accept', actor: ACTOR, object: { id: peer.id('follow') } });
});

test('whatever write the process dies at, nobody is told yes who is not a follower', async () => {
  for (const when of ['before', 'after'] as const) {
    let hadAccept = 0;
    for (let nth = 0; ; nth += 1) {
      const memory = openMemoryStore();
      const dying = crashingStore(memory, nth, when);
      const status = await takeFollow(dying.store);
      const queued = (await memory.deliveries.counts()).pending > 0;
      if (queued) expect(await memory.followers.get(peer.actor)).toBeDefined();
      hadAccept += queued ? 1 : 0;
      if (status === 202) break;
      // The sender tries again: now it is a follower, and the Accept waits.
      expect(status).toBe(503);
      expect(await takeFollow(memory)).toBe(202);
      expect(await memory.followers.count()).toBe(1);
      expect(await memory.deliveries.counts()).toMatchObject({ pending: 1 });
    }
    expect(hadAccept).toBeGreaterThan(1);
  }
});
