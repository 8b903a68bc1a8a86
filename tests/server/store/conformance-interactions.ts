import { expect, test } from 'vitest';
import type { Opened } from './conformance.ts';
import {
  ALICE,
  AWKWARD,
  author,
  BOB,
  by,
  collect,
  content,
  interaction,
  ORIGIN,
  OWN_ACTOR,
  POST,
  putAll,
} from './samples.ts';

/** What every adapter promises of what others said, and of those who said it. */
export function interactionConformance(stores: () => Opened): void {
  storing(stores);
  owning(stores);
  dropping(stores);
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

  test('a like under the id of a reply, and a reply under that of a like, are not taken', async () => {
    const { store } = stores();
    await putAll(store, [by(ALICE, 'a', { state: 'held', reason: 'first-time' }), by(ALICE, 'b', { kind: 'like' })]);
    expect(await store.interactions.put(by(ALICE, 'a', { kind: 'like' }), ALICE)).toBe('ignored');
    expect(await store.interactions.put(by(ALICE, 'b'), ALICE)).toBe('ignored');
    expect(await store.interactions.wasShown(ALICE.actor)).toBe(false);
  });

  test('put again, it keeps its time, its place, its kind and target, and the newer words and state count', async () => {
    const { store } = stores();
    await putAll(store, [by(ALICE, 'a', { state: 'held', reason: 'word' }), by(BOB, 'b')]);
    const later = { at: '2027-01-01T00:00:00Z', target: `${ORIGIN}/ap/posts/other.json`, content: content('edited') };
    expect(await store.interactions.put(by(ALICE, 'a', later), ALICE)).toBe('updated');
    expect(await store.interactions.put(by(ALICE, 'a', { ...later, kind: 'quote' }), ALICE)).toBe('updated');
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
    await interactions.put(by(ALICE, 'm', { kind: 'mention', target: OWN_ACTOR }), ALICE);
    expect(await interactions.wasShown(ALICE.actor)).toBe(true);
    expect(await interactions.countSince(ALICE.actor, '2026-03-01T10:00:00Z')).toBe(3);
    expect(await interactions.countSince(ALICE.actor, '2026-03-01T10:00:00.500Z')).toBe(1);
    expect(await interactions.countSince(BOB.actor, '2026-03-01T10:00:00Z')).toBe(0);
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
    await putAll(store, [interaction('r')]);
    await store.interactions.setState(interaction('r').id, 'removed');
    expect(await store.interactions.prune(at)).toBe(3);
    // What the owner removed must not come back.
    expect((await store.interactions.list({ limit: 9 })).items.map(({ id }) => id.at(-1))).toEqual(['r', 'l', 'b']);
  });
}
