import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LedgerObject } from '../../../federation/ledger.ts';
import type { HoldCode } from '../../../federation/plan.ts';
import { deliverDue } from '../../../server/deliver.ts';
import { applyPlan, preparePlan } from '../../../server/publish.ts';
import { objectAnswer } from '../../../server/routes/object-answer.ts';
import * as blog from '../publish-world.ts';
import { ledgerObject } from '../store/samples.ts';
import { allWays, overHttp, type Way } from './ways.ts';
import { createWorld, ORIGIN, type World, writeSite } from './world.ts';

const activity = 'application/activity+json';
const id = `${ORIGIN}/ap/posts/p1.json`;
const file = { '@context': 'https://www.w3.org/ns/activitystreams', id, type: 'Article', name: 'A title' };
const midnight = '2026-11-23T00:00:00Z';
const noon = '2026-11-23T12:00:00Z';
const evening = '2026-11-23T20:00:00Z';

let world: World;
let way: Way;
afterEach(async () => {
  await way.close();
  world.remove();
});

const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') => way.ask(path, { method, headers });
const told = async (more: Partial<LedgerObject>, about = id) => {
  const actor = { id: `${ORIGIN}/ap/actor.json`, digest: 'a0', revision: 0 };
  const objects = new Map([[about, ledgerObject(about, more)]]);
  await world.deps.store.ledger.begin({ origin: ORIGIN, actor, begun: '2026-01-01T00:00:00Z', objects });
};
const built = (dates: { published: string; updated?: string }) =>
  writeSite(world.siteFolder, { '/ap/posts/p1.json': JSON.stringify({ ...file, ...dates }) });

describe.each(allWays('objects', 'inbox'))('an object, %s', (_name, open) => {
  beforeEach(async () => {
    world = createWorld(await open.openStore?.());
    way = await open(world);
  });

  it('that the build has is given, byte for byte while the ledger knows nothing of it', async () => {
    built({ published: midnight });
    const response = await ask('/ap/posts/p1.json', { accept: activity });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(activity);
    expect(response.headers.get('cache-control')).toBe('public, max-age=0, must-revalidate');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(await response.text()).toBe(JSON.stringify({ ...file, published: midnight }));
  });

  it('whose date had no time has the instant that its Create told', async () => {
    built({ published: midnight });
    await told({ published: noon });
    expect(await (await ask('/ap/posts/p1.json')).json()).toEqual({ ...file, published: noon });
  });

  it('that was edited has the updated of its Update; one that its file names waits for the Update that tells it', async () => {
    built({ published: midnight });
    await told({ published: noon, updated: evening });
    expect(await (await ask('/ap/posts/p1.json')).json()).toEqual({ ...file, published: noon, updated: evening });
    built({ published: midnight, updated: '2026-11-24T08:00:00Z' });
    expect(await (await ask('/ap/posts/p1.json')).json()).toMatchObject({ updated: evening });
  });

  it('of the baseline keeps the dates of its file: nobody was told others', async () => {
    built({ published: noon, updated: evening });
    await told({ state: 'baseline', published: midnight });
    expect(await (await ask('/ap/posts/p1.json')).json()).toEqual({ ...file, published: noon, updated: evening });
  });

  it('has another ETag when another date was told, answers 304 by it, and HEAD like GET', async () => {
    built({ published: midnight });
    const before = (await ask('/ap/posts/p1.json')).headers.get('etag') ?? '';
    await told({ published: noon });
    const get = await ask('/ap/posts/p1.json', { 'if-none-match': before });
    expect(get.status).toBe(200);
    const etag = get.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]{27}"$/);
    expect((await ask('/ap/posts/p1.json', { 'if-none-match': etag })).status).toBe(304);
    const head = await ask('/ap/posts/p1.json', {}, 'HEAD');
    expect(head.headers.get('etag')).toBe(etag);
    expect(head.headers.get('content-length')).toBe(String((await get.arrayBuffer()).byteLength));
  });

  it('asked for by another spelling of its address has the told dates too', async () => {
    built({ published: midnight });
    await told({ published: noon });
    expect(await (await ask('/ap/posts/%701.json')).json()).toMatchObject({ id, published: noon });
  });

  it('answers 405 and 406 as every public address does', async () => {
    expect((await ask('/ap/posts/p1.json', {}, 'POST')).status).toBe(405);
    expect((await ask('/ap/posts/p1.json', { accept: 'text/html' })).status).toBe(406);
  });

  it('that was deleted leaves a Tombstone: 410, also when a file came back under its id', async () => {
    await told({ state: 'deleted', type: 'Note', deleted: evening });
    const response = await ask('/ap/posts/p1.json');
    expect(response.status).toBe(410);
    expect(response.headers.get('content-type')).toBe(activity);
    expect(await response.json()).toMatchObject({ id, type: 'Tombstone', formerType: 'Note', deleted: evening });
  });

  it.each(['announced', 'baseline'] as const)(
    'that is %s and whose Delete is held answers 503, not 404',
    async (state) => {
      await told({ state }, `${ORIGIN}/ap/posts/lost.json`);
      for (const method of ['GET', 'HEAD']) {
        const response = await ask('/ap/posts/lost.json', {}, method);
        expect(response.status).toBe(503);
        expect(response.headers.get('retry-after')).toBe('3600');
        expect(response.headers.get('cache-control')).toBe('no-cache');
      }
    },
  );

  it('that nobody ever heard of is not found', async () => {
    expect((await ask('/ap/posts/never.json')).status).toBe(404);
  });
});

describe('the page of an object', () => {
  beforeEach(async () => {
    world = createWorld();
    way = await overHttp(world);
  });

  it('gives the object with the told dates, and says that it varies', async () => {
    built({ published: midnight });
    await told({ published: noon, updated: evening });
    const response = await ask('/posts/p1/', { accept: activity });
    expect(response.headers.get('vary')).toBe('Accept');
    expect(await response.json()).toEqual({ ...file, published: noon, updated: evening });
    const etag = response.headers.get('etag') ?? '';
    expect((await ask('/posts/p1/', { accept: activity, 'if-none-match': etag })).status).toBe(304);
  });

  it('whose object was deleted gives its Tombstone', async () => {
    await told({ state: 'deleted', deleted: evening });
    expect((await ask('/posts/p1/', { accept: activity })).status).toBe(410);
    expect((await ask('/posts/p1/', { accept: 'text/html' })).status).toBe(200);
  });
});

describe('over a publish', () => {
  beforeEach(async () => {
    world = createWorld();
    way = await overHttp(world);
  });

  it('a removal that is held → 503 until it is confirmed, then 410', async () => {
    const { deps, files } = blog.createWorld();
    for (const key of ['one', 'two']) files.set(key, blog.post(key));
    const publish = async (confirm: HoldCode[] = []) =>
      applyPlan(deps, await preparePlan(deps, { confirm: new Set(confirm) }));
    const status = async () => (await objectAnswer(deps, blog.idOf('one'))).status;
    await publish();
    files.clear();
    expect((await publish()).activities).toEqual([]);
    expect(await status()).toBe(503);
    await publish(['many-deletes']);
    expect(await status()).toBe(410);
  });

  it('what is served and what was sent say the same of a post without a time, and again after an edit', async () => {
    const peers = blog.createWorld();
    await peers.store.followers.put(blog.followerAt('a.example'));
    const publish = async () => applyPlan(peers.deps, await preparePlan(peers.deps));
    await publish();
    for (const text of ['first', 'second', 'third']) {
      peers.files.set('new', blog.post(text, { published: midnight, dateOnly: true }));
      await publish();
      await deliverDue(peers.deps, { owner: text });
      const { '@context': _, ...served } = (await objectAnswer(peers.deps, blog.idOf('new'))).body;
      expect(served).toEqual(peers.posted.at(-1)?.json.object);
      expect(served.published).toBe(noon);
      expect('updated' in served).toBe(text !== 'first');
      peers.now += 3_600_000;
    }
  });
});
