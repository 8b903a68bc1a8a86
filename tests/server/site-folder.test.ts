import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type StaticSite, serveStatic } from '../../server/hosts/static.ts';
import { openSite } from '../../server/site.ts';
import { openSiteFolder, type SiteFolder } from '../../server/site-folder.ts';
import { createWorld, manifest, manifestObject, ORIGIN, type World, writeSite } from './routes/world.ts';

const FIRST = Date.parse('2026-12-01T07:00:00Z');
const SECOND = Date.parse('2026-12-02T00:00:00Z');
const [FIRST_NAME, SECOND_NAME] = ['20261201T070000Z', '20261202T000000Z'];

const laterManifest = (...keys: string[]): string =>
  JSON.stringify({ ...manifest(), objects: [...keys.map((key) => manifestObject(key)), ...manifest().objects] });

/** The page and object of one post, and what else changes with it, as they lie in a layer. */
const layer = (home: string, ...keys: string[]): Record<string, string> => ({
  '/index.html': home,
  '/ap/manifest.json': laterManifest(...keys),
  ...Object.fromEntries(
    keys.flatMap((key) => [
      [`/${key}/index.html`, key],
      [`/ap/${key}.json`, JSON.stringify({ id: `${ORIGIN}/ap/${key}.json` })],
    ]),
  ),
});

let world: World;
let now: number;
let folder: SiteFolder;
let files: StaticSite;
beforeEach(() => {
  world = createWorld();
  now = FIRST - 1;
  writeLayer(FIRST_NAME, layer('First', 'posts/soon'));
  writeLayer(SECOND_NAME, layer('Second', 'posts/soon', 'posts/last'));
  folder = openSiteFolder(world.siteFolder, () => now);
  files = serveStatic(world.siteFolder, () => now);
});
afterEach(() => world.remove());

function writeLayer(name: string, content: Record<string, string>, site = world.siteFolder): void {
  writeSite(join(site, '.scheduled', name), content);
}
const ask = async (path: string, headers: Record<string, string> = {}) =>
  (await files.respond(new Request(ORIGIN + path, { headers }))) ?? undefined;
const text = async (path: string): Promise<string | undefined> => (await ask(path))?.text();

describe('a post that is dated ahead', () => {
  it('is not there before its time, and is from then on', async () => {
    expect([await text('/posts/soon/'), await ask('/ap/posts/soon.json')]).toEqual([undefined, undefined]);
    expect((await ask('/posts/soon'))?.status).toBeUndefined();
    now = FIRST;
    expect(await text('/posts/soon/')).toBe('posts/soon');
    expect((await ask('/ap/posts/soon.json'))?.headers.get('content-type')).toBe('application/activity+json');
    expect((await ask('/posts/soon'))?.status).toBe(308);
    expect(await text('/posts/last/')).toBeUndefined();
    now = SECOND + 1e9;
    expect([await text('/posts/soon/'), await text('/posts/last/')]).toEqual(['posts/soon', 'posts/last']);
  });

  it('changes the files that it is in; the others stay the base’s', async () => {
    const before = await text('/about/');
    const homes = [];
    for (now of [FIRST - 1, FIRST, SECOND]) homes.push(await text('/'));
    expect(homes.slice(1)).toEqual(['First', 'Second']);
    expect(homes[0]).toContain('Home');
    expect(await text('/about/')).toBe(before);
  });

  it('changes their ETags with them, and no other', async () => {
    const tag = async (path: string): Promise<string> => (await ask(path))?.headers.get('etag') ?? '';
    const [home, about] = [await tag('/'), await tag('/about/')];
    expect((await ask('/', { 'if-none-match': home }))?.status).toBe(304);
    now = FIRST;
    expect((await ask('/', { 'if-none-match': home }))?.status).toBe(200);
    expect(await tag('/')).not.toBe(home);
    expect(await tag('/about/')).toBe(about);
    now = FIRST - 1;
    expect(await tag('/')).toBe(home);
  });

  it('is in the manifest and has a document from its time on; before, it is scheduled', async () => {
    const site = openSite(world.siteFolder, () => now);
    const ids = async () => (await site.manifest()).objects.map(({ id }) => id.slice(`${ORIGIN}/ap/`.length, -5));
    const times = async () => (await site.scheduled()).map(({ at }) => at);
    expect(await ids()).toEqual(['posts/p1', 'notes/n1']);
    expect(await times()).toEqual([FIRST, SECOND]);
    expect((await site.scheduled())[1]?.manifest.objects).toHaveLength(4);
    expect(await site.document(`${ORIGIN}/ap/posts/soon.json`)).toBeUndefined();
    now = FIRST;
    expect(await ids()).toEqual(['posts/soon', 'posts/p1', 'notes/n1']);
    expect(await times()).toEqual([SECOND]);
    expect(await site.document(`${ORIGIN}/ap/posts/soon.json`)).toBeDefined();
    now = SECOND;
    expect(await times()).toEqual([]);
  });

  it('has its manifest parsed once', async () => {
    const site = openSite(world.siteFolder, () => now);
    const [first, again] = [await site.scheduled(), await site.scheduled()];
    expect(again[0]?.manifest).toBe(first[0]?.manifest);
  });
});

describe('the folder of what comes later', () => {
  const inside = `${FIRST_NAME}/posts/soon/index.html`;
  const spellings = [
    ...[`/.scheduled/${inside}`, `/%2escheduled/${inside}`, `/%2Escheduled/${inside}`, `/.SCHEDULED/${inside}`],
    ...[`/.scheduled%2f${inside}`, `/posts/../.scheduled/${inside}`, `/posts/%2e%2e/.scheduled/${inside}`],
    ...[`/./.scheduled/${inside}`, `//.scheduled/${inside}`, `/.well-known/../.scheduled/${inside}`],
    ...[`/%252escheduled/${inside}`, `/.scheduled/${FIRST_NAME}/posts/soon/`, '/.scheduled', '/.scheduled/'],
    ...[`/posts/soon/../../.scheduled/${inside}`, `\\.scheduled\\${inside}`, `/link/${inside}`],
  ];

  it.each(spellings)('is not reached by %s, before and after', async (path) => {
    symlinkSync(join(world.siteFolder, '.scheduled'), join(world.siteFolder, 'link'));
    for (now of [FIRST - 1, FIRST, SECOND]) {
      expect(await folder.find(path)).toBeUndefined();
      expect(await ask(path.startsWith('/') ? path : `/${path}`)).toBeUndefined();
    }
  });

  it('is not reached by any path', async () => {
    const part = fc.oneof(
      fc.constantFrom(
        '..',
        '.',
        '%2e%2e',
        '%2escheduled',
        '.scheduled',
        '.well-known',
        FIRST_NAME,
        'posts',
        'soon',
        '',
      ),
      fc.constantFrom('index.html', '%2f', '%5c', 'last', SECOND_NAME),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 7 }), async (parts) => {
        const found = await folder.find(`/${parts.join('/')}`);
        expect(found?.path ?? '').not.toContain('.scheduled');
      }),
    );
  });

  it('may hold what is no layer', async () => {
    writeSite(join(world.siteFolder, '.scheduled'), { '/note.txt': 'x', '/tmp/index.html': 'x' });
    expect((await folder.later()).map(({ at }) => at)).toEqual([FIRST, SECOND]);
    expect(await text('/')).toContain('Home');
  });
});

describe('a new build', () => {
  const swap = (): void => {
    const next = `${world.siteFolder}.next`;
    writeSite(next, { '/index.html': 'New', '/ap/manifest.json': JSON.stringify(manifest({ username: 'pen' })) });
    writeLayer(SECOND_NAME, layer('New second', 'posts/last'), next);
    const old = `${world.siteFolder}.old`;
    renameSync(world.siteFolder, old);
    renameSync(next, world.siteFolder);
    rmSync(old, { recursive: true });
  };

  it('brings its own layers, seen at once', async () => {
    now = FIRST;
    expect(await text('/')).toBe('First');
    swap();
    expect([await text('/'), await text('/posts/soon/')]).toEqual(['New', undefined]);
    now = SECOND;
    expect([await text('/'), await text('/posts/soon/')]).toEqual(['New second', undefined]);
  });

  it('is seen though the disk gives its folder the number of an old one', async () => {
    const site = openSite(world.siteFolder, () => now);
    await site.scheduled();
    // As much as can be had of it: the same folder, and another one since.
    rmSync(join(world.siteFolder, '.scheduled'), { recursive: true });
    expect(await site.scheduled()).toEqual([]);
    writeLayer(FIRST_NAME, layer('First', 'posts/soon'));
    expect((await site.scheduled()).map(({ at }) => at)).toEqual([FIRST]);
  });
});
