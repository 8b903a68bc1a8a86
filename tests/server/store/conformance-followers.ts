import { expect, test } from 'vitest';
import type { Opened } from './conformance.ts';
import { AWKWARD, collect, follower } from './samples.ts';

/** What every adapter promises of followers. */
export function followerConformance(stores: () => Opened): void {
  test('a follower is given back as stored, with and without the optional facts', async () => {
    const { store, other } = stores();
    const full = follower('full', { sharedInbox: 'https://full.example/inbox', handle: '@full@full.example' });
    expect(await store.followers.put(full)).toBe('added');
    expect(await store.followers.put(follower('bare'))).toBe('added');
    expect(await other.followers.get(full.actor)).toEqual(full);
    expect(await other.followers.get(follower('bare').actor)).toEqual(follower('bare'));
    expect(await other.followers.get('https://nobody.example')).toBeUndefined();
  });

  test('Follow twice → one follower, with the newest facts and the first `since`', async () => {
    const { followers } = stores().store;
    await followers.put(follower('a', { sharedInbox: 'https://a.example/inbox', handle: '@a@a.example' }));
    await followers.put(follower('b'));
    const again = follower('a', { inbox: 'https://a.example/new', followId: 'second', since: '2027-01-01T00:00:00Z' });
    expect(await followers.put(again)).toBe('updated');
    expect(await followers.get(again.actor)).toEqual({ ...again, since: '2026-03-01T10:00:00Z' });
    expect(await followers.count()).toBe(2);
    expect((await collect(followers.all())).map(({ actor }) => actor)).toEqual([again.actor, follower('b').actor]);
  });

  test('the same Follow from many callers at once adds one follower', async () => {
    const { store, other } = stores();
    const puts = Array.from({ length: 40 }, (_, n) => (n % 2 ? store : other).followers.put(follower('a')));
    expect((await Promise.all(puts)).filter((result) => result === 'added')).toHaveLength(1);
    expect(await store.followers.count()).toBe(1);
  });

  test('a removed follower is gone; one that comes back is new', async () => {
    const { followers } = stores().store;
    await followers.put(follower('a'));
    await followers.put(follower('b'));
    expect(await followers.remove(follower('a').actor)).toBe(true);
    expect(await followers.remove(follower('a').actor)).toBe(false);
    expect(await followers.count()).toBe(1);
    expect(await followers.put(follower('a', { since: '2027-01-01T00:00:00Z' }))).toBe('added');
    expect((await followers.get(follower('a').actor))?.since).toBe('2027-01-01T00:00:00Z');
    expect((await followers.page({ limit: 1 })).items[0]?.actor).toBe(follower('a').actor);
  });

  test('awkward ids are ids like any other', async () => {
    const { followers } = stores().store;
    expect(await followers.get('__proto__')).toBeUndefined();
    for (const actor of AWKWARD) await followers.put(follower('a', { actor, handle: `@${actor}` }));
    for (const actor of AWKWARD)
      expect(await followers.get(actor)).toEqual(follower('a', { actor, handle: `@${actor}` }));
    expect((await collect(followers.all())).map(({ actor }) => actor)).toEqual(AWKWARD);
    for (const actor of AWKWARD) expect(await followers.remove(actor)).toBe(true);
    expect(await followers.count()).toBe(0);
  });

  test('the actors at an inbox are found by it, their own or shared', async () => {
    const { store, other } = stores();
    const [shared, own] = ['https://x.example/inbox', 'https://x.example/users/a/inbox'];
    await store.followers.put(follower('a', { inbox: own, sharedInbox: shared }));
    await store.followers.put(follower('b', { inbox: shared }));
    await store.followers.put(follower('c', { inbox: shared, sharedInbox: shared }));
    const [a, b, c] = ['a', 'b', 'c'].map((name) => follower(name).actor);
    expect(await other.followers.atInbox(shared)).toEqual([a, b, c]);
    expect(await other.followers.atInbox(own)).toEqual([a]);
    expect(await other.followers.atInbox('__proto__')).toEqual([]);
    await store.followers.put(follower('a', { inbox: own }));
    await store.followers.remove(follower('c').actor);
    expect(await other.followers.atInbox(shared)).toEqual([b]);
  });

  test('pages run newest first and end without a cursor', async () => {
    const { followers } = stores().store;
    expect(await followers.page({ limit: 3 })).toEqual({ items: [] });
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await followers.put(follower(name));
    const first = await followers.page({ limit: 3 });
    expect(first.items).toEqual(['f', 'e', 'd'].map((name) => follower(name)));
    const second = await followers.page({ limit: 3, before: first.cursor ?? '' });
    expect(second).toEqual({ items: ['c', 'b', 'a'].map((name) => follower(name)) });
    expect(await followers.page({ limit: 6 })).not.toHaveProperty('cursor');
  });

  test('pages stay true while followers come and go', async () => {
    const { store, other } = stores();
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await store.followers.put(follower(name));
    const first = await store.followers.page({ limit: 2 });
    await other.followers.put(follower('new'));
    await other.followers.put(follower('c', { followId: 'again' }));
    await other.followers.remove(follower('e').actor);
    await other.followers.remove(follower('b').actor);
    const second = await store.followers.page({ limit: 10, before: first.cursor ?? '' });
    expect(second.items.map(({ actor }) => actor)).toEqual(['d', 'c', 'a'].map((name) => follower(name).actor));
  });

  test('a `before` that is no cursor gives an empty page', async () => {
    const { followers } = stores().store;
    await followers.put(follower('a'));
    for (const before of ['', 'x', '-1', "1' OR 1", '1e9', '9'.repeat(40), '__proto__']) {
      expect(await followers.page({ limit: 5, before })).toEqual({ items: [] });
    }
  });

  test('a walk over all followers can be left, and others write during it', async () => {
    const { store, other } = stores();
    const names = Array.from({ length: 560 }, (_, n) => `f${n}`);
    for (const name of names) await store.followers.put(follower(name));
    const walked: string[] = [];
    for await (const { actor } of store.followers.all()) {
      walked.push(actor);
      if (walked.length === 510) await other.followers.remove(follower('f0').actor);
    }
    expect(walked).toEqual(names.map((name) => follower(name).actor));
    for await (const _ of store.followers.all()) break;
    expect(await other.followers.put(follower('later'))).toBe('added');
  });
}
