import { describe, expect, it, test } from 'vitest';
import { parseLedgerDocument } from '../../../federation/ledger-document.ts';
import { ledger } from '../../../server/routes/ledger.ts';
import type { Store } from '../../../server/store/store.ts';
import { ledgerObject } from '../store/samples.ts';
import { allWays, openEach, type Way } from './ways.ts';
import { createWorld, ORIGIN, type World } from './world.ts';

const id = `${ORIGIN}/ap/posts/p1.json`;
const goneId = `${ORIGIN}/ap/posts/p2.json`;

async function begin({ ledger: store }: Store): Promise<void> {
  await store.begin({
    origin: ORIGIN,
    actor: { id: `${ORIGIN}/ap/actor.json`, digest: 'a0', revision: 0 },
    begun: '2026-01-01T00:00:00Z',
    approved: { content: 'c0', at: '2026-01-01T00:00:00Z', confirmed: ['many-deletes'] },
    objects: new Map([
      [id, ledgerObject(id, { title: 'Here' })],
      [goneId, ledgerObject(goneId, { title: 'Taken back', state: 'deleted', deleted: '2026-02-01T00:00:00Z' })],
    ]),
  });
}

const change = ({ ledger: store }: Store, version: number) => store.compareAndSwap(version, { source });
const source = { commit: 'c1', committedAt: '2026-01-02T00:00:00Z' };

describe.each(allWays('ledger'))('the ledger, %s', (_name, open) => {
  let world: World;
  let way: Way;
  openEach(open, (opened) => {
    ({ world, way } = opened);
  });

  it('is not there before the baseline, and says so in JSON', async () => {
    const response = await way.ask('/ap/ledger');
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: expect.stringContaining('not begun') });
  });

  it('is what was told, without what was taken back', async () => {
    await begin(world.deps.store);
    const response = await way.ask('/ap/ledger');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    const text = await response.text();
    expect(text).toContain('Here');
    expect(text).not.toContain('Taken back');
    expect(text).not.toContain('many-deletes');
    expect(parseLedgerDocument(JSON.parse(text))).toMatchObject({ ledger: { origin: ORIGIN } });
  });

  it('answers 304 to who has this version, and anew after a change', async () => {
    await begin(world.deps.store);
    const etag = (await way.ask('/ap/ledger')).headers.get('etag') ?? '';
    expect(etag).toMatch(/^"1-/);
    const again = { headers: { 'if-none-match': etag } };
    expect((await way.ask('/ap/ledger', again)).status).toBe(304);
    await change(world.deps.store, 1);
    const response = await way.ask('/ap/ledger', again);
    expect(response.status).toBe(200);
    expect(response.headers.get('etag')).toMatch(/^"2-/);
  });

  it('is read only: HEAD like GET, OPTIONS, 405 for the rest', async () => {
    await begin(world.deps.store);
    const head = await way.ask('/ap/ledger', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect(Number(head.headers.get('content-length'))).toBeGreaterThan(100);
    expect((await way.ask('/ap/ledger', { method: 'OPTIONS' })).headers.get('allow')).toBe('GET, HEAD, OPTIONS');
    expect((await way.ask('/ap/ledger', { method: 'POST' })).status).toBe(405);
  });
});

test('A hundred who ask at once, and a hundred after them → the ledger is read once; and once more for a new version', async () => {
  const world = createWorld();
  try {
    const { store } = world.deps;
    await begin(store);
    let reads = 0;
    const read = async () => {
      reads += 1;
      await new Promise((next) => setTimeout(next, 5));
      return store.ledger.read();
    };
    const deps = { store: { ...store, ledger: { ...store.ledger, read } } };
    const ask = async () => (await ledger(deps, new Request(`${ORIGIN}/ap/ledger`))).status;
    const hundred = () => Promise.all(Array.from({ length: 100 }, ask));
    expect(new Set([...(await hundred()), ...(await hundred())])).toEqual(new Set([200]));
    expect(reads).toBe(1);
    await change(store, 1);
    await hundred();
    expect(reads).toBe(2);
  } finally {
    world.remove();
  }
});

test('Many who read slowly → each holds a piece of the same bytes, and no copy', async () => {
  const world = createWorld();
  try {
    const { store } = world.deps;
    await begin(store);
    const objects = Array.from({ length: 500 }, (_, n) => ledgerObject(`${ORIGIN}/ap/posts/more-${n}.json`));
    await store.ledger.compareAndSwap(1, { objects });
    const pieceOf = async (): Promise<Uint8Array> => {
      const response = await ledger({ store }, new Request(`${ORIGIN}/ap/ledger`));
      const read = await response.body?.getReader().read();
      return read?.value ?? new Uint8Array();
    };
    const pieces = await Promise.all(Array.from({ length: 20 }, pieceOf));
    expect(new Set(pieces.map(({ buffer }) => buffer)).size).toBe(1);
    expect(Math.max(...pieces.map(({ length }) => length))).toBe(65_536);
    const whole = await ledger({ store }, new Request(`${ORIGIN}/ap/ledger`));
    expect(Number(whole.headers.get('content-length'))).toBeGreaterThan(100_000);
    expect(parseLedgerDocument(await whole.json())).toMatchObject({ ledger: { objects: { size: 502 } } });
  } finally {
    world.remove();
  }
});

test('A store that fails once does not fail the next who asks', async () => {
  const world = createWorld();
  try {
    const { store } = world.deps;
    await begin(store);
    let faults = 1;
    const read = async () => (faults-- > 0 ? Promise.reject(new Error('the store is down')) : store.ledger.read());
    const deps = { store: { ...store, ledger: { ...store.ledger, read } } };
    await expect(ledger(deps, new Request(`${ORIGIN}/ap/ledger`))).rejects.toThrow('the store is down');
    expect((await ledger(deps, new Request(`${ORIGIN}/ap/ledger`))).status).toBe(200);
  } finally {
    world.remove();
  }
});
