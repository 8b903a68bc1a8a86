import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Interaction } from '../../federation/interaction.ts';
import { NO_OWN_REPLIES, ownRepliesBelow, parseOwnReplies } from '../../federation/own-replies.ts';
import { withOwnReplies } from '../../federation/own-thread.ts';
import { type OwnReply, readOwnReply } from '../../federation/own-words.ts';
import { buildThread, idsIn, MAX_NESTING, type Thread, type ThreadEntry } from '../../federation/thread.ts';
import { author, content, reply, TARGET } from './thread-samples.ts';

const PAGE = 'https://blog.example/posts/hello/';
const BLOG = author('blog', { actor: 'https://blog.example/ap/actor.json' });
const theirs = (name: string): string => `https://far.example/notes/${name}`;
const ours = (name: string): string => `https://blog.example/ap/notes/${name}.json`;
const own = (name: string, inReplyTo: string, published = '2026-11-02T11:00:00Z', page = name): OwnReply => ({
  id: ours(name),
  inReplyTo,
  content: content({ published, url: `https://blog.example/notes/${page}/` }),
});
const heard = (...items: readonly Interaction[]): Thread => buildThread(TARGET, items, [author('amy')]);
const complete = (thread: Thread, replies: readonly OwnReply[], page = PAGE) =>
  withOwnReplies(thread, { author: BLOG, replies, page });

/** `a(b c(d))`: the last parts of the ids, nested as they stand. */
function shape(entries: readonly ThreadEntry[]): string {
  const name = (id: string) => (id.split('/').at(-1) ?? '').replace('.json', '');
  return entries.map(({ id, replies }) => name(id) + (replies.length > 0 ? `(${shape(replies)})` : '')).join(' ');
}

describe('what the blog says in a thread', () => {
  test('stands below what it answers, by date, as an entry of its own; and counts', () => {
    const thread = heard(reply('a'), reply('b', { inReplyTo: theirs('a') }), reply('q', { kind: 'quote' }));
    const replies = [
      own('to-b', theirs('b')),
      own('early', theirs('a'), '2026-11-02T09:00:00Z'),
      own('to-post', TARGET),
      own('on', ours('to-b')),
      own('to-q', theirs('q')),
    ];
    const shown = complete(thread, replies);
    expect([shape(shown.replies), shape(shown.quotes)]).toEqual(['a(early b(to-b(on))) to-post', 'q(to-q)']);
    expect(shown.counts).toEqual({ ...thread.counts, replies: 7 });
    expect(shown.replies[0]?.replies[0]).toMatchObject({ isOwn: true, author: BLOG });
    expect(shape(thread.replies)).toBe('a(b)');
  });

  test('to what is not shown is left out, with what answers it', () => {
    const thread = heard(reply('a', { state: 'hidden' }), reply('b', { inReplyTo: theirs('a') }));
    expect(complete(thread, [own('x', theirs('a')), own('y', ours('x')), own('z', theirs('b'))]).replies).toEqual([]);
  });

  test('on the page itself, as the parts of a long note, is no entry; what answers it stands at the top', () => {
    const parts = [own('hello-2', TARGET, undefined, '../posts/hello/#2'), own('x', ours('hello-2'))];
    const at = parts.map((each) => ({ ...each, content: { ...each.content, url: new URL(each.content.url).href } }));
    const shown = complete(heard(), at);
    expect([shape(shown.replies), shown.counts.replies]).toEqual(['x', 1]);
  });

  test('deeper than nesting goes, it stands beside what it answers, and says so', () => {
    const chain = Array.from({ length: MAX_NESTING }, (_, n) =>
      reply(`n${n}`, n === 0 ? {} : { inReplyTo: theirs(`n${n - 1}`) }),
    );
    const shown = complete(heard(...chain), [own('x', theirs(`n${MAX_NESTING - 1}`)), own('y', ours('x'))]);
    expect(shape(shown.replies)).toBe('n0(n1(n2(n3(n4(n5 x y)))))');
    const [, x, y] = shown.replies[0]?.replies[0]?.replies[0]?.replies[0]?.replies[0]?.replies ?? [];
    expect([x?.answers?.id, y?.answers?.id]).toEqual([theirs('n5'), ours('x')]);
  });

  test('in a circle ends', () => {
    expect(shape(complete(heard(reply('a')), [own('x', ours('y')), own('y', ours('x'))]).replies)).toBe('a');
    expect(
      ownRepliesBelow(
        [
          [ours('x'), TARGET],
          [TARGET, ours('x')],
        ],
        [TARGET],
      ),
    ).toEqual([{ id: ours('x'), inReplyTo: TARGET }]);
  });

  test('in any thread: as if somebody else had said it', () => {
    const parent = (names: readonly string[]) => fc.constantFrom(TARGET, ...names);
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map(theirs);
    const mine = ['r', 's', 't', 'u', 'v', 'w'].map(ours);
    const date = fc.integer({ min: 0, max: 5 }).map((hour) => `2026-11-02T0${hour}:00:00Z`);
    const state = fc.constantFrom('shown', 'shown', 'shown', 'hidden');
    const items = fc.tuple(
      ...names.map((id, place) =>
        // Without circles, of which the first that comes is the top.
        fc.tuple(parent(names.slice(0, place)), date, state).map(
          ([inReplyTo, published, is]): Interaction => ({
            ...reply('x', { inReplyTo, state: is, content: content({ published }) }),
            id,
          }),
        ),
      ),
    );
    // What somebody answers of ours is in its own thread, so that ours hang on theirs and on one another alone.
    const replies = fc.tuple(
      ...mine.map((id, place) =>
        fc
          .tuple(parent([...names, ...mine.slice(0, place)]), date)
          .map(([inReplyTo, published]): OwnReply => ({ ...own('x', inReplyTo, published), id })),
      ),
    );
    fc.assert(
      fc.property(items, replies, (said, told) => {
        const before = heard(...said);
        const shown = complete(before, told);
        const all = told.map(({ id, inReplyTo, content: words }) => ({
          ...reply('x', { inReplyTo, content: words, actor: BLOG.actor }),
          id,
        }));
        const expected = buildThread(TARGET, [...said, ...all], [author('amy'), BLOG]);
        expect(shape(shown.replies)).toBe(shape(expected.replies));
        expect(shown.counts).toEqual(expected.counts);
        const pairs = told.map(({ id, inReplyTo }) => [id, inReplyTo] as const);
        const below = ownRepliesBelow(pairs, [TARGET, ...idsIn(before)]).map(({ id }) => id);
        expect(below.toSorted()).toEqual([...idsIn(shown)].filter((id) => mine.includes(id)).sort());
      }),
      { numRuns: 200 },
    );
  });
});

describe('the file of which posts answer what', () => {
  const FILE = { ...NO_OWN_REPLIES, author: { ...NO_OWN_REPLIES.author, name: 'A blog' }, replies: [['a', 'b']] };
  test('is read as it was written', () => expect(parseOwnReplies(JSON.parse(JSON.stringify(FILE)))).toEqual(FILE));
  test.each([
    ['another version', { ...FILE, version: 2 }],
    ['no author', { ...FILE, author: null }],
    ['an author without a name', NO_OWN_REPLIES],
    ['half of a pair', { ...FILE, replies: [['a']] }],
    ['no replies', { ...FILE, replies: 'a' }],
    ['a list', [FILE]],
    ['nothing', null],
  ])('%s → unreadable', (_, value) => expect(parseOwnReplies(value)).toBeUndefined());
});

describe('the words of a post of ours', () => {
  const DOCUMENT = {
    id: ours('x'),
    type: 'Note',
    inReplyTo: TARGET,
    url: 'https://blog.example/notes/x/',
    published: '2026-11-02T11:00:00Z',
    sensitive: false,
    content: '<p>Yes.</p><script>alert(1)</script>',
    contentMap: { de: '<p>Yes.</p>', en: '' },
  };
  test('are read by the same reader as those of others', () => {
    expect(readOwnReply(DOCUMENT)).toEqual({
      id: ours('x'),
      inReplyTo: TARGET,
      content: {
        text: [{ tag: 'p', children: ['Yes.'] }],
        sensitive: false,
        language: 'de',
        published: DOCUMENT.published,
        url: DOCUMENT.url,
        emojis: [],
        attachments: [],
      },
    });
  });
  test('with a warning, an edit and a picture', () => {
    const attachment = [{ type: 'Image', url: 'https://blog.example/media/cat.jpg', name: 'A cat' }, 'x'];
    const more = { sensitive: true, summary: 'Spiders', updated: '2026-11-03T00:00:00Z', attachment };
    expect(readOwnReply({ ...DOCUMENT, ...more })?.content).toMatchObject({
      contentWarning: 'Spiders',
      updated: more.updated,
      attachments: [{ url: 'https://blog.example/media/cat.jpg', alt: 'A cat' }],
    });
  });
  test('of what answers nothing are none', () => {
    const { inReplyTo: _, ...post } = DOCUMENT;
    expect(readOwnReply(post)).toBeUndefined();
  });
});
