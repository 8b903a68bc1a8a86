import { describe, expect, test } from 'vitest';
import { deedOf } from '../../federation/deeds.ts';
import { emitFederation, type SiteFacts } from '../../federation/emission.ts';
import { DEFAULT_POLICY, type Manifest, type ManifestObject } from '../../federation/manifest.ts';
import { bucketOf, bucketPath } from '../../federation/manifest-parts.ts';
import type { RenderedPost } from '../../federation/object-emission.ts';
import { OWN_REPLIES_PATH, parseOwnReplies } from '../../federation/own-replies.ts';
import { DEFAULT_RULES, parseRules, RULES_PATH } from '../../federation/rules.ts';
import { expectGolden } from './golden.ts';
import { ANN, BEA, followed, known, NOBODY_KNOWS, OWN, WORDS } from './known.ts';
import { ADDRESSES, article, CAT, DEPS, KEYS, note, PROFILE } from './sample.ts';

type Changes = Partial<Pick<SiteFacts, 'posts' | 'waiting' | 'following'>> & { readonly movedTo?: string };

function emit({ movedTo, ...changes }: Changes) {
  const profile = { ...PROFILE, origin: ADDRESSES.origin, showFollowers: false, policy: DEFAULT_POLICY };
  const site: SiteFacts = {
    profile: { ...profile, ...(movedTo === undefined ? {} : { movedTo }) },
    ...{ posts: [], waiting: [], keys: KEYS, rules: DEFAULT_RULES },
    ...changes,
  };
  const files = new Map([...emitFederation(DEPS, site, { version: '1' })].map(({ path, json }) => [path, json]));
  const json = (path: string) => JSON.parse(files.get(path) ?? 'null');
  const manifest: Manifest = json('/ap/manifest.json');
  return { files, json, manifest };
}

const like = (changes: Partial<RenderedPost> = {}) =>
  note({ key: 'like', source: 'notes/like.md', path: '/notes/like/', likeOf: known(), ...changes });
const boost = (changes: Partial<RenderedPost> = {}) =>
  note({ key: 'boost', source: 'notes/boost.md', path: '/notes/boost/', repostOf: known(), ...changes });
const quote = (changes: Partial<RenderedPost> = {}) => note({ key: 'quote', quotationOf: known(), ...changes });
const typesOf = ({ objects }: Manifest) => objects.map(({ type }) => type);
const only = ({ objects }: Manifest): ManifestObject => {
  const [entry, ...others] = objects;
  if (!entry || others.length > 0) throw new Error(`one entry is expected, not ${objects.length}`);
  return entry;
};

test('golden document: the manifest of posts that concern others', () => {
  const posts = [
    quote({ published: '2026-03-04T09:00:00Z' }),
    boost({ published: '2026-03-03T09:00:00Z' }),
    like({ published: '2026-03-02T09:00:00Z' }),
    note({
      key: 'poll',
      inReplyTo: known(),
      mentions: [BEA],
      poll: { options: ['a', 'b'], multiple: false, ends: '2026-03-08T09:00:00Z' },
      unknownMentions: ['@x@away.example'],
    }),
  ];
  const { json } = emit({ posts, following: [followed()], movedTo: 'https://new.example/me' });
  expectGolden('manifest-deeds', json('/ap/manifest.json'));
});

describe('a like or a boost', () => {
  test('is in the manifest and nowhere else: no document, no outbox, no featured, no number', () => {
    const [without, withThem] = [emit({ posts: [article()] }), emit({ posts: [like(), boost(), article()] })];
    expect(typesOf(withThem.manifest).sort()).toEqual(['Announce', 'Article', 'Like']);
    const deeds = withThem.manifest.objects.filter(({ type }) => type !== 'Article');
    const ofDeeds = new Set(deeds.map(({ id }) => bucketPath(bucketOf(DEPS, id))));
    const differing = [...withThem.files].filter(([path, text]) => without.files.get(path) !== text);
    expect(new Set(differing.map(([path]) => path))).toEqual(
      new Set(['/ap/manifest.json', '/ap/manifest/head.json', ...ofDeeds]),
    );
  });
  test('that was imported is a page alone, and what an imported post names is not waited for', () => {
    const originalUrl = 'https://old.example/@me/1';
    const posts = [like({ originalUrl }), boost({ originalUrl }), quote({ key: 'q', originalUrl })];
    const { manifest } = emit({ posts: [...posts, note({ inReplyTo: NOBODY_KNOWS, originalUrl })] });
    expect(typesOf(manifest)).toEqual(['Note', 'Note']);
    expect(manifest.objects.flatMap(({ unresolved = [] }) => unresolved)).toEqual([]);
  });

  test('is told to its author: a like alone and so at the personal inbox, a boost by the shared one', () => {
    expect(only(emit({ posts: [like()] }).manifest).addressees).toEqual([
      { actor: ANN.id, inbox: ANN.inbox, handle: ANN.handle },
    ]);
    expect(only(emit({ posts: [boost()] }).manifest).addressees?.[0]?.inbox).toBe(ANN.sharedInbox);
  });
  test('of the same thing in two files is one deed, of the older one; also before the newer one comes out and after', () => {
    const old = like();
    const late = like({ key: 'late', source: 'notes/late.md', published: '2030-01-01T00:00:00Z' });
    const [before, after] = [emit({ posts: [old], waiting: [late] }), emit({ posts: [late, old] })];
    expect(only(after.manifest)).toEqual(only(before.manifest));
    expect(only(after.manifest).source).toBe('notes/like.md');
    expect(after.manifest.content).toBe(before.manifest.content);
    expect(before.manifest.content).toBe(emit({ posts: [old] }).manifest.content);
  });
  test('of our own post: a boost is told to the followers, a like to nobody', () => {
    expect(emit({ posts: [like({ likeOf: OWN })] }).manifest.objects).toEqual([]);
    expect(only(emit({ posts: [boost({ repostOf: OWN })] }).manifest)).not.toHaveProperty('addressees');
  });
  test('that does not federate is none, and one that is silent says so', () => {
    expect(emit({ posts: [like({ federate: false })] }).manifest.objects).toEqual([]);
    expect(only(emit({ posts: [like({ federate: 'silent' })] }).manifest).federate).toBe('silent');
  });
  test('says by its id and digest what is done to what, and nothing else', () => {
    const entry = only(emit({ posts: [like()] }).manifest);
    expect(entry).toMatchObject(deedOf(DEPS, ADDRESSES.origin, { type: 'Like', object: WORDS.id }));
    const moved = { ...ANN, inbox: 'https://peer.example/i' };
    expect(only(emit({ posts: [like({ likeOf: known({ author: moved }) })] }).manifest).digest).toBe(entry.digest);
  });
});

describe('a quote', () => {
  test('of something of somebody else comes with a request, for its author alone', () => {
    const { objects } = emit({ posts: [quote()] }).manifest;
    const request = objects.find(({ type }) => type === 'QuoteRequest');
    expect(request).toMatchObject({ object: WORDS.id, instrument: `${ADDRESSES.origin}/ap/notes/quote.json` });
    expect(request?.addressees?.map(({ inbox }) => inbox)).toEqual([ANN.inbox]);
  });
  test.each([
    ['of our own post', OWN],
    ['of what may not be quoted', known({ refusesQuotes: true })],
  ])('%s comes without', (_, quotationOf) => {
    expect(typesOf(emit({ posts: [quote({ quotationOf })] }).manifest)).toEqual(['Note']);
  });
});

describe('whom the owner follows', () => {
  test('two lines of one actor are one Follow, of the first; at the personal inbox', () => {
    const entry = only(emit({ following: [followed(), followed({ handle: '@a@alias.example', line: 3 })] }).manifest);
    expect(entry).toMatchObject({ type: 'Follow', object: ANN.id, title: ANN.handle, source: 'following.csv' });
    expect(entry.addressees?.map(({ inbox }) => inbox)).toEqual([ANN.inbox]);
  });
  test('nobody who could not be resolved is followed, and the entry says who', () => {
    const { actor: _, ...unknown } = followed();
    const entry = only(emit({ following: [unknown] }).manifest);
    expect(entry).toMatchObject({ title: ANN.handle, unresolved: [ANN.handle] });
    expect(entry).not.toHaveProperty('object');
  });
});

test.each([
  ['Like', { likeOf: NOBODY_KNOWS }],
  ['Announce', { repostOf: NOBODY_KNOWS }],
] as const)('a %s of what nobody could resolve is an entry without an object', (type, changes) => {
  const entry = only(emit({ posts: [note(changes)] }).manifest);
  expect(entry).toMatchObject({ type, unresolved: ['https://away.example/p/1'], title: 'https://away.example/p/1' });
  expect(entry).not.toHaveProperty('object');
});

describe('what the build stands for', () => {
  const content = (changes: Changes) => emit(changes).manifest.content;
  const BASE = { posts: [quote({ inReplyTo: known(), mentions: [BEA] }), like()], following: [followed()] };
  const { actor: _, ...NOBODY } = followed();
  const moved = { ...ANN, inbox: 'https://peer.example/i', sharedInbox: 'https://peer.example/i' };
  test.each<readonly [string, Changes]>([
    ['a like less', { ...BASE, posts: BASE.posts.slice(0, 1) }],
    ['a follow less', { ...BASE, following: [] }],
    [
      'another inbox of somebody who is named',
      { ...BASE, posts: [quote({ inReplyTo: known({ author: moved }) }), like()] },
    ],
    ['another inbox of somebody who is followed', { ...BASE, following: [followed({ actor: moved })] }],
    ['somebody who cannot be resolved any more', { ...BASE, following: [NOBODY] }],
    ['a move of the account', { ...BASE, movedTo: 'https://new.example/me' }],
  ])('%s makes it another', (_, changes) => expect(content(changes)).not.toBe(content(BASE)));

  test('a like that is dated ahead counts before it comes out and after', () => {
    const ahead = like({ published: '2030-01-01T00:00:00Z' });
    const [before, after] = [emit({ posts: [article()], waiting: [ahead] }), emit({ posts: [ahead, article()] })];
    expect(before.manifest.content).toBe(after.manifest.content);
    expect(JSON.stringify(before.manifest.objects)).not.toContain('Like');
  });
});

test('whom a post answers, names or quotes may reply where only those may whom the owner replied to', () => {
  const { json } = emit({ posts: [note({ inReplyTo: known() }), note({ key: 'b', mentions: [BEA] })], waiting: [] });
  expect(parseRules(json(RULES_PATH))?.repliedTo).toEqual([BEA.id, ANN.id]);
});

describe('which posts answer what', () => {
  const reply = (key: string, inReplyTo: RenderedPost['inReplyTo']) =>
    note({ key, path: `/notes/${key}/`, ...(inReplyTo === undefined ? {} : { inReplyTo }) });
  const idOf = (key: string) => `${ADDRESSES.origin}/ap/notes/${key}.json`;

  test('is left for the server, the oldest first, with the blog as author', () => {
    const posts = [reply('c', OWN), reply('b', known()), reply('a', NOBODY_KNOWS), reply('z', undefined), article()];
    const profile = { ...PROFILE, avatar: CAT, origin: ADDRESSES.origin, showFollowers: false, policy: DEFAULT_POLICY };
    const site = { profile, posts, waiting: [reply('ahead', known())], keys: KEYS, rules: DEFAULT_RULES };
    const files = new Map([...emitFederation(DEPS, site, { version: '1' })].map(({ path, json }) => [path, json]));
    expect(parseOwnReplies(JSON.parse(files.get(OWN_REPLIES_PATH) ?? ''))).toEqual({
      version: 1,
      author: {
        actor: ADDRESSES.actor,
        name: 'A blog',
        handle: '@blog@blog.example',
        url: 'https://blog.example/',
        avatar: '/media/cat.jpg',
        emojis: [],
        at: '1970-01-01T00:00:00Z',
      },
      replies: [
        [idOf('b'), WORDS.id],
        [idOf('c'), 'https://blog.example/ap/posts/first.json'],
      ],
    });
  });
  test('an answer that does not federate is not in it', () => {
    const { json } = emit({ posts: [{ ...reply('a', OWN), federate: false }] });
    expect(json(OWN_REPLIES_PATH).replies).toEqual([]);
  });
  test('featured has answers only when they are pinned', () => {
    const posts = [reply('a', OWN), article()];
    expect(emit({ posts }).json('/ap/featured.json').orderedItems).toEqual([
      'https://blog.example/ap/posts/first.json',
    ]);
    const pinned = [{ ...reply('a', OWN), pinned: true }, article()];
    expect(emit({ posts: pinned }).json('/ap/featured.json').orderedItems).toEqual([idOf('a')]);
  });
});

test('the page of the outbox binds what its posts need', () => {
  const { json } = emit({
    posts: [quote(), note({ poll: { options: ['a', 'b'], multiple: true, ends: '2030-01-01T00:00:00Z' } })],
  });
  const context = JSON.stringify(json('/ap/outbox/1.json')['@context']);
  for (const term of ['votersCount', 'quote', '_misskey_quote', 'quoteAuthorization'])
    expect(context).toContain(`"${term}":`);
  const plain = JSON.stringify(emit({ posts: [note()] }).json('/ap/outbox/1.json')['@context']);
  expect(plain).not.toContain('votersCount');
});
