import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createSiteCache } from '../../build/read-site.ts';
import { readSettings, type Settings } from '../../build/settings.ts';
import type { BuildFacts } from '../../eleventy.config.ts';
import { HEAD_PATH } from '../../federation/manifest-parts.ts';
import { type BuildSiteOptions, buildSite } from '../../scripts/build-site.ts';
import { serveStatic } from '../../server/hosts/static.ts';
import { applyPlan, preparePlan } from '../../server/publish.ts';
import { openSite } from '../../server/site.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import { connect } from '../../server/store/sqlite-database.ts';

const ORIGIN = 'https://blog.example';
const NOW = Date.parse('2026-11-23T12:00:00Z');
const FIRST = Date.parse('2026-12-01T07:00:00Z');
const SECOND = Date.parse('2026-12-02T23:00:00Z');
const PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>';
const PROFILE = `---
username: blog
name: A blog
origin: ${ORIGIN}
timezone: Europe/Berlin
---
Hello.
`;
const post = (title: string, date: string, more = '', body = 'Text.\n') =>
  `---\ntitle: ${title}\ndate: ${date}\n${more}---\n${body}`;

let settings: Settings;
let output: string;
beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), 'postern-build-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const env = { POSTERN_CONTENT: join(root, 'content'), POSTERN_DATA: join(root, 'data') };
  settings = readSettings(env, root);
  output = join(root, 'site');
  write('profile.md', PROFILE);
  write('posts/one.md', post('One', '2026-11-01'));
  write('posts/two.md', post('Two', '2026-11-02'));
});

/** Words of theirs that no other post has: `Zebra`, `Quagga`, `Okapi`. */
function writeAhead(): void {
  write('media/zebra.svg', PICTURE);
  write(
    'posts/zebra.md',
    post(
      'Zebra',
      '2026-12-01T07:00:00Z',
      'tags: [zebras]\npinned: true\nredirects: [/old-zebra/]\n',
      '![Zebra](../media/zebra.svg)\n',
    ),
  );
  write('notes/quagga.md', '---\ndate: 2026-12-01T07:00:00Z\n---\nA quagga.\n');
  write('posts/okapi.md', post('Okapi', '2026-12-03'));
}

function write(path: string, text: string): void {
  const file = join(settings.contentFolder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function build(options: BuildSiteOptions = {}, folder = output): Promise<BuildFacts> {
  return buildSite(settings, folder, { now: NOW, ...options });
}

/** Every file of a folder, hidden ones too, as text by its path. */
function filesOf(folder: string): Map<string, string> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = paths.map(({ parentPath, name }) => join(parentPath, name).slice(folder.length));
  return new Map(names.sort().map((name) => [name, readFileSync(folder + name, 'latin1')]));
}

describe('a build with posts that are dated ahead', () => {
  test('says nothing of them: no file has their name, title, tag, picture or address', async () => {
    await build();
    const without = filesOf(output);
    writeAhead();
    const facts = await build();
    expect(facts.scheduled).toEqual([
      { at: FIRST, titles: ['Zebra', 'A quagga.'] },
      { at: SECOND, titles: ['Okapi'] },
    ]);
    expect([facts.posts, facts.notes]).toEqual([2, 0]);
    const site = filesOf(output);
    expect([...site.keys()]).toEqual([...without.keys()]);
    const manifest = '/ap/manifest.json';
    for (const [path, text] of site) {
      expect(`${path} ${text}`).not.toMatch(/zebra|quagga|okapi/i);
      if (path !== manifest && path !== HEAD_PATH) expect(text).toBe(without.get(path));
    }
    const content = (files: Map<string, string>) => JSON.parse(files.get(manifest) ?? '').content;
    expect(content(site)).not.toBe(content(without));
  });

  test('is the whole site of each later time, layer over base, when it is asked for them', async () => {
    writeAhead();
    const progress: [number, number][] = [];
    await build({ scheduled: true, onLayer: ({ at }, index) => progress.push([at, index]) });
    expect(progress).toEqual([
      [FIRST, 0],
      [SECOND, 1],
    ]);
    expect(readdirSync(join(output, '.scheduled')).sort()).toEqual(['20261201T070000Z', '20261202T230000Z']);
    for (const [name, at] of [
      ['20261201T070000Z', FIRST],
      ['20261202T230000Z', SECOND],
    ] as const) {
      const whole = `${output}-${name}`;
      await build({ now: at }, whole);
      const base = [...filesOf(output)].filter(([path]) => !path.startsWith('/.scheduled/'));
      const layer = filesOf(join(output, '.scheduled', name));
      expect(new Map([...base, ...layer].sort(([a], [b]) => (a < b ? -1 : 1)))).toEqual(filesOf(whole));
      // What stays is not there twice.
      for (const [path, text] of base) expect(layer.get(path)).not.toBe(text);
    }
    expect(existsSync(`${output}.layer-${process.pid}`)).toBe(false);
  });

  test('is served with each at its time, with no further build', async () => {
    writeAhead();
    await build({ scheduled: true });
    let now = NOW;
    const files = serveStatic(output, () => now);
    const site = openSite(output, () => now);
    const ask = async (path: string) => (await files.respond(new Request(ORIGIN + path)))?.status;
    const paths = ['/posts/zebra/', '/ap/posts/zebra.json', '/media/zebra.svg', '/tags/zebras/', '/old-zebra/'];
    const contents = new Set<string>();
    for (const [time, status] of [
      [NOW, undefined],
      [FIRST - 1, undefined],
      [FIRST, 200],
      [SECOND, 200],
    ] as const) {
      now = time;
      for (const path of paths) expect([path, await ask(path)]).toEqual([path, status]);
      contents.add((await site.manifest()).content);
    }
    expect(contents.size).toBe(1);
    expect((await site.manifest()).objects.map(({ title }) => title)).toContain('Okapi');
    const outbox = await site.document(`${ORIGIN}/ap/outbox.json`);
    expect(outbox).toMatchObject({ totalItems: 5 });
  });

  test('has the same bytes whenever and wherever it is made', async () => {
    writeAhead();
    await build({ scheduled: true });
    const elsewhere = `${output}-again`;
    await build({ scheduled: true, now: NOW + 1, cache: createSiteCache() }, elsewhere);
    expect(filesOf(elsewhere)).toEqual(filesOf(output));
  });

  test('reads its content once: what changes meanwhile is in no layer', async () => {
    writeAhead();
    await build({ scheduled: true, onLayer: () => write('posts/two.md', post('Meanwhile', '2026-11-02')) });
    expect([...filesOf(output).values()].filter((text) => text.includes('Meanwhile'))).toEqual([]);
  });

  test('without a date ahead has no layer', async () => {
    expect((await build({ scheduled: true })).scheduled).toEqual([]);
    expect(existsSync(join(output, '.scheduled'))).toBe(false);
  });

  test('loses the layers of an older build', async () => {
    writeAhead();
    await build({ scheduled: true });
    await build();
    expect(existsSync(join(output, '.scheduled'))).toBe(false);
  });
});

describe('a look ahead', () => {
  test('shows everything, and stands for nothing that was approved', async () => {
    writeAhead();
    const contentOf = async (options: BuildSiteOptions): Promise<string> => {
      await build(options);
      return (await openSite(output).manifest()).content;
    };
    const published = await contentOf({});
    expect(await contentOf({ now: Number.POSITIVE_INFINITY, look: true })).not.toBe(published);
    expect(existsSync(join(output, 'posts/okapi/index.html'))).toBe(true);
    expect(await contentOf({ look: true })).not.toBe(published);
  });

  test('while writing is what a publish builds when nothing waits', async () => {
    await build({ look: true });
    const looked = filesOf(output);
    await build();
    expect(filesOf(output)).toEqual(looked);
  });
});

describe('a post that was deleted and is there again', () => {
  const id = (key: string): string => `${ORIGIN}/ap/posts/${key}.json`;

  /** Builds and publishes to nobody; gives the ids of the build and what was sent. */
  async function publish(): Promise<{ ids: string[]; sent: string[]; holds: string[] }> {
    await build();
    const store = openSqliteStore(join(settings.dataFolder, 'postern.db'));
    try {
      const deps = { store, site: openSite(output, () => NOW), clock: () => NOW, log: () => undefined };
      const prepared = await preparePlan(deps);
      await applyPlan(deps, prepared);
      const { activities, holds } = prepared.plan;
      return {
        ids: prepared.manifest.objects.map((object) => object.id),
        sent: activities.map((one) => `${one.type} ${'entry' in one ? one.entry.id : 'id' in one ? one.id : ''}`),
        holds: holds.map(({ code }) => code),
      };
    } finally {
      await store.close();
    }
  }

  test('has a new id everywhere, and the old one nowhere; the next time it has another', async () => {
    await publish();
    for (const [key, before] of [
      ['back-2', 'back'],
      ['back-3', 'back-2'],
    ] as const) {
      if (before === 'back') {
        write('posts/back.md', post('Back', '2026-11-23', 'pinned: true\n'));
        expect((await publish()).sent).toEqual([`Create ${id('back')}`]);
      }
      rmSync(join(settings.contentFolder, 'posts/back.md'));
      expect((await publish()).sent).toEqual([`Delete ${id(before)}`]);
      write('posts/back.md', post('Back', '2026-11-23', 'pinned: true\n'));
      expect(await publish()).toMatchObject({ sent: [`Create ${id(key)}`], holds: [] });
      expect(await publish()).toMatchObject({ sent: [], holds: [] });

      const files = filesOf(output);
      expect(files.has(`/ap/posts/${key}.json`)).toBe(true);
      expect(files.has(`/ap/posts/${before}.json`)).toBe(false);
      const manifest = JSON.parse(files.get('/ap/manifest.json') ?? '');
      expect(manifest.objects.find((one: { id: string }) => one.id === id(key))).toMatchObject({
        restores: id(before),
      });
      for (const path of ['/ap/outbox/1.json', '/ap/featured.json', '/posts/back/index.html', `/ap/posts/${key}.json`])
        expect([path, files.get(path)?.includes(id(key))]).toEqual([path, true]);
      // The replies of the new one are its own; but for `restores`, nothing names the old one.
      expect(files.get(`/ap/posts/${key}.json`)).toContain(`${ORIGIN}/ap/posts/${key}/replies`);
      for (const [path, text] of files)
        if (!path.startsWith('/ap/manifest'))
          expect([path, text.includes(`/ap/posts/${before}.json`)]).toEqual([path, false]);
    }
  });

  test('keeps its new id when a post of that name is written', async () => {
    await publish();
    write('posts/part.md', post('Part', '2026-11-23'));
    await publish();
    rmSync(join(settings.contentFolder, 'posts/part.md'));
    await publish();
    write('posts/part.md', post('Part', '2026-11-23'));
    await publish();
    write('posts/part-2.md', post('Part two', '2026-11-23'));
    expect(await publish()).toMatchObject({ sent: [`Create ${id('part-2-2')}`], holds: [] });
  });

  test('with an id of its own gets a new one likewise', async () => {
    await publish();
    write('posts/x.md', post('X', '2026-11-23', 'id: 01ab\n'));
    await publish();
    rmSync(join(settings.contentFolder, 'posts/x.md'));
    await publish();
    write('posts/y.md', post('Y', '2026-11-23', 'id: 01ab\n'));
    expect((await publish()).sent).toEqual([`Create ${id('01ab-2')}`]);
  });

  test('is known while another process writes to the store', async () => {
    await publish();
    const other = connect(join(settings.dataFolder, 'postern.db'));
    other.exec('BEGIN EXCLUSIVE');
    await expect(build()).resolves.toMatchObject({ posts: 2 });
    other.exec('COMMIT');
    other.close();
  });

  test('a store that cannot be read ends the build with what to do, and leaves the site', async () => {
    await build();
    const before = filesOf(output);
    writeFileSync(join(settings.dataFolder, 'postern.db'), 'no database'.repeat(100));
    write('posts/three.md', post('Three', '2026-11-03'));
    await expect(build()).rejects.toMatchObject({ name: 'PosternError', hint: expect.stringMatching(/\w/) });
    expect(filesOf(output)).toEqual(before);
  });

  test('without a store nothing is opened, and none is made', async () => {
    await build();
    expect(existsSync(join(settings.dataFolder, 'postern.db'))).toBe(false);
  });
});
