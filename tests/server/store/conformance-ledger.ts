import { expect, test } from 'vitest';
import type { Ledger } from '../../../federation/ledger.ts';
import type { Opened } from './conformance.ts';
import { AWKWARD, BEGUN, ledgerObject, ORIGIN } from './samples.ts';

const ACTOR = { id: `${ORIGIN}/ap/actor.json`, digest: 'a0', revision: 0 };

/** What every adapter promises of the ledger. */
export function ledgerConformance(stores: () => Opened): void {
  test('before the baseline there is nothing to read and nothing to swap', async () => {
    const { ledger } = stores().store;
    expect(await ledger.read()).toBeUndefined();
    expect(await ledger.object('__proto__')).toBeUndefined();
    for (const version of [0, 1]) expect(await ledger.compareAndSwap(version, { actor: ACTOR })).toBeUndefined();
    expect(await ledger.read()).toBeUndefined();
  });

  test('the baseline is read back whole, awkward ids and optional dates included', async () => {
    const { store, other } = stores();
    const entries = AWKWARD.map((id) => ledgerObject(id, { title: id, state: 'baseline' }));
    const tombstone = ledgerObject('gone', {
      state: 'deleted',
      type: 'Note',
      deleted: '2026-03-02T00:00:00Z',
      title: '',
    });
    const all = [...entries, tombstone, ledgerObject('edited', { updated: '2026-03-02T00:00:00Z', revision: 3 })];
    const source = { commit: 'abc', committedAt: '2026-03-01T10:00:00Z' };
    const baseline: Ledger = {
      origin: ORIGIN,
      actor: ACTOR,
      begun: BEGUN,
      source,
      objects: new Map(all.map((each) => [each.id, each])),
    };
    expect(await store.ledger.begin(baseline)).toBe(true);
    expect(await other.ledger.read()).toEqual({ ledger: baseline, version: 1 });
    for (const entry of all) expect(await other.ledger.object(entry.id)).toEqual(entry);
    expect(await other.ledger.object('absent')).toBeUndefined();
  });

  test('what is being sent is kept until a swap no longer names it', async () => {
    const { store, other } = stores();
    const sending = `${ORIGIN}/ap/activities/create/1`;
    const post = ledgerObject('a', { bodyDigest: 'b0' });
    await store.ledger.begin({
      ...empty(),
      actor: { ...ACTOR, sending },
      objects: new Map([['a', { ...post, sending }]]),
    });
    const begun = await other.ledger.read();
    expect(begun?.ledger.actor).toEqual({ ...ACTOR, sending });
    expect(begun?.ledger.objects.get('a')).toEqual({ ...post, sending });
    expect(await other.ledger.compareAndSwap(1, { actor: ACTOR, objects: [post] })).toBe(2);
    const cleared = await store.ledger.read();
    expect(cleared?.ledger.actor).toEqual(ACTOR);
    expect(cleared?.ledger.objects.get('a')).toEqual(post);
    expect(
      await store.ledger.compareAndSwap(2, { actor: { ...ACTOR, sending }, objects: [{ ...post, sending }] }),
    ).toBe(3);
    expect((await other.ledger.read())?.ledger).toMatchObject({ actor: { sending } });
    expect(await other.ledger.object('a')).toEqual({ ...post, sending });
  });

  test('of many processes that begin at once, one does, and its baseline is the one that is kept', async () => {
    const { store, other } = stores();
    const origins = Array.from({ length: 30 }, (_, n) => `https://${n}.example`);
    const begun = await Promise.all(
      origins.map((origin, n) => (n % 2 ? store : other).ledger.begin({ ...empty(), origin })),
    );
    expect(begun.filter(Boolean)).toHaveLength(1);
    expect((await store.ledger.read())?.ledger.origin).toBe(origins[begun.indexOf(true)]);
  });

  test('a swap writes what it names and leaves the rest', async () => {
    const { ledger } = stores().store;
    await ledger.begin({
      ...empty(),
      objects: new Map([
        ['a', ledgerObject('a')],
        ['b', ledgerObject('b')],
      ]),
    });
    const source = { commit: 'abc', committedAt: '2026-03-01T10:00:00Z' };
    expect(await ledger.compareAndSwap(1, { objects: [ledgerObject('b', { revision: 1 }), ledgerObject('c')] })).toBe(
      2,
    );
    expect(await ledger.compareAndSwap(2, { source })).toBe(3);
    expect(await ledger.compareAndSwap(3, { actor: { ...ACTOR, revision: 1 } })).toBe(4);
    expect(await ledger.compareAndSwap(4, {})).toBe(5);
    const objects = new Map([
      ['a', ledgerObject('a')],
      ['b', ledgerObject('b', { revision: 1 })],
      ['c', ledgerObject('c')],
    ]);
    expect(await ledger.read()).toEqual({
      ledger: { origin: ORIGIN, actor: { ...ACTOR, revision: 1 }, begun: BEGUN, source, objects },
      version: 5,
    });
  });

  test('a replaced object keeps no fact of the former one', async () => {
    const { ledger } = stores().store;
    const former = ledgerObject('a', { updated: '2026-03-02T00:00:00Z', deleted: '2026-03-03T00:00:00Z' });
    await ledger.begin({ ...empty(), objects: new Map([['a', former]]) });
    await ledger.compareAndSwap(1, { objects: [ledgerObject('a')] });
    expect(await ledger.object('a')).toEqual(ledgerObject('a'));
  });

  test('a swap from an old version writes nothing', async () => {
    const { store, other } = stores();
    await store.ledger.begin(empty());
    await store.ledger.compareAndSwap(1, { objects: [ledgerObject('first')] });
    for (const version of [0, 1, 3]) {
      expect(await other.ledger.compareAndSwap(version, { objects: [ledgerObject('late')] })).toBeUndefined();
    }
    expect(await store.ledger.object('late')).toBeUndefined();
    expect((await store.ledger.read())?.version).toBe(2);
  });

  test('of many swaps from one version, exactly one wins, again and again', async () => {
    const { store, other } = stores();
    await store.ledger.begin(empty());
    for (let version = 1; version <= 10; version += 1) {
      const swaps = Array.from({ length: 20 }, (_, n) =>
        (n % 2 ? store : other).ledger.compareAndSwap(version, { objects: [ledgerObject(`${version}/${n}`)] }),
      );
      expect((await Promise.all(swaps)).filter((result) => result === version + 1)).toHaveLength(1);
    }
    expect((await store.ledger.read())?.ledger.objects.size).toBe(10);
  });

  test('what was read does not change with later swaps', async () => {
    const { ledger } = stores().store;
    await ledger.begin(empty());
    const before = await ledger.read();
    await ledger.compareAndSwap(1, { objects: [ledgerObject('a')], actor: { ...ACTOR, revision: 9 } });
    expect(before).toEqual({ ledger: empty(), version: 1 });
  });

  test('ten thousand objects are read in the order in which they came', async () => {
    const { ledger } = stores().store;
    const ids = Array.from({ length: 10_000 }, (_, n) => `${ORIGIN}/ap/posts/${n}.json`);
    await ledger.begin({ ...empty(), objects: new Map(ids.map((id) => [id, ledgerObject(id)])) });
    expect([...((await ledger.read())?.ledger.objects.keys() ?? [])]).toEqual(ids);
  });
}

function empty(): Ledger {
  return { origin: ORIGIN, actor: ACTOR, begun: BEGUN, objects: new Map() };
}
