import { expect, test } from 'vitest';
import type { Interaction } from '../../../federation/interaction.ts';
import { MAX_THREAD } from '../../../server/store/interaction-store.ts';
import type { Store } from '../../../server/store/store.ts';
import type { Opened } from './conformance.ts';
import { answer, author, content, interaction, OWN_ACTOR, POST, putAll } from './samples.ts';

/** What every adapter promises of threads and of the owner's word. */
export function threadConformance(stores: () => Opened): void {
  threading(stores);
  deciding(stores);
}

async function statesOf(store: Store, names: readonly string[]): Promise<(string | undefined)[]> {
  const found = await Promise.all(names.map((name) => store.interactions.get(interaction(name).id)));
  return found.map((each) => each?.state);
}

function threading(stores: () => Opened): void {
  const mention = (name: string, to: string, more: Partial<Interaction> = {}) =>
    answer(name, to, { kind: 'mention', target: OWN_ACTOR, actor: `https://remote.example/users/${name}`, ...more });

  test('mentions that answer what comes later move into its thread, and those that answer them', async () => {
    const { store } = stores();
    await putAll(store, [mention('c', 'b'), mention('b2', 'a'), mention('b', 'a'), mention('x', 'elsewhere')]);
    await putAll(store, [interaction('z'), interaction('a')]);
    const { items } = await store.interactions.page({ target: POST, kinds: ['reply'], limit: 9 });
    expect(items).toEqual([
      { ...mention('c', 'b'), kind: 'reply', target: POST },
      { ...mention('b2', 'a'), kind: 'reply', target: POST },
      { ...mention('b', 'a'), kind: 'reply', target: POST },
      interaction('z'),
      interaction('a'),
    ]);
    expect(await store.interactions.get(interaction('x').id)).toEqual(mention('x', 'elsewhere'));
  });

  test('mentions that answer each other in a circle move once; what answers a mention does not', async () => {
    const { store } = stores();
    await putAll(store, [mention('m', 'n'), mention('n', 'm'), mention('o', 'o')]);
    expect(await store.interactions.counts(POST)).toMatchObject({ replies: 0 });
    await putAll(store, [answer('q', 'n', { kind: 'quote' }), mention('p', 'q'), answer('a', 'a')]);
    expect(await store.interactions.counts(POST)).toMatchObject({ replies: 2, quotes: 1 });
    await store.interactions.put(answer('n2', 'x', { id: interaction('elsewhere').id }), author('r'));
    expect((await store.interactions.get(interaction('m').id))?.kind).toBe('mention');
  });

  test('a mention whose parent came while it was decided is a reply in its thread', async () => {
    const { store } = stores();
    await putAll(store, [interaction('a'), mention('b', 'a'), mention('c', 'b')]);
    expect(await store.interactions.counts(POST)).toMatchObject({ replies: 3 });
    expect(await store.interactions.counts(OWN_ACTOR)).toMatchObject({ replies: 0 });
  });

  test('a mention that moves under what is not shown is not shown there', async () => {
    const { store } = stores();
    await putAll(store, [mention('b', 'a'), mention('ok', 'a', { state: 'held' }), mention('c', 'b')]);
    await store.interactions.setState(interaction('ok').id, 'shown');
    await putAll(store, [interaction('a', { state: 'held', reason: 'word' })]);
    expect(await statesOf(store, ['b', 'c', 'ok'])).toEqual(['held', 'held', 'shown']);
    expect((await store.interactions.get(interaction('c').id))?.reason).toBe('parent-not-shown');
  });

  test('a stranger’s thousand mentions move in bounds', async () => {
    const { store } = stores();
    const many = Array.from({ length: MAX_THREAD + 20 }, (_, n) => mention(`m${n}`, 'a'));
    await Promise.all(many.map((each) => store.interactions.put(each, author('r', { actor: each.actor }))));
    await putAll(store, [interaction('a')]);
    expect(await store.interactions.counts(POST)).toMatchObject({ replies: MAX_THREAD + 1 });
  });
}

function deciding(stores: () => Opened): void {
  test('what the owner hid stays hidden, and what the owner approved stays shown, whatever is put', async () => {
    const { store, other } = stores();
    await putAll(store, [interaction('a'), interaction('b', { state: 'held', reason: 'first-time' })]);
    expect(await other.interactions.setState(interaction('a').id, 'hidden', 'rude')).toEqual([interaction('a').id]);
    expect(await other.interactions.setState(interaction('b').id, 'shown')).toEqual([interaction('b').id]);
    await putAll(store, [
      interaction('a'),
      interaction('b', { state: 'held', reason: 'first-time', content: content('new') }),
    ]);
    expect(await store.interactions.get(interaction('a').id)).toEqual(
      interaction('a', { state: 'hidden', reason: 'rude' }),
    );
    expect(await store.interactions.get(interaction('b').id)).toEqual(interaction('b', { content: content('new') }));
  });

  test('what the owner approved is held when other text brings a word, and no longer approved; the same text is not', async () => {
    const { store, other } = stores();
    const word = { state: 'held', reason: 'word' } as const;
    const edited = interaction('a', { ...word, content: content('edited') });
    await putAll(store, [interaction('a', word)]);
    await other.interactions.setState(interaction('a').id, 'shown');
    await putAll(store, [interaction('a', word)]);
    expect(await statesOf(store, ['a'])).toEqual(['shown']);
    await putAll(store, [edited]);
    expect(await other.interactions.get(edited.id)).toEqual(edited);
    await putAll(store, [interaction('a', { ...word, content: content('again') })]);
    await putAll(store, [interaction('a', { state: 'held', reason: 'first-time' })]);
    expect(await statesOf(other, ['a'])).toEqual(['held']);
  });

  test('what the owner hid stays hidden when an edit brings a word; a like is not asked for words that it has not', async () => {
    const { store } = stores();
    const word = { state: 'held', reason: 'word' } as const;
    const like = (id: string) => {
      const { content: _, ...rest } = interaction('l', { id, kind: 'like', ...word });
      return rest;
    };
    await putAll(store, [interaction('a'), like('l')]);
    await store.interactions.setState(interaction('a').id, 'hidden');
    await store.interactions.setState('l', 'shown');
    await putAll(store, [interaction('a', { ...word, content: content('edited') }), like('l2')]);
    expect((await store.interactions.get(interaction('a').id))?.state).toBe('hidden');
    expect((await store.interactions.get('l2'))?.state).toBe('shown');
  });

  test('what is shown by rule alone is held when it is edited so; approved while shown, it stays', async () => {
    const { store } = stores();
    await putAll(store, [interaction('a'), interaction('b')]);
    expect(await store.interactions.setState(interaction('b').id, 'shown')).toEqual([]);
    await putAll(store, [interaction('a', { state: 'held' }), interaction('b', { state: 'held' })]);
    expect(await statesOf(store, ['a', 'b'])).toEqual(['held', 'shown']);
    await store.interactions.setState(interaction('b').id, 'held', 'second thoughts');
    await putAll(store, [interaction('b', { state: 'shown' })]);
    expect(await statesOf(store, ['b'])).toEqual(['shown']);
    expect(await store.interactions.get(interaction('b').id)).toEqual(interaction('b'));
  });

  test('hiding goes for all that is shown and answers it; showing shows that again, level by level', async () => {
    const { store } = stores();
    await putAll(store, [interaction('a'), answer('b', 'a'), answer('c', 'b', { state: 'held' }), answer('d', 'c')]);
    await putAll(store, [answer('e', 'z'), answer('a2', 'a', { kind: 'quote', target: `${POST}#2` })]);
    const ids = ['a', 'b', 'a2', 'd'].map((name) => interaction(name).id);
    expect(await store.interactions.setState(interaction('a').id, 'hidden', 'spam')).toEqual(ids);
    expect(await store.interactions.setState(interaction('a').id, 'hidden', 'spam')).toEqual([]);
    expect(await store.interactions.setState(interaction('b').id, 'shown')).toEqual([interaction('b').id]);
    expect(await statesOf(store, ['a', 'b', 'c', 'd', 'e'])).toEqual(['hidden', 'shown', 'held', 'hidden', 'shown']);
    expect((await store.interactions.get(interaction('a').id))?.reason).toBe('spam');
    expect((await store.interactions.get(interaction('d').id))?.reason).toBe('parent-not-shown');
    expect(await store.interactions.setState('nothing', 'hidden')).toEqual([]);
    expect(await store.interactions.setState(interaction('a').id, 'shown')).toEqual(
      ['a', 'a2'].map((name) => interaction(name).id),
    );
    expect(await store.interactions.get(interaction('a2').id)).toEqual(
      answer('a2', 'a', { kind: 'quote', target: `${POST}#2` }),
    );
    expect(await store.interactions.setState(interaction('c').id, 'shown')).toEqual(
      ['c', 'd'].map((name) => interaction(name).id),
    );
  });

  test('what the owner hid itself stays hidden, with what answers it, until it is approved itself', async () => {
    const { store, other } = stores();
    const [a, b, c] = [interaction('a').id, interaction('b').id, interaction('c').id];
    await putAll(store, [interaction('a'), answer('b', 'a'), answer('c', 'b'), answer('d', 'a'), answer('e', 'd')]);
    await store.interactions.setState(b, 'hidden');
    await store.interactions.setState(a, 'hidden');
    // Hidden with the other, and then by name.
    await store.interactions.setState(interaction('d').id, 'hidden');
    expect(await other.interactions.setState(a, 'shown')).toEqual([a]);
    expect(await statesOf(store, ['a', 'b', 'c', 'd', 'e'])).toEqual(['shown', 'hidden', 'hidden', 'hidden', 'hidden']);
    expect(await other.interactions.setState(b, 'shown')).toEqual([b, c]);
    expect(await store.interactions.setState(a, 'shown')).toEqual([]);
  });

  test('what was hidden with its parent comes back as it was edited, but not with a word; approved, it is approved still', async () => {
    const { store } = stores();
    const held = { state: 'held', reason: 'parent-not-shown' } as const;
    await putAll(store, [interaction('a'), answer('b', 'a'), answer('c', 'a'), answer('d', 'c')]);
    await store.interactions.setState(interaction('b').id, 'shown');
    await store.interactions.setState(interaction('a').id, 'hidden');
    await putAll(store, [
      answer('b', 'a', { ...held, content: content('edited') }),
      answer('c', 'a', { state: 'held', reason: 'word', content: content('edited') }),
    ]);
    expect(await statesOf(store, ['b', 'c', 'd'])).toEqual(['hidden', 'held', 'hidden']);
    await store.interactions.setState(interaction('a').id, 'shown');
    expect(await statesOf(store, ['b', 'c', 'd'])).toEqual(['shown', 'held', 'hidden']);
    await putAll(store, [answer('b', 'a', { state: 'held', reason: 'first-time' })]);
    expect(await statesOf(store, ['b'])).toEqual(['shown']);
  });

  test('what was removed has no words, does not come back, and is not the author’s to forget', async () => {
    const { store, other } = stores();
    const like = interaction('l', { kind: 'like', inReplyTo: interaction('b').id, emoji: { text: 'x' } });
    await putAll(store, [interaction('a'), answer('b', 'a'), like]);
    const ids = [interaction('a').id, interaction('b').id, like.id];
    expect(await store.interactions.setState(interaction('a').id, 'removed', 'spam')).toEqual(ids);
    for (const id of ids) {
      const left = await other.interactions.get(id);
      expect(left).toMatchObject({ id, state: 'removed', reason: 'spam' });
      expect(left).not.toHaveProperty('content');
      expect(left).not.toHaveProperty('emoji');
    }
    expect(await other.interactions.put(interaction('a'), author('r'))).toBe('ignored');
    expect(await other.interactions.put({ ...like, id: 'again' }, author('r'))).toBe('ignored');
    expect(await other.interactions.remove({ actor: interaction('a').actor, id: interaction('a').id })).toBe(0);
    for (const state of ['shown', 'held', 'hidden'] as const)
      expect(await store.interactions.setState(interaction('a').id, state)).toEqual([]);
    expect(await statesOf(store, ['a', 'b'])).toEqual(['removed', 'removed']);
  });

  test('replies that answer each other in a circle are hidden once', async () => {
    const { store } = stores();
    await putAll(store, [answer('a', 'b'), answer('b', 'a'), answer('c', 'c')]);
    expect(await store.interactions.setState(interaction('a').id, 'hidden')).toHaveLength(2);
    expect(await store.interactions.setState(interaction('c').id, 'hidden')).toHaveLength(1);
  });
}
