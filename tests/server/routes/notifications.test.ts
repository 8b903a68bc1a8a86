import { describe, expect, it } from 'vitest';
import { NOTIFICATION_KINDS, type Notification } from '../../../federation/interaction.ts';
import { named, readXml, textOf } from '../../templates/read-html.ts';
import { author, hear, interaction, POST_ID, secondsAgo } from './heard.ts';
import { allWays, openEach, overHttp, type Way } from './ways.ts';
import { createWorld, ORIGIN, type World } from './world.ts';

const notification = (kind: Notification['kind'], name: string, more: Partial<Notification> = {}): Notification => ({
  key: `${kind} https://peer.example/${kind}/${name}`,
  kind,
  actor: author(name).actor,
  handle: author(name).handle,
  at: secondsAgo(30),
  ...more,
});

describe.each(allWays('notifications'))('the owner’s feed, %s', (_name, open) => {
  let world: World;
  let way: Way;
  openEach(open, (opened) => {
    ({ world, way } = opened);
  });

  const feedPath = async () =>
    `/ap/notifications/${await world.deps.store.notifications.secret(() => 'a secret of the test'.replaceAll(' ', '-'))}`;
  const feed = async () => readXml(await (await way.ask(await feedPath())).text());
  const add = (...all: Notification[]) => Promise.all(all.map((each) => world.deps.store.notifications.add(each)));

  it('is Atom, kept by nobody and found by no search engine', async () => {
    const response = await way.ask(await feedPath());
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/atom+xml; charset=utf-8',
      'cache-control': 'private, no-store',
      'x-robots-tag': 'noindex, nofollow',
      'referrer-policy': 'no-referrer',
    });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(response.headers.get('etag')).toBeNull();
    const head = await way.ask(await feedPath(), { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(await head.text()).toBe('');
  });

  it('says who did what, with what was said, newest first', async () => {
    const reply = await hear(world, 'reply', 'ann');
    const like = await hear(world, 'like', 'bob', { emoji: { text: '🎉' } });
    await add(notification('follow', 'cat', { at: secondsAgo(30) }));
    await add(notification('reply', 'ann', { target: POST_ID, interaction: reply, at: secondsAgo(20) }));
    await add(notification('like', 'bob', { target: POST_ID, interaction: like, at: secondsAgo(10) }));
    const read = await feed();
    expect(named(read, 'title').map(textOf)).toEqual([
      'Notifications of b1.test',
      '@bob@peer.example reacted with 🎉 to A title',
      '@ann@peer.example replied to A title',
      '@cat@peer.example follows the blog',
    ]);
    expect(named(read, 'content').map(textOf)).toEqual(['', 'Words of ann', '']);
    expect(named(read, 'link').map(({ attribs }) => attribs.href)).toEqual([
      `${ORIGIN}/`,
      `${ORIGIN}/posts/p1/`,
      'https://peer.example/@ann/1',
      author('cat').actor,
    ]);
    expect(named(read, 'updated').map(textOf)).toEqual([
      secondsAgo(10),
      secondsAgo(10),
      secondsAgo(20),
      secondsAgo(30),
    ]);
  });

  it('has what RFC 4287 asks of a feed and of every entry, for every kind', async () => {
    await add(...NOTIFICATION_KINDS.map((kind) => notification(kind, 'ann', { target: POST_ID })));
    const read = await feed();
    const entries = named(read, 'entry');
    expect(entries).toHaveLength(NOTIFICATION_KINDS.length);
    for (const holder of [named(read, 'feed')[0], ...entries]) {
      for (const name of ['id', 'title', 'updated']) {
        const own = named(read, name).filter(({ parent }) => parent === holder);
        expect(own).toHaveLength(1);
        expect(textOf(own[0])).not.toBe('');
      }
    }
    for (const entry of entries) expect(named(read, 'author').filter(({ parent }) => parent === entry)).toHaveLength(1);
    const ids = named(read, 'id').map(textOf).slice(1);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids)
      expect(id).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('an entry keeps its id whatever becomes of what it tells', async () => {
    const reply = await hear(world, 'reply', 'ann');
    await add(notification('reply', 'ann', { target: POST_ID, interaction: reply }));
    const ids = async () => named(await feed(), 'id').map(textOf);
    const before = await ids();
    await world.deps.store.interactions.setState(reply, 'hidden', 'owner');
    expect(await ids()).toEqual(before);
    const [content] = named(await feed(), 'content').map(textOf);
    expect(content).toBe('(hidden: owner)\n\nWords of ann');
  });

  it('a title says what waits for the owner, until it is decided', async () => {
    const reply = await hear(world, 'reply', 'ann');
    const like = await hear(world, 'like', 'bob');
    await add(notification('reply', 'ann', { target: POST_ID, interaction: reply, at: secondsAgo(20) }));
    await add(notification('like', 'bob', { target: POST_ID, interaction: like, at: secondsAgo(10) }));
    const titles = async () =>
      named(await feed(), 'title')
        .map(textOf)
        .slice(1);
    const replied = '@ann@peer.example replied to A title';
    const liked = '@bob@peer.example liked A title';
    const { interactions } = world.deps.store;
    for (const id of [reply, like]) await interactions.setState(id, 'held', 'first-time');
    expect(await titles()).toEqual([`${liked} (waits for you)`, `${replied} (waits for you)`]);
    await interactions.setState(reply, 'hidden', 'owner');
    await interactions.setState(like, 'shown', 'owner');
    expect(await titles()).toEqual([liked, replied]);
  });

  it('of a message or a report it tells that it came, and nothing of it', async () => {
    await add(notification('message', 'ann'), notification('report', 'ann'));
    expect(named(await feed(), 'content').map(textOf)).toEqual([
      'Read it with npm run messages.',
      'Read it with npm run messages.',
    ]);
  });

  it('hostile names and words are text, also for a feed reader that takes them for HTML', async () => {
    const said = '</content><script>alert(1)</script>]]>\u0000\u001b[2J&amp;<';
    const { content } = interaction('reply', 'ann');
    if (!content) throw new Error('a reply has content');
    const reply = interaction('reply', 'ann', { content: { ...content, text: [said], url: 'javascript:alert(1)' } });
    await world.deps.store.interactions.put(reply, author('ann', { url: 'javascript:alert(1)' }));
    const handle = '@<b>\n\n"&\'@peer.example';
    await add(notification('reply', 'ann', { handle, target: POST_ID, interaction: reply.id }));
    const xml = await (await way.ask(await feedPath())).text();
    expect(xml).not.toMatch(/<script|<b>|javascript:/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    expect(xml).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
    const read = readXml(xml);
    expect(named(read, 'entry')).toHaveLength(1);
    expect(textOf(named(read, 'title')[1])).toBe('@<b> "&\'@peer.example replied to A title');
    expect(named(read, 'content')[0]?.attribs.type).toBe('text');
  });

  it('its own address is not in it, and with another it is not found', async () => {
    const path = await feedPath();
    const secret = path.slice(path.lastIndexOf('/') + 1);
    expect(await (await way.ask(path)).text()).not.toContain(secret);
    for (const other of [
      `${path}0`,
      path.slice(0, -1),
      path.toUpperCase().replace('/AP/NOTIFICATIONS', '/ap/notifications'),
      '/ap/notifications/undefined',
      '/ap/notifications/%00',
      `/ap/notifications/${'a'.repeat(8_000)}`,
      `/ap/notifications/x?secret=${secret}`,
    ]) {
      for (const method of ['GET', 'POST']) {
        const response = await way.ask(other, { method });
        expect(response.status).toBe(404);
        expect(response.headers.get('cache-control')).toBe('private, no-store');
      }
    }
    expect((await way.ask(path, { method: 'POST' })).status).toBe(405);
  });

  it('its address changes when the owner wants another', async () => {
    const path = await feedPath();
    await world.deps.store.notifications.secret(() => 'another', { renew: true });
    expect((await way.ask(path)).status).toBe(404);
    expect((await way.ask('/ap/notifications/another')).status).toBe(200);
  });
});

it('A fault of ours while the feed is read → the log line has neither the secret nor a reader’s handle', async () => {
  const world = createWorld();
  const broken = async () => {
    throw new Error('the disk is gone');
  };
  const { deps } = world;
  const store = { ...deps.store, ledger: { ...deps.store.ledger, head: broken } };
  const way = await overHttp({ ...world, deps: { ...deps, store } });
  await way.ask('/ap/notifications/0123456789abcdef');
  await way.ask('/ap/interact?handle=@ann@peer.example&uri=x');
  await way.close();
  world.remove();
  expect(world.lines).toHaveLength(2);
  expect(JSON.stringify(world.lines)).not.toMatch(/0123456789abcdef|ann/);
  expect(world.lines).toMatchObject([{ path: '/ap/notifications/…' }, { path: '/ap/interact' }]);
});
