import { Collection, OrderedCollection } from '@fedify/vocab';
import { preloadedContexts } from '@fedify/vocab-runtime';
import { describe, expect, it } from 'vitest';
import { hear, POST_ID, tell } from './heard.ts';
import { allWays, openEach, type Way } from './ways.ts';
import { ORIGIN, type World, writeSite } from './world.ts';

const activity = 'application/activity+json';

describe.each(allWays('collections', 'objects'))('the collections of a post, %s', (_name, open) => {
  let world: World;
  let way: Way;
  openEach(open, (opened) => {
    ({ world, way } = opened);
  });

  const ask = (path: string) => way.ask(path, { headers: { accept: activity } });
  const read = async (url: string) => (await ask(url.slice(ORIGIN.length))).json();
  const replies = (count: number) =>
    Promise.all(Array.from({ length: count }, (_, number) => hear(world, 'reply', `n${number}`)));

  it('replies: how many, a first page, and in it the ids of the whole thread, oldest first', async () => {
    const first = await hear(world, 'reply', 'ann');
    const second = await hear(world, 'reply', 'bob', { inReplyTo: first });
    await hear(world, 'like', 'cat');
    const response = await ask('/ap/posts/p1/replies');
    expect(response.headers.get('content-type')).toBe(activity);
    expect(response.headers.get('cache-control')).toBe('public, max-age=60');
    const id = `${ORIGIN}/ap/posts/p1/replies`;
    const page = `${id}?page=true`;
    expect(await response.json()).toEqual({
      '@context': 'https://www.w3.org/ns/activitystreams',
      id,
      type: 'OrderedCollection',
      totalItems: 2,
      first: page,
    });
    expect(await read(page)).toEqual({
      '@context': 'https://www.w3.org/ns/activitystreams',
      id: page,
      type: 'OrderedCollectionPage',
      partOf: id,
      totalItems: 2,
      orderedItems: [first, second],
    });
  });

  it('likes and shares: the ids of the activities, without an order', async () => {
    const like = await hear(world, 'like', 'ann');
    const reaction = await hear(world, 'like', 'bob', { emoji: { text: '🎉' } });
    const boost = await hear(world, 'boost', 'cat');
    expect(await read(`${ORIGIN}/ap/posts/p1/likes`)).toMatchObject({ type: 'Collection', totalItems: 2 });
    expect(await read(`${ORIGIN}/ap/posts/p1/likes?page=true`)).toMatchObject({
      type: 'CollectionPage',
      items: [like, reaction],
    });
    expect(await read(`${ORIGIN}/ap/posts/p1/shares?page=true`)).toMatchObject({ items: [boost] });
    expect(await read(`${ORIGIN}/ap/notes/n1/likes?page=true`)).toMatchObject({ totalItems: 0, items: [] });
  });

  it('a reply that is hidden is gone at once, with what answers it', async () => {
    const first = await hear(world, 'reply', 'ann');
    await hear(world, 'reply', 'bob', { inReplyTo: first });
    await world.deps.store.interactions.setState(first, 'hidden');
    expect(await read(`${ORIGIN}/ap/posts/p1/replies?page=true`)).toMatchObject({ totalItems: 0, orderedItems: [] });
  });

  it('likes of 45 people stand on three pages, each of them once', async () => {
    const ids = new Set<string>();
    for (let number = 0; number < 45; number += 1) ids.add(await hear(world, 'like', `n${number}`));
    const seen: string[] = [];
    let url: string | undefined = `${ORIGIN}/ap/posts/p1/likes?page=true`;
    let pages = 0;
    for (; url !== undefined && pages < 10; pages += 1) {
      const page: { id: string; items: string[]; next?: string } = await read(url);
      expect(page.id).toBe(url);
      seen.push(...page.items);
      url = page.next;
    }
    expect(pages).toBe(3);
    expect(new Set(seen)).toEqual(ids);
    expect(seen).toHaveLength(45);
  });

  it.each(['after=nonsense', `after=${'x'.repeat(5_000)}`, 'after=%00', "after=' or 1=1 --", 'after=', 'after=-1'])(
    'a page after what is no place is empty or the first, and no fault (%#)',
    async (query) => {
      await hear(world, 'reply', 'ann');
      const response = await ask(`/ap/posts/p1/replies?page=true&${query}`);
      expect(response.status).toBe(200);
      expect((await response.json()).orderedItems.length).toBeLessThanOrEqual(1);
    },
  );

  it('another spelling of the address leads to the same post', async () => {
    await hear(world, 'reply', 'ann');
    expect(await read(`${ORIGIN}/ap/posts/%701/replies`)).toMatchObject({
      id: `${ORIGIN}/ap/posts/p1/replies`,
      totalItems: 1,
    });
  });

  it.each([
    '/ap/posts/never/replies',
    '/ap/notes/p1/likes',
    '/ap/posts/p1/bookmarks',
    '/ap/posts/p1/constructor',
    '/ap/posts/..%2factor/replies',
    '/ap/posts/%00/replies',
    '/ap/posts/%ff/likes',
  ])('%s is not found', async (path) => {
    expect((await ask(path)).status).toBe(404);
  });

  it('of a post that was deleted are gone', async () => {
    await tell(world, POST_ID, { state: 'deleted' });
    expect((await ask('/ap/posts/p1/replies')).status).toBe(410);
  });

  it('of a post whose Delete is held are not here just now', async () => {
    await tell(world, `${ORIGIN}/ap/posts/lost.json`, { state: 'announced' });
    const response = await ask('/ap/posts/lost/replies');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('3600');
  });

  describe('the object', () => {
    const object = { id: POST_ID, type: 'Article', replies: 'as built', likes: 'as built', shares: 'as built' };

    it('names its collections with the counts of now, and none where there is nothing', async () => {
      writeSite(world.siteFolder, { '/ap/posts/p1.json': JSON.stringify(object) });
      const base = `${ORIGIN}/ap/posts/p1`;
      expect(await read(POST_ID)).toEqual({
        id: POST_ID,
        type: 'Article',
        replies: `${base}/replies`,
        likes: { id: `${base}/likes`, type: 'Collection' },
        shares: { id: `${base}/shares`, type: 'Collection' },
      });
      await hear(world, 'reply', 'ann');
      await hear(world, 'like', 'ann');
      await hear(world, 'boost', 'bob');
      expect(await read(POST_ID)).toMatchObject({
        replies: {
          id: `${base}/replies`,
          type: 'OrderedCollection',
          totalItems: 1,
          first: `${base}/replies?page=true`,
        },
        likes: { id: `${base}/likes`, type: 'Collection', totalItems: 1 },
        shares: { id: `${base}/shares`, type: 'Collection', totalItems: 1 },
      });
    });
  });

  /**
   * Mastodon's way through a collection (`JsonLdHelper#collection_items`, 4.5 and later) as `FetchAllRepliesService` goes it:
   * an object stands for itself, a string is fetched; `first` is followed where there is one; pages are read until five
   * items were found. Gives what it found.
   */
  async function asMastodon(collectionOrUri: unknown): Promise<string[]> {
    const fetchPage = async (page: unknown) =>
      typeof page === 'string' ? read(page) : (page as Record<string, unknown> | undefined);
    let page = await fetchPage(collectionOrUri);
    if (page?.first) page = await fetchPage(page.first);
    const items: string[] = [];
    while (page) {
      items.push(...((page.type === 'OrderedCollectionPage' ? page.orderedItems : page.items) ?? []));
      if (items.length >= 5) break;
      page = page.next ? await fetchPage(page.next) : undefined;
    }
    return items;
  }

  it.each([0, 1, 30])(
    'Mastodon’s "fetch all replies" finds all of %i replies by way of the object, which it fetches first',
    async (count) => {
      writeSite(world.siteFolder, { '/ap/posts/p1.json': JSON.stringify({ id: POST_ID, replies: 'as built' }) });
      const ids = await replies(count);
      const object = await read(POST_ID);
      expect(new Set(await asMastodon(object.replies))).toEqual(new Set(ids));
    },
  );

  it('Fedify walks the same ids, offline', async () => {
    const ids = await replies(3);
    const likes = [await hear(world, 'like', 'ann')];
    const documentLoader = async (url: string) => {
      const document = preloadedContexts[url] ?? (await read(url));
      return { contextUrl: null, documentUrl: url, document };
    };
    const options = { documentLoader, contextLoader: documentLoader };
    const walked = await OrderedCollection.fromJsonLd(await read(`${ORIGIN}/ap/posts/p1/replies`), options);
    expect(walked.totalItems).toBe(3);
    const first = await walked.getFirst(options);
    expect(new Set(first?.itemIds.map(String))).toEqual(new Set(ids));
    const liked = await Collection.fromJsonLd(await read(`${ORIGIN}/ap/posts/p1/likes`), options);
    expect((await liked.getFirst(options))?.itemIds.map(String)).toEqual(likes);
  });
});
