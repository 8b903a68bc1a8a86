import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { readSettings, type Settings } from '../../build/settings.ts';
import type { Interaction } from '../../federation/interaction.ts';
import { type BuildSiteOptions, buildSite } from '../../scripts/build-site.ts';
import { readThreads } from '../../scripts/read-threads.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import { connect } from '../../server/store/sqlite-database.ts';
import { author, favour, reply } from '../federation/thread-samples.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const ONE = 'https://blog.example/ap/posts/one.json';
const TWO = 'https://blog.example/ap/posts/two.json';

let settings: Settings;
let output: string;
beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), 'postern-threads-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  settings = readSettings({ POSTERN_CONTENT: join(root, 'content'), POSTERN_DATA: join(root, 'data') }, root);
  output = join(root, 'site');
  write('profile.md', '---\nusername: blog\nname: A blog\norigin: https://blog.example\n---\nHello.\n');
  write('posts/one.md', '---\ntitle: One\ndate: 2026-11-01T10:00:00Z\n---\nText.\n');
  write('posts/two.md', '---\ntitle: Two\ndate: 2026-11-02T10:00:00Z\n---\nText.\n');
});

function write(path: string, text: string): void {
  const file = join(settings.contentFolder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const databaseFile = (): string => join(settings.dataFolder, 'postern.db');

async function say(...items: readonly Interaction[]): Promise<void> {
  const store = openSqliteStore(databaseFile());
  for (const item of items) await store.interactions.put(item, author(item.actor.split('/').at(-1) ?? ''));
  await store.close();
}

const build = (options: BuildSiteOptions = {}) => buildSite(settings, output, { now: NOW, ...options });
const fileOf = (path: string): string => readFileSync(join(output, path), 'utf8');
const manifestOf = (): unknown => JSON.parse(fileOf('ap/manifest.json'));

describe('a build where the store is', () => {
  test('has what was said in the pages and in the numbers of the objects', async () => {
    await say(reply('a', { target: ONE, inReplyTo: ONE }), favour('like', 'bo', { target: ONE }));
    await build();
    expect(fileOf('posts/one/index.html')).toContain('Well said.');
    expect(fileOf('posts/two/index.html')).toContain('No replies yet.');
    expect(JSON.parse(fileOf('ap/posts/one.json'))).toMatchObject({
      replies: { totalItems: 1 },
      likes: { totalItems: 1 },
    });
  });

  test('what was said is no change of the blog: the manifest stays as it was', async () => {
    await build();
    const before = manifestOf();
    const page = fileOf('posts/one/index.html');
    await say(reply('a', { target: ONE, inReplyTo: ONE }), favour('boost', 'bo', { target: ONE }));
    await build();
    expect(fileOf('posts/one/index.html')).not.toBe(page);
    expect(manifestOf()).toEqual(before);
  });

  test('the layers of later times say the same, and have no page twice', async () => {
    write('posts/three.md', '---\ntitle: Three\ndate: 2026-12-01T10:00:00Z\n---\nText.\n');
    await say(reply('a', { target: ONE, inReplyTo: ONE }), reply('b', { target: TWO, inReplyTo: TWO }));
    await build({ scheduled: true });
    const [layer = ''] = readdirSync(join(output, '.scheduled'));
    const changed = join('.scheduled', layer, 'posts');
    // Its neighbour is new.
    expect(fileOf(join(changed, 'two/index.html'))).toContain('Well said.');
    expect(existsSync(join(output, changed, 'one'))).toBe(false);
  });

  test('replies that are hidden are gone with the next build', async () => {
    await say(reply('a', { target: ONE, inReplyTo: ONE }));
    const store = openSqliteStore(databaseFile());
    await store.interactions.setState(reply('a').id, 'hidden');
    await store.close();
    await build();
    expect(fileOf('posts/one/index.html')).not.toContain('Well said.');
  });
});

describe('reading what was said', () => {
  test('without a store there is nothing, and none is made', async () => {
    expect(await readThreads(settings)).toEqual({ threads: new Map(), counts: new Map(), tallies: new Map() });
    expect(existsSync(databaseFile())).toBe(false);
  });

  test('a store of a later version is told in one line, and does not end it', async () => {
    await say(reply('a', { target: ONE, inReplyTo: ONE }));
    const database = connect(databaseFile());
    database.exec('PRAGMA user_version = 9999');
    database.close();
    const { threads, warning } = await readThreads(settings);
    expect(threads.size).toBe(0);
    expect(warning).toMatch(/^The pages are built without their replies: \S.*$/);
  });

  test('a file that is no store is told, and does not end it', async () => {
    mkdirSync(settings.dataFolder, { recursive: true });
    writeFileSync(databaseFile(), 'no database'.repeat(100));
    expect((await readThreads(settings)).warning).toMatch(/^The pages are built without their replies: /);
  });

  test('is bounded: what is too much is counted, and left to the pages', async () => {
    await say(reply('a', { target: ONE, inReplyTo: ONE }), reply('b', { target: TWO, inReplyTo: TWO }));
    const { threads, counts, warning } = await readThreads(settings, { maxEntries: 1 });
    expect([[...threads.keys()], [...counts.keys()]]).toEqual([[ONE], [ONE, TWO]]);
    expect(warning).toMatch(/^The pages of 1 posts are built without/);
  });
});
