import { describe, expect, it } from 'vitest';
import { deedOf } from '../../../federation/deeds.ts';
import type { ReadingItem } from '../../../federation/heard.ts';
import { DEFAULT_RULES, RULES_PATH } from '../../../federation/rules.ts';
import { sha256Hex } from '../../../server/crypto.ts';
import { readingSecret } from '../../../server/reading-feed.ts';
import { named, readXml, textOf } from '../../templates/read-html.ts';
import { author, secondsAgo } from './heard.ts';
import { openEach, type Way, ways } from './ways.ts';
import { manifest, ORIGIN, type World, writeSite } from './world.ts';

const ANN = author('ann');
const BOB = author('bob');

const post = (
  name: string,
  more: Partial<ReadingItem> = {},
  content: Partial<ReadingItem['content']> = {},
): ReadingItem => ({
  ...{ id: `https://peer.example/${name}`, actor: ANN.actor, kind: 'post', author: ANN, at: secondsAgo(10) },
  content: {
    text: [{ tag: 'p', children: [`Words of ${name}`] }],
    sensitive: false,
    published: secondsAgo(20),
    url: `https://peer.example/@ann/${name}`,
    emojis: [],
    attachments: [],
    ...content,
  },
  ...more,
});

describe.each(ways)('the feeds of those whom the blog follows, %s', (_name, open) => {
  let world: World;
  let way: Way;
  openEach(open, async (opened) => {
    ({ world, way } = opened);
  });

  const follow = async (): Promise<void> => {
    writeSite(world.siteFolder, {
      [RULES_PATH]: JSON.stringify({ ...DEFAULT_RULES, reading: { days: 30, boosts: true } }),
    });
    const { id } = deedOf({ sha256: sha256Hex }, ORIGIN, { type: 'Follow', object: ANN.actor });
    const { actor } = manifest();
    const told = { state: 'announced', type: 'Follow', digest: 'd', revision: 0, published: secondsAgo(99) } as const;
    const about = {
      title: '@ann@peer.example',
      visibility: 'public',
      url: '',
      source: 'following.csv',
      object: ANN.actor,
    } as const;
    await world.deps.store.ledger.begin({
      ...{ origin: ORIGIN, begun: secondsAgo(99), actor: { id: actor.id, digest: 'a0', revision: 0 } },
      objects: new Map([[id, { id, ...told, ...about }]]),
    });
  };
  const path = async (format: string): Promise<string> =>
    `/ap/reading/${readingSecret(await world.deps.store.notifications.secret(() => 'a-secret-of-the-test'))}.${format}`;
  const put = async (...items: ReadingItem[]): Promise<void> => {
    await follow();
    for (const item of items) await world.deps.store.reading.put(item);
  };
  const atom = async () => readXml(await (await way.ask(await path('atom'))).text());
  const json = async () => (await way.ask(await path('json'))).json();

  it('are found by nobody, kept by nobody else, and not sent again to who has them', async () => {
    await put(post('one'));
    for (const [format, type] of [
      ['atom', 'application/atom+xml'],
      ['json', 'application/feed+json'],
    ] as const) {
      const response = await way.ask(await path(format));
      const etag = response.headers.get('etag') ?? '';
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': `${type}; charset=utf-8`,
        'cache-control': 'private, no-cache',
        'x-robots-tag': 'noindex, nofollow',
        'referrer-policy': 'no-referrer',
      });
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
      const again = await way.ask(await path(format), { headers: { 'if-none-match': etag } });
      expect([again.status, await again.text()]).toEqual([304, '']);
      const body = await response.text();
      expect(await (await way.ask(await path(format))).text()).toBe(body);
      // Who is given the text has not the address.
      expect(body).not.toContain((await path(format)).slice('/ap/reading/'.length, -5));
    }
  });

  it('any other secret, the notifications’ among them, and any other format → 404; another method → 405', async () => {
    await follow();
    const secret = await world.deps.store.notifications.secret(() => 'a-secret-of-the-test');
    const known = await path('atom');
    for (const other of [
      `/ap/reading/${secret}.atom`,
      known.replace('.atom', '.rss'),
      known.replace('.atom', ''),
      '/ap/reading/x.atom',
    ]) {
      expect([other, (await way.ask(other)).status]).toEqual([other, 404]);
    }
    expect((await way.ask(known, { method: 'POST' })).status).toBe(405);
    expect((await way.ask(known, { method: 'HEAD' })).status).toBe(200);
    await world.deps.store.notifications.secret(() => 'another', { renew: true });
    expect((await way.ask(known)).status).toBe(404);
  });

  it('say who wrote what, who boosted it, and what it answers', async () => {
    const boost = post('two', {
      kind: 'boost',
      object: 'https://peer.example/2',
      author: BOB,
      at: secondsAgo(5),
      inReplyTo: 'https://else.example/1',
    });
    await put(post('one', {}, { title: 'A title' }), boost);
    const read = await atom();
    expect(named(read, 'title').map(textOf)).toEqual([
      'Whom b1.test follows',
      `@ann@peer.example boosted ${BOB.handle}: Words of two`,
      `${ANN.handle}: A title`,
    ]);
    expect(named(read, 'id').map(textOf)).toEqual([`${ORIGIN}/ap/reading`, boost.id, post('one').id]);
    const { items, version } = await json();
    expect(version).toBe('https://jsonfeed.org/version/1.1');
    expect(items[0]).toMatchObject({ id: boost.id, date_published: boost.at, authors: [{ url: BOB.url }] });
    expect(items[0].content_html).toContain('Boosted by @ann@peer.example');
    expect(items[0].content_html).toContain('In reply to <a href="https://else.example/1"');
    expect(items[1]).toMatchObject({ content_html: '<p><strong>A title</strong></p>\n<p>Words of one</p>' });
  });

  it('what is warned of is folded and in no title; pictures are links and enclosures', async () => {
    const attachments = [
      { url: 'https://peer.example/a.JPG?x=1', alt: 'A "cat"' },
      { url: 'https://peer.example/b', alt: '' },
      { url: 'javascript:alert(1)', alt: 'no' },
    ];
    await put(post('one', {}, { contentWarning: 'Food', attachments }));
    const [item] = (await json()).items;
    expect(item.title).toBe(`${ANN.handle}: Food`);
    expect(item.content_html).toMatch(/^<details><summary>Content warning: Food<\/summary>\n<p>Words.*<\/details>$/s);
    expect(item.content_html).toContain('>A &quot;cat&quot;</a>');
    expect(item.content_html).not.toContain('javascript');
    expect(item.attachments).toEqual([{ url: attachments[0]?.url, mime_type: 'image/jpeg', title: 'A "cat"' }]);
    const enclosures = named(await atom(), 'link').filter(({ attribs }) => attribs.rel === 'enclosure');
    expect(enclosures.map(({ attribs }) => [attribs.href, attribs.type])).toEqual([
      ['https://peer.example/a.JPG?x=1', 'image/jpeg'],
      ['https://peer.example/b', undefined],
    ]);
  });

  it('hostile names and words are text', async () => {
    const evil = '<script>alert(1)</script>&<img src=x onerror=alert(1)>';
    const text = [{ tag: 'p', children: [evil, { tag: 'a', href: 'javascript:alert(1)', children: ['x'] }] }] as const;
    await put(
      post(
        'one',
        { author: { ...ANN, name: evil }, inReplyTo: 'javascript:alert(1)' },
        { text, contentWarning: evil, title: evil },
      ),
    );
    const [item] = (await json()).items;
    expect(item.content_html).not.toMatch(/<script|<img|javascript:/);
    const [content] = named(await atom(), 'content').map(textOf);
    expect(content).toBe(item.content_html);
  });

  it('an actor whom the blog follows no more, or a profile that asks for nothing → nothing', async () => {
    await put(post('one'), post('two', { actor: BOB.actor, author: BOB }));
    expect((await json()).items).toHaveLength(1);
    writeSite(world.siteFolder, { [RULES_PATH]: `${JSON.stringify(DEFAULT_RULES)}\n\n` });
    expect((await json()).items).toEqual([]);
  });
});
