import { renameSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseManifest } from '../../server/parse-manifest.ts';
import { createWorld, manifest, ORIGIN, type World, writeSite } from './routes/world.ts';

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.remove());

it('the manifest is parsed once, and again when a build changed it', async () => {
  const { site } = world.deps;
  const first = await site.manifest();
  expect(first).toEqual(manifest());
  expect(await site.manifest()).toBe(first);
  writeSite(world.siteFolder, { '/ap/manifest.json': JSON.stringify(manifest({ username: 'pen' })) });
  expect((await site.manifest()).actor.username).toBe('pen');
});

it('a folder that is swapped for a new build is read in the new one', async () => {
  const { site } = world.deps;
  await site.manifest();
  const next = `${world.siteFolder}.next`;
  writeSite(next, { '/ap/manifest.json': JSON.stringify(manifest({ username: 'pen' })) });
  renameSync(world.siteFolder, `${world.siteFolder}.old`);
  const reading = site.manifest();
  setTimeout(() => renameSync(next, world.siteFolder), 5);
  expect((await reading).actor.username).toBe('pen');
});

it('a manifest that is being written is read when it is whole', async () => {
  const text = JSON.stringify(manifest({ username: 'pen' }));
  writeSite(world.siteFolder, { '/ap/manifest.json': text.slice(0, 40) });
  const reading = world.deps.site.manifest();
  setTimeout(() => writeSite(world.siteFolder, { '/ap/manifest.json': text }), 5);
  expect((await reading).actor.username).toBe('pen');
});

it.each([
  ['/ap/actor.json', 'Person'],
  ['/ap/posts/p1.json', 'Article'],
])('%s is a document of the build', async (path, type) => {
  expect(await world.deps.site.document(ORIGIN + path)).toMatchObject({ id: ORIGIN + path, type });
});

it.each([
  `${ORIGIN}/ap/posts/never.json`,
  `${ORIGIN}/index.html`,
  `${ORIGIN}/ap/../feed.json`,
  `${ORIGIN}/ap/..%2ffeed.json`,
  `${ORIGIN}/feed.json`,
  `${ORIGIN}.evil.example/ap/actor.json`,
  'https://elsewhere.example/ap/actor.json',
  '/ap/actor.json',
  'nonsense',
])('%s is none', async (url) => {
  expect(await world.deps.site.document(url)).toBeUndefined();
});

it('without a build the error says what to do', async () => {
  rmSync(world.siteFolder, { recursive: true });
  await expect(world.deps.site.manifest()).rejects.toMatchObject({
    code: 'no-build',
    hint: expect.stringContaining('npm run build'),
  });
});

it('a manifest of another version is refused', async () => {
  writeSite(world.siteFolder, { '/ap/manifest.json': JSON.stringify({ ...manifest(), version: 2 }) });
  await expect(world.deps.site.manifest()).rejects.toMatchObject({ code: 'manifest-unreadable' });
});

it.each([
  null,
  [],
  {},
  { ...manifest(), origin: 1 },
  { ...manifest(), actor: {} },
  { ...manifest(), objects: {} },
  { ...manifest(), objects: [{}] },
  { ...manifest(), objects: manifest().objects.map((object) => ({ ...object, type: 'Page' })) },
  { ...manifest(), source: 'main' },
  { ...manifest(), content: undefined },
  { ...manifest(), policy: {} },
  { ...manifest(), policy: { ...manifest().policy, sendAfterMs: -1 } },
  { ...manifest(), policy: { ...manifest().policy, limits: { creates: 1, updates: 1 } } },
  { ...manifest(), policy: { ...manifest().policy, limits: { creates: 1.5, updates: 1, deletes: 1 } } },
  { ...manifest(), actor: { ...manifest().actor, keyDigest: 1 } },
  { ...manifest(), objects: manifest().objects.map((object) => ({ ...object, federate: 'never' })) },
  { ...manifest(), objects: manifest().objects.map((object) => ({ ...object, restores: true })) },
])('%j is no manifest', (value) => {
  expect(parseManifest(value)).toBeUndefined();
});
