import { expect, test } from 'vitest';
import type { Author, Interaction } from '../../../federation/interaction.ts';
import { MAX_THREAD, type Store } from '../../../server/store/store.ts';
import type { Opened } from './conformance.ts';
import { AWKWARD, author, collect, content, interaction, ORIGIN, POST } from './samples.ts';

const ACTOR = `${ORIGIN}/ap/actor.json`;
const ALICE = author('alice', { name: 'Alice', avatar: 'https://remote.example/alice.png' });
const BOB = author('bob');

/** What every adapter promises of what others said. */
export function interactionConformance(stores: () => Opened): void {
  storing(stores);
  owning(stores);
  threading(stores);
  deciding(stores);
  looking(stores);
  dropping(stores);
}

function by(who: Author, name: string, more: Partial<Interaction> = {}): Interaction {
  return interaction(name, { actor: who.actor, ...more });
}

/** An interaction that answers another of `by`. */
function answer(name: string, to: string, more: Partial<Interaction> = {}): Interaction {
  return interaction(name, { inReplyTo: interaction(to).id, ...more });
}

async function putAll(store: Store, all: readonly Interaction[]): Promise<void> {
  for (const each of all) await store.interactions.put(each, author('r', { actor: each.actor }));
}

async function statesOf(store: Store, names: readonly string[]): Promise<(string | undefined)[]> {
  const found = await Promise.all(names.map((name) => store.interactions.get(interaction(name).id)));
  return found.map((each) => each?.state);
}

function storing(stores: () => Opened): void {
  test('what was said is given back as stored, with and without the optional facts', async () => {
    const { store, other } = stores();
    const full = by(ALICE, 'full', {
      state: 'held',
      reason: 'first-time',
      content: content('é\0👩‍👩‍👧', {
        text: [{ tag: 'p', children: ['x', { tag: 'a', href: 'https://a.example/', children: ['y'] }] }],
        title: 'Title',
        contentWarning: 'cw',
        sensitive: true,
        language: 'de',
        updated: '2026-03-01T09:59:30Z',
        emojis: [{ shortcode: 'blob', icon: 'https://remote.example/blob.png' }],
        attachments: [{ url: 'https://remote.example/a.png', alt: 'a cat' }],
      }),
    });
    const like = by(BOB, 'like', { kind: 'like', emoji: { text: ':x:', icon: 'https://remote.example/x.png' } });
    expect(await store.interactions.put(full, ALICE)).toBe('added');
    expect(await store.interactions.put(like, BOB)).toBe('added');
    expect(await other.interactions.get(full.id)).toEqual(full);
    expect(await other.interactions.get(like.id)).toEqual(like);
    expect(await other.interactions.author(ALICE.actor)).toEqual(ALICE);
    expect(await other.interactions.author(BOB.actor)).toEqual(BOB);
    expect(await other.interactions.get('nothing')).toBeUndefined();
    expect(await other.interactions.author('nobody')).toBeUndefined();
  });

  test('put again, it keeps its time, its target and its place, and the newer words and state count', async () => {
    const { store } = stores();
    await putAll(store, [by(ALICE, 'a', { state: 'held', reason: 'word' }), by(BOB, 'b')]);
    const later = { at: '2027-01-01T00:00:00Z', target: `${ORIGIN}/ap/posts/other.json`, content: content('edited') };
    expect(await store.interactions.put(by(ALICE, 'a', later), ALICE)).toBe('updated');
    expect(await store.interactions.get(interaction('a').id)).toEqual(by(ALICE, 'a', { content: content('edited') }));
    const { items } = await store.interactions.page({ target: POST, kinds: ['reply'], limit: 9 });
    expect(items.map(({ id }) => id)).toEqual([interaction('a').id, interaction('b').id]);
  });

  test('an id that belongs to another actor is ignored, and nothing is written', async () => {
    const { store, other } = stores();
    await store.interactions.put(by(ALICE, 'a'), ALICE);
    expect(await other.interactions.put(by(BOB, 'a', { content: content('mine!') }), BOB)).toBe('ignored');
    expect(await store.interactions.get(interaction('a').id)).toEqual(by(ALICE, 'a'));
    expect(await store.interactions.author(BOB.actor)).toBeUndefined();
  });

  test('the same reply from many callers at once is added once', async () => {
    const { store, other } = stores();
    const puts = Array.from({ length: 40 }, (_, n) => (n % 2 ? store : other).interactions.put(by(ALICE, 'a'), ALICE));
    expect((await Promise.all(puts)).filter((result) => result === 'added')).toHaveLength(1);
    expect(await store.interactions.counts(POST)).toMatchObject({ replies: 1 });
  });

  test('of the likes of one actor of one target only the newest is kept, and of the boosts', async () => {
    const { store } = stores();
    const heart = by(ALICE, 'heart', { kind: 'like', emoji: { text: '❤' } });
    const star = by(ALICE, 'star', { kind: 'like', emoji: { text: '⭐' } });
    const boosts = [by(ALICE, 'b1', { kind: 'boost' }), by(ALICE, 'b2', { kind: 'boost' })];
    const elsewhere = by(ALICE, 'e', { kind: 'like', target: `${POST}#other` });
    await putAll(store, [heart, by(BOB, 'bobs', { kind: 'like' }), elsewhere, star, ...boosts]);
    expect(await store.interactions.get(heart.id)).toBeUndefined();
    expect(await store.interactions.get(star.id)).toEqual(star);
    expect(await store.interactions.counts(POST)).toEqual({ replies: 0, quotes: 0, likes: 2, boosts: 1 });
    expect(await store.interactions.counts(elsewhere.target)).toMatchObject({ likes: 1 });
  });

  test('simultaneous likes of one actor leave one', async () => {
    const { store, other } = stores();
    const likes = Array.from({ length: 30 }, (_, n) => by(ALICE, `like${n}`, { kind: 'like' }));
    await Promise.all(likes.map((like, n) => (n % 2 ? store : other).interactions.put(like, ALICE)));
    expect(await store.interactions.counts(POST)).toMatchObject({ likes: 1 });
    expect(await store.interactions.author(ALICE.actor)).toBeDefined();
  });

  test('awkward ids are ids like any other', async () => {
    const { store, other } = stores();
    const all = AWKWARD.map((id) => interaction('x', { id, actor: id, target: id, activity: `${id}!`, inReplyTo: id }));
    for (const each of all) expect(await store.interactions.get(each.id)).toBeUndefined();
    await putAll(store, all);
    for (const each of all) {
      expect(await other.interactions.get(each.id)).toEqual(each);
      expect(await other.interactions.find(each.actor, `${each.id}!`)).toEqual(each);
      expect(await other.interactions.counts(each.target)).toMatchObject({ replies: 1 });
      expect((await other.interactions.author(each.actor))?.actor).toBe(each.actor);
    }
    expect((await collect(store.interactions.targets())).toSorted()).toEqual(AWKWARD.toSorted());
    for (const { id, actor } of all) expect(await store.interactions.remove({ actor, id })).toBe(1);
    expect(await collect(store.interactions.authors())).toEqual([]);
  });

  test('what is given back is the caller’s own', async () => {
    const { store } = stores();
    const given = structuredClone(by(ALICE, 'a'));
    await store.interactions.put(given, ALICE);
    for (const each of [given, await store.interactions.get(given.id)])
      Object.assign(each?.content ?? {}, { url: 'evil' });
    expect(await store.interactions.get(given.id)).toEqual(by(ALICE, 'a'));
  });
}

function owning(stores: () => Opened): void {
  test('an author is replaced by what is not older, and kept as long as anything of theirs is', async () => {
    const { store, other } = stores();
    const { interactions } = store;
    await interactions.put(by(ALICE, 'a'), ALICE);
    await interactions.put(by(ALICE, 'b', { kind: 'like' }), { ...ALICE, name: 'Old', at: '2026-02-01T10:00:00Z' });
    expect(await interactions.author(ALICE.actor)).toEqual(ALICE);
    const same = { ...ALICE, name: 'Same time' };
    await interactions.put(by(ALICE, 'b', { kind: 'like' }), same);
    expect(await interactions.author(ALICE.actor)).toEqual(same);
    // As texts, these two times compare the other way round.
    const newer = { ...ALICE, name: 'Newer', at: '2026-03-01T10:00:00.500Z' };
    expect(await interactions.putAuthor(newer)).toBe(true);
    expect(await interactions.putAuthor(same)).toBe(true);
    expect(await other.interactions.author(ALICE.actor)).toEqual(newer);
    await interactions.remove({ actor: ALICE.actor, id: interaction('a').id });
    expect(await interactions.author(ALICE.actor)).toEqual(newer);
    await interactions.remove({ actor: ALICE.actor, target: POST, kind: 'like' });
    expect(await other.interactions.author(ALICE.actor)).toBeUndefined();
  });

  test('an author of whom nothing is kept is not stored', async () => {
    const { interactions } = stores().store;
    expect(await interactions.putAuthor(BOB)).toBe(false);
    expect(await interactions.author(BOB.actor)).toBeUndefined();
  });

  test('all authors can be walked over, while they are dropped', async () => {
    const { store, other } = stores();
    const all = Array.from({ length: 230 }, (_, n) => author(`u${n}`));
    await Promise.all(all.map((who) => store.interactions.put(by(who, who.handle), who)));
    const walked: string[] = [];
    for await (const { actor } of other.interactions.authors()) {
      walked.push(actor);
      await store.interactions.forgetActor(actor);
    }
    expect(walked.toSorted()).toEqual(all.map(({ actor }) => actor).toSorted());
  });

  test('an actor was shown while a reply, quote or mention is, and is counted by time', async () => {
    const { interactions } = stores().store;
    await interactions.put(by(ALICE, 'l', { kind: 'like' }), ALICE);
    await interactions.put(by(ALICE, 'a', { state: 'held', at: '2026-03-01T10:00:00.500Z' }), ALICE);
    expect(await interactions.wasShown(ALICE.actor)).toBe(false);
    await interactions.setState(interaction('a').id, 'shown');
    expect(await interactions.wasShown(ALICE.actor)).toBe(true);
    await interactions.setState(interaction('a').id, 'hidden');
    expect(await interactions.wasShown(ALICE.actor)).toBe(false);
    await interactions.put(by(ALICE, 'm', { kind: 'mention', target: ACTOR }), ALICE);
    expect(await interactions.wasShown(ALICE.actor)).toBe(true);
    expect(await interactions.countSince(ALICE.actor, '2026-03-01T10:00:00Z')).toBe(3);
    expect(await interactions.countSince(ALICE.actor, '2026-03-01T10:00:00.500Z')).toBe(1);
    expect(await interactions.countSince(BOB.actor, '2026-03-01T10:00:00Z')).toBe(0);
  });
}

function threading(stores: () => Opened): void {
  const mention = (name: string, to: string, more: Partial<Interaction> = {}) =>
    answer(name, to, { kind: 'mention', target: ACTOR, actor: `https://remote.example/users/${name}`, ...more });

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
    expect(await store.interactions.counts(ACTOR)).toMatchObject({ replies: 0 });
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
    await putAll(store, [interaction('a'), interaction('b', { state: 'held', reason: 'word' })]);
    expect(await other.interactions.setState(interaction('a').id, 'hidden', 'rude')).toEqual([interaction('a').id]);
    expect(await other.interactions.setState(interaction('b').id, 'shown')).toEqual([interaction('b').id]);
    await putAll(store, [
      interaction('a'),
      interaction('b', { state: 'held', reason: 'word', content: content('new') }),
    ]);
    expect(await store.interactions.get(interaction('a').id)).toEqual(
      interaction('a', { state: 'hidden', reason: 'rude' }),
    );
    expect(await store.interactions.get(interaction('b').id)).toEqual(interaction('b', { content: content('new') }));
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

  test('hiding goes for all that answers it; showing for it alone', async () => {
    const { store } = stores();
    await putAll(store, [interaction('a'), answer('b', 'a'), answer('c', 'b', { state: 'held' }), answer('d', 'c')]);
    await putAll(store, [answer('e', 'z'), answer('a2', 'a', { kind: 'quote', target: `${POST}#2` })]);
    const ids = ['a', 'b', 'a2', 'c', 'd'].map((name) => interaction(name).id);
    expect(await store.interactions.setState(interaction('a').id, 'hidden', 'spam')).toEqual(ids);
    expect(await store.interactions.setState(interaction('a').id, 'hidden', 'spam')).toEqual([]);
    expect(await store.interactions.setState(interaction('b').id, 'shown')).toEqual([interaction('b').id]);
    expect(await statesOf(store, ['a', 'b', 'c', 'd', 'e'])).toEqual(['hidden', 'shown', 'hidden', 'hidden', 'shown']);
    expect(await store.interactions.setState('nothing', 'hidden')).toEqual([]);
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

function looking(stores: () => Opened): void {
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

  test('the owner’s list runs newest first through all states, by state, kind and target', async () => {
    const { store } = stores();
    await store.interactions.put(by(ALICE, 'a', { state: 'held' }), ALICE);
    await store.interactions.put(by(BOB, 'b', { kind: 'like' }), BOB);
    await store.interactions.put(by(ALICE, 'c', { kind: 'mention', target: ACTOR, inReplyTo: 'x' }), ALICE);
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

function dropping(stores: () => Opened): void {
  test('an author takes back what is theirs alone; replies to it stay', async () => {
    const { store, other } = stores();
    await putAll(store, [by(ALICE, 'a'), by(BOB, 'b', { inReplyTo: interaction('a').id })]);
    await putAll(store, [by(ALICE, 'l', { kind: 'like' }), by(BOB, 'm', { kind: 'like' })]);
    expect(await store.interactions.remove({ actor: BOB.actor, id: interaction('a').id })).toBe(0);
    expect(await store.interactions.remove({ actor: ALICE.actor, id: interaction('a').id })).toBe(1);
    expect(await store.interactions.remove({ actor: ALICE.actor, id: interaction('a').id })).toBe(0);
    expect(await store.interactions.remove({ actor: ALICE.actor, target: POST, kind: 'like' })).toBe(1);
    expect(await store.interactions.remove({ actor: BOB.actor, target: POST, kind: 'boost' })).toBe(0);
    expect((await other.interactions.thread(POST)).items.map(({ id }) => id.at(-1))).toEqual(['b', 'm']);
  });

  test('forgetting an actor drops all of theirs, removed or not, and nothing else', async () => {
    const { store } = stores();
    await putAll(store, [by(ALICE, 'a'), by(ALICE, 'l', { kind: 'like' }), by(BOB, 'b'), by(ALICE, 'r')]);
    await store.interactions.setState(interaction('r').id, 'removed');
    expect(await store.interactions.forgetActor(ALICE.actor)).toBe(3);
    expect(await store.interactions.forgetActor(ALICE.actor)).toBe(0);
    expect((await collect(store.interactions.authors())).map(({ actor }) => actor)).toEqual([BOB.actor]);
  });

  test('a target that is no more takes along what is stored at it', async () => {
    const { store } = stores();
    await putAll(store, [by(ALICE, 'a', { state: 'held' }), by(BOB, 'b', { target: 'other' })]);
    expect(await store.interactions.forgetTarget(POST)).toBe(1);
    expect((await store.interactions.list({ limit: 9 })).items).toEqual([by(BOB, 'b', { target: 'other' })]);
    expect(await store.interactions.author(ALICE.actor)).toBeUndefined();
  });

  test('what was said before a time is dropped, likes and boosts stay', async () => {
    const { store } = stores();
    const at = '2026-03-01T10:00:00.100Z';
    await putAll(store, [
      interaction('a'),
      interaction('b', { at }),
      interaction('q', { kind: 'quote', state: 'held' }),
    ]);
    await putAll(store, [interaction('l', { kind: 'like' }), interaction('m', { kind: 'mention', inReplyTo: 'x' })]);
    expect(await store.interactions.prune(at)).toBe(3);
    expect((await store.interactions.list({ limit: 9 })).items.map(({ id }) => id.at(-1))).toEqual(['l', 'b']);
  });
}
