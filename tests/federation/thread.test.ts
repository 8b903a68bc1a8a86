import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Interaction, InteractionKind, InteractionState } from '../../federation/interaction.ts';
import { buildThread, MAX_NESTING, type Thread, type ThreadEntry } from '../../federation/thread.ts';
import { author, content, favour, reply, TARGET } from './thread-samples.ts';

const idOf = (name: string): string => `https://far.example/notes/${name}`;
const to = (name: string): Partial<Interaction> => ({ inReplyTo: idOf(name) });
const at = (published: string): Partial<Interaction> => ({ content: content({ published }) });
const build = (items: readonly Interaction[]): Thread => buildThread(TARGET, items, [author('amy')]);

/** `a(b c(d))`: the last parts of the ids, nested as they stand. */
function shape(entries: readonly ThreadEntry[]): string {
  return entries
    .map(({ id, replies }) => (id.split('/').at(-1) ?? '') + (replies.length > 0 ? `(${shape(replies)})` : ''))
    .join(' ');
}

describe('the order of replies', () => {
  it('each stands below what it answers, in whatever order they come', () => {
    const items = [reply('d', to('b')), reply('b', to('a')), reply('a'), reply('c', to('a'))];
    expect(shape(build(items).replies)).toBe('a(b(d) c)');
    expect(shape(build(items.toReversed()).replies)).toBe('a(b(d) c)');
  });

  it('goes by date, fractions of seconds too, and then by id', () => {
    const items = [
      reply('c', at('2026-11-02T10:00:00.5Z')),
      reply('b', at('2026-11-02T10:00:00Z')),
      reply('a', at('2026-11-02T10:00:00Z')),
      reply('d', at('2026-11-01T10:00:00Z')),
    ];
    expect(shape(build(items).replies)).toBe('d a b c');
  });

  it('a reply to a quote stands below the quote', () => {
    const thread = build([reply('q', { kind: 'quote' }), reply('a', to('q')), reply('b')]);
    expect([shape(thread.quotes), shape(thread.replies)]).toEqual(['q(a)', 'b']);
    expect(thread.counts).toEqual({ replies: 2, quotes: 1, likes: 0, boosts: 0 });
  });

  it('what is of another post, or has no content, is not in it', () => {
    const { content: _, ...empty } = reply('empty');
    expect(shape(build([reply('a', { target: `${TARGET}x` }), empty, reply('b')]).replies)).toBe('b');
  });

  it('somebody of whom nothing is known is called by their host', () => {
    const [entry] = build([reply('a', { actor: 'https://far.example/users/zoe' })]).replies;
    expect(entry?.author).toMatchObject({ handle: 'far.example', url: 'https://far.example/users/zoe' });
  });
});

describe('what is not shown', () => {
  it.each(['hidden', 'held', 'removed'] as const)('is left out with all that answers it: %s', (state) => {
    const items = [reply('a', { state }), reply('b', to('a')), reply('c', to('b')), reply('d')];
    expect(shape(build(items).replies)).toBe('d');
    expect(build(items).counts.replies).toBe(1);
  });

  it('an answer to what its author took back stands at the top', () => {
    expect(shape(build([reply('b', to('gone')), reply('c', to('b'))]).replies)).toBe('b(c)');
  });

  it('likes and boosts that are not shown are not counted', () => {
    const thread = build([favour('like', 'bo', { state: 'hidden' }), favour('boost', 'bo', { state: 'held' })]);
    expect(thread).toMatchObject({ likes: [], boosts: [], counts: { likes: 0, boosts: 0 } });
  });
});

describe('a hostile thread', () => {
  it('deeper than six levels stands beside what it answers, and says so', () => {
    const names = Array.from({ length: 9 }, (_, index) => `n${index}`);
    const items = names.map((name, index) => reply(name, index > 0 ? to(`n${index - 1}`) : {}));
    const { replies } = build(items);
    expect(shape(replies)).toBe('n0(n1(n2(n3(n4(n5 n6 n7 n8)))))');
    expect(entriesOf(replies).flatMap(({ answers }) => answers?.id ?? [])).toEqual(['n5', 'n6', 'n7'].map(idOf));
  });

  it('a hundred thousand levels deep is put in order', () => {
    const items = Array.from({ length: 100_000 }, (_, index) => reply(`${index}`, index > 0 ? to(`${index - 1}`) : {}));
    const { replies, counts } = build(items.toReversed());
    expect(counts.replies).toBe(100_000);
    expect(depthOf(replies)).toBe(MAX_NESTING);
  });

  it('circles, and what answers itself, stand at the top', () => {
    const circle = [reply('a', to('c')), reply('b', to('a')), reply('c', to('b')), reply('d', to('c'))];
    expect(entriesOf(build(circle).replies)).toHaveLength(4);
    expect(shape(build([reply('a', to('a'))]).replies)).toBe('a');
  });

  it('a circle through something hidden is left out', () => {
    expect(shape(build([reply('a', to('b')), reply('b', { ...to('a'), state: 'hidden' })]).replies)).toBe('');
  });
});

describe('likes', () => {
  it('are apart from reactions, which are grouped, the most frequent first', () => {
    const items = [
      favour('like', 'amy'),
      favour('like', 'bo', { emoji: { text: '🎉' } }),
      favour('like', 'cy', { emoji: { text: ':x:', icon: 'https://far.example/x.png' } }),
      favour('like', 'di', { emoji: { text: ':x:', icon: 'https://far.example/x.png' } }),
      favour('boost', 'amy'),
    ];
    const thread = build(items);
    expect(thread.likes.map(({ handle }) => handle)).toEqual(['@amy@far.example']);
    expect(thread.reactions.map(({ emoji, authors }) => [emoji.text, authors.length])).toEqual([
      [':x:', 2],
      ['🎉', 1],
    ]);
    expect(thread.counts).toEqual({ replies: 0, quotes: 0, likes: 4, boosts: 1 });
  });
});

const KINDS: readonly InteractionKind[] = ['reply', 'reply', 'quote', 'mention', 'like', 'boost'];
const STATES: readonly InteractionState[] = ['shown', 'shown', 'shown', 'held', 'hidden', 'removed'];

const interactions = fc.uniqueArray(
  fc.record({
    name: fc.nat(40),
    kind: fc.constantFrom(...KINDS),
    state: fc.constantFrom(...STATES),
    parent: fc.option(fc.nat(40), { freq: 5 }),
    day: fc.integer({ min: 1, max: 28 }),
  }),
  { selector: ({ name }) => name, maxLength: 40 },
);

it('every shown interaction is placed exactly once, unless something above it is not shown', () => {
  fc.assert(
    fc.property(interactions, (records) => {
      const items = records.map(({ name, kind, state, parent, day }) =>
        reply(`${name}`, {
          kind,
          state,
          inReplyTo: parent === null ? TARGET : idOf(`${parent}`),
          content: content({ published: new Date(Date.UTC(2026, 10, day)).toISOString() }),
        }),
      );
      const thread = build(items);
      const placed = [...entriesOf(thread.replies), ...entriesOf(thread.quotes)].map(({ id }) => id);
      expect(placed.toSorted()).toEqual(expected(items).toSorted());
      expect(depthOf([...thread.replies, ...thread.quotes])).toBeLessThanOrEqual(MAX_NESTING);
      const shown = items.filter(({ state }) => state === 'shown');
      expect(thread.likes).toHaveLength(shown.filter(({ kind }) => kind === 'like').length);
      expect(thread.boosts).toHaveLength(shown.filter(({ kind }) => kind === 'boost').length);
      expect(thread.counts.replies + thread.counts.quotes).toBe(placed.length);
      expect(build(items.toReversed())).toEqual(thread);
    }),
    { numRuns: 500 },
  );
});

/** The same by looking up from each: slow, and plainly right. */
function expected(items: readonly Interaction[]): string[] {
  const entries = new Map(items.filter(({ kind }) => !['like', 'boost'].includes(kind)).map((item) => [item.id, item]));
  const isSeen = (item: Interaction): boolean => {
    const above = new Set<Interaction>();
    for (let node: Interaction | undefined = item; node && !above.has(node); ) {
      if (node.state !== 'shown') return false;
      above.add(node);
      node = node.kind === 'quote' ? undefined : entries.get(node.inReplyTo ?? '');
    }
    return true;
  };
  return [...entries.values()].filter(isSeen).map(({ id }) => id);
}

function entriesOf(entries: readonly ThreadEntry[]): ThreadEntry[] {
  return entries.flatMap((entry) => [entry, ...entriesOf(entry.replies)]);
}

function depthOf(entries: readonly ThreadEntry[]): number {
  return entries.length === 0 ? 0 : 1 + Math.max(...entries.map(({ replies }) => depthOf(replies)).slice(0, 1000));
}
