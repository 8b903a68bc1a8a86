import { describe, expect, it } from 'vitest';
import { follower } from '../store/samples.ts';
import { allWays, openEach, type Way } from './ways.ts';
import { manifest, ORIGIN, PEER, post, type World, writeSite } from './world.ts';

const activity = 'application/activity+json';

describe.each(allWays('webfinger', 'followers', 'following', 'collections', 'inbox'))('%s', (_name, open) => {
  let world: World;
  let way: Way;
  openEach(open, (opened) => {
    ({ world, way } = opened);
  });

  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    way.ask(path, { method, headers });

  describe('webfinger', () => {
    it.each([
      'acct:blog@b1.test',
      'acct%3Ablog%40b1.test',
      'acct:BLOG@B1.Test',
      'ACCT:blog@b1.test',
      'https%3A%2F%2Fb1.test%2Fap%2Factor.json',
      'https://b1.test/',
      'https://b1.test',
    ])('%s is the blog', async (resource) => {
      const response = await ask(`/.well-known/webfinger?resource=${resource}`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('application/jrd+json');
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(await response.json()).toMatchObject({
        subject: 'acct:blog@b1.test',
        links: expect.arrayContaining([{ rel: 'self', type: activity, href: `${ORIGIN}/ap/actor.json` }]),
      });
    });

    it('names the avatar of the built actor, and none where there is none', async () => {
      const rels = async () =>
        (await (await ask('/.well-known/webfinger?resource=acct:blog@b1.test')).json()).links.map(
          (link: { rel: string }) => link.rel,
        );
      expect(await rels()).not.toContain('http://webfinger.net/rel/avatar');
      const icon = { type: 'Image', mediaType: 'image/png', url: `${ORIGIN}/media/me.png` };
      writeSite(world.siteFolder, { '/ap/actor.json': JSON.stringify({ id: `${ORIGIN}/ap/actor.json`, icon }) });
      expect(await (await ask('/.well-known/webfinger?resource=acct:blog@b1.test')).json()).toMatchObject({
        links: expect.arrayContaining([
          { rel: 'http://webfinger.net/rel/avatar', type: 'image/png', href: `${ORIGIN}/media/me.png` },
        ]),
      });
    });

    it.each(['acct:other@b1.test', 'acct:blog@elsewhere.example', 'https://b1.test/posts/p1/', 'nonsense', '%ff'])(
      '%s is nobody',
      async (resource) => {
        const response = await ask(`/.well-known/webfinger?resource=${resource}`);
        expect(response.status).toBe(404);
        expect(response.headers.get('access-control-allow-origin')).toBe('*');
      },
    );

    it.each(['', '?', '?resource=', '?rel=self'])('without a resource (%j) the question is bad', async (query) => {
      expect((await ask(`/.well-known/webfinger${query}`)).status).toBe(400);
    });
  });

  describe('followers', () => {
    it('tells how many, and that there is a first page, so that Mastodon does not mark the profile as hiding', async () => {
      await world.deps.store.followers.put(follower('ann'));
      await world.deps.store.followers.put(follower('bob'));
      const response = await ask('/ap/followers');
      expect(response.headers.get('content-type')).toBe(activity);
      expect(await response.json()).toEqual({
        '@context': 'https://www.w3.org/ns/activitystreams',
        id: `${ORIGIN}/ap/followers`,
        type: 'OrderedCollection',
        totalItems: 2,
        first: `${ORIGIN}/ap/followers?page=true`,
      });
    });

    it('shows nobody unless the profile says so', async () => {
      await world.deps.store.followers.put(follower('ann'));
      expect(await (await ask('/ap/followers?page=true')).json()).toMatchObject({
        id: `${ORIGIN}/ap/followers?page=true`,
        type: 'OrderedCollectionPage',
        partOf: `${ORIGIN}/ap/followers`,
        totalItems: 1,
        orderedItems: [],
      });
      expect(await (await ask('/ap/followers?page=true&before=zzzz')).text()).not.toContain('ann');
    });

    it('shows each follower once, over pages, when the profile says so', async () => {
      writeSite(world.siteFolder, { '/ap/manifest.json': JSON.stringify(manifest({ showFollowers: true })) });
      const all = Array.from({ length: 45 }, (_, number) => follower(`f${number}`));
      for (const each of all) await world.deps.store.followers.put(each);
      const shown: string[] = [];
      let next: string | undefined = (await (await ask('/ap/followers')).json()).first;
      let pages = 0;
      while (next !== undefined && pages < 10) {
        const page = await (await ask(next.slice(ORIGIN.length))).json();
        expect(page.id).toBe(next);
        shown.push(...page.orderedItems);
        next = page.next;
        pages += 1;
      }
      expect(pages).toBe(3);
      expect(shown.sort()).toEqual(all.map(({ actor }) => actor).sort());
    });
  });

  it('following is empty, with a first page', async () => {
    const collection = await (await ask('/ap/following')).json();
    expect(collection).toMatchObject({
      type: 'OrderedCollection',
      totalItems: 0,
      first: `${ORIGIN}/ap/following?page=true`,
    });
    const page = await (await ask('/ap/following?page=true')).json();
    expect(page).toMatchObject({ id: collection.first, partOf: collection.id, orderedItems: [] });
  });

  describe('collections of a post', () => {
    it.each([
      ['/ap/posts/p1/replies', 'OrderedCollection'],
      ['/ap/posts/p1/likes', 'Collection'],
      ['/ap/notes/n1/shares', 'Collection'],
    ])('%s is empty', async (path, type) => {
      const response = await ask(path);
      expect(response.headers.get('content-type')).toBe(activity);
      expect(await response.json()).toMatchObject({ id: ORIGIN + path, type, totalItems: 0 });
    });

    it.each(['/ap/posts/never/replies', '/ap/notes/p1/likes', '/ap/posts/p1/bookmarks', '/ap/posts/%2e%2e/replies'])(
      '%s is not found',
      async (path) => {
        const response = await way.ask(path).catch(() => undefined);
        expect(response?.status ?? 404).toBe(404);
      },
    );
  });

  describe('every public address', () => {
    const paths = [
      '/ap/followers',
      '/ap/following',
      '/.well-known/webfinger?resource=acct:blog@b1.test',
      '/ap/posts/p1/likes',
    ];

    it.each(paths)('%s answers HEAD like GET, without a body', async (path) => {
      const get = await ask(path);
      const head = await ask(path, {}, 'HEAD');
      expect(head.status).toBe(200);
      expect(head.headers.get('content-length')).toBe(String((await get.arrayBuffer()).byteLength));
      expect(head.headers.get('etag')).toBe(get.headers.get('etag'));
      expect(await head.text()).toBe('');
    });

    it.each(paths)('%s answers OPTIONS for pages elsewhere', async (path) => {
      const response = await ask(
        path,
        { origin: 'https://app.example', 'access-control-request-method': 'GET' },
        'OPTIONS',
      );
      expect(response.status).toBe(204);
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(response.headers.get('access-control-allow-methods')).toBe('GET, HEAD, OPTIONS');
    });

    it.each(paths)('%s answers POST, PUT and DELETE with 405 and what is allowed', async (path) => {
      for (const method of ['POST', 'PUT', 'DELETE']) {
        const response = await ask(path, {}, method);
        expect(response.status).toBe(405);
        expect(response.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
      }
    });

    it.each(paths)('%s answers 304 to who has it', async (path) => {
      const etag = (await ask(path)).headers.get('etag') ?? '';
      expect(etag).toMatch(/^"[\w-]+"$/);
      for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        expect((await ask(path, { 'if-none-match': known })).status).toBe(304);
      }
      expect((await ask(path, { 'if-none-match': '"other"' })).status).toBe(200);
    });

    it.each(paths)('%s answers 406 to who plainly wants no JSON, and to nobody else', async (path) => {
      for (const accept of ['text/html', 'image/png, text/*;q=0.5', 'application/json;q=0']) {
        expect((await ask(path, { accept })).status).toBe(406);
      }
      for (const accept of [
        '*/*',
        'application/json',
        'application/ld+json',
        'text/html, */*;q=0.1',
        'application/*',
        'nonsense, */*',
      ]) {
        expect((await ask(path, { accept })).status).toBe(200);
      }
    });
  });

  describe('the inbox', () => {
    const follow = { id: `${PEER}#follow-1`, type: 'Follow', actor: PEER, object: `${ORIGIN}/ap/actor.json` };

    it('takes a signed Follow, whatever Host it came by', async () => {
      const init = post(follow);
      const response = await way.ask('/ap/inbox', { ...init, headers: withoutHost(init.headers) });
      expect(response.status).toBe(202);
      expect(await world.deps.store.followers.get(PEER)).toMatchObject({ followId: follow.id });
      expect(world.lines).toMatchObject([{ event: 'inbox.accepted' }]);
    });

    it('refuses a Follow whose body was changed, and says why', async () => {
      const { headers } = post(follow);
      const body = JSON.stringify({ ...follow, id: `${PEER}#follow-2` });
      const response = await way.ask('/ap/inbox', { method: 'POST', headers: withoutHost(headers), body });
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({ error: expect.any(String) });
      expect(await world.deps.store.followers.count()).toBe(0);
      expect(world.lines).toMatchObject([{ event: 'inbox.refused', status: 401 }]);
    });

    it('answers GET with 405, what is allowed, and one log line', async () => {
      const response = await ask('/ap/inbox');
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('POST, OPTIONS');
      expect(world.lines).toHaveLength(1);
    });

    it.each([
      ['a wrong type', { 'content-type': 'text/plain' }, '{}', 415],
      ['no JSON', { 'content-type': activity }, '{', 400],
      ['nothing', { 'content-type': activity }, '', 400],
    ])('answers %s with %3$i', async (_case, headers, body, status) => {
      const response = await way.ask('/ap/inbox', { method: 'POST', headers, body });
      expect(response.status).toBe(status);
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(world.lines).toHaveLength(1);
    });

    it('answers a body over 1 MiB with 413, whether or not its length is announced', async () => {
      const headers = { 'content-type': activity };
      const large = new Uint8Array(1_048_577);
      expect((await way.ask('/ap/inbox', { method: 'POST', headers, body: large })).status).toBe(413);
      const init: RequestInit & { duplex: 'half' } = {
        method: 'POST',
        headers,
        body: new Blob([large]).stream(),
        duplex: 'half',
      };
      expect((await way.ask('/ap/inbox', init)).status).toBe(413);
      expect(world.lines).toMatchObject([{ reason: 'body-too-large' }, { reason: 'body-too-large' }]);
    });
  });
});

/** A proxy in front names itself; the signature names the blog. */
function withoutHost(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'host'));
}
