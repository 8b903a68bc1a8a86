import { describe, expect, it } from 'vitest';
import { NO_OWN_REPLIES, OWN_REPLIES_PATH } from '../../../federation/own-replies.ts';
import { hear, POST_ID } from './heard.ts';
import { openEach, type Way, ways } from './ways.ts';
import { ORIGIN, type World, writeSite } from './world.ts';

const activity = 'application/activity+json';
const idOf = (key: string) => `${ORIGIN}/ap/notes/${key}.json`;

describe.each(ways)('what the owner answers in a thread, %s', (_name, open) => {
  let world: World;
  let way: Way;
  openEach(open, (opened) => {
    ({ world, way } = opened);
    writeSite(world.siteFolder, {
      '/ap/posts/p1.json': JSON.stringify({ id: POST_ID, url: `${ORIGIN}/posts/p1/`, replies: `${POST_ID}/replies` }),
    });
  });

  /** As a build leaves it. */
  const write = (replies: Readonly<Record<string, string>>) => {
    const author = {
      ...NO_OWN_REPLIES.author,
      name: 'Blog',
      handle: '@blog@b1.test',
      url: `${ORIGIN}/`,
      avatar: '/me.png',
    };
    const pairs = Object.entries(replies).map(([key, inReplyTo]) => [idOf(key), inReplyTo]);
    const documents = Object.entries(replies).map(([key, inReplyTo]) => [
      `/ap/notes/${key}.json`,
      JSON.stringify({
        id: idOf(key),
        inReplyTo,
        content: `<p>Own words ${key}</p>`,
        url: `${ORIGIN}/notes/${key}/`,
        published: '2026-11-23T11:59:45Z',
      }),
    ]);
    writeSite(world.siteFolder, {
      ...Object.fromEntries(documents),
      [OWN_REPLIES_PATH]: JSON.stringify({ version: 1, author, replies: pairs }),
    });
  };
  const text = async () => (await way.ask('/ap/comments/posts/p1')).text();
  const read = async (path: string) => (await way.ask(path, { headers: { accept: activity } })).json();

  it('stands in it as an entry of the blog: its own picture, and no way of a stranger', async () => {
    const heard = await hear(world, 'reply', 'ann');
    write({ a: heard, b: idOf('a'), c: POST_ID, elsewhere: 'https://peer.example/else' });
    const html = await text();
    expect(html.match(/Words of ann|Own words \w+/g)).toEqual([
      'Words of ann',
      'Own words a',
      'Own words b',
      'Own words c',
    ]);
    expect(html).toContain('4 replies');
    expect(html).toContain('<img class="u-photo" src="/me.png"');
    expect(html).toContain(`<a class="u-url" href="${ORIGIN}/notes/a/" aria-label=`);
    expect(html.split('class="comment own ')).toHaveLength(4);
  });

  it('is hidden with what it answers, and gone with the build that does not have it', async () => {
    const heard = await hear(world, 'reply', 'ann');
    write({ a: heard });
    expect(await text()).toContain('Own words a');
    await world.deps.store.interactions.setState(heard, 'hidden');
    expect(await text()).not.toContain('Own words');
    await world.deps.store.interactions.setState(heard, 'shown');
    write({});
    expect(await text()).not.toContain('Own words');
  });

  it('is in the collection of replies, first of all and on the first page alone, and in its total', async () => {
    const heard = await hear(world, 'reply', 'ann');
    write({ a: heard, c: POST_ID, elsewhere: 'https://peer.example/else' });
    const total = { totalItems: 3 };
    expect(await read('/ap/posts/p1/replies')).toMatchObject(total);
    expect(await read('/ap/posts/p1/replies?page=true')).toMatchObject({
      ...total,
      orderedItems: [idOf('c'), idOf('a'), heard],
    });
    expect(await read('/ap/posts/p1/replies?page=true&after=x')).toMatchObject({ orderedItems: [] });
    expect((await read('/ap/posts/p1.json')).replies).toMatchObject(total);
    expect(await read('/ap/posts/p1/likes?page=true')).toMatchObject({ items: [] });
  });

  it('of which the document is missing is left out, with what answers it', async () => {
    write({ a: POST_ID, b: idOf('a') });
    writeSite(world.siteFolder, { '/ap/notes/a.json': JSON.stringify({ id: idOf('a') }) });
    expect(await text()).not.toContain('Own words');
  });

  it('a site that was built before there were any has none; a damaged file is no empty one', async () => {
    expect((await world.deps.site.ownReplies()).replies).toEqual([]);
    writeSite(world.siteFolder, { [OWN_REPLIES_PATH]: '{"version":1}' });
    await expect(world.deps.site.ownReplies()).rejects.toThrow(/own-replies\.json cannot be read/);
  });
});

describe.each(ways)('what others made of a post, %s', (_name, open) => {
  let world: World;
  let way: Way;
  openEach(open, (opened) => {
    ({ world, way } = opened);
  });

  const built = (document: object) =>
    writeSite(world.siteFolder, { '/ap/notes/n1.json': JSON.stringify({ id: idOf('n1'), ...document }) });
  const object = async () => (await way.ask('/ap/notes/n1.json', { headers: { accept: activity } })).json();
  const option = (name: string, totalItems: number) => ({
    type: 'Note',
    name,
    replies: { type: 'Collection', totalItems },
  });
  const poll = (endTime: string) =>
    built({ type: 'Question', oneOf: [option('a', 0), option('b', 0)], endTime, votersCount: 0 });
  const vote = (name: string, place: number) =>
    world.deps.store.answers.vote({
      poll: idOf('n1'),
      actor: `https://peer.example/users/${name}`,
      option: place,
      multiple: false,
      inbox: 'https://peer.example/inbox',
      at: '2026-11-23T11:00:00Z',
    });

  it('a poll has its votes at once, each voter once, and is closed after its end', async () => {
    poll('2026-11-23T12:00:01Z');
    await Promise.all([vote('ann', 1), vote('bob', 1), vote('cat', 0), vote('ann', 0)]);
    const shown = await object();
    expect(shown).toMatchObject({ oneOf: [option('a', 1), option('b', 2)], votersCount: 3 });
    expect(shown).not.toHaveProperty('closed');
    poll('2026-11-23T12:00:00Z');
    expect(await object()).toMatchObject({ oneOf: [option('a', 1), option('b', 2)], closed: '2026-11-23T12:00:00Z' });
  });

  it('a quote has its stamp while the author consents', async () => {
    const quoted = 'https://peer.example/1';
    built({ type: 'Note', quote: quoted, _misskey_quote: quoted });
    expect(await object()).not.toHaveProperty('quoteAuthorization');
    const consent = { object: idOf('n1'), quoted, stamp: 'https://peer.example/stamps/1' };
    await world.deps.store.answers.putConsent({ ...consent, state: 'accepted', at: '2026-11-23T11:00:00Z' });
    expect((await object()).quoteAuthorization).toBe(consent.stamp);
    await world.deps.store.answers.putConsent({ ...consent, state: 'revoked', at: '2026-11-23T11:30:00Z' });
    expect(await object()).not.toHaveProperty('quoteAuthorization');
  });
});
