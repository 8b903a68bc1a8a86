import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Manifest } from '../../federation/manifest.ts';
import { bucketOf, bucketPath, emitManifest, HEAD_PATH, type ManifestParts } from '../../federation/manifest-parts.ts';
import { compareNow } from '../../server/compare.ts';
import { sha256Hex } from '../../server/crypto.ts';
import { openSite } from '../../server/site.ts';
import { createWorld, manifest, manifestObject, NOW, ORIGIN, type World, writeSite } from './routes/world.ts';

const DEPS = { sha256: sha256Hex };
const LAYER = '.scheduled/20261201T070000Z';
const LATER = Date.parse('2026-12-01T07:00:00Z');
const keys = Array.from({ length: 30 }, (_, n) => `posts/p${n}`);
const written = (...more: string[]): Manifest => ({
  ...manifest(),
  objects: [...keys, ...more].map((key) => manifestObject(key)),
});
const filesOf = (of: Manifest) => Object.fromEntries([...emitManifest(DEPS, of)].map(({ path, json }) => [path, json]));
const all = ({ head }: ManifestParts) => new Set(Object.keys(head.buckets));
const idsOf = async (parts: ManifestParts, buckets = all(parts)) => (await parts.objects(buckets)).map(({ id }) => id);
const sorted = (of: Manifest) => of.objects.map(({ id }) => id).sort();
const bucket = (key: string) => bucketOf(DEPS, `${ORIGIN}/ap/${key}.json`);

let world: World;
beforeEach(() => {
  world = createWorld();
  writeSite(world.siteFolder, filesOf(written()));
});
afterEach(() => world.remove());
const open = (now = NOW) => openSite(world.siteFolder, () => now);

test('a build is read by its parts, and its head once', async () => {
  const site = open();
  const parts = await site.parts();
  expect(await site.parts()).toBe(parts);
  expect(parts.head.origin).toBe(ORIGIN);
  expect((await idsOf(parts)).sort()).toEqual(sorted(written()));
  expect(await idsOf(parts, new Set([bucket('posts/p3'), 'zz']))).toContain(`${ORIGIN}/ap/posts/p3.json`);
  expect(await idsOf(parts, new Set())).toEqual([]);
});

test('a build without parts is read whole, and once', async () => {
  rmSync(join(world.siteFolder, 'ap/manifest'), { recursive: true });
  const site = open();
  const parts = await site.parts();
  expect(await site.parts()).toBe(parts);
  expect((await idsOf(parts)).sort()).toEqual(sorted(written()));
  writeSite(world.siteFolder, { '/ap/manifest.json': JSON.stringify(written('posts/more')) });
  expect((await idsOf(await site.parts())).sort()).toEqual(sorted(written('posts/more')));
});

test('a layer shares the buckets that are the same, and is the build from its time on', async () => {
  const later = filesOf(written('posts/soon'));
  const base = filesOf(written());
  const differing = Object.entries(later).filter(([path, json]) => base[path] !== json);
  expect(differing).toHaveLength(3);
  writeSite(join(world.siteFolder, LAYER), Object.fromEntries(differing));
  const site = open();
  const [layer] = await site.scheduledParts();
  if (!layer) throw new Error('there is a layer');
  expect(layer.at).toBe(LATER);
  expect((await idsOf(layer.parts)).sort()).toEqual(sorted(written('posts/soon')));
  expect((await site.scheduledParts())[0]?.parts).toBe(layer.parts);
  const { build } = await compareNow({ site, store: world.deps.store }, {});
  expect(build.scheduled).toMatchObject([{ id: `${ORIGIN}/ap/posts/soon.json`, comesAt: LATER }]);
  const then = open(LATER);
  expect((await idsOf(await then.parts())).sort()).toEqual(sorted(written('posts/soon')));
  expect(await then.scheduledParts()).toEqual([]);
});

describe('while another build takes its place', () => {
  const next = (): Manifest => ({
    ...written(),
    objects: written().objects.map((each) => ({ ...each, digest: 'new' })),
  });

  test('a bucket of the new one is not taken for one of the old', async () => {
    const parts = await open().parts();
    const folder = `${world.siteFolder}.next`;
    writeSite(folder, filesOf(next()));
    renameSync(world.siteFolder, `${world.siteFolder}.old`);
    renameSync(folder, world.siteFolder);
    await expect(idsOf(parts)).rejects.toMatchObject({ code: 'build-changed' });
  });

  test('a comparison that met both is made again, of the new one', async () => {
    const site = open();
    let swaps = 0;
    const parts = async () => {
      const found = await site.parts();
      swaps += 1;
      if (swaps === 1) writeSite(world.siteFolder, filesOf(next()));
      return found;
    };
    const { manifest } = await compareNow({ site: { ...site, parts }, store: world.deps.store }, {});
    expect(new Set(manifest.objects.map(({ digest }) => digest))).toEqual(new Set(['new']));
  });
});

test.each([
  ['is missing', undefined],
  ['is of another build', '[]'],
])('a bucket that %s → build-changed', async (_, text) => {
  const path = bucketPath(bucket('posts/p3'));
  if (text === undefined) rmSync(join(world.siteFolder, path));
  else writeSite(world.siteFolder, { [path]: text });
  await expect(compareNow({ site: open(), store: world.deps.store }, {})).rejects.toMatchObject({
    code: 'build-changed',
  });
});

test.each([
  '{}',
  JSON.stringify({ ...JSON.parse(filesOf(written())[HEAD_PATH] ?? ''), buckets: { '0g': { told: '', file: '' } } }),
  JSON.stringify({ ...JSON.parse(filesOf(written())[HEAD_PATH] ?? ''), buckets: { '00': { told: '' } } }),
])('a head that is none of this version → manifest-unreadable', async (text) => {
  writeSite(world.siteFolder, { [HEAD_PATH]: text });
  await expect(open().parts()).rejects.toMatchObject({ code: 'manifest-unreadable' });
});
