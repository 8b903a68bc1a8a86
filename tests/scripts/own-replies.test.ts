import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { REMOTE_CACHE } from '../../build/remote-cache.ts';
import { readSettings, type Settings } from '../../build/settings.ts';
import { findPart } from '../../federation/live-part.ts';
import type { KnownObject } from '../../federation/reference.ts';
import { type BuildSiteOptions, buildSite } from '../../scripts/build-site.ts';
import { liveComments } from '../../server/hosts/live-comments.ts';
import { openSite } from '../../server/site.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import { renderComments } from '../../templates/comments.ts';
import { author, reply } from '../federation/thread-samples.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const LATER = Date.parse('2026-12-01T12:00:00Z');
const ONE = 'https://blog.example/ap/posts/one.json';

let settings: Settings;
let output: string;
beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), 'postern-own-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  settings = readSettings({ POSTERN_CONTENT: join(root, 'content'), POSTERN_DATA: join(root, 'data') }, root);
  output = join(root, 'site');
  write('profile.md', '---\nusername: blog\nname: A blog\norigin: https://blog.example\n---\nHello.\n');
  write('posts/one.md', '---\ntitle: One\ndate: 2026-11-01T10:00:00Z\n---\nText.\n');
  write('notes/direct.md', note('2026-11-02T09:00:00Z', '../posts/one.md', 'To the *post* itself.'));
  write('notes/again.md', note('2026-11-02T12:00:00Z', './answer.md', 'Once more.'));
  write('notes/answer.md', note('2026-11-02T11:00:00Z', reply('a').id, 'To Amy.'));
  write('notes/away.md', note('2026-11-02T11:00:00Z', reply('away').id, 'To somebody elsewhere.'));
  write(REMOTE_CACHE, JSON.stringify({ version: 1, actors: {}, objects: known('a', 'away') }));
});

const note = (date: string, answered: string, text: string): string =>
  `---\ndate: ${date}\nin-reply-to: ${answered}\n---\n${text}\n`;

function known(...names: string[]): Record<string, KnownObject> {
  const amy = author('amy');
  const who = { id: amy.actor, handle: amy.handle, url: amy.url, inbox: `${amy.actor}/inbox` };
  const objects = names.map((name): [string, KnownObject] => {
    const { id } = reply(name);
    return [id, { id, url: id, type: 'Note', author: who }];
  });
  return Object.fromEntries(objects);
}

function write(path: string, text: string): void {
  const file = join(settings.contentFolder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function openStore() {
  const store = openSqliteStore(join(settings.dataFolder, 'postern.db'));
  onTestFinished(() => store.close());
  return store;
}

async function hear(): Promise<void> {
  const store = openStore();
  await store.interactions.put(reply('a', { target: ONE, inReplyTo: ONE }), author('amy'));
}

const build = (options: BuildSiteOptions = {}) => buildSite(settings, output, { now: NOW, ...options });

/** The part of a page that a server replaces: as it was built, and as it is written now. */
async function partsOf(page: string, now: number): Promise<{ readonly built: string; readonly live: string }> {
  const html = readFileSync(join(output, page), 'utf8');
  const part = findPart(html);
  if (!part) throw new Error(`${page} has no live part`);
  const clock = () => now;
  const site = openSite(output, clock);
  const { html: live } = await liveComments({ site, store: openStore(), clock }, renderComments).write(part.id);
  return { built: html.slice(part.from, part.to), live };
}

const said = (html: string) => html.match(/Well said|To the <em>post<\/em> itself|To Amy|Once more|To somebody/g);

test('a page has what the owner said in its thread, in order and nested; refreshed it has the same bytes', async () => {
  await hear();
  await build();
  const { built, live } = await partsOf('posts/one/index.html', NOW);
  expect(live).toBe(built);
  expect(said(built)).toEqual(['To the <em>post</em> itself', 'Well said', 'To Amy', 'Once more']);
  expect(built).toContain('4 replies');
  const own = await partsOf('notes/answer/index.html', NOW);
  expect(own.live).toBe(own.built);
  expect(said(own.built)).toEqual(['Once more']);
});

test('without a store the page has what the owner answered to the post itself', async () => {
  await build();
  const html = readFileSync(join(output, 'posts/one/index.html'), 'utf8');
  expect(said(html)).toEqual(['To the <em>post</em> itself']);
});

test('an answer that is dated ahead is nowhere before its time, and in the thread from then on', async () => {
  write('notes/ahead.md', note('2026-12-01T10:00:00Z', reply('a').id, 'To somebody later.'));
  await hear();
  await build({ scheduled: true });
  expect(said((await partsOf('posts/one/index.html', NOW)).live)).not.toContain('To somebody');
  expect(readFileSync(join(output, '.own-replies.json'), 'utf8')).not.toContain('ahead');
  expect(said((await partsOf('posts/one/index.html', LATER)).live)).toEqual([
    'To the <em>post</em> itself',
    'Well said',
    'To Amy',
    'Once more',
    'To somebody',
  ]);
});

test('an answer says what it answers, and names its author in Mention and cc', async () => {
  await hear();
  await build();
  const document = JSON.parse(readFileSync(join(output, 'ap/notes/answer.json'), 'utf8'));
  expect(document).toMatchObject({
    inReplyTo: reply('a').id,
    cc: ['https://blog.example/ap/followers', author('amy').actor],
    tag: [{ type: 'Mention', href: author('amy').actor, name: author('amy').handle }],
  });
});
