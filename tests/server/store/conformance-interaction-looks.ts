import { expect, test } from 'vitest';
import type { Interaction } from '../../../federation/interaction.ts';
import { MAX_THREAD, MAX_THREAD_CONTENT } from '../../../server/store/interaction-store.ts';
import type { Store } from '../../../server/store/store.ts';
import type { Opened } from './conformance.ts';
import { ALICE, author, BOB, by, collect, content, interaction, OWN_ACTOR, POST, putAll } from './samples.ts';

/** What every adapter promises of what is read of interactions. */
export function interactionLookConformance(stores: () => Opened): void {
  test('pages hold what is shown of some kinds, oldest first, and are stable while others come and go', async () => {
    const { store } = stores();
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    await putAll(
      store,
      names.map((name, n) => interaction(name, { kind: n % 2 ? 'quote' : 'reply' })),
    );
    await putAll(store, [interaction('held', { state: 'held' }), interaction('like', { kind: 'like' })]);
    const of = { target: POST, kinds: ['quote', 'reply', 'reply'] as const };
    const first = await store.interactions.page({ ...of, limit: 3 });
    expect(first.items.map(({ id }) => id)).toEqual(['a', 'b', 'c'].map((name) => interaction(name).id));
    await store.interactions.remove({ actor: interaction('c').actor, id: interaction('c').id });
    await store.interactions.remove({ actor: interaction('e').actor, id: interaction('e').id });
    await putAll(store, [interaction('g')]);
    const second = await store.interactions.page({ ...of, limit: 3, after: first.cursor ?? '' });
    expect(second.items.map(({ id }) => id)).toEqual(['d', 'f', 'g'].map((name) => interaction(name).id));
    expect(second.cursor).toBeUndefined();
    for (const after of ['', 'x', '-1', '1e3', '9'.repeat(40), ' 1', '__proto__'])
      expect(await store.interactions.page({ ...of, limit: 3, after })).toEqual({ items: [] });
    expect(await store.interactions.page({ ...of, limit: 0 })).toEqual({ items: [] });
    expect(await store.interactions.page({ target: POST, kinds: [], limit: 3 })).toEqual({ items: [] });
  });

  test('page after page gives everything once', async () => {
    const { store } = stores();
    const all = Array.from({ length: 7 }, (_, n) =>
      interaction(`n${n}`, { kind: n % 3 ? 'like' : 'boost', actor: `u${n}` }),
    );
    await putAll(store, all);
    const walked: Interaction[] = [];
    for (let after: string | undefined; ; ) {
      const of = { target: POST, kinds: ['like', 'boost'] as const, limit: 2 };
      const { items, cursor } = await store.interactions.page(after === undefined ? of : { ...of, after });
      walked.push(...items);
      after = cursor;
      if (after === undefined) break;
    }
    expect(walked).toEqual(all);
  });

  test('a thread has all that is shown with its authors, bounded for each kind', async () => {
    const { store } = stores();
    await store.interactions.put(by(ALICE, 'a'), ALICE);
    await store.interactions.put(by(BOB, 'l', { kind: 'like' }), BOB);
    await store.interactions.put(by(ALICE, 'b', { inReplyTo: interaction('a').id }), ALICE);
    await store.interactions.put(by(author('hid'), 'h', { state: 'hidden' }), author('hid'));
    expect(await store.interactions.thread(POST)).toEqual({
      items: [by(ALICE, 'a'), by(BOB, 'l', { kind: 'like' }), by(ALICE, 'b', { inReplyTo: interaction('a').id })],
      authors: [ALICE, BOB],
    });
    const likes = Array.from({ length: MAX_THREAD + 5 }, (_, n) => by(author(`u${n}`), `l${n}`, { kind: 'like' }));
    await Promise.all(likes.map((like) => store.interactions.put(like, author('x', { actor: like.actor }))));
    const { items, authors } = await store.interactions.thread(POST);
    expect(items).toHaveLength(MAX_THREAD + 2);
    expect(items.at(-1)?.id).toBe(interaction(`l${MAX_THREAD - 2}`).id);
    expect(authors).toHaveLength(MAX_THREAD + 1);
    expect(await store.interactions.thread('nowhere')).toEqual({ items: [], authors: [] });
  });

  test('a thread is no longer than a page can bear: what is too long for what is left is passed over', async () => {
    const { store } = stores();
    const long = (length: number) => ({ content: content('x'.repeat(length)) });
    const third = Math.ceil(MAX_THREAD_CONTENT / 3);
    const all = ['a', 'b', 'c', 'd'].map((name) => by(ALICE, name, long(name === 'd' ? 10 : third)));
    await putAll(store, [...all, by(ALICE, 'l', { kind: 'like' })]);
    const { items } = await store.interactions.thread(POST);
    expect(items.map(({ id }) => id.at(-1))).toEqual(['a', 'b', 'd', 'l']);
    expect(await store.interactions.counts(POST)).toMatchObject({ replies: 4 });
  });

  test('the owner’s list runs newest first through all states, by state, kind and target', async () => {
    const { store } = stores();
    await store.interactions.put(by(ALICE, 'a', { state: 'held' }), ALICE);
    await store.interactions.put(by(BOB, 'b', { kind: 'like' }), BOB);
    await store.interactions.put(by(ALICE, 'c', { kind: 'mention', target: OWN_ACTOR, inReplyTo: 'x' }), ALICE);
    await store.interactions.put(by(BOB, 'd'), BOB);
    await store.interactions.setState(interaction('d').id, 'removed');
    const names = async (of: Omit<Parameters<Store['interactions']['list']>[0], 'limit'>) =>
      (await store.interactions.list({ ...of, limit: 9 })).items.map(({ id }) => id.at(-1)).join('');
    expect(await names({})).toBe('dcba');
    expect(await names({ states: ['held', 'removed'] })).toBe('da');
    expect(await names({ kinds: ['like', 'mention'] })).toBe('cb');
    expect(await names({ target: POST, states: ['shown', 'held'] })).toBe('ba');
    const first = await store.interactions.list({ limit: 3 });
    expect(first.authors).toEqual([BOB, ALICE]);
    await store.interactions.put(by(BOB, 'e'), BOB);
    expect(await names({ before: first.cursor ?? '' })).toBe('a');
    expect(await names({ before: 'no cursor' })).toBe('');
  });

  test('counts and targets are of what is shown', async () => {
    const { store } = stores();
    expect(await store.interactions.counts(POST)).toEqual({ replies: 0, quotes: 0, likes: 0, boosts: 0 });
    const kinds = ['reply', 'reply', 'quote', 'like', 'boost'] as const;
    await putAll(
      store,
      kinds.map((kind, n) => interaction(`n${n}`, { kind })),
    );
    await putAll(store, [interaction('h', { state: 'held', target: 'held' }), interaction('o', { target: 'other' })]);
    expect(await store.interactions.counts(POST)).toEqual({ replies: 2, quotes: 1, likes: 1, boosts: 1 });
    expect((await collect(store.interactions.targets())).toSorted()).toEqual([POST, 'other'].toSorted());
  });

  test('an interaction is found by its id or by the activity that brought it, of its actor alone', async () => {
    const { interactions } = stores().store;
    await interactions.put(by(ALICE, 'a'), ALICE);
    await interactions.put(by(ALICE, 'b', { activity: interaction('a').id }), ALICE);
    expect(await interactions.find(ALICE.actor, interaction('a').id)).toEqual(by(ALICE, 'a'));
    expect(await interactions.find(ALICE.actor, interaction('a').activity)).toEqual(by(ALICE, 'a'));
    expect(await interactions.find(BOB.actor, interaction('a').id)).toBeUndefined();
    expect(await interactions.find(BOB.actor, interaction('a').activity)).toBeUndefined();
  });
}
