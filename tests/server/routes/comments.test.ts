import { describe, expect, it } from 'vitest';
import { mediaDigest } from '../../../federation/addresses.ts';
import { DEFAULT_RULES, RULES_PATH } from '../../../federation/rules.ts';
import { sha256Hex } from '../../../server/crypto.ts';
import { author, hear, interaction, POST_ID, secondsAgo, tell } from './heard.ts';
import { allWays, openEach, type Way } from './ways.ts';
import { ORIGIN, type World, writeSite } from './world.ts';

const path = '/ap/comments/posts/p1';

describe.each(allWays('comments'))('what was said about a post, %s', (_name, open) => {
  let world: World;
  let way: Way;
  openEach(open, (opened) => {
    ({ world, way } = opened);
  });

  const text = async (at = path) => (await way.ask(at)).text();
  const built = (more: object) =>
    writeSite(world.siteFolder, {
      '/ap/posts/p1.json': JSON.stringify({ id: POST_ID, url: `${ORIGIN}/posts/p1/`, ...more }),
    });

  it('is a page that may load nothing of another server and run nothing, kept for a minute', async () => {
    await hear(world, 'reply', 'ann');
    const response = await way.ask(path);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'public, max-age=60',
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex',
    });
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("img-src 'self';");
    expect(policy).not.toContain('script-src');
    expect(await response.text()).toContain('Words of ann');
  });

  it('is asked for again by its ETag, which changes with what is shown; HEAD is like GET', async () => {
    const id = await hear(world, 'reply', 'ann');
    const get = await way.ask(path);
    const etag = get.headers.get('etag') ?? '';
    expect((await way.ask(path, { headers: { 'if-none-match': etag } })).status).toBe(304);
    const head = await way.ask(path, { method: 'HEAD' });
    expect(head.headers.get('etag')).toBe(etag);
    expect(head.headers.get('content-length')).toBe(String((await get.arrayBuffer()).byteLength));
    expect(await head.text()).toBe('');
    await world.deps.store.interactions.setState(id, 'hidden');
    const after = await way.ask(path, { headers: { 'if-none-match': etag } });
    expect(after.status).toBe(200);
    expect(await after.text()).not.toContain('Words of ann');
  });

  it('has pictures by way of the blog alone, and none where the owner hides them', async () => {
    const avatar = 'https://files.peer.example/ann.png';
    await world.deps.store.interactions.put(interaction('reply', 'ann'), author('ann', { avatar }));
    const html = await text();
    expect(html).toContain(`src="/ap/media/${mediaDigest(sha256Hex, avatar)}"`);
    expect(html).not.toContain(avatar);
    writeSite(world.siteFolder, { [RULES_PATH]: JSON.stringify({ ...DEFAULT_RULES, avatars: 'hide' }) });
    expect(await text()).not.toContain('/ap/media/');
  });

  it('is in the language of the post, also where only its title says which', async () => {
    built({ contentMap: { de: '<p>Hallo</p>' } });
    expect(await text()).toContain('lang="de"');
    built({ nameMap: { de: 'Hallo' } });
    expect(await text()).toContain('lang="de"');
    built({});
    expect(await text()).toContain('lang="en"');
  });

  it('says when the post takes no more replies', async () => {
    built({ published: secondsAgo(10) });
    const rules = (closeAfterMs: number) =>
      JSON.stringify({ ...DEFAULT_RULES, replies: { ...DEFAULT_RULES.replies, closeAfterMs } });
    writeSite(world.siteFolder, { [RULES_PATH]: rules(60_000) });
    expect(await text()).not.toContain('comments-closed');
    writeSite(world.siteFolder, { [RULES_PATH]: rules(1_000) });
    expect(await text()).toContain('comments-closed');
  });

  it('says what was voted once the poll is over, and how many voted before', async () => {
    const vote = { poll: POST_ID, option: 1, multiple: false, inbox: 'https://peer.example/inbox', at: secondsAgo(5) };
    await world.deps.store.answers.vote({ ...vote, actor: 'https://peer.example/users/ann' });
    const oneOf = ['Tea', 'Coffee'].map((name) => ({ type: 'Note', name }));
    built({ type: 'Question', oneOf, endTime: secondsAgo(-60) });
    expect(await text()).toContain('1 person voted');
    expect(await text()).not.toMatch(/1 vote\)|Coffee/);
    built({ type: 'Question', oneOf, endTime: secondsAgo(1) });
    expect(await text()).toMatch(/<bdi>Coffee<\/bdi> <span class="count">100 % \(1 vote\)/);
  });

  it('what was said with markup in it is text', async () => {
    const said = '<img src=x onerror=alert(1)>';
    const { content } = interaction('reply', 'ann');
    if (!content) throw new Error('a reply has content');
    await world.deps.store.interactions.put(
      interaction('reply', 'ann', { content: { ...content, text: [said], title: said, contentWarning: said } }),
      author('ann', { name: said, handle: said }),
    );
    expect(await text()).not.toMatch(/<img[^>]+onerror/);
  });

  it('of a post that was deleted is gone', async () => {
    await tell(world, POST_ID, { state: 'deleted' });
    expect((await way.ask(path)).status).toBe(410);
  });

  it.each([
    '/ap/comments/posts/never',
    '/ap/comments/notes/p1',
    '/ap/comments/posts/..%2factor',
    '/ap/comments/posts/%00',
    '/ap/comments/posts/%ff',
    `/ap/comments/posts/${'a'.repeat(8_000)}`,
  ])('what is no post is not found (%#)', async (unknown) => {
    expect((await way.ask(unknown)).status).toBe(404);
  });

  it('other methods are refused', async () => {
    for (const method of ['POST', 'DELETE']) expect((await way.ask(path, { method })).status).toBe(405);
  });
});
