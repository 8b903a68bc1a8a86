import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256Hex } from '../../../server/crypto.ts';
import { openBlobsStore } from '../../../server/store/blobs.ts';
import { type BlobModel, openBlobModel, type WriteFate } from './blob-model.ts';
import { author, by, collect, follower } from './samples.ts';

const SECRET = 'secrets/buckets';

/** Names whose plain digests are the same number modulo any power of two up to 256. */
function alike(count: number, idOf: (name: string) => string): string[] {
  const names = Array.from({ length: 256 * count * 3 }, (_, n) => `n${n}`);
  return names.filter((name) => sha256Hex(idOf(name)).startsWith('00', 6)).slice(0, count);
}

function documentsIn({ blobs }: BlobModel, folder: string): number {
  return [...blobs.keys()].filter((key) => key.startsWith(`${folder}/`)).length;
}

test('ids whose plain digests fall into one bucket are spread over the documents of each kind', async () => {
  const model = openBlobModel({ holds: {} });
  const store = openBlobsStore(model);
  const ids = alike(40, (name) => name);
  for (const id of ids) {
    await store.inbound.markSeen(id, 1);
    await store.actors.put({ url: id, fetchedAt: 1, status: 404 });
    await store.inboxes.put([{ inbox: `https://${id}.example/inbox` }]);
    await store.messages.put({ object: id, sender: id, jwe: '', at: '2026-03-01T10:00:00Z' });
    await store.notifications.add({ key: id, kind: 'like', actor: id, at: '2026-03-01T10:00:00Z' });
    await store.interactions.put(by(author('x'), id, { id }), author('x'));
  }
  const people = alike(40, (name) => author(name).actor);
  for (const name of people) {
    await store.followers.put(follower(name, { actor: author(name).actor }));
    await store.requests.put(follower(name, { actor: author(name).actor }));
    await store.interactions.put(by(author(name), `l ${name}`, { kind: 'like' }), author(name));
  }
  for (const folder of ['seen', 'actors', 'queue', 'places', 'people'])
    expect([folder, documentsIn(model, folder)]).toEqual([folder, expect.toSatisfy((count) => count > 20)]);
  for (const folder of ['messages', 'notifications', 'followers'])
    expect([folder, documentsIn(model, folder)]).toEqual([folder, expect.toSatisfy((count) => count > 12)]);
  expect(documentsIn(model, 'requests')).toBeGreaterThan(4);
});

test('the same ids are in other documents of another blog', async () => {
  const keys = async () => {
    const model = openBlobModel({ holds: {} });
    for (let n = 0; n < 8; n += 1) await openBlobsStore(model).inbound.markSeen(`${n}`, 1);
    return [...model.blobs.keys()].filter((key) => key.startsWith('seen/'));
  };
  expect(await keys()).not.toEqual(await keys());
});

test('a process asks for the secret before anything else, once, whatever is looked up at the same time', async () => {
  const steps: string[] = [];
  const model = openBlobModel({ holds: {}, step: async (what) => void steps.push(what) });
  await openBlobsStore(model).followers.put(follower('a'));
  steps.length = 0;
  const store = openBlobsStore(model);
  await Promise.all([
    ...[store.inbound.seen('x'), store.followers.get('x'), store.actors.get('x'), store.messages.countSince('x', '')],
    ...[store.interactions.get('x'), store.interactions.author('x'), store.hosts.get('x'), store.requests.get('x')],
  ]);
  expect(steps.slice(0, 2)).toEqual([`get ${SECRET}`, `got ${SECRET}`]);
  expect(steps.filter((what) => what.endsWith(SECRET))).toHaveLength(2);
});

test('processes that are the first at once agree on one secret, whatever becomes of their writes', async () => {
  const fates = fc.array(fc.constantFrom<WriteFate>('made', 'made', 'retried', 'lost', 'refused'), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fates, async (scheduler, writes) => {
      let isOver = false;
      const step = async (what: string): Promise<void> => {
        if (!isOver) await scheduler.schedule(Promise.resolve(), what);
      };
      const waiting = [...writes];
      const made = new Set<string>();
      const model = openBlobModel({ holds: {}, step, fate: () => waiting.shift() ?? 'made' });
      const names = ['a', 'b', 'c', 'd'];
      const running = names.map(async (name) => {
        const store = openBlobsStore(model, { random: () => 0.5, sleep: () => step('pause') });
        for (const each of [name, `${name}${name}`])
          await store.followers.put(follower(each)).then(
            () => made.add(follower(each).actor),
            () => {},
          );
        made.add(model.blobs.get(SECRET)?.text ?? '');
      });
      await scheduler.waitFor(Promise.all(running));
      isOver = true;
      const secrets = [...made].filter((each) => each.startsWith('{') || each === '');
      expect(secrets.filter(Boolean).length).toBeLessThanOrEqual(1);
      const other = openBlobsStore(model);
      const kept = new Set((await collect(other.followers.all())).map(({ actor }) => actor));
      for (const actor of made) {
        if (!actor.startsWith('http')) continue;
        expect(kept.has(actor)).toBe(true);
        expect(await other.followers.get(actor)).toBeDefined();
      }
    }),
    { numRuns: 200 },
  );
});

test('a secret that could not be read is asked for again; one that is damaged is never replaced', async () => {
  let isDown = true;
  const model = openBlobModel({
    holds: {},
    step: async (what) => {
      if (isDown && what === `get ${SECRET}`) throw new Error('the model is down');
    },
  });
  const store = openBlobsStore(model);
  await expect(store.inbound.markSeen('a', 1)).rejects.toThrow('down');
  isDown = false;
  await store.inbound.markSeen('a', 1);
  expect(await store.inbound.seen('a')).toBe(true);
  for (const text of ['', '{}', '{"by":[],"value":{"value":7}}']) {
    const damaged = openBlobModel({ holds: { [SECRET]: text } });
    await expect(openBlobsStore(damaged).followers.put(follower('a'))).rejects.toMatchObject({ code: 'store-damaged' });
    expect(damaged.blobs.get(SECRET)?.text).toBe(text);
    expect(damaged.blobs.size).toBe(1);
  }
});
