import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { LedgerObject } from '../../../federation/ledger.ts';
import { ledgerObject } from '../store/samples.ts';
import { overHttp, type Way } from './ways.ts';
import { createWorld, ORIGIN, type World } from './world.ts';

const id = `${ORIGIN}/ap/posts/p1.json`;
const page = `${ORIGIN}/posts/p1/`;

let world: World;
let way: Way;
beforeEach(async () => {
  world = createWorld();
  way = await overHttp(world);
});
afterEach(async () => {
  await way.close();
  world.remove();
});

const told = (more: Partial<LedgerObject>) =>
  world.deps.store.ledger.begin({
    origin: ORIGIN,
    actor: { id: `${ORIGIN}/ap/actor.json`, digest: 'a0', revision: 0 },
    begun: '2026-01-01T00:00:00Z',
    objects: new Map([[id, ledgerObject(id, { url: page, ...more })]]),
  });
const ask = async (path: string, init?: RequestInit) => {
  const response = await way.ask(path, init);
  return [response.status, response.headers.get('location')];
};

it('A former address of a live post redirects to its page, with the query, with or without the slash', async () => {
  await told({ formerUrls: [`${ORIGIN}/posts/second/`, `${ORIGIN}/2020/first.html`] });
  expect(await ask('/posts/second/')).toEqual([301, '/posts/p1/']);
  expect(await ask('/posts/second?from=feed&x=%2F')).toEqual([301, '/posts/p1/?from=feed&x=%2F']);
  expect(await ask('/2020/first.html')).toEqual([301, '/posts/p1/']);
  expect(await ask('/posts/second/', { method: 'HEAD' })).toEqual([301, '/posts/p1/']);
  // A browser that kept it for ever would run in a circle once the post moves back.
  expect((await way.ask('/posts/second/')).headers.get('cache-control')).toBe('no-cache');
});

it('An address that is no former one, or with another method → 404 as ever', async () => {
  await told({ formerUrls: [`${ORIGIN}/posts/second/`] });
  expect(await ask('/posts/third/')).toEqual([404, null]);
  expect(await ask('/posts/second/', { method: 'POST' })).toEqual([404, null]);
  expect(await ask('//evil.example/posts/second/')).toEqual([404, null]);
});

it('A page that the site has is served, whoever had the address before', async () => {
  await told({ formerUrls: [`${ORIGIN}/about/`] });
  expect(await ask('/about/')).toEqual([200, null]);
});

it('A deleted post redirects nowhere', async () => {
  await told({ state: 'deleted', deleted: '2026-11-01T00:00:00Z', formerUrls: [`${ORIGIN}/posts/second/`] });
  expect(await ask('/posts/second/')).toEqual([404, null]);
});

it('A post that moved and was not published since redirects from the address that the network knows', async () => {
  await told({ url: `${ORIGIN}/posts/told/` });
  expect(await ask('/posts/told/')).toEqual([301, '/posts/p1/']);
});

it('A page that the build names and has not does not redirect to itself', async () => {
  await told({});
  rmSync(join(world.siteFolder, 'posts/p1'), { recursive: true });
  expect(await ask('/posts/p1/')).toEqual([404, null]);
  expect(await ask('/posts/p1')).toEqual([404, null]);
});

it('A live post that the build has not, such as one whose Delete is held, redirects nowhere', async () => {
  const gone = `${ORIGIN}/ap/posts/p9.json`;
  const { ledger } = world.deps.store;
  await told({});
  await ledger.compareAndSwap(1, { objects: [ledgerObject(gone, { url: `${ORIGIN}/posts/p9/` })] });
  expect(await ask('/posts/p9/')).toEqual([404, null]);
});

it('An id never redirects', async () => {
  await told({ formerUrls: [`${ORIGIN}/ap/posts/old.txt`] });
  expect(await ask('/ap/posts/old.txt')).toEqual([404, null]);
});

it('Who asks a former address for ActivityPub gets the object in place', async () => {
  await told({ formerUrls: [`${ORIGIN}/posts/second/`] });
  const response = await way.ask('/posts/second/', { headers: { accept: 'application/activity+json' } });
  expect([response.status, response.headers.get('vary')]).toEqual([200, 'Accept']);
  expect(await response.json()).toMatchObject({ id });
});

it.each([
  ['written as it is', '/posts/größe/'],
  ['percent-encoded', '/posts/gr%C3%B6%C3%9Fe/'],
])('A former address beyond ASCII, %s, is found', async (_case, path) => {
  await told({ formerUrls: [ORIGIN + path] });
  expect(await ask('/posts/gr%C3%B6%C3%9Fe/')).toEqual([301, '/posts/p1/']);
});

it('An address that is no valid percent-encoding → 404, not a fault', async () => {
  await told({});
  expect(await ask('/posts/%E0%A4%A/')).toEqual([404, null]);
});
