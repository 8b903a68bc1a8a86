import { renameSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_RULES, RULES_PATH, type Rules } from '../../federation/rules.ts';
import { besideFolder } from '../../server/mend-folder.ts';
import { parseManifest } from '../../server/parse-manifest.ts';
import { openSiteFolder } from '../../server/site-folder.ts';
import { ANN, deed, NOTE } from '../federation/plan-samples.ts';
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
  { ...manifest(), actor: { ...manifest().actor, movedTo: 1 } },
  ...[
    { object: undefined },
    { object: 1 },
    { type: 'QuoteRequest' },
    { addressees: [{ actor: ANN.actor }] },
    { addressees: ANN },
    { unresolved: [1] },
    { pollDigest: 1 },
  ].map((change) => ({ ...manifest(), objects: [{ ...deed('Like', NOTE), ...change }] })),
])('%j is no manifest', (value) => {
  expect(parseManifest(value)).toBeUndefined();
});

it('deeds and polls are read as they were written, also those that nobody could resolve', () => {
  const { object: _, ...rest } = deed('Follow', ANN.actor);
  const objects = [
    deed('Like', NOTE),
    deed('QuoteRequest', NOTE),
    { ...rest, unresolved: ['@ann@there.example'] },
    { ...deed('Like', NOTE), type: 'Question', ends: '2026-12-01T12:00:00Z', pollDigest: 'p' },
  ];
  const value: unknown = JSON.parse(JSON.stringify({ ...manifest(), objects }));
  expect(parseManifest(value)).toEqual(value);
});

describe('the rules of the blog', () => {
  const rules = (changes: Partial<Rules> = {}): string => JSON.stringify({ ...DEFAULT_RULES, ...changes });

  it('are the defaults where the build says nothing', async () => {
    expect(await world.deps.site.rules()).toEqual(DEFAULT_RULES);
  });

  it('are read once, and again when a build changed them', async () => {
    const { site } = world.deps;
    writeSite(world.siteFolder, { [RULES_PATH]: rules({ quotes: 'nobody' }) });
    const first = await site.rules();
    expect(first.quotes).toBe('nobody');
    expect(await site.rules()).toBe(first);
    writeSite(world.siteFolder, { [RULES_PATH]: rules({ quotes: 'followers' }) });
    expect((await site.rules()).quotes).toBe('followers');
  });

  it('a folder that is missing while a new build takes its place never lets the defaults in', async () => {
    writeSite(world.siteFolder, { [RULES_PATH]: rules({ quotes: 'nobody' }) });
    // As a process leaves it that is killed at this moment.
    renameSync(world.siteFolder, besideFolder(world.siteFolder, 'old'));
    expect((await world.deps.site.rules()).quotes).toBe('nobody');
  });

  it.each([
    ['half of a file', rules().slice(0, 40)],
    ['something else', '[]'],
    ['a rule of another version', JSON.stringify({ ...DEFAULT_RULES, version: 2 })],
    ['a rule that is not known here', JSON.stringify({ ...DEFAULT_RULES, boosts: 'nobody' })],
  ])('%s → an error that says what to do, never the defaults', async (_, text) => {
    writeSite(world.siteFolder, { [RULES_PATH]: text });
    await expect(world.deps.site.rules()).rejects.toMatchObject({
      code: 'site-rules-damaged',
      hint: expect.stringContaining('npm run build'),
    });
  });

  it('are no document and no file of the site', async () => {
    writeSite(world.siteFolder, { [RULES_PATH]: rules() });
    expect(await world.deps.site.document(ORIGIN + RULES_PATH)).toBeUndefined();
    expect(await openSiteFolder(world.siteFolder).find(RULES_PATH)).toBeUndefined();
  });
});
