import { beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_POLICY } from '../../federation/manifest.ts';
import { approve } from '../../server/approve.ts';
import { applyPlan, type PreparedPlan, preparePlan } from '../../server/publish.ts';
import { objectAnswer } from '../../server/routes/object-answer.ts';
import { sweepOnce } from '../../server/sweep.ts';
import { createWorld, followerAt, idOf, NOW, post, type World } from './publish-world.ts';

const MINUTE = 60_000;
const TEN_MINUTES = { ...DEFAULT_POLICY, sendAfterMs: 10 * MINUTE };

let world: World;
const prepare = (confirm: string[] = []) => preparePlan(world.deps, { confirm: new Set(confirm) });
const publish = async (confirm: string[] = [], sendNow = false) =>
  applyPlan(world.deps, await approve(world.deps, await prepare(confirm)), { sendNow });
const ledger = async () => (await world.store.ledger.read())?.ledger;

/** Publishes a build with a new post, then one of an older commit without it. Gives the approval of the first. */
async function publishThenAnOlder() {
  world.source = { commit: 'two', committedAt: '2026-11-23T11:00:00Z' };
  world.files.set('new', post('new'));
  await publish();
  const approved = (await ledger())?.approved;
  world.source = { commit: 'one', committedAt: '2026-11-22T11:00:00Z' };
  world.files.delete('new');
  await publish();
  return approved;
}

beforeEach(async () => {
  world = createWorld({ files: new Map([['old', post('old', { published: '2020-01-01T00:00:00Z' })]]) });
  await world.store.followers.put(followerAt('a.example'));
  await publish();
});

describe('approval', () => {
  test('The baseline approves what it was taken of', async () => {
    const content = (await world.deps.site.manifest()).content;
    expect((await ledger())?.approved).toEqual({ content, at: '2026-11-23T12:00:00.000Z', confirmed: [] });
  });

  test('The same build again keeps its time and adds what is released now; the same again writes nothing', async () => {
    world.files.set('new', post('new'));
    await approve(world.deps, await prepare(['many-creates']));
    world.now += MINUTE;
    await approve(world.deps, await prepare(['backdated']));
    expect((await ledger())?.approved).toMatchObject({
      at: '2026-11-23T12:00:00.000Z',
      confirmed: ['many-creates', 'backdated'],
    });
    const before = await world.store.ledger.read();
    await approve(world.deps, await prepare());
    expect(await world.store.ledger.read()).toEqual(before);
  });

  test('Another build begins anew: its own time, and nothing released', async () => {
    world.files.set('new', post('new'));
    await approve(world.deps, await prepare(['many-creates']));
    world.now += MINUTE;
    world.files.set('new', post('newer'));
    await approve(world.deps, await prepare());
    expect((await ledger())?.approved).toMatchObject({ at: '2026-11-23T12:01:00.000Z', confirmed: [] });
  });

  test('A build that is held as a whole is not approved, so that no later look releases it', async () => {
    const approved = await publishThenAnOlder();
    expect((await ledger())?.approved).toEqual(approved);
    expect((await prepare()).plan).toMatchObject({ activities: [], holds: [{ code: 'older-build' }] });
    expect((await sweepOnce(world.deps)).sent).toBeUndefined();
    expect((await publish(['older-build'])).activities).toHaveLength(1);
  });

  test('What another publish told meanwhile is not sent again, and what was not shown is not sent', async () => {
    world.files.set('new', post('new'));
    const shown = await prepare();
    await publish();
    world.files.set('later', post('later'));
    await publish();
    world.files.delete('later');
    const approved = await approve(world.deps, shown);
    // Against the ledger of now, this build would also delete `later`: nobody was shown that.
    expect(approved.plan.activities.map(({ type }) => type)).toEqual(['Delete']);
    expect((await applyPlan(world.deps, approved)).activities).toEqual([]);
  });

  test('A build is the newest from its approval on: an older one is held while its delay lasts', async () => {
    world.policy = TEN_MINUTES;
    const approved = await publishThenAnOlder();
    expect((await prepare()).plan.holds).toMatchObject([{ code: 'older-build' }]);
    expect((await ledger())?.approved).toEqual(approved);
  });

  test('A build whose place another took is not approved: what that one owes is sent all the same', async () => {
    world.policy = TEN_MINUTES;
    world.files.set('first', post('first'));
    const slow = await prepare();
    world.files.set('second', post('second'));
    await publish();
    const before = await world.store.ledger.read();
    await expect(approve(world.deps, slow)).rejects.toMatchObject({ code: 'build-changed' });
    expect(await world.store.ledger.read()).toEqual(before);
    world.now += 10 * MINUTE;
    expect((await sweepOnce(world.deps)).sent?.activities).toHaveLength(2);
  });

  test('Two approve at once → one approval stands, and each gives a plan that can be applied', async () => {
    world.files.set('new', post('new'));
    const one = await prepare(['many-creates']);
    const two = await prepare(['many-updates']);
    const plans = await Promise.all([approve(world.deps, one), approve(world.deps, two)]);
    expect((await ledger())?.approved?.confirmed.toSorted()).toEqual(['many-creates', 'many-updates']);
    const reports = [];
    for (const plan of plans) reports.push(await applyPlan(world.deps, plan));
    expect(reports.flatMap(({ activities }) => activities)).toHaveLength(1);
  });

  test('A ledger that never stops changing → publish-conflict, and nothing is approved', async () => {
    world.files.set('new', post('new'));
    const deps = {
      ...world.deps,
      store: { ...world.store, ledger: { ...world.store.ledger, compareAndSwap: async () => undefined } },
    };
    await expect(approve(deps, await prepare())).rejects.toMatchObject({ code: 'publish-conflict' });
  });
});

describe('sendAfter', () => {
  beforeEach(async () => {
    world.policy = TEN_MINUTES;
    world.files.set('new', post('new'));
  });

  test('Nothing is told before its time; then it is', async () => {
    expect(await publish()).toMatchObject({ activities: [], sendAt: '2026-11-23T12:10:00Z' });
    expect(await world.store.ledger.object(idOf('new'))).toBeUndefined();
    world.now = NOW + 10 * MINUTE - 1;
    expect(await publish()).toMatchObject({ activities: [], sendAt: '2026-11-23T12:10:00Z' });
    world.now += 1;
    expect(await publish()).toMatchObject({ activities: [expect.stringContaining('/create/')] });
  });

  test('A mistake that is mended in time was never sent, and its time begins anew', async () => {
    await publish();
    world.now += 9 * MINUTE;
    world.files.set('new', post('mended'));
    expect(await publish()).toMatchObject({ activities: [], sendAt: '2026-11-23T12:19:00Z' });
  });

  test('A post that is taken back in time was never sent', async () => {
    await publish();
    world.files.delete('new');
    world.now += 9 * MINUTE;
    expect(await publish()).not.toHaveProperty('sendAt');
    world.now += 60 * MINUTE;
    expect((await publish()).activities).toEqual([]);
  });

  test('The owner need not wait', async () => {
    expect((await publish([], true)).activities).toHaveLength(1);
  });

  test('Quiet changes wait as well: to be told to nobody may be the mistake', async () => {
    world.files.set('new', post('new', { federate: 'silent' }));
    expect(await publish()).toMatchObject({ quiet: [], sendAt: '2026-11-23T12:10:00Z' });
    world.files.set('new', post('new'));
    await publish();
    world.now += 10 * MINUTE;
    expect((await publish()).activities).toHaveLength(1);
  });

  test('What an interrupted publish had begun is finished without waiting', async () => {
    world.files.delete('new');
    world.policy = DEFAULT_POLICY;
    world.files.set('begun', post('begun'));
    const enqueue = async () => Promise.reject(new Error('the store is down'));
    const store = { ...world.store, deliveries: { ...world.store.deliveries, enqueue } };
    await expect(applyPlan({ ...world.deps, store }, await prepare())).rejects.toThrow('the store is down');
    world.policy = TEN_MINUTES;
    world.files.set('new', post('new'));
    expect((await publish()).activities).toEqual([expect.stringContaining('/create/')]);
    expect(await world.store.ledger.object(idOf('new'))).toBeUndefined();
  });
});

describe('quiet changes', () => {
  test('A silent edit → nothing is sent, the ledger takes it, and the document keeps the dates that were told', async () => {
    world.files.set('new', post('first'));
    await publish();
    world.files.set('new', post('second'));
    await publish();
    const told = await world.store.ledger.object(idOf('new'));
    world.files.set('new', post('third', { federate: 'silent', updated: '2026-11-23T13:00:00Z' }));
    world.now += 120 * MINUTE;
    expect(await publish()).toMatchObject({ activities: [], quiet: [idOf('new')] });
    const { revision, published, updated } = told ?? {};
    expect(await world.store.ledger.object(idOf('new'))).toMatchObject({
      ...{ state: 'announced', revision, published, updated },
      digest: expect.not.stringMatching(told?.digest ?? ''),
    });
    const { body } = await objectAnswer(world.deps, idOf('new'));
    expect(body).toMatchObject({ content: '<p>third</p>', published: told?.published, updated: told?.updated });
    expect(await publish()).toMatchObject({ activities: [], quiet: [] });
  });

  test('They are written in the same swap as the marks of what is sent', async () => {
    world.files.set('loud', post('loud'));
    world.files.set('quiet', post('quiet', { federate: 'silent' }));
    const prepared: PreparedPlan = await approve(world.deps, await prepare());
    const swaps: (readonly string[])[] = [];
    const { compareAndSwap } = world.store.ledger;
    const store = {
      ...world.store,
      ledger: {
        ...world.store.ledger,
        compareAndSwap: async (...[version, change]: Parameters<typeof compareAndSwap>) => {
          swaps.push((change.objects ?? []).map(({ id, sending }) => `${id}${sending ? ' sending' : ''}`));
          return compareAndSwap(version, change);
        },
      },
    };
    await applyPlan({ ...world.deps, store }, prepared);
    expect(swaps).toEqual([[idOf('quiet'), `${idOf('loud')} sending`], [idOf('loud')]]);
  });

  test('What was not shown is not taken', async () => {
    world.files.set('quiet', post('quiet', { federate: 'silent' }));
    const prepared = await prepare();
    const shown = { ...prepared, shown: new Set<string>() };
    expect(await applyPlan(world.deps, shown)).toMatchObject({ quiet: [] });
    expect(await world.store.ledger.object(idOf('quiet'))).toBeUndefined();
  });
});

test('Another build is published while ours is applied → ours stops', async () => {
  world.files.set('new', post('new'));
  const prepared = await approve(world.deps, await prepare());
  const other = createWorld({ store: world.store, files: new Map([...world.files, ['extra', post('extra')]]) });
  other.files.set('new', post('mended'));
  await approve(other.deps, await preparePlan(other.deps));
  expect((await applyPlan(world.deps, prepared)).activities).toEqual([]);
  expect(await world.store.ledger.object(idOf('new'))).toBeUndefined();
});
