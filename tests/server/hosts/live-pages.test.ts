import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { LAYERS_FOLDER, layerName } from '../../../federation/layers.ts';
import { markPart } from '../../../federation/live-part.ts';
import { NO_OWN_REPLIES, OWN_REPLIES_PATH } from '../../../federation/own-replies.ts';
import { DEFAULT_RULES, RULES_PATH, type Rules } from '../../../federation/rules.ts';
import { liveComments } from '../../../server/hosts/live-comments.ts';
import { createLivePages, type LivePart } from '../../../server/hosts/live-pages.ts';
import { openSite } from '../../../server/site.ts';
import { openSiteFolder } from '../../../server/site-folder.ts';
import { renderComments } from '../../../templates/comments.ts';
import { hear, POST_ID, secondsAgo, tell } from '../routes/heard.ts';
import { NOW, ORIGIN, writeSite } from '../routes/world.ts';
import { start, useWorld } from './serving.ts';

const PAGE = '/posts/p1/';
const FILE = '/posts/p1/index.html';

const pageWith = (part: string, words = 'The post.') =>
  `<!doctype html><html><body><article><p>${words}</p>\n${markPart(POST_ID, part)}</article><p>Foot</p></body></html>\n`;
const BUILT = pageWith('<p>Words of eve, as built</p>\n');

const world = useWorld();
let writes: number;
let looks: number;
let now: number;

/** The live part as the Node host has it; counts what it is asked, and can be made to fail or wait. */
let during: () => Promise<void> = async () => {};
function part(): LivePart {
  const { deps } = world();
  const live = liveComments({ ...deps, clock: () => now }, renderComments);
  return {
    basis: (id) => {
      looks += 1;
      return live.basis(id);
    },
    write: async (id) => {
      writes += 1;
      const written = await live.write(id);
      await during();
      return written;
    },
  };
}

beforeEach(() => {
  [writes, looks, now] = [0, 0, NOW];
  during = async () => {};
  writeSite(world().siteFolder, { [FILE]: BUILT });
});

const open = async (more: Parameters<typeof start>[0] = {}) => {
  const { url } = await start({ livePart: part(), deps: { ...world().deps, clock: () => now }, ...more });
  const ask = (path = PAGE, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(url + path, { headers, method });
  return { ask, text: async (path?: string) => (await ask(path)).text() };
};
const rule = (rules: Partial<Rules>) =>
  writeSite(world().siteFolder, { [RULES_PATH]: JSON.stringify({ ...DEFAULT_RULES, ...rules }) });

describe('a page of a post', () => {
  it('has what is shown now in the place of what was built, and all else as it was', async () => {
    await hear(world(), 'reply', 'ann');
    const { text } = await open();
    const html = await text();
    expect(html).toContain('Words of ann');
    expect(html).not.toContain('Words of eve');
    const [from, to] = [html.indexOf('<section'), html.indexOf('</section>\n') + '</section>\n'.length];
    expect(html.slice(0, from) + html.slice(to)).toBe(BUILT.replace('<p>Words of eve, as built</p>\n', ''));
  });

  it('has what the owner answers in it as soon as the site has that, though the file of the page is the same', async () => {
    const heard = await hear(world(), 'reply', 'ann');
    const { text } = await open();
    expect(await text()).not.toContain('Own words');
    const id = `${ORIGIN}/ap/notes/own.json`;
    const author = { ...NO_OWN_REPLIES.author, name: 'Blog' };
    writeSite(world().siteFolder, {
      '/ap/notes/own.json': JSON.stringify({ id, inReplyTo: heard, content: '<p>Own words</p>' }),
      [OWN_REPLIES_PATH]: JSON.stringify({ version: 1, author, replies: [[id, heard]] }),
    });
    expect(await text()).toContain('Own words');
  });

  it('follows with the next request: shown, hidden, approved, taken back; 304 only while it is the same', async () => {
    const { store } = world().deps;
    const { ask } = await open();
    const id = await hear(world(), 'reply', 'ann', { state: 'held' });
    let etag = '';
    const follows = async (isShown: boolean) => {
      const response = await ask(PAGE, { 'if-none-match': etag });
      expect(response.status).toBe(200);
      const html = await response.text();
      expect(html.includes('Words of ann')).toBe(isShown);
      expect(response.headers.get('etag')).not.toBe(etag);
      etag = response.headers.get('etag') ?? '';
      expect((await ask(PAGE, { 'if-none-match': etag })).status).toBe(304);
      expect((await ask(PAGE, { 'if-none-match': `W/${etag}` })).status).toBe(304);
    };
    await follows(false);
    const before = etag;
    await store.interactions.setState(id, 'shown');
    await follows(true);
    await store.interactions.setState(id, 'hidden');
    await follows(false);
    // The same bytes as before have the same ETag, whatever was shown meanwhile.
    expect(etag).toBe(before);
    await store.interactions.setState(id, 'shown');
    await follows(true);
    await store.interactions.remove({ actor: 'https://peer.example/users/ann', id });
    await follows(false);
  });

  it('is written once for 200 who ask at the same time, and not again while nothing changes', async () => {
    await hear(world(), 'reply', 'ann');
    const { ask } = await open();
    const answers = await Promise.all(Array.from({ length: 200 }, async () => (await ask()).text()));
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('Words of ann');
    expect(writes).toBe(1);
    expect((await ask()).status).toBe(200);
    expect(writes).toBe(1);
  });

  it('answers HEAD like GET, without a body, and other methods with 405', async () => {
    await hear(world(), 'reply', 'ann');
    const { ask } = await open();
    const get = await ask();
    const head = await ask(PAGE, {}, 'HEAD');
    for (const name of ['content-type', 'content-length', 'etag', 'cache-control', 'vary', 'content-security-policy'])
      expect([name, head.headers.get(name)]).toEqual([name, get.headers.get(name)]);
    expect(get.headers.get('cache-control')).toBe('public, max-age=0, must-revalidate');
    expect(get.headers.get('content-length')).toBe(String((await get.arrayBuffer()).byteLength));
    expect(await head.text()).toBe('');
    expect((await ask(PAGE, {}, 'POST')).status).toBe(405);
  });

  it('changes with what is said while it is written: the next one has it', async () => {
    const { text } = await open();
    during = async () => {
      during = async () => {};
      await hear(world(), 'reply', 'ann');
    };
    expect(await text()).not.toContain('Words of ann');
    expect(await text()).toContain('Words of ann');
  });

  it('changes with the rules, at once', async () => {
    await hear(world(), 'reply', 'ann');
    const { text } = await open();
    expect(await text()).not.toContain('comments-closed');
    rule({ replies: { ...DEFAULT_RULES.replies, from: 'nobody' } });
    expect(await text()).toContain('comments-closed');
  });

  it('says that replies are closed from the time on', async () => {
    const document = { id: POST_ID, url: ORIGIN + PAGE, published: secondsAgo(10) };
    writeSite(world().siteFolder, { '/ap/posts/p1.json': JSON.stringify(document) });
    rule({ replies: { ...DEFAULT_RULES.replies, closeAfterMs: 20_000 } });
    const { text } = await open();
    expect(await text()).not.toContain('comments-closed');
    now += 10_000;
    expect(await text()).not.toContain('comments-closed');
    expect(writes).toBe(1);
    now += 1;
    expect(await text()).toContain('comments-closed');
    expect(writes).toBe(2);
  });

  it('changes with a new build', async () => {
    const { text } = await open();
    expect(await text()).toContain('The post.');
    writeSite(world().siteFolder, { [FILE]: pageWith('', 'The post, mended.') });
    expect(await text()).toContain('The post, mended.');
  });

  it('may speak of marks itself: the last one counts', async () => {
    await hear(world(), 'reply', 'ann');
    const own = markPart(`${ORIGIN}/ap/posts/other.json`, '<p>An example</p>\n');
    writeSite(world().siteFolder, { [FILE]: pageWith('', own) });
    const html = await (await open()).text();
    expect(html).toContain(own);
    expect(html).toContain('Words of ann');
  });

  it('that comes out later has its replies when its time has come', async () => {
    const at = NOW + 60_000;
    const folder = `/${LAYERS_FOLDER}/${layerName(at)}`;
    writeSite(world().siteFolder, { [folder + FILE]: pageWith('', 'Out now.') });
    await hear(world(), 'reply', 'ann');
    const site = openSite(world().siteFolder, () => now);
    const { text } = await open({ deps: { ...world().deps, site, clock: () => now } });
    expect(await text()).toContain('The post.');
    now = at;
    const html = await text();
    expect(html).toContain('Out now.');
    expect(html).toContain('Words of ann');
  });

  it('that was deleted shows no replies, should its file come back', async () => {
    await hear(world(), 'reply', 'ann');
    await tell(world(), POST_ID, { state: 'deleted' });
    const html = await (await open()).text();
    expect(html).not.toMatch(/Words of|<section/);
    expect(html).toContain('Foot');
  });
});

describe('without a mark', () => {
  it('a page costs nothing, and is what was built', async () => {
    const { ask } = await open();
    for (const path of ['/', '/about/', '/assets/style.css', '/ap/posts/p1.json', '/nowhere/']) await ask(path);
    expect([looks, writes]).toEqual([0, 0]);
    const home = readFileSync(join(world().siteFolder, 'index.html'), 'utf8');
    expect(await (await ask('/')).text()).toBe(home);
  });

  it.each([
    ['no end', BUILT.replace('<!--/live-->\n', '')],
    ['no beginning', BUILT.replace('<!--live', '<!--live-')],
    ['an end before its beginning', `<!--/live-->\n${BUILT.replace('<!--/live-->\n', '')}`],
  ])('%s is no mark', async (_, html) => {
    writeSite(world().siteFolder, { [FILE]: html });
    expect(await (await open()).text()).toBe(html);
    expect(looks).toBe(0);
  });

  it('a host that has no live part serves what was built', async () => {
    const { url } = await start();
    expect(await (await fetch(url + PAGE)).text()).toBe(BUILT);
  });
});

describe('a fault of the store', () => {
  it('leaves the page as it was built, with the ETag of what is sent; told once, and over when it is', async () => {
    await hear(world(), 'reply', 'ann');
    const { deps, lines } = world();
    let isDown = true;
    const live = liveComments(deps, renderComments);
    const livePart: LivePart = {
      ...live,
      basis: (id) => (isDown ? Promise.reject(new Error('disk I/O error')) : live.basis(id)),
    };
    const { ask } = await open({ livePart });
    const built = await ask();
    expect([built.status, await built.text()]).toEqual([200, BUILT]);
    const etag = built.headers.get('etag') ?? '';
    expect((await ask(PAGE, { 'if-none-match': etag })).status).toBe(304);
    const told = {
      event: 'page.as-built',
      level: 'error',
      object: POST_ID,
      code: 'unexpected',
      error: 'disk I/O error',
    };
    expect(lines).toEqual([told]);
    isDown = false;
    const response = await ask(PAGE, { 'if-none-match': etag });
    expect([response.status, (await response.text()).includes('Words of ann')]).toEqual([200, true]);
    isDown = true;
    now += 10 * 60_000;
    expect(await (await ask()).text()).toBe(BUILT);
    expect(lines).toEqual([told, told]);
  });

  it('while a page is written is not kept', async () => {
    await hear(world(), 'reply', 'ann');
    const { text } = await open();
    during = () => Promise.reject(new Error('disk I/O error'));
    expect(await text()).toBe(BUILT);
    during = async () => {};
    expect(await text()).toContain('Words of ann');
  });
});

it('no more is kept than fits, and what nobody asked for the longest goes first', async () => {
  const { siteFolder, deps } = world();
  const names = ['a', 'b', 'c'];
  for (const name of names) writeSite(siteFolder, { [`/${name}.html`]: markPart(name, '\n') });
  const written: string[] = [];
  const livePart: LivePart = {
    basis: async () => [1],
    write: async (id) => {
      written.push(id);
      return { html: 'x'.repeat(1_000) };
    },
  };
  const pages = createLivePages(livePart, { ...deps, maxBytes: 2_500 });
  const site = openSiteFolder(siteFolder);
  for (const name of ['a', 'b', 'a', 'c', 'a', 'b', 'a']) {
    const file = await site.find(`/${name}.html`);
    expect(file && (await pages(file, name))?.bytes.length).toBeGreaterThan(1_000);
  }
  expect(written).toEqual(['a', 'b', 'c', 'b']);
});
