import { beforeEach, expect, test } from 'vitest';
import type { Follower } from '../../federation/outcome.ts';
import { importFollowers, importHandles } from '../../scripts/import-followers.ts';
import type { ResolvedHandle } from '../../server/resolve-handle.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import type { Store } from '../../server/store/store.ts';

const BLOG = 'https://blog.example/ap/actor.json';
const NOW = Date.UTC(2026, 10, 23);

let store: Store;
let asked: string[];
let atOnce: number;
let most: number;
beforeEach(() => {
  store = openMemoryStore();
  asked = [];
  atOnce = 0;
  most = 0;
});

const actorOf = (handle: string) => {
  const [name, host] = handle.slice(1).split('@');
  return { id: `https://${host}/users/${name}`, inbox: `https://${host}/users/${name}/inbox`, handle };
};

/** Later ones of the list answer sooner. */
async function resolve(handle: string): Promise<ResolvedHandle> {
  asked.push(handle);
  atOnce += 1;
  most = Math.max(most, atOnce);
  for (let turns = 20 - (asked.length % 8); turns > 0; turns -= 1) await Promise.resolve();
  atOnce -= 1;
  if (handle.startsWith('@gone')) return { kind: 'absent', reason: 'nobody of that name' };
  if (handle.startsWith('@slow')) return { kind: 'failed', reason: 'no answer' };
  if (handle.startsWith('@self')) return { kind: 'found', actor: { ...actorOf(handle), id: BLOG } };
  return { kind: 'found', actor: actorOf(handle) };
}

const run = (handles: readonly string[]) =>
  importHandles({ followers: store.followers, resolve, actor: BLOG, clock: () => NOW }, handles);

async function stored(): Promise<Follower[]> {
  const followers: Follower[] = [];
  for await (const follower of store.followers.all()) followers.push(follower);
  return followers;
}

test('a list → followers in its order, few look-ups at once', async () => {
  const handles = Array.from({ length: 40 }, (_, n) => `@u${n}@h${n % 3}.example`);
  expect(await run(handles)).toEqual({ added: 40, known: 0, missing: [] });
  expect((await stored()).map(({ handle }) => handle)).toEqual(handles);
  expect(most).toBeLessThanOrEqual(8);
  expect((await stored())[0]).toMatchObject({
    ...{ actor: 'https://h0.example/users/u0' },
    since: '2026-11-23T00:00:00.000Z',
  });
});

test('run again → nobody is asked twice, nothing changes', async () => {
  await run(['@ann@a.example', '@slow@b.example']);
  const before = await stored();
  asked = [];
  expect(await run(['@Ann@A.example', '@slow@b.example'])).toMatchObject({ added: 0, known: 1 });
  expect(asked).toEqual(['@slow@b.example']);
  expect(await stored()).toEqual(before);
});

test('who is not found is told with the reason, and the others are not lost', async () => {
  const { added, missing } = await run(['@gone@a.example', '@ann@a.example', '@slow@b.example', '@self@blog.example']);
  expect(added).toBe(1);
  expect(missing).toEqual([
    { handle: '@gone@a.example', kind: 'absent', reason: 'nobody of that name' },
    { handle: '@slow@b.example', kind: 'failed', reason: 'no answer' },
    { handle: '@self@blog.example', kind: 'refused', reason: 'it is this blog' },
  ]);
});

test('who follows already under this id keeps the id of the Follow and the time', async () => {
  const follower: Follower = {
    actor: actorOf('@ann@a.example').id,
    inbox: 'https://a.example/users/ann/inbox',
    followId: 'https://a.example/follows/7',
    since: '2026-01-01T00:00:00Z',
  };
  await store.followers.put(follower);
  expect(await run(['@ann@a.example'])).toEqual({ added: 0, known: 1, missing: [] });
  const older = { ...follower, followId: 'https://a.example/follows/1', since: '2025-01-01T00:00:00Z' };
  expect(await importFollowers(store.followers, [older])).toEqual({ added: 0, known: 1, missing: [] });
  expect(await stored()).toEqual([follower]);
});

test('a full export comes back as it was, in its order', async () => {
  const list: Follower[] = ['@ann@a.example', '@bob@b.example'].map((handle, n) => {
    const { id: actor, ...rest } = actorOf(handle);
    return {
      actor,
      ...rest,
      sharedInbox: 'https://a.example/inbox',
      followId: `f:${n}`,
      since: `2026-01-0${2 - n}T00:00:00Z`,
    };
  });
  expect(await importFollowers(store.followers, list)).toEqual({ added: 2, known: 0, missing: [] });
  expect(await stored()).toEqual(list);
});
