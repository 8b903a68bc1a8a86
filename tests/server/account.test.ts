import { beforeEach, describe, expect, test } from 'vitest';
import { deleteAccount, finishAccountDeletion, planAccountDeletion } from '../../server/account.ts';
import { approve } from '../../server/approve.ts';
import { deliverDue } from '../../server/deliver.ts';
import { applyPlan, preparePlan } from '../../server/publish.ts';
import { receive } from '../../server/receive.ts';
import { sweepOnce } from '../../server/sweep.ts';
import { ANN, deed } from '../federation/plan-samples.ts';
import { Crash, crashingStore } from './crashing-store.ts';
import { ADDRESSES, createWorld, followerAt, idOf, NOW, ORIGIN, post, type World } from './publish-world.ts';

const MINUTE = 60_000;

const publish = async (world: World) => applyPlan(world.deps, await approve(world.deps, await preparePlan(world.deps)));
const deliver = (world: World) => deliverDue(world.deps, { owner: `w${world.now}`, random: () => 0 });
const actorOf = async ({ store }: World) => (await store.ledger.head())?.actor;
const postsTo = ({ posted }: World, type: string) =>
  posted.flatMap(({ inbox, json }) => (json.type === type ? [inbox] : [])).toSorted();

const EVERYBODY = ['https://a.example/inbox', 'https://b.example/inbox', 'https://left.example/inbox'];

/** A blog with two followers, one who left, a post that was sent, and one that waits in the queue. */
async function blog(): Promise<World> {
  const world = createWorld({ files: new Map([['old', post('old', { published: '2020-01-01T00:00:00Z' })]]) });
  for (const host of ['a.example', 'b.example', 'left.example']) await world.store.followers.put(followerAt(host));
  await publish(world);
  world.files.set('sent', post('sent'));
  await publish(world);
  await deliver(world);
  await world.store.followers.remove(followerAt('left.example').actor);
  world.files.set('waits', post('waits'));
  await publish(world);
  world.posted.length = 0;
  return world;
}

let world: World;
beforeEach(async () => {
  world = await blog();
});

test('What it would do: posts, followers, everybody who knows the account, and what waits', async () => {
  const before = await world.store.ledger.read();
  expect(await planAccountDeletion(world.deps)).toEqual({
    origin: ORIGIN,
    handle: '@blog@blog.example',
    actor: ADDRESSES.actor,
    posts: 3,
    followers: 2,
    servers: 3,
    deliveries: 3,
    waiting: 2,
  });
  expect(await world.store.ledger.read()).toEqual(before);
});

test('The Delete goes to everybody who may know the account, and nothing else is sent', async () => {
  const { activityId, deliveries } = await deleteAccount(world.deps);
  expect(deliveries).toBe(3);
  await deliver(world);
  expect(postsTo(world, 'Delete')).toEqual(EVERYBODY);
  expect(world.posted).toHaveLength(3);
  const { proof, ...sent } = world.posted[0]?.json ?? {};
  expect(proof).toMatchObject({ verificationMethod: `${ADDRESSES.actor}#ed25519-key` });
  expect(sent).toEqual({
    '@context': ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/data-integrity/v1'],
    id: activityId,
    type: 'Delete',
    actor: ADDRESSES.actor,
    object: ADDRESSES.actor,
    published: '2026-11-23T12:00:00Z',
    to: ['https://www.w3.org/ns/activitystreams#Public'],
  });
  expect(await world.store.deliveries.counts()).toMatchObject({ pending: 0, superseded: 2 });
});

test('Publishes and sweeps send nothing afterwards, whatever is confirmed', async () => {
  await deleteAccount(world.deps);
  world.files.set('new', post('new'));
  world.files.delete('old');
  const confirm = new Set(['account-deleted', 'shrunk', 'many-deletes', idOf('new')]);
  const prepared = await preparePlan(world.deps, { confirm });
  expect(prepared.plan).toMatchObject({ activities: [], holds: [{ code: 'account-deleted' }] });
  const version = (await world.store.ledger.head())?.version;
  expect(await applyPlan(world.deps, await approve(world.deps, prepared), { sendNow: true })).toMatchObject({
    activities: [],
    quiet: [],
  });
  expect((await world.store.ledger.head())?.version).toBe(version);
  await sweepOnce(world.deps);
  await deliver(world);
  expect(postsTo(world, 'Delete')).toEqual(EVERYBODY);
  expect(world.posted).toHaveLength(3);
});

test('A publish that was under way sends no more than it had queued, and that is dropped', async () => {
  world.files.set('new', post('new'));
  const prepared = await approve(world.deps, await preparePlan(world.deps));
  const { enqueue } = world.store.deliveries;
  const late: typeof enqueue = async (id, inboxes, options) => {
    await deleteAccount(world.deps);
    return enqueue(id, inboxes, options);
  };
  const store = { ...world.store, deliveries: { ...world.store.deliveries, enqueue: late } };
  await applyPlan({ ...world.deps, store }, prepared);
  await sweepOnce(world.deps);
  await deliver(world);
  expect(world.posted.map(({ json }) => json.type)).toEqual(['Delete', 'Delete', 'Delete']);
});

test('The inbox answers 410 from then on, before it looks at anything', async () => {
  const request = () => ({ method: 'POST', url: ADDRESSES.inbox, headers: new Headers(), body: new Uint8Array() });
  const deps = { ...world.deps, documents: { get: () => Promise.reject(new Error('nothing is fetched')) } };
  expect(await receive(deps, request())).toMatchObject({ kind: 'refused', status: 415 });
  await deleteAccount(world.deps);
  expect(await receive(deps, request())).toMatchObject({ kind: 'refused', status: 410, reason: 'account-deleted' });
  expect(world.lines.at(-1)).toMatchObject({ reason: 'account-deleted' });
});

describe('the end', () => {
  test('comes when every Delete has arrived or was given up: the sweep says so', async () => {
    expect(await finishAccountDeletion(world.deps)).toBeUndefined();
    await deleteAccount(world.deps);
    world.answer = (inbox) =>
      inbox === EVERYBODY[1] ? { kind: 'network', error: 'ECONNREFUSED' } : { kind: 'response', status: 202 };
    await deliver(world);
    expect(await finishAccountDeletion(world.deps)).toEqual({ gone: false, pending: 1 });
    expect(await actorOf(world)).not.toHaveProperty('gone');
    world.answer = () => ({ kind: 'response', status: 403 });
    world.now += 30 * MINUTE;
    await deliver(world);
    await sweepOnce(world.deps);
    expect(await actorOf(world)).toMatchObject({ deleted: '2026-11-23T12:00:00Z', gone: '2026-11-23T12:30:00.000Z' });
    expect(await finishAccountDeletion(world.deps)).toEqual({ gone: true, pending: 0 });
    const version = (await world.store.ledger.head())?.version;
    await sweepOnce(world.deps);
    expect((await world.store.ledger.head())?.version).toBe(version);
    expect(await planAccountDeletion(world.deps)).toMatchObject({ gone: '2026-11-23T12:30:00.000Z', waiting: 0 });
  });

  test('what a slow publish queues even after that is dropped by the next sweep', async () => {
    await deleteAccount(world.deps);
    await deliver(world);
    await sweepOnce(world.deps);
    expect(await actorOf(world)).toHaveProperty('gone');
    const late = {
      id: `${ADDRESSES.origin}/late`,
      type: 'Create',
      object: `${ADDRESSES.origin}/p`,
      json: { id: 'late' },
    };
    await world.store.activities.put(late, { now: world.now });
    await world.store.deliveries.enqueue(late.id, [EVERYBODY[0] ?? ''], { now: world.now });
    await sweepOnce(world.deps);
    expect((await world.store.deliveries.counts()).pending).toBe(0);
  });

  test('An answer that was queued meanwhile is dropped, not sent', async () => {
    await deleteAccount(world.deps);
    await world.store.activities.put(
      { id: 'x:accept', type: 'Accept', object: 'x', json: { type: 'Accept' } },
      { now: NOW },
    );
    await world.store.deliveries.enqueue('x:accept', ['https://a.example/users/ann/inbox'], { now: NOW });
    await sweepOnce(world.deps);
    await deliver(world);
    expect(postsTo(world, 'Accept')).toEqual([]);
  });
});

test('Run again, also later → the same activity, and nothing new is queued', async () => {
  const first = await deleteAccount(world.deps);
  await deliver(world);
  world.now += 60 * MINUTE;
  expect(await deleteAccount(world.deps)).toEqual({ ...first, deliveries: 0 });
  await deliver(world);
  expect(world.posted).toHaveLength(3);
});

test('Two at once → one Delete', async () => {
  const reports = await Promise.all([deleteAccount(world.deps), deleteAccount(world.deps)]);
  expect(new Set(reports.map(({ activityId }) => activityId)).size).toBe(1);
  await deliver(world);
  expect(world.posted).toHaveLength(3);
});

test.each(['before', 'after'] as const)(
  'A crash %s any call, then a sweep or a rerun → the same Delete, once',
  async (when) => {
    let crashes = 0;
    for (let n = 1; ; n += 1) {
      const each = await blog();
      const dying = { ...each.deps, store: crashingStore(each.store, n, when).store };
      const crashed = await deleteAccount(dying).catch((error: unknown) => error);
      if (!(crashed instanceof Crash)) break;
      crashes += 1;
      each.now += MINUTE;
      // Once it is in the ledger, the running server goes on with it alone.
      const isTold = (await actorOf(each))?.deleted !== undefined;
      await (isTold ? sweepOnce(each.deps) : deleteAccount(each.deps));
      await deliver(each);
      await sweepOnce(each.deps);
      expect(postsTo(each, 'Delete')).toEqual(EVERYBODY);
      expect(each.posted).toHaveLength(3);
      expect((await actorOf(each))?.deleted).toBe(each.posted[0]?.json.published);
      expect(await actorOf(each)).toHaveProperty('gone');
    }
    expect(crashes).toBeGreaterThan(5);
  },
);

test('Before the baseline → not-begun; with the ledger of another origin → other-origin, and nothing is written', async () => {
  const fresh = createWorld();
  await expect(deleteAccount(fresh.deps)).rejects.toMatchObject({ code: 'not-begun' });
  const before = await world.store.ledger.read();
  const manifest = async () => ({ ...(await world.deps.site.manifest()), origin: 'https://look.example' });
  const deps = { ...world.deps, site: { ...world.deps.site, manifest } };
  await expect(deleteAccount(deps)).rejects.toMatchObject({ code: 'other-origin' });
  await expect(planAccountDeletion(deps)).rejects.toMatchObject({ code: 'other-origin' });
  expect(await world.store.ledger.read()).toEqual(before);
  await deleteAccount(world.deps);
  expect(await finishAccountDeletion(deps)).toBeUndefined();
});

test('The Delete also goes to those who were addressed or followed and never answered', async () => {
  const follow = deed('Follow', ANN.actor);
  world.deeds.set(follow.id, follow);
  world.files.set('reply', post('reply', { addressees: [{ ...ANN, inbox: 'https://down.example/inbox' }] }));
  world.answer = () => ({ kind: 'response', status: 503 });
  await publish(world);
  await deliver(world);
  expect((await planAccountDeletion(world.deps)).posts).toBe(4);
  await deleteAccount(world.deps);
  world.posted.length = 0;
  world.answer = () => ({ kind: 'response', status: 202 });
  world.now += 24 * 60 * MINUTE;
  await deliver(world);
  expect(postsTo(world, 'Delete')).toEqual([...EVERYBODY, 'https://down.example/inbox', ANN.inbox].toSorted());
});
