import { beforeEach, describe, expect, test } from 'vitest';
import { deedActivityId } from '../../federation/deeds.ts';
import type { DeedType, ManifestObject } from '../../federation/manifest.ts';
import { approve } from '../../server/approve.ts';
import { sha256Hex } from '../../server/crypto.ts';
import { deliverDue } from '../../server/deliver.ts';
import { applyPlan, preparePlan } from '../../server/publish.ts';
import { objectAnswer } from '../../server/routes/object-answer.ts';
import { sweepOnce } from '../../server/sweep.ts';
import { readUnsentPosts } from '../../server/unsent.ts';
import { ANN, deed, NOTE } from '../federation/plan-samples.ts';
import { createWorld, followerAt, idOf, ORIGIN, post, type World } from './publish-world.ts';

const BEN = { actor: 'https://b.example/users/ben', inbox: 'https://b.example/inbox', handle: '@ben@b.example' };
const FOLLOWERS = ['https://a.example/inbox', 'https://b.example/inbox'];

let world: World;

/** Plans, publishes and delivers; gives what arrived since, as `type inbox`. */
async function publish(confirm: readonly string[] = []): Promise<string[]> {
  const before = world.posted.length;
  await applyPlan(world.deps, await approve(world.deps, await preparePlan(world.deps, { confirm: new Set(confirm) })));
  await deliverDue(world.deps, { owner: 'test' });
  return world.posted
    .slice(before)
    .map(({ inbox, json }) => `${json.type} ${inbox}`)
    .sort();
}

const to = (type: string, ...inboxes: readonly string[]) =>
  [...new Set(inboxes)].map((inbox) => `${type} ${inbox}`).sort();

function put(entry: ManifestObject): ManifestObject {
  world.deeds.set(entry.id, entry);
  return entry;
}

beforeEach(async () => {
  world = createWorld({ files: new Map([['old', post('old', { published: '2020-01-01T00:00:00Z' })]]) });
  for (const host of ['a.example', 'b.example']) await world.store.followers.put(followerAt(host));
});

describe('who hears of it', () => {
  beforeEach(() => publish());

  test.each(['Like', 'Follow'] as const)(
    'a %s and its Undo: the one whom it is about, and nobody else',
    async (type) => {
      const { id } = put(deed(type, NOTE));
      expect(await publish()).toEqual(to(type, ANN.inbox));
      expect(await publish()).toEqual([]);
      expect(await world.store.ledger.object(id)).toMatchObject({
        state: 'announced',
        object: NOTE,
        inboxes: [ANN.inbox],
      });
      world.deeds.clear();
      expect(await publish()).toEqual(to('Undo', ANN.inbox));
      expect(await world.store.ledger.object(id)).toMatchObject({ state: 'deleted' });
      expect(await publish()).toEqual([]);
    },
  );

  test('a boost and its Undo: the followers and the author', async () => {
    put(deed('Announce', NOTE));
    expect(await publish()).toEqual(to('Announce', ...FOLLOWERS, ANN.inbox));
    await world.store.followers.remove(followerAt('a.example').actor);
    world.deeds.clear();
    // Who left in between has the boost still.
    expect(await publish()).toEqual(to('Undo', ...FOLLOWERS, ANN.inbox));
  });

  test('a post: the followers and whom it names, each inbox once; also when the mention is edited away, and at its end', async () => {
    world.files.set('new', post('new', { addressees: [ANN, BEN] }));
    expect(await publish()).toEqual(to('Create', ...FOLLOWERS, ANN.inbox));
    world.files.set('new', post('edited', { addressees: [BEN] }));
    expect(await publish()).toEqual(to('Update', ...FOLLOWERS, ANN.inbox));
    expect(await world.store.ledger.object(idOf('new'))).toMatchObject({ inboxes: [ANN.inbox, BEN.inbox] });
    world.files.delete('new');
    expect(await publish()).toEqual(to('Delete', ...FOLLOWERS, ANN.inbox));
  });

  test('a request to quote: the author, after the Create of the post', async () => {
    world.files.set('quoting', post('quoting'));
    put(deed('QuoteRequest', NOTE, { instrument: idOf('quoting') }));
    const { plan } = await preparePlan(world.deps);
    expect(plan.activities.map(({ type }) => type)).toEqual(['Create', 'QuoteRequest']);
    expect(await publish()).toEqual([...to('Create', ...FOLLOWERS), ...to('QuoteRequest', ANN.inbox)]);
    const request = world.posted.find(({ json }) => json.type === 'QuoteRequest');
    expect(request?.json).toMatchObject({
      object: NOTE,
      instrument: { id: idOf('quoting'), content: '<p>quoting</p>' },
    });
    world.files.delete('quoting');
    world.deeds.clear();
    // The author has the post, for the request had it inside.
    expect(await publish()).toEqual(to('Delete', ...FOLLOWERS, ANN.inbox));
    expect(await publish()).toEqual([]);
  });

  test('a request to quote whose post was built anew since it was planned: nothing, for the plan had another text', async () => {
    world.files.set('quoting', post('quoting'));
    await publish();
    put(deed('QuoteRequest', NOTE, { instrument: idOf('quoting') }));
    const prepared = await preparePlan(world.deps);
    expect(prepared.plan.activities).toMatchObject([{ type: 'QuoteRequest' }]);
    world.files.set('quoting', post('half a sentence'));
    await expect(applyPlan(world.deps, prepared)).rejects.toMatchObject({ code: 'build-changed' });
    world.files.set('quoting', post('quoting'));
    expect((await applyPlan(world.deps, prepared)).activities).toHaveLength(1);
  });

  test('a Move: the followers, after the Update of the actor, once', async () => {
    world.movedTo = 'https://there.example/users/me';
    expect(await publish()).toEqual([]);
    expect(await publish(['account-move'])).toEqual([...to('Move', ...FOLLOWERS), ...to('Update', ...FOLLOWERS)]);
    expect(await publish()).toEqual([]);
    expect((await world.store.ledger.head())?.actor).toMatchObject({ movedTo: world.movedTo, revision: 1 });
    world.movedTo = undefined;
    expect(await publish()).toEqual(to('Update', ...FOLLOWERS));
    expect((await world.store.ledger.head())?.actor).not.toHaveProperty('movedTo');
  });
});

describe('ids', () => {
  beforeEach(() => publish());

  test('done, undone, done again: each activity has its own id, and each Undo the one inside that was sent', async () => {
    const like = deed('Like', NOTE);
    const ids: unknown[] = [];
    for (let revision = 0; revision < 3; revision += 1) {
      put(like);
      await publish();
      const sent = world.posted.at(-1)?.json;
      expect(sent?.id).toBe(deedActivityId({ sha256: sha256Hex }, ORIGIN, { type: 'Like', id: like.id, revision }));
      world.deeds.clear();
      await publish();
      const undo = world.posted.at(-1)?.json;
      const { '@context': _, proof: __, ...inside } = sent ?? {};
      expect(undo).toMatchObject({ type: 'Undo', object: inside });
      ids.push(sent?.id, undo?.id);
    }
    expect(new Set(ids).size).toBe(6);
  });

  test('the same like in a file of another name tells nobody anything', async () => {
    put(deed('Like', NOTE));
    await publish();
    put(deed('Like', NOTE, { source: 'notes/renamed.md', url: `${ORIGIN}/notes/renamed/` }));
    expect(await publish()).toEqual([]);
  });
});

describe('the baseline', () => {
  test('tells nobody of likes and boosts; the follows go with the publish after it', async () => {
    put(deed('Like', NOTE));
    put(deed('Announce', NOTE));
    put(deed('QuoteRequest', NOTE, { instrument: idOf('old') }));
    const follow = put(deed('Follow', ANN.actor));
    const { plan } = await preparePlan(world.deps);
    expect(plan).toMatchObject({ baseline: true, activities: [], follows: [follow.title] });
    expect(await publish()).toEqual([]);
    expect((await preparePlan(world.deps)).plan.activities).toMatchObject([{ type: 'Follow' }]);
    expect(await publish()).toEqual(to('Follow', ANN.inbox));
    world.deeds.clear();
    expect(await publish()).toEqual(to('Undo', ANN.inbox));
    expect(await publish()).toEqual([]);
  });

  test('a like that is dated ahead is left out of it, and sent by the sweep at its time', async () => {
    put(deed('Like', NOTE, { published: '2026-11-23T13:00:00Z' }));
    await publish();
    world.now = Date.parse('2026-11-23T13:00:01Z');
    await sweepOnce(world.deps);
    await deliverDue(world.deps, { owner: 'test' });
    expect(world.posted.map(({ json }) => json.type)).toEqual(['Like']);
  });
});

describe('what is on its way', () => {
  const down =
    (type: DeedType, confirm: readonly string[] = []) =>
    async () => {
      await publish();
      world.answer = () => ({ kind: 'response', status: 503 });
      put(deed(type, NOTE));
      await publish(confirm);
      world.answer = () => ({ kind: 'response', status: 202 });
      world.deeds.clear();
      world.now += 3_600_000;
      const before = world.posted.length;
      await publish();
      world.now += 86_400_000;
      await deliverDue(world.deps, { owner: 'test' });
      return world.posted.slice(before).map(({ json }) => json.type);
    };

  test.each(['Like', 'Announce', 'Follow'] as const)('the Undo of a %s that never arrived ends it', async (type) => {
    expect(new Set(await down(type)())).toEqual(new Set(['Undo']));
  });
});

test('A Follow that the owner has not published is sent by no sweep', async () => {
  await publish();
  put(deed('Follow', ANN.actor));
  await sweepOnce(world.deps);
  await deliverDue(world.deps, { owner: 'test' });
  expect(world.posted).toEqual([]);
});

test('A deed has no document: its id answers 404, done or undone', async () => {
  await publish();
  const { id } = put(deed('Like', NOTE));
  await publish();
  expect((await objectAnswer(world.deps, id)).status).toBe(404);
  world.deeds.clear();
  await publish();
  expect((await objectAnswer(world.deps, id)).status).toBe(404);
});

test('A Follow that is held is among what was not sent; one that was sent is not, until it is undone', async () => {
  world.policy = { ...world.policy, limits: { creates: 0, updates: 0, deletes: 5 } };
  await publish();
  const { id } = put(deed('Follow', ANN.actor));
  expect(await readUnsentPosts(world.deps)).toMatchObject([{ id, reason: { kind: 'held', code: 'many-creates' } }]);
  await publish(['many-creates']);
  expect(await readUnsentPosts(world.deps)).toEqual([]);
  world.deeds.clear();
  await publish();
  put(deed('Follow', ANN.actor));
  expect(await readUnsentPosts(world.deps)).toMatchObject([{ id, reason: { kind: 'held' } }]);
});

test('an edited poll is told with what was voted until then', async () => {
  await publish();
  const asked = { type: 'Question', oneOf: [{ type: 'Note', name: 'Tea' }], votersCount: 0 };
  const { document } = world.deps.site;
  world.deps.site.document = async (url) => {
    const built = await document(url);
    return built && url === idOf('new') ? { ...built, ...asked } : built;
  };
  const vote = { poll: idOf('new'), option: 0, multiple: false, at: '2026-11-23T11:00:00Z' };
  for (const text of ['one', 'two']) {
    world.files.set('new', post(text));
    await publish();
    await world.store.answers.vote({ ...vote, actor: 'https://a.example/users/eve', inbox: 'https://a.example/inbox' });
    world.now += 3_600_000;
  }
  const told = world.posted.filter(({ inbox }) => inbox === 'https://a.example/inbox').map(({ json }) => json);
  expect(told.map(({ type, object }) => [type, Object(object).votersCount])).toEqual([
    ['Create', 0],
    ['Update', 1],
  ]);
});

test('the Delete of a poll goes to who voted, and the votes go with it', async () => {
  await publish();
  world.files.set('new', post('one', { type: 'Question' }));
  await publish();
  const vote = { poll: idOf('new'), option: 0, multiple: false, at: '2026-11-23T11:00:00Z' };
  const inbox = 'https://far.example/inbox';
  await world.store.answers.vote({ ...vote, actor: 'https://far.example/users/eve', inbox });
  world.files.delete('new');
  expect(await publish()).toEqual(to('Delete', ...FOLLOWERS, inbox));
  expect((await world.store.answers.tally(idOf('new'))).voters).toBe(0);
});

test('the Delete of a post that quotes takes along what its author said to it', async () => {
  await publish();
  world.files.set('new', post('one'));
  await publish();
  const { answers } = world.store;
  const at = '2026-11-23T11:00:00Z';
  const quoted = 'https://a.example/notes/1';
  await answers.putConsent({ object: idOf('new'), quoted, state: 'accepted', stamp: 'https://a.example/stamps/1', at });
  world.files.delete('new');
  await publish();
  expect(await answers.consent(idOf('new'))).toBeUndefined();
});
