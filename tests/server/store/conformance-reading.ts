import { expect, test } from 'vitest';
import { type FollowingRecord, MAX_READING, type ReadingItem } from '../../../server/store/account-store.ts';
import type { Opened } from './conformance.ts';
import { ALICE, AWKWARD, author, BOB, collect, content } from './samples.ts';

/** What every adapter promises of those whom the blog follows, and of what they say. */
export function readingConformance(stores: () => Opened): void {
  following(stores);
  putting(stores);
  dropping(stores);
}

function answered(name: string, more: Partial<FollowingRecord> = {}): FollowingRecord {
  const actor = `https://${name}.example/users/${name}`;
  return { actor, state: 'accepted', activity: `${actor}#accept`, at: '2026-03-01T10:00:00Z', ...more };
}

function following(stores: () => Opened): void {
  test('the answer to a Follow is kept by actor, in its place; an older one changes nothing', async () => {
    const { store, other } = stores();
    const [a, b] = [answered('a'), answered('b', { state: 'rejected' })];
    for (const each of [a, b]) await store.following.put(each);
    const later = answered('a', { state: 'rejected', activity: 'later', at: '2026-03-01T10:00:00.5Z' });
    await other.following.put(later);
    await other.following.put(answered('a', { activity: 'late', at: '2026-03-01T10:00:00.499Z' }));
    expect(await store.following.get(a.actor)).toEqual(later);
    expect(await collect(other.following.all())).toEqual([later, b]);
    const again = answered('a', { at: later.at });
    await store.following.put(again);
    expect(await other.following.get(a.actor)).toEqual(again);
  });

  test('whoever is followed no more is forgotten, and comes last when followed again', async () => {
    const { store, other } = stores();
    expect(await store.following.get('__proto__')).toBeUndefined();
    for (const actor of AWKWARD) await store.following.put(answered('a', { actor }));
    for (const actor of AWKWARD) expect((await other.following.get(actor))?.actor).toBe(actor);
    const [first = '', ...others] = AWKWARD;
    expect(await other.following.remove(first)).toBe(true);
    expect(await store.following.remove(first)).toBe(false);
    await store.following.put(answered('a', { actor: first, at: '2020-01-01T00:00:00Z' }));
    expect((await collect(store.following.all())).map(({ actor }) => actor)).toEqual([...others, first]);
  });

  test('everyone is given, however many there are, while some are forgotten', async () => {
    const { store, other } = stores();
    const all = Array.from({ length: 600 }, (_, n) => answered(`n${n}`));
    await Promise.all(all.map((each) => store.following.put(each)));
    const walked = new Set<string>();
    for await (const { actor } of other.following.all()) {
      walked.add(actor);
      if (walked.size === 3) await store.following.remove(answered('n1').actor);
    }
    expect(walked.size).toBe(600);
  });
}

function post(name: string, more: Partial<ReadingItem> = {}): ReadingItem {
  const id = `https://remote.example/notes/${name}`;
  const at = '2026-03-01T10:00:00Z';
  return { id, actor: ALICE.actor, kind: 'post', author: ALICE, content: content(name), at, ...more };
}

function boost(name: string, object: string, more: Partial<ReadingItem> = {}): ReadingItem {
  return post(name, { kind: 'boost', object, author: BOB, ...more });
}

function putting(stores: () => Opened): void {
  test('what was said is read back whole, newest first by when it came', async () => {
    const { store, other } = stores();
    const emojis = [{ shortcode: 'x', icon: 'https://remote.example/x.png' }];
    const full = post('full', {
      author: { ...ALICE, emojis },
      content: content('x', { title: 't', contentWarning: 'cw', sensitive: true, language: 'de', emojis }),
      inReplyTo: 'https://remote.example/notes/0',
      at: '2026-03-01T10:00:00.4Z',
    });
    const older = boost('older', 'https://other.example/1', { at: '2026-03-01T10:00:00.399Z' });
    const newest = post('newest', { at: '2026-03-01T10:00:01Z' });
    for (const each of [full, newest, older]) expect(await store.reading.put(each)).toBe('added');
    for (const each of [full, newest, older]) expect(await other.reading.get(each.id)).toEqual(each);
    expect(await other.reading.newest(9)).toEqual([newest, full, older]);
    expect(await other.reading.newest(2)).toEqual([newest, full]);
    expect(await other.reading.newest(0)).toEqual([]);
    expect(await other.reading.get('__proto__')).toBeUndefined();
  });

  test('of what came at the same time the later one is first', async () => {
    const { store } = stores();
    for (const id of AWKWARD) expect(await store.reading.put(post('a', { id }))).toBe('added');
    await store.reading.put(post('a', { id: AWKWARD[3] ?? '', content: content('edited') }));
    expect((await store.reading.newest(99)).map(({ id }) => id)).toEqual(AWKWARD.toReversed());
  });

  test('an edit replaces what was said and keeps its time; nobody else’s item is replaced', async () => {
    const { store, other } = stores();
    await store.reading.put(post('a'));
    const edited = post('a', { content: content('edited'), at: '2027-01-01T00:00:00Z', inReplyTo: 'x' });
    expect(await other.reading.put(edited)).toBe('updated');
    expect(await store.reading.get(edited.id)).toEqual({ ...edited, at: post('a').at });
    expect(await other.reading.put(post('a', { actor: BOB.actor, author: BOB }))).toBe('ignored');
    expect(await other.reading.newest(9)).toEqual([{ ...edited, at: post('a').at }]);
    await store.reading.put(post('a'));
    expect(await other.reading.get(edited.id)).toEqual(post('a'));
  });

  test('of many that put one item at once, by two openings, one alone adds it', async () => {
    const { store, other } = stores();
    const puts = Array.from({ length: 20 }, (_, n) => (n % 2 ? store : other).reading.put(post('a')));
    expect((await Promise.all(puts)).toSorted()).toEqual(['added', ...Array.from({ length: 19 }, () => 'updated')]);
    expect(await store.reading.newest(9)).toHaveLength(1);
  });

  test('what is given back is the caller’s own', async () => {
    const { reading } = stores().store;
    const item = post('a');
    await reading.put(item);
    for (const given of [await reading.get(item.id), ...(await reading.newest(1))])
      Object.assign(given?.content ?? {}, { text: ['Mallory'] });
    expect(await reading.get(item.id)).toEqual(post('a'));
  });
}

function dropping(stores: () => Opened): void {
  test('an actor takes back a post or a boost, by its id or by what was boosted, and nothing of others', async () => {
    const { store, other } = stores();
    const [theirs, object] = ['https://other.example/1', post('a').id];
    const [carol, dave] = ['carol', 'dave'].map((name) => author(name).actor);
    const all = [
      post('a'),
      boost('own', object, { author: ALICE }),
      boost('by-bob', object, { actor: BOB.actor, author: ALICE }),
      boost('b', theirs),
      boost('c', theirs, { actor: carol ?? '' }),
    ];
    for (const each of all) await store.reading.put(each);
    const left = async () => (await other.reading.newest(9)).map(({ id }) => id.slice(29)).toSorted();
    expect(await store.reading.remove(dave ?? '', object)).toBe(0);
    expect(await store.reading.remove(dave ?? '', post('c').id)).toBe(0);
    expect(await store.reading.remove(carol ?? '', theirs)).toBe(1);
    expect(await left()).toEqual(['/a', '/b', '/by-bob', '/own'].map((name) => name.slice(1)));
    expect(await other.reading.remove(ALICE.actor, post('b').id)).toBe(1);
    expect(await store.reading.remove(ALICE.actor, object)).toBe(3);
    expect(await left()).toEqual([]);
    expect(await store.reading.remove(ALICE.actor, object)).toBe(0);
  });

  test('who wrote what another boosted does not take the boost back by its id', async () => {
    const { store } = stores();
    await store.reading.put(boost('b', 'https://other.example/1'));
    expect(await store.reading.remove(BOB.actor, post('b').id)).toBe(0);
    expect(await store.reading.remove(BOB.actor, 'https://other.example/1')).toBe(1);
  });

  test('what came before a time is dropped', async () => {
    const { reading } = stores().store;
    await reading.put(post('a'));
    await reading.put(post('b', { at: '2026-03-01T10:00:00.5Z' }));
    expect(await reading.prune('2026-03-01T10:00:00.500Z')).toBe(1);
    expect(await reading.newest(9)).toEqual([post('b', { at: '2026-03-01T10:00:00.5Z' })]);
  });

  test('with an actor goes what they boosted and what they wrote, whoever boosted it', async () => {
    const { store, other } = stores();
    const kept = boost('kept', 'https://other.example/1', { actor: BOB.actor });
    const theirs = [post('a'), boost('b', 'https://other.example/1')];
    for (const each of [...theirs, kept, boost('c', post('a').id, { actor: BOB.actor, author: ALICE })])
      await store.reading.put(each);
    expect(await other.reading.forgetActor(ALICE.actor)).toBe(3);
    expect(await store.reading.newest(9)).toEqual([kept]);
    expect(await store.reading.forgetActor('__proto__')).toBe(0);
  });
}

/** Where the oldest of all makes room: by when it came, however it was put. */
export function readingBoundConformance(stores: () => Opened): void {
  test('no more is kept than the bound, and what came first goes first', async () => {
    const { store, other } = stores();
    const at = (n: number) => new Date(Date.UTC(2026, 2, 1) + n * 1_000).toISOString();
    const put = (n: number) => store.reading.put(post(`${n}`, { at: at(n) }));
    await put(2);
    await put(0);
    await put(1);
    await Promise.all(Array.from({ length: MAX_READING - 3 }, (_, n) => put(n + 3)));
    expect(await other.reading.newest(MAX_READING + 9)).toHaveLength(MAX_READING);
    await store.reading.put(post('0', { content: content('edited') }));
    await put(MAX_READING);
    expect(await other.reading.get(post('0').id)).toBeUndefined();
    expect(await other.reading.get(post('2').id)).toBeDefined();
    await put(MAX_READING + 1);
    expect(await other.reading.get(post('1').id)).toBeUndefined();
    expect(await other.reading.newest(MAX_READING + 9)).toHaveLength(MAX_READING);
  });
}
