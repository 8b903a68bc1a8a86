import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadOwnerKeys as loadPublicHalves } from '../../../build/owner-keys.ts';
import type { Ledger } from '../../../federation/ledger.ts';
import { DEFAULT_POLICY, type Manifest } from '../../../federation/manifest.ts';
import { DEFAULT_RULES } from '../../../federation/rules.ts';
import type { HostWork } from '../../../server/host-work.ts';
import { ensureOwnerKeys, loadOwnerKeys, type OwnerKeys } from '../../../server/owner-keys.ts';
import { signOwnerToken } from '../../../server/owner-token.ts';
import type { Deps } from '../../../server/ports.ts';
import { ownerSending } from '../../../server/routes/owner-sending.ts';
import { sweepOnce } from '../../../server/sweep.ts';
import { createWorld, manifest, manifestObject, NOW, ORIGIN, type World, writeSite } from './world.ts';

let keys: OwnerKeys;
let rules: string;
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-owner-sending-'));
  const places = { contentFolder: join(folder, 'content'), dataFolder: join(folder, 'data') };
  await ensureOwnerKeys(places);
  keys = await loadOwnerKeys(places);
  rules = JSON.stringify({ ...DEFAULT_RULES, ...(await loadPublicHalves(places.contentFolder)) });
  rmSync(folder, { recursive: true });
});

let world: World;
let deps: Deps;
let begun: string[];
let closed: Awaited<ReturnType<HostWork['closed']>>;
beforeEach(() => {
  world = createWorld();
  writeFileSync(join(world.siteFolder, '.rules.json'), rules);
  begun = [];
  closed = undefined;
  const hostWork: HostWork = {
    closed: async () => closed,
    publish: async () => void begun.push('publish'),
    deliver: async () => void begun.push('deliver'),
  };
  deps = { ...world.deps, hostWork };
  return () => world.remove();
});

let tokens = 0;
async function send(command: string, args: object, used?: string): Promise<Response> {
  const body = JSON.stringify({ command, arguments: args });
  tokens += 1;
  const jti = `jti-${tokens}`;
  const options = { audience: ORIGIN, body: new TextEncoder().encode(body), now: NOW, jti };
  const token = used ?? (await signOwnerToken(keys.ownerKey, options));
  const headers = { authorization: `Bearer ${token}` };
  return ownerSending(deps, new Request(`${ORIGIN}/ap/owner/sending`, { method: 'POST', headers, body }));
}
async function run(command: string, args: object) {
  const response = await send(command, args);
  expect(response.status).toBe(200);
  return (await response.json()).result;
}

const FRESH = new Date(NOW - 60_000).toISOString();
const posts = (count: number) =>
  Array.from({ length: count }, (_, n) => manifestObject(`posts/new${n}`, { published: FRESH, digest: `d${n}` }));

/** A ledger that knows what the world's site has, and a build that has more. */
async function build(count: number, more: Partial<Manifest> = {}): Promise<void> {
  const first = manifest();
  const { objects, actor, origin } = first;
  const ledger: Ledger = {
    origin,
    begun: '2026-01-01T00:00:00Z',
    actor: { id: actor.id, username: 'blog', digest: 'a0', keyDigest: 'k0', revision: 0 },
    objects: new Map(
      objects.map((each) => [
        each.id,
        { ...each, state: 'baseline' as const, revision: 0, wasPublic: true, formerUrls: [] },
      ]),
    ),
  };
  await world.deps.store.ledger.begin(ledger);
  const built = { ...first, content: 'c1', objects: [...objects, ...posts(count)], ...more };
  const files = Object.fromEntries(
    posts(count).map(({ id, type }) => [new URL(id).pathname, JSON.stringify({ id, type })]),
  );
  writeSite(world.siteFolder, { ...files, '/ap/manifest.json': JSON.stringify(built) });
}
const asked = (...confirm: string[]) => ({ content: 'c1', confirm, now: false });
const approved = async () => (await world.deps.store.ledger.read())?.ledger.approved;

describe('the owner’s word for the build that is live', () => {
  it('writes the approval down, has the host send, and tells what the plan shows', async () => {
    await build(2);
    expect(await run('publish', asked())).toMatchObject({
      kind: 'published',
      approved: true,
      idle: [],
      report: { counts: { creates: 2, holds: 0 }, plan: { activities: [{ type: 'Create' }, { type: 'Create' }] } },
    });
    expect([await approved(), begun]).toMatchObject([{ content: 'c1', confirmed: [] }, ['publish']]);
    expect((await sweepOnce(deps)).sent?.activities).toHaveLength(2);
  });

  it('releases what it names: a post alone, then all that a hold has; what is held is not sent', async () => {
    await build(11);
    expect(await run('publish', asked())).toMatchObject({ report: { counts: { creates: 0, holds: 1 }, held: [11] } });
    expect((await sweepOnce(deps)).sent?.activities ?? []).toEqual([]);
    expect(begun).toEqual([]);
    expect(await run('publish', asked('posts/new3.md'))).toMatchObject({ report: { counts: { creates: 1 } } });
    expect((await sweepOnce(deps)).sent?.activities).toHaveLength(1);
    await run('publish', asked('many-creates'));
    expect((await sweepOnce(deps)).sent?.activities).toHaveLength(10);
  });

  it('waits for sendAfter, or not', async () => {
    await build(1, { policy: { ...DEFAULT_POLICY, sendAfterMs: 600_000 } });
    expect((await run('publish', asked())).report.plan.sendAt).toBe(
      `${new Date(NOW + 600_000).toISOString().slice(0, 19)}Z`,
    );
    expect([begun, (await sweepOnce(deps)).sent]).toEqual([[], undefined]);
    expect((await run('publish', { ...asked(), now: true })).report.plan.sendAt).toBeUndefined();
    expect([begun, (await sweepOnce(deps)).sent?.activities.length]).toEqual([['publish'], 1]);
  });

  it('of another build than was looked at, with a closed gate, or with a name of nothing → nothing is approved', async () => {
    await build(1);
    expect(await run('publish', { ...asked(), content: 'c0' })).toEqual({ kind: 'other-build', live: 'c1' });
    expect(await run('publish', asked('none'))).toEqual({
      kind: 'not-released',
      fault: { kind: 'unknown', name: 'none', held: [] },
    });
    closed = { why: 'key-mismatch', facts: {} };
    expect(await run('publish', asked())).toEqual({ kind: 'closed', why: 'key-mismatch', facts: {} });
    deps = world.deps;
    expect(await run('publish', asked())).toMatchObject({ kind: 'closed', why: 'local-look' });
    expect([await approved(), begun]).toEqual([undefined, []]);
  });

  it('that is held as a whole is not approved', async () => {
    await build(1, { actor: { ...manifest().actor, username: 'other' } });
    expect(await run('publish', asked())).toMatchObject({
      approved: false,
      report: { plan: { holds: [{ code: 'identity-changed' }] } },
    });
    expect([await approved(), begun]).toEqual([undefined, []]);
  });

  it('a token that was used publishes nothing again', async () => {
    await build(1);
    const body = new TextEncoder().encode(JSON.stringify({ command: 'publish', arguments: asked() }));
    const token = await signOwnerToken(keys.ownerKey, { audience: ORIGIN, body, now: NOW, jti: 'once' });
    expect([(await send('publish', asked(), token)).status, (await send('publish', asked(), token)).status]).toEqual([
      200, 401,
    ]);
    expect((await send('publish', asked('many-creates'), token)).status).toBe(401);
    expect(begun).toEqual(['publish']);
  });
});

it.each([
  ['publish', { content: 'c1', confirm: [] }],
  ['publish', { content: '', confirm: [], now: false }],
  ['publish', { content: 'c1', confirm: 'many-creates', now: false }],
  ['publish', { content: 'c1', confirm: [1], now: false }],
  ['publish', { content: 'c1', confirm: Array(501).fill('a'), now: false }],
  ['deliveries.list', {}],
  ['deliveries.list', { limit: 501 }],
  ['deliveries.retry', { host: 1 }],
  ['deliveries.retry', { host: 'x'.repeat(300) }],
  ['receipts.last', { limit: 0 }],
  ['receipts.of', { names: ['a'], limit: 10 }],
  ['receipts.of', { names: [], from: 0, limit: 10 }],
  ['receipts.of', { names: ['a'], from: -1, limit: 10 }],
  ['followers.page', { limit: 10, before: 5 }],
  // A command of the other address, which has its own table.
  ['replies.hide', { ids: ['a'] }],
  ['toString', {}],
])('%s with %j → 400', async (command, args) => {
  expect((await send(command, args)).status).toBe(400);
  expect(begun).toEqual([]);
});

describe('what was sent', () => {
  const inbox = (n: number) => `https://h${n}.example/inbox`;
  async function sent(): Promise<void> {
    await build(1);
    for (const n of [1, 2, 3]) {
      const actor = `https://h${n}.example/users/a`;
      const since = `2026-0${n}-01T00:00:00Z`;
      await deps.store.followers.put({ actor, inbox: inbox(n), followId: `${actor}#1`, since });
    }
    await run('publish', asked());
    await sweepOnce(deps);
  }

  it('receipts come in pages, of a post by any of its names; a further page by its id', async () => {
    await sent();
    const first = await run('receipts.of', { names: ['new0'], from: 0, limit: 2 });
    expect(first).toMatchObject({ kind: 'told', deliveries: [{}, {}], next: 2 });
    const rest = await run('receipts.of', { names: [first.post.id], from: 2, limit: 2 });
    expect([rest.deliveries.length, rest.next]).toEqual([1, undefined]);
    expect(await run('receipts.last', { limit: 10 })).toMatchObject({
      posts: [{ post: { id: first.post.id }, counts: { pending: 3, delivered: 0 } }],
    });
    expect(await run('receipts.of', { names: ['none'], from: 0, limit: 2 })).toEqual({ kind: 'none' });
  });

  it('a post that is held has no receipts, and says so', async () => {
    await build(11);
    expect(await run('receipts.of', { names: ['new1'], from: 0, limit: 2 })).toMatchObject({
      kind: 'unsent',
      post: { reason: { kind: 'held', code: 'many-creates' } },
    });
  });

  it('a retry makes due what was given up, and has it delivered', async () => {
    await sent();
    for (const leased of await deps.store.deliveries.lease({ owner: 'o', now: NOW, leaseMs: 1_000, limit: 10 })) {
      const after = { state: 'failed' as const, status: 403, error: 'HTTP 403' };
      await deps.store.deliveries.settle({ ...leased, owner: 'o' }, after, NOW);
    }
    expect(await run('deliveries.list', { limit: 2 })).toMatchObject({
      counts: { failed: 3 },
      hosts: [{ failed: 1 }, { failed: 1 }],
      byServer: true,
    });
    begun.length = 0;
    expect(await run('deliveries.retry', { host: 'h1.example' })).toEqual({ retried: 1, byServer: true });
    expect(begun).toEqual(['deliver']);
    expect(await run('deliveries.retry', { host: 'nobody.example' })).toEqual({ retried: 0, byServer: true });
    closed = { why: 'not-production', facts: {} };
    expect(await run('deliveries.retry', {})).toEqual({ retried: 2, byServer: false });
    expect(begun).toEqual(['deliver']);
  });

  it('followers come in pages that follow each other', async () => {
    await sent();
    const first = await run('followers.page', { limit: 2 });
    expect([first.items.length, first.total]).toEqual([2, 3]);
    const rest = await run('followers.page', { limit: 2, before: first.cursor });
    expect([rest.items.map(({ inbox: to }: { inbox: string }) => to), rest.cursor]).toEqual([[inbox(1)], undefined]);
  });
});
