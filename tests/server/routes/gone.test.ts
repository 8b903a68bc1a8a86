import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LedgerActor } from '../../../federation/ledger.ts';
import { ledgerObject } from '../store/samples.ts';
import { overHttp, type Way, ways } from './ways.ts';
import { createWorld, ORIGIN, post, type World } from './world.ts';

const actorId = `${ORIGIN}/ap/actor.json`;
const id = `${ORIGIN}/ap/posts/p1.json`;
const deleted = '2026-11-20T10:00:00Z';
const gone = '2026-11-22T10:00:00Z';
const activity = { accept: 'application/activity+json' };

let world: World;
let way: Way;
beforeEach(() => {
  world = createWorld();
});
afterEach(async () => {
  await way.close();
  world.remove();
});

const begin = (more: Partial<LedgerActor>) =>
  world.deps.store.ledger.begin({
    origin: ORIGIN,
    actor: { id: actorId, digest: 'a0', revision: 0, ...more },
    begun: '2026-01-01T00:00:00Z',
    objects: new Map([[id, ledgerObject(id, { type: 'Article' })]]),
  });

const FUNCTIONS = [
  ...['/ap/followers', '/ap/following', '/ap/ledger', '/ap/posts/p1.json', '/ap/posts/p1/replies'],
  '/.well-known/webfinger?resource=acct:blog@b1.test',
];
const FILES = ['/ap/actor.json', '/ap/outbox.json', '/ap/manifest.json', '/.well-known/nodeinfo', '/nodeinfo/2.1.json'];

describe.each(ways)('the functions of an account, %s', (_name, open) => {
  it('answer as ever while its Delete is on its way: peers must read the key', async () => {
    await begin({ deleted });
    way = await open(world);
    for (const path of FUNCTIONS) expect([path, (await way.ask(path)).status]).toEqual([path, 200]);
  });

  it('answer 410 once it is gone', async () => {
    await begin({ deleted, gone });
    way = await open(world);
    for (const path of FUNCTIONS) expect([path, (await way.ask(path)).status]).toEqual([path, 410]);
    const response = await way.ask('/ap/posts/p1.json');
    expect(response.headers.get('content-type')).toBe('application/activity+json');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    const tombstone = { id, type: 'Tombstone', formerType: 'Article', deleted };
    expect(await response.json()).toEqual({ '@context': 'https://www.w3.org/ns/activitystreams', ...tombstone });
    expect(await (await way.ask('/ap/posts/p9.json')).json()).toEqual({ error: 'This account was deleted.' });
    // By it a build knows that the files of the account are to be left out, and where pages moved to.
    expect(await (await way.ask('/ap/ledger')).json()).toMatchObject({ actor: { gone }, objects: [{ id }] });
    expect((await way.ask('/ap/followers', { method: 'OPTIONS' })).status).toBe(204);
    expect((await way.ask('/ap/inbox', post({}))).status).toBe(410);
  });
});

describe('the files of an account', () => {
  it('stay while its Delete is on its way', async () => {
    await begin({ deleted });
    way = await overHttp(world);
    for (const path of FILES) expect([path, (await way.ask(path)).status]).toEqual([path, 200]);
  });

  it('are 410 once it is gone, at a page as well for who asks for ActivityPub; the pages stay', async () => {
    await begin({ deleted, gone });
    way = await overHttp(world);
    for (const path of FILES) expect([path, (await way.ask(path)).status]).toEqual([path, 410]);
    const tombstone = { id: actorId, type: 'Tombstone', formerType: 'Person', deleted };
    expect(await (await way.ask('/ap/actor.json')).json()).toMatchObject(tombstone);
    expect((await way.ask('/ap/nothing.json')).status).toBe(410);
    const home = await way.ask('/', { headers: activity });
    expect([home.status, home.headers.get('vary'), await home.json()]).toMatchObject([410, 'Accept', tombstone]);
    expect((await way.ask('/posts/p1/', { headers: activity })).status).toBe(410);
    for (const path of ['/', '/posts/p1/', '/about/', '/feed.xml', '/media/picture.png']) {
      expect([path, (await way.ask(path)).status]).toEqual([path, 200]);
    }
    expect((await way.ask('/nothing/')).status).toBe(404);
  });
});
