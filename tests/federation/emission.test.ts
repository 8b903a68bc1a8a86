import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildCollection, buildCollectionPage } from '../../federation/collections.ts';
import { type EmissionOptions, emitFederation, type SiteFacts } from '../../federation/emission.ts';
import { DEFAULT_POLICY, type Manifest } from '../../federation/manifest.ts';
import { HEAD_PATH } from '../../federation/manifest-parts.ts';
import type { RenderedPost } from '../../federation/object-emission.ts';
import { DEFAULT_RULES, parseRules, RULES_PATH, type Rules } from '../../federation/rules.ts';
import { expectGolden } from './golden.ts';
import { ADDRESSES, article, CAT, DEPS, KEYS, note, PROFILE } from './sample.ts';

const OPTIONS = { version: '0.1.0', source: { commit: 'a'.repeat(40), committedAt: '2026-03-01T09:00:00Z' } };
const site = (posts: readonly RenderedPost[], changes: Partial<SiteFacts['profile']> = {}): SiteFacts => ({
  profile: { ...PROFILE, origin: ADDRESSES.origin, showFollowers: false, policy: DEFAULT_POLICY, ...changes },
  posts,
  waiting: [],
  keys: KEYS,
  rules: DEFAULT_RULES,
});
const emit = (posts: readonly RenderedPost[], changes: Partial<SiteFacts['profile']> = {}) => {
  const files = new Map([...emitFederation(DEPS, site(posts, changes), OPTIONS)].map((file) => [file.path, file.json]));
  return { files, json: (path: string) => JSON.parse(files.get(path) ?? 'null') };
};
const many = (count: number): RenderedPost[] =>
  Array.from({ length: count }, (_, index) => article({ key: `p${index}` }));

test.each([
  ['outbox', '/ap/outbox.json'],
  ['outbox-page', '/ap/outbox/1.json'],
  ['featured', '/ap/featured.json'],
  ['manifest', '/ap/manifest.json'],
  ['nodeinfo', '/nodeinfo/2.1.json'],
  ['nodeinfo-links', '/.well-known/nodeinfo'],
])('golden document: %s', (name, path) => expectGolden(name, emit([note(), article()]).json(path)));

test('each URL that a document names as a file of the build is one', () => {
  const { files } = emit(many(45));
  const named = [...files.values()].join().match(/https:\/\/blog\.example\/(?:ap|nodeinfo)\/[^"#\\]*\.json/g) ?? [];
  expect(named.map((url) => new URL(url).pathname).filter((path) => !files.has(path))).toEqual([]);
  for (const [path, json] of files)
    if (path.startsWith('/ap/') && !path.startsWith('/ap/manifest'))
      expect(JSON.parse(json).id).toBe(ADDRESSES.origin + path);
});

test('a post that does not federate is in no file', () => {
  const { files } = emit([article({ federate: false, key: 'secret' }), note()]);
  expect([...files.keys(), ...files.values()].join()).not.toContain('secret');
});

test('the same site gives the same bytes', () => {
  const posts = [article({ pictures: [CAT] }), note()];
  expect([...emitFederation(DEPS, site(posts), OPTIONS)]).toEqual([...emitFederation(DEPS, site(posts), OPTIONS)]);
});

test('a post is written before the next one is made, so that no two are held at once', () => {
  const made: string[] = [];
  const peerHtml = (html: string, base: string): string => {
    made.push(base);
    return html;
  };
  const deps = { ...DEPS, peerHtml };
  const files = emitFederation(deps, site(many(3)), OPTIONS);
  expect(files.next().value?.path).toBe('/ap/posts/p0.json');
  expect(made).toHaveLength(1);
});

describe('the rules of a site', () => {
  const emitWith = (rules: Partial<Rules>, options: Partial<EmissionOptions> = {}, posts = [article(), note()]) => {
    const facts = { ...site(posts), rules: { ...DEFAULT_RULES, ...rules } };
    const files = [...emitFederation(DEPS, facts, { ...OPTIONS, ...options })];
    return new Map(files.map(({ path, json }): [string, string] => [path, json]));
  };
  const without = (files: Map<string, string>) => [...files].filter(([path]) => path !== RULES_PATH);

  test('lie beside it, whole, and in no other file', () => {
    const blocks = {
      accounts: [],
      hosts: [{ name: 'spam.example', severity: 'block', source: 'blocks.csv' } as const],
    };
    const files = emitWith({ blocks });
    expect(parseRules(JSON.parse(files.get(RULES_PATH) ?? ''))).toEqual({ ...DEFAULT_RULES, blocks });
    expect(without(files)).toEqual(without(emitWith({})));
  });

  test('who may quote is said by each object and each Create', () => {
    const files = emitWith({ quotes: 'ask' }, {}, [article(), note({ visibility: 'unlisted' })]);
    const policies = [...files.values()].join().match(/"interactionPolicy":\{"canQuote":.*?\}\}/g) ?? [];
    expect(policies).toHaveLength(4);
    expect(new Set(policies)).toEqual(
      new Set(['"interactionPolicy":{"canQuote":{"manualApproval":["https://www.w3.org/ns/activitystreams#Public"]}}']),
    );
    expect(files.get('/ap/outbox/1.json')).toContain('gts:manualApproval');
  });

  test('who may quote, and what was said so far, leave the manifest as it was', () => {
    const plain = emitWith({});
    const counts = new Map([
      [`${ADDRESSES.origin}/ap/posts/first.json`, { replies: 1, quotes: 0, likes: 2, boosts: 0 }],
    ]);
    const other = emitWith({ quotes: 'nobody', avatars: 'hide' }, { counts });
    expect(other.get('/ap/manifest.json')).toBe(plain.get('/ap/manifest.json'));
    expect(JSON.parse(other.get('/ap/posts/first.json') ?? '')).toMatchObject({
      replies: { totalItems: 1 },
      likes: { totalItems: 2 },
    });
    expect(other.get('/ap/notes/n1.json')).not.toContain('totalItems');
  });

  test('whether followers are approved is another actor, which is told', () => {
    const [plain, other] = [emitWith({}), emitWith({ approveFollowers: true })];
    const digest = (files: Map<string, string>) => JSON.parse(files.get('/ap/manifest.json') ?? '').actor.digest;
    expect(digest(other)).not.toBe(digest(plain));
  });
});

test('a file under another name has the same bodyDigest in the manifest, so that the plan knows it again', () => {
  const [one, other] = ['one', 'other'].map(
    (key) => emit([article({ key, path: `/posts/${key}/` })]).json('/ap/manifest.json').objects[0],
  );
  expect(one.bodyDigest).toMatch(/^[0-9a-f]{64}$/);
  expect(other.bodyDigest).toBe(one.bodyDigest);
  expect(other.digest).not.toBe(one.digest);
});

describe('outbox', () => {
  test.each([
    [0, [0]],
    [20, [20]],
    [21, [20, 1]],
    [45, [20, 20, 5]],
  ])('%i posts → pages of %j, newest first, linked both ways', (count, sizes) => {
    const { json } = emit(many(count));
    expect(json('/ap/outbox.json')).toMatchObject({ totalItems: count, first: `${ADDRESSES.origin}/ap/outbox/1.json` });
    const pages = sizes.map((_, index) => json(`/ap/outbox/${index + 1}.json`));
    expect(pages.map((page) => page.orderedItems.length)).toEqual(sizes);
    expect(
      pages.flatMap((page) => page.orderedItems.map((item: { object: { id: string } }) => item.object.id)),
    ).toEqual(many(count).map((post) => `${ADDRESSES.origin}/ap/posts/${post.key}.json`));
    pages.forEach((page, index) => {
      expect(page.next).toBe(pages[index + 1]?.id);
      expect(page.prev).toBe(pages[index - 1]?.id);
    });
  });
  test('long posts make pages shorter, so that each is under a megabyte', () => {
    const long = many(40).map((post) => ({ ...post, html: `<p>${'門'.repeat(15_000)}</p>` }));
    const { files } = emit(long);
    const pages = [...files].filter(([path]) => path.startsWith('/ap/outbox/'));
    expect(pages.length).toBeGreaterThan(2);
    for (const [, json] of pages) expect(Buffer.byteLength(json)).toBeLessThan(1_000_000);
  });
  test('unlisted posts stand in it: they are quiet, not hidden', () => {
    expect(emit([note({ visibility: 'unlisted' })]).json('/ap/outbox.json').totalItems).toBe(1);
  });
});

describe('featured', () => {
  test('the five most recent public posts, as ids', () => {
    const posts = [article({ key: 'quiet', visibility: 'unlisted' }), ...many(7)];
    expect(emit(posts).json('/ap/featured.json').orderedItems).toEqual(
      [0, 1, 2, 3, 4].map((index) => `${ADDRESSES.origin}/ap/posts/p${index}.json`),
    );
  });
  test('pinned posts take their place', () => {
    const posts = [...many(3), article({ key: 'old', pinned: true })];
    expect(emit(posts).json('/ap/featured.json').orderedItems).toEqual([`${ADDRESSES.origin}/ap/posts/old.json`]);
  });
});

describe('manifest', () => {
  const manifest = (posts: RenderedPost[], changes: Partial<SiteFacts['profile']> = {}): Manifest =>
    emit(posts, changes).json('/ap/manifest.json');
  test('a note without title has the beginning of its text', () => {
    const [entry] = manifest([note({ html: `<p>A &amp; B</p><p>${'word '.repeat(30)}</p>` })]).objects;
    expect(entry?.title).toMatch(/^A & B word (?:word )*word…$/);
    expect([...(entry?.title ?? '')].length).toBeLessThanOrEqual(60);
  });
  test('a new portrait under the same address is another actor', () => {
    const digest = (file: string) => manifest([], { avatar: { ...CAT, digest: file } }).actor.digest;
    expect(digest('b')).not.toBe(digest('a'));
  });
  test('the size of a text does not change its meaning, its end does', () => {
    const long = `<p>${'gate '.repeat(20)}</p>`.repeat(3000);
    const [one, two] = [long, `${long}<p>end</p>`].map((html) => manifest([article({ html })]).objects[0]?.digest);
    expect(one).not.toBe(two);
  });
});

test('every file is JSON, whatever people write', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('</script>', '"', '\\', '\u2028', '\ud800'));
  fc.assert(
    fc.property(text, text, text, (title, html, markdown) => {
      const { files } = emit([article({ title, html, markdown, contentWarning: title })]);
      for (const json of files.values()) JSON.parse(json);
      expect(JSON.parse(files.get('/ap/posts/first.json') ?? '')).toMatchObject({
        name: title,
        source: { content: markdown },
      });
    }),
    { numRuns: 100 },
  );
});

describe('collections of the functions', () => {
  test('a page leads on', () => {
    expect(buildCollectionPage({ id: 'p', partOf: 'c', items: ['a'], next: 'n' })).toMatchObject({
      type: 'OrderedCollectionPage',
      orderedItems: ['a'],
      next: 'n',
    });
  });
  test('replies have an order, likes none', () => {
    expect(buildCollection({ id: 'r', items: [] })).toMatchObject({
      type: 'OrderedCollection',
      totalItems: 0,
      orderedItems: [],
    });
    expect(buildCollection({ id: 'l', items: [], ordered: false })).toMatchObject({ type: 'Collection', items: [] });
  });
});

describe('what is dated ahead', () => {
  const ahead = note({ key: 'ahead', path: '/notes/ahead/', title: 'Ahead', published: '2030-01-01T00:00:00Z' });
  const files = (posts: readonly RenderedPost[], waiting: readonly RenderedPost[]) =>
    new Map(
      [...emitFederation(DEPS, { ...site(posts), waiting }, OPTIONS)].map(({ path, json }) => [path, json] as const),
    );
  const manifest = (posts: readonly RenderedPost[], waiting: readonly RenderedPost[]): Manifest =>
    JSON.parse(files(posts, waiting).get('/ap/manifest.json') ?? '');

  test('is in no file, and in no number', () => {
    const [without, withIt] = [files([article()], []), files([article()], [ahead])];
    expect([...withIt.keys()]).toEqual([...without.keys()]);
    const differing = [...withIt].filter(([path, json]) => without.get(path) !== json).map(([path]) => path);
    expect(differing).toEqual(['/ap/manifest.json', HEAD_PATH]);
    for (const path of differing) expect(withIt.get(path)?.toLowerCase()).not.toContain('ahead');
  });

  test('is part of what the build stands for, before it comes out and after', () => {
    const before = manifest([article()], [ahead]);
    const after = manifest([ahead, article()], []);
    expect(after.content).toBe(before.content);
    expect(before.content).not.toBe(manifest([article()], []).content);
    expect(after.objects).toHaveLength(2);
  });

  test('counts for nothing when it does not federate', () => {
    expect(manifest([article()], [{ ...ahead, federate: false }]).content).toBe(manifest([article()], []).content);
  });
});

test('a look at what comes later stands for no build that was approved', () => {
  const contentOf = (preview: boolean): string => {
    const files = [...emitFederation(DEPS, site([article()]), { ...OPTIONS, preview })];
    return JSON.parse(files.find(({ path }) => path === '/ap/manifest.json')?.json ?? '').content;
  };
  expect(contentOf(true)).not.toBe(contentOf(false));
});

test('how a post is told, and which id it had, stand in its entry alone', () => {
  const changes = { federate: 'silent', restores: 'https://blog.example/ap/posts/first.json' } as const;
  const [plain, told] = [emit([article()]), emit([article(changes)])];
  expect(told.json('/ap/manifest.json').objects[0]).toEqual({
    ...plain.json('/ap/manifest.json').objects[0],
    ...changes,
  });
  for (const path of ['/ap/posts/first.json', '/ap/outbox/1.json']) expect(told.json(path)).toEqual(plain.json(path));
});

test('another key makes another digest of the keys', () => {
  const keyDigest = (keys: SiteFacts['keys']): string => {
    const files = [...emitFederation(DEPS, { ...site([]), keys }, OPTIONS)];
    return JSON.parse(files.find(({ path }) => path === '/ap/manifest.json')?.json ?? '').actor.keyDigest;
  };
  expect(keyDigest({ ...KEYS, publicKeyPem: 'other' })).not.toBe(keyDigest(KEYS));
  expect(keyDigest({ ...KEYS, publicKeyMultibase: 'other' })).not.toBe(keyDigest(KEYS));
  expect(keyDigest({ ...KEYS })).toBe(keyDigest(KEYS));
});
