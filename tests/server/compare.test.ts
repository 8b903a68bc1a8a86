import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scheduledObjects } from '../../federation/changes.ts';
import { RELEASABLE } from '../../federation/holds.ts';
import type { Ledger, LedgerObject } from '../../federation/ledger.ts';
import { baselineLedger } from '../../federation/ledger-entry.ts';
import type { DeedType, Manifest, ManifestObject } from '../../federation/manifest.ts';
import { newestFirst, partsOf } from '../../federation/manifest-parts.ts';
import { NO_OWN_REPLIES } from '../../federation/own-replies.ts';
import { planPublish } from '../../federation/plan.ts';
import { type Blocks, DEFAULT_RULES } from '../../federation/rules.ts';
import { approve } from '../../server/approve.ts';
import { compareNow } from '../../server/compare.ts';
import { sha256Hex } from '../../server/crypto.ts';
import type { Site } from '../../server/ports.ts';
import { applyPlan, planOptionsOf, preparePlan } from '../../server/publish.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import type { Store } from '../../server/store/store.ts';
import { deed, entry, id, keys, ledger, manifest, NOW, told, toldDeed } from '../federation/plan-samples.ts';
import { siteWithParts } from './site-with-parts.ts';

const HOUR = 3_600_000;
const KEYS = Array.from({ length: 14 }, (_, n) => `k${n}`).flatMap((key) => [key, `${key}-2`]);
const at = (hours: number) => new Date(NOW + hours * HOUR).toISOString();

const some = <T>(...values: readonly [T, ...T[]]) => fc.constantFrom(...values);
const text = some('same', 'same', 'other');
const shape = fc.record({
  type: some<'Article' | 'Note'>('Article', 'Article', 'Note'),
  title: some('One', 'Two', 'Three'),
  body: some('body 1', 'body 2', undefined),
  source: some(undefined, undefined, 'posts/x.md', 'posts/y.md'),
  visibility: some<'public' | 'unlisted'>('public', 'public', 'public', 'unlisted'),
  published: some(-2000, -30, -2, -1, 1).map(at),
} as const);
const built = fc.record({
  key: some(...(KEYS as [string, ...string[]])),
  text,
  shape,
  place: some(0, 0, 0, 0, 1, 2),
  dateOnly: some(false, false, true),
  federate: some<'silent' | 'update' | undefined>(undefined, undefined, undefined, 'silent', 'update'),
  restores: fc.option(some(...(KEYS as [string, ...string[]])), { nil: undefined, freq: 6 }),
});
const known = fc.record({
  key: some(...(KEYS as [string, ...string[]])),
  text,
  shape,
  state: some<LedgerObject['state']>('announced', 'announced', 'baseline', 'deleted'),
  revision: fc.nat(1),
  sending: fc.option(fc.constant('https://blog.example/ap/activities/x'), { nil: undefined, freq: 8 }),
} as const);

const QUOTED = 'https://there.example/notes/quoted';
/** Each of its own type and object, and requests to quote of posts that the build or the ledger may have. */
const DEEDS: readonly (readonly [DeedType, string, string?])[] = [
  ['Like', 'https://there.example/notes/1'],
  ['Like', 'https://there.example/notes/2'],
  ['Announce', 'https://there.example/notes/1'],
  ['Follow', 'https://there.example/users/ann'],
  ['Follow', 'https://there.example/users/ben'],
  ['Follow', 'https://blocked.example/users/cat'],
  ['Follow', 'https://blog.example/ap/actor.json'],
  ...KEYS.slice(0, 4).map((key) => ['QuoteRequest', QUOTED, id(key)] as const),
];
const deeds = fc.uniqueArray(
  fc.record({
    deed: fc.nat(DEEDS.length - 1),
    place: fc.option(some(0, 0, 0, 1, 2), { nil: undefined }),
    isUnresolved: some(false, false, false, true),
    federate: some<'silent' | undefined>(undefined, undefined, 'silent'),
    published: some(-2000, -30, -1, 1).map(at),
    state: some<LedgerObject['state'] | undefined>(undefined, 'announced', 'announced', 'baseline', 'deleted'),
    isSame: some(true, true, true, false),
  } as const),
  { selector: ({ deed }) => deed, maxLength: DEEDS.length },
);

function doneOf({ deed: n, isUnresolved, federate, published }: Blog['deeds'][number]): ManifestObject {
  const [type, object, instrument] = DEEDS[n] ?? ['Like', ''];
  const more = instrument === undefined ? {} : { instrument };
  const { object: _, ...entry } = deed(type, object, { ...more, published, ...(federate ? { federate } : {}) });
  if (!isUnresolved) return { ...entry, object };
  return { ...entry, id: `${entry.id}0`, digest: `unresolved ${n}`, unresolved: [object] };
}

function toldDone({ deed: n, state, isSame }: Blog['deeds'][number]): LedgerObject[] {
  const [type, object, instrument] = DEEDS[n] ?? ['Like', ''];
  if (state === undefined) return [];
  const told = toldDeed(type, object, { state, ...(instrument === undefined ? {} : { instrument }) });
  return [isSame ? told : { ...told, digest: 'another' }];
}

/** A blog of which much is told as it is, and the rest in any way that there is. */
const blogs = fc.record({
  built: fc.uniqueArray(built, { selector: ({ key }) => key, maxLength: 24 }),
  known: fc.uniqueArray(known, { selector: ({ key }) => key, maxLength: 24 }),
  isSame: fc.array(fc.boolean(), { minLength: 24, maxLength: 24 }),
  confirm: fc.subarray([...RELEASABLE, ...KEYS.map((key) => id(key))], { maxLength: 3 }),
  approved: fc.option(fc.subarray([...RELEASABLE.slice(3), ...KEYS.map((key) => id(key))], { maxLength: 3 })),
  limits: fc.record({ creates: fc.nat(3), updates: fc.nat(3), deletes: fc.nat(3) }),
  sendAfterMs: some(0, 2 * HOUR),
  isRollback: some(false, false, false, true),
  deeds,
  movedTo: fc.option(fc.constant('https://there.example/users/me'), { nil: undefined, freq: 5 }),
});
type Blog = typeof blogs extends fc.Arbitrary<infer T> ? T : never;

/** What an entry of the build and one of the ledger have of their shape alike. */
function shaped({ key, text, shape }: Pick<Blog['built'][number], 'key' | 'text' | 'shape'>) {
  const { type, title, body, source, visibility, published } = shape;
  const digest = `${text} of ${key}`;
  const optional = { ...(body === undefined ? {} : { bodyDigest: body }), ...(source === undefined ? {} : { source }) };
  return { type, digest, title, visibility, published, ...optional };
}

function entryOf({ dateOnly, federate, restores, ...rest }: Blog['built'][number]): ManifestObject {
  const { bodyDigest: _, ...base } = entry(rest.key);
  return {
    ...base,
    ...shaped(rest),
    dateOnly,
    ...(federate === undefined ? {} : { federate }),
    ...(restores === undefined ? {} : { restores: id(restores) }),
  };
}

function toldOf({ state, revision, sending, ...rest }: Blog['known'][number]): LedgerObject {
  const { bodyDigest: _, ...base } = told(rest.key);
  return {
    ...base,
    ...shaped(rest),
    state,
    revision,
    ...(sending === undefined ? {} : { sending }),
  };
}

/** The build as of now, its layers, and the ledger. */
function worldOf(blog: Blog): { base: Manifest; layers: { at: number; manifest: Manifest }[]; before: Ledger } {
  const more = {
    policy: { limits: blog.limits, sendAfterMs: blog.sendAfterMs },
    source: { commit: 'one', committedAt: blog.isRollback ? at(-10) : at(-1) },
  };
  const actor = { ...manifest([]).actor, ...(blog.movedTo ? { movedTo: blog.movedTo } : {}) };
  const until = (place: number) => {
    const posts = blog.built.filter((each) => each.place <= place).map(entryOf);
    const done = blog.deeds.filter((each) => each.place !== undefined && each.place <= place).map(doneOf);
    return manifest([...posts, ...done].sort(newestFirst), { ...more, actor });
  };
  // A share of what the ledger knows is as the build has it.
  const same = new Map(blog.built.filter((_, n) => blog.isSame[n]).map((each) => [each.key, each.text]));
  const objects = blog.known.map((each) => toldOf({ ...each, text: same.get(each.key) ?? each.text }));
  const announced = blog.built.filter(({ key }) => same.has(key) && !blog.known.some((each) => each.key === key));
  const rest = announced.map(({ key, text, shape }) =>
    toldOf({ key, text, shape, state: 'announced', revision: 0, sending: undefined }),
  );
  const approved = blog.approved && { content: 'content', at: at(-1), confirmed: blog.approved };
  return {
    base: until(0),
    layers: [1, 2].map((place) => ({ at: NOW + place * HOUR, manifest: until(place) })),
    before: ledger([...rest, ...objects, ...blog.deeds.flatMap(toldDone)], {
      source: { commit: 'two', committedAt: at(-5) },
      ...(approved ? { approved } : {}),
    }),
  };
}

const BLOCKS: Blocks = { accounts: [], hosts: [{ name: 'blocked.example', severity: 'block', source: 'blocks.csv' }] };

async function expectSamePlan(store: Store, blog: Blog): Promise<number> {
  const { base, layers, before } = worldOf(blog);
  await store.ledger.begin(before);
  const built = {
    manifest: async () => base,
    scheduled: async () => layers,
    document: async () => undefined,
  };
  const site = siteWithParts(built, () => ({ ...DEFAULT_RULES, blocks: BLOCKS }));
  const confirm = new Set(blog.confirm);
  const found = await compareNow({ store, site }, { confirm });
  const scheduled = scheduledObjects(base, layers);
  expect(found.build.scheduled).toEqual(scheduled);
  const all = { manifest: base, known: { ledger: before }, build: { scheduled, blocks: BLOCKS } };
  const options = planOptionsOf(NOW, all, { confirm });
  expect(planOptionsOf(NOW, found, { confirm })).toEqual(options);
  const whole = planPublish(base, before, options);
  expect(planPublish(found.manifest, found.known?.ledger, options)).toEqual(whole);
  return base.objects.length - found.manifest.objects.length;
}

test('what is planned of the buckets that differ is what is planned of all', async () => {
  let spared = 0;
  await fc.assert(
    fc.asyncProperty(blogs, async (blog) => {
      spared += await expectSamePlan(openMemoryStore(), blog);
    }),
    { numRuns: 1_500 },
  );
  expect(spared).toBeGreaterThan(1_000);
});

describe('with SQLite', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'postern-compare-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('the same', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(blogs, async (blog) => {
        run += 1;
        const store = openSqliteStore(join(folder, `${run}.db`));
        try {
          await expectSamePlan(store, blog);
        } finally {
          await store.close();
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('one new post', () => {
  /** Publishes it on a blog of `posts`, all of which were told; gives what was asked of the store and read of the site. */
  async function publishOne(posts: number): Promise<readonly string[]> {
    const folder = mkdtempSync(join(tmpdir(), 'postern-one-post-'));
    const store = openSqliteStore(join(folder, 'postern.db'));
    try {
      const old = keys(posts).map((key) => entry(key, { published: at(-2_000) }));
      const [newest, ...more] = [entry('new', { published: at(-1) }), ...old];
      const calls: string[] = [];
      const site = countedSite([newest ?? entry('new'), ...more], calls);
      const deps = { store: countedStore(store, calls), site, clock: () => NOW, log: () => {} };
      await store.ledger.begin(baselineLedger(manifest(old), new Set(), NOW - 2_000 * HOUR));
      const report = await applyPlan(deps, await approve(deps, await preparePlan(deps)));
      expect(report.activities).toHaveLength(1);
      return calls;
    } finally {
      await store.close();
      rmSync(folder, { recursive: true });
    }
  }

  test('costs as many calls of the store, and reads as many buckets, among 10 posts as among 10,000', async () => {
    const few = await publishOne(10);
    expect(await publishOne(10_000)).toEqual(few);
    expect(few).toContain('site.objects 1');
    expect(few).not.toContain('ledger.read');
  }, 60_000);
});

/** A site that says what is read of it. */
function countedSite(objects: readonly ManifestObject[], calls: string[]): Site {
  const known = partsOf({ sha256: sha256Hex }, manifest([...objects]));
  const parts = {
    ...known,
    objects: async (buckets: ReadonlySet<string>) => {
      calls.push(`site.objects ${buckets.size}`);
      return known.objects(buckets);
    },
  };
  return {
    manifest: () => Promise.reject(new Error('the whole manifest is read')),
    scheduled: () => Promise.reject(new Error('the layers are read whole')),
    parts: async () => parts,
    scheduledParts: async () => [],
    rules: async () => DEFAULT_RULES,
    ownReplies: async () => NO_OWN_REPLIES,
    document: async (url) => ({ id: url, type: 'Article', content: 'New.' }),
  };
}

function countedStore(store: Store, calls: string[]): Store {
  const counted = <T extends object>(part: string, methods: T): T =>
    new Proxy(methods, {
      get(target, name, receiver) {
        calls.push(`${part}.${String(name)}`);
        return Reflect.get(target, name, receiver);
      },
    });
  return {
    ...store,
    ledger: counted('ledger', store.ledger),
    activities: counted('activities', store.activities),
    deliveries: counted('deliveries', store.deliveries),
    followers: counted('followers', store.followers),
    inboxes: counted('inboxes', store.inboxes),
  };
}
