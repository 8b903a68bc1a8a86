import { expect, test } from 'vitest';
import type { Ledger, LedgerObject } from '../../../federation/ledger.ts';
import { bucketOf, digestTold } from '../../../federation/manifest-parts.ts';
import { sha256Hex } from '../../../server/crypto.ts';
import type { Opened } from './conformance.ts';
import { AWKWARD, BEGUN, ledgerObject, ORIGIN } from './samples.ts';

const DEPS = { sha256: sha256Hex };
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

  test('deeds, polls, whom they addressed and where the account moved are read back', async () => {
    const { store, other } = stores();
    const deeds = (['Like', 'Announce', 'Follow', 'QuoteRequest'] as const).map((type) =>
      ledgerObject(type, { type, url: '', object: `${type} of this`, inboxes: ['https://a.example/inbox'] }),
    );
    const request = ledgerObject('request', {
      type: 'QuoteRequest',
      object: 'theirs',
      instrument: 'ours',
      inboxes: [],
    });
    const poll = ledgerObject('poll', { type: 'Question', pollDigest: 'p0', inboxes: ['a', 'b', '日本'] });
    const all = [...deeds, request, poll];
    await store.ledger.begin({ ...empty(), objects: new Map(all.map((each) => [each.id, each])) });
    for (const each of all) expect(await other.ledger.object(each.id)).toEqual(each);
    const undone = ledgerObject('Like', { type: 'Like', state: 'deleted', url: '', object: 'Like of this' });
    const actor = { ...ACTOR, movedTo: 'https://new.example/actor' };
    expect(await other.ledger.compareAndSwap(1, { actor, objects: [undone] })).toBe(2);
    expect(await store.ledger.object('Like')).toEqual(undone);
    expect((await store.ledger.head())?.actor).toEqual(actor);
    await store.ledger.compareAndSwap(2, { actor: ACTOR });
    expect((await other.ledger.outline())?.ledger.actor).toEqual(ACTOR);
  });

  test('the outline has a digest of each bucket, as what was told changes and is deleted', async () => {
    const { store, other } = stores();
    expect(await store.ledger.outline()).toBeUndefined();
    expect(await store.ledger.part({ buckets: ['00'], ids: ['a'] })).toBeUndefined();
    const sending = `${ORIGIN}/ap/activities/create/1`;
    const objects = [...AWKWARD, 'a', 'b'].map((id) => ledgerObject(id));
    await store.ledger.begin({ ...empty(), objects: new Map(objects.map((each) => [each.id, each])) });
    const expectOutline = async (version: number, live: readonly LedgerObject[], marked: readonly string[]) => {
      const { objects: _, ...ledger } = (await store.ledger.read())?.ledger ?? empty();
      const names = new Set(live.map(({ id }) => bucketOf(DEPS, id)));
      const told = [...names].map((name): [string, string] => [
        name,
        digestTold(
          DEPS,
          live.filter(({ id }) => bucketOf(DEPS, id) === name),
        ),
      ]);
      const outline = await other.ledger.outline();
      expect(outline).toEqual({ ledger, version, live: live.length, buckets: new Map(told), sending: marked });
    };
    await expectOutline(1, objects, []);
    const changed = [ledgerObject('a', { digest: 'd1', sending }), ledgerObject('new')];
    const rest = objects.filter(({ id }) => id !== 'a' && id !== 'b');
    const gone = ledgerObject('b', { state: 'deleted', deleted: BEGUN });
    await store.ledger.compareAndSwap(1, { objects: [...changed, gone] });
    await expectOutline(2, [...changed, ...rest], ['a']);
    await store.ledger.compareAndSwap(1, { objects: [ledgerObject('late')] });
    await expectOutline(2, [...changed, ...rest], ['a']);
  });

  test('a part is what lies in its buckets and what it names, deleted ones too, in the order of the ledger', async () => {
    const { store, other } = stores();
    const ids = Array.from({ length: 600 }, (_, n) => `${ORIGIN}/${n}`);
    const objects = ids.map((id, n) =>
      ledgerObject(id, n % 3 === 0 ? { state: 'deleted' } : n % 3 === 1 ? { formerUrls: [`${id}#b`, `${id}#a`] } : {}),
    );
    await store.ledger.begin({ ...empty(), objects: new Map(objects.map((each) => [each.id, each])) });
    const named = [ids[500] ?? '', ids[7] ?? '', 'absent'];
    const buckets = ['00', '7f', 'ff'];
    const part = await other.ledger.part({ buckets, ids: named });
    expect(part?.version).toBe(1);
    expect(part?.objects).toEqual(
      objects.filter(({ id }) => named.includes(id) || buckets.includes(bucketOf(DEPS, id))),
    );
    expect(await other.ledger.part({ buckets: [], ids: [] })).toEqual({ objects: [], version: 1 });
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

  test('all that is known of the actor, the approval and an object is read back, and changes whole', async () => {
    const { store, other } = stores();
    const actor = {
      ...ACTOR,
      username: 'blog',
      keyDigest: 'k0',
      deleted: '2026-04-01T00:00:00Z',
      gone: '2026-04-02T00:00:00Z',
    };
    const approved = { content: 'c0', at: '2026-03-01T10:00:00Z', confirmed: ['many-creates', '__proto__'] };
    const moved = ledgerObject('a', { visibility: 'unlisted', formerUrls: ['https://x/2', 'https://x/1'] });
    const baseline: Ledger = { ...empty(), actor, approved, objects: new Map([['a', moved]]) };
    await store.ledger.begin(baseline);
    expect(await other.ledger.read()).toEqual({ ledger: baseline, version: 1 });
    expect(await other.ledger.object('a')).toEqual(moved);
    const again = { content: 'c1', at: '2026-03-02T10:00:00Z', confirmed: [] };
    expect(await other.ledger.compareAndSwap(1, { approved: again })).toBe(2);
    const changed = ledgerObject('a', { formerUrls: ['https://x/3'] });
    expect(await other.ledger.compareAndSwap(2, { actor: ACTOR, objects: [changed] })).toBe(3);
    const objects = new Map([['a', changed]]);
    expect(await store.ledger.read()).toEqual({ ledger: { ...empty(), approved: again, objects }, version: 3 });
    await other.ledger.compareAndSwap(3, { objects: [ledgerObject('a')] });
    expect(await store.ledger.object('a')).toEqual(ledgerObject('a'));
    expect(await store.ledger.objectAt('https://x/3')).toBeUndefined();
  });

  test('the actor and the version are read without the objects', async () => {
    const { store, other } = stores();
    expect(await other.ledger.head()).toBeUndefined();
    await store.ledger.begin(empty());
    await store.ledger.compareAndSwap(1, { actor: { ...ACTOR, username: 'blog' } });
    expect(await other.ledger.head()).toEqual({ actor: { ...ACTOR, username: 'blog' }, version: 2 });
  });

  test('an object is found at its page, else where its page was', async () => {
    const { store, other } = stores();
    const at = async (url: string) => (await other.ledger.objectAt(url))?.id;
    expect(await at('x')).toBeUndefined();
    const objects = [
      ledgerObject('moved', { url: 'new', formerUrls: ['old', 'shared', 'older'] }),
      ledgerObject('now', { url: 'shared' }),
      ledgerObject('gone', { url: 'reused', state: 'deleted', formerUrls: ['old', 'gone before'] }),
      ledgerObject('next', { url: 'reused', formerUrls: ['gone before'] }),
      ledgerObject('late', { url: 'gone too', state: 'deleted' }),
      ...AWKWARD.map((url) => ledgerObject(`awkward ${url}`, { url, formerUrls: [`${url}#former`] })),
    ];
    await store.ledger.begin({ ...empty(), objects: new Map(objects.map((each) => [each.id, each])) });
    expect(await other.ledger.objectAt('new')).toEqual(objects[0]);
    for (const [url, id] of [
      ['old', 'moved'],
      ['older', 'moved'],
      ['shared', 'now'],
      ['reused', 'next'],
      ['gone before', 'next'],
      ['gone too', 'late'],
      ['ol', undefined],
      ...AWKWARD.flatMap((each) => [
        [each, `awkward ${each}`],
        [`${each}#former`, `awkward ${each}`],
      ]),
    ] as const) {
      expect(await at(url ?? '')).toBe(id);
    }
    await store.ledger.compareAndSwap(1, { objects: [ledgerObject('now', { url: 'else', formerUrls: ['shared'] })] });
    expect(await at('shared')).toBe('now');
  });
}

function empty(): Ledger {
  return { origin: ORIGIN, actor: ACTOR, begun: BEGUN, objects: new Map() };
}
