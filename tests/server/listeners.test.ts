import { beforeEach, describe, expect, test } from 'vitest';
import { deliverDue } from '../../server/deliver.ts';
import { inboxesOfAll, toldSince } from '../../server/listeners.ts';
import { applyPlan, preparePlan } from '../../server/publish.ts';
import { createWorld, followerAt, NOW, post, type World } from './publish-world.ts';

const DAY = 86_400_000;

let world: World;
const publish = async () => applyPlan(world.deps, await preparePlan(world.deps));
const deliver = () => deliverDue(world.deps, { owner: `test-${world.posted.length}`, random: () => 0 });
const publishAndDeliver = async () => {
  await publish();
  await deliver();
};
const write = async (key: string, text = key, more: Parameters<typeof post>[1] = {}) => {
  world.files.set(key, post(text, more));
  await publishAndDeliver();
};
const takeBack = async (key: string) => {
  world.files.delete(key);
  await publishAndDeliver();
};
const deletedAt = () => world.posted.flatMap(({ inbox, json }) => (json.type === 'Delete' ? [inbox] : [])).toSorted();

beforeEach(async () => {
  world = createWorld();
  await world.store.followers.put(followerAt('stays.example'));
  await publish();
});

describe('a Delete', () => {
  test('reaches who got the post and follows no more, and who follows since; not who left before it was told', async () => {
    world.now = NOW - 3 * DAY;
    await world.store.followers.put(followerAt('early.example'));
    await write('first', 'first', { published: '2026-11-20T11:30:00Z' });
    await world.store.followers.remove(followerAt('early.example').actor);
    world.now = NOW;
    await world.store.followers.put(followerAt('leaves.example'));
    await write('new');
    await world.store.followers.remove(followerAt('leaves.example').actor);
    await world.store.followers.put(followerAt('comes.example'));
    await takeBack('new');
    expect(deletedAt()).toEqual([
      'https://comes.example/inbox',
      'https://leaves.example/inbox',
      'https://stays.example/inbox',
    ]);
  });

  test('reaches who left while the post was still on its way there', async () => {
    await world.store.followers.put(followerAt('leaves.example'));
    world.files.set('new', post('new'));
    await publish();
    await world.store.followers.remove(followerAt('leaves.example').actor);
    await takeBack('new');
    expect(deletedAt()).toEqual(['https://leaves.example/inbox', 'https://stays.example/inbox']);
  });

  test('goes once to a server whose followers share an inbox, though each got an Accept in its own', async () => {
    await world.store.activities.put({ id: 'x:accept', type: 'Accept', object: 'x:follow', json: {} }, { now: NOW });
    await world.store.deliveries.enqueue('x:accept', [followerAt('stays.example').inbox], { now: NOW });
    await write('new');
    await takeBack('new');
    expect(deletedAt()).toEqual(['https://stays.example/inbox']);
  });

  test('of a post whose date was moved ahead by an edit reaches who got it before that date', async () => {
    await world.store.followers.put(followerAt('leaves.example'));
    await write('new');
    await world.store.followers.remove(followerAt('leaves.example').actor);
    world.now = NOW + 9 * DAY;
    await write('new', 'edited', { title: 'About new', published: '2026-12-02T11:00:00Z' });
    await takeBack('new');
    expect(deletedAt()).toEqual(['https://leaves.example/inbox', 'https://stays.example/inbox']);
  });

  test('cancels the Create that still waits for who left, and follows one that got no answer', async () => {
    for (const host of ['slow.example', 'mute.example']) await world.store.followers.put(followerAt(host));
    world.answer = (inbox) => {
      if (inbox.includes('slow')) return { kind: 'response', status: 503 };
      return inbox.includes('mute') ? { kind: 'response', status: 403 } : { kind: 'response', status: 202 };
    };
    await write('new');
    for (const host of ['slow.example', 'mute.example']) await world.store.followers.remove(followerAt(host).actor);
    world.files.delete('new');
    await publish();
    world.answer = () => ({ kind: 'response', status: 202 });
    world.posted.length = 0;
    world.now += DAY;
    await deliver();
    expect(world.posted.map(({ inbox, json }) => `${json.type} ${inbox}`).toSorted()).toEqual([
      'Delete https://mute.example/inbox',
      'Delete https://slow.example/inbox',
      'Delete https://stays.example/inbox',
    ]);
  });

  test('goes to no inbox that is no more, though the post was on its way there', async () => {
    await world.store.followers.put(followerAt('gone.example'));
    world.answer = (inbox) => ({ kind: 'response', status: inbox.includes('gone') ? 410 : 202 });
    await write('new');
    await takeBack('new');
    expect(deletedAt()).toEqual(['https://stays.example/inbox']);
  });

  test('that was interrupted is finished for who follows no more, too', async () => {
    await world.store.followers.put(followerAt('leaves.example'));
    await write('new');
    await world.store.followers.remove(followerAt('leaves.example').actor);
    world.files.delete('new');
    const enqueue = async () => Promise.reject(new Error('the store is down'));
    const store = { ...world.store, deliveries: { ...world.store.deliveries, enqueue } };
    await expect(applyPlan({ ...world.deps, store }, await preparePlan(world.deps))).rejects.toThrow('down');
    await publish();
    await deliver();
    expect(deletedAt()).toEqual(['https://leaves.example/inbox', 'https://stays.example/inbox']);
  });
});

test.each([
  ['not known', undefined, 0],
  ['told as it was written', { revision: 0, published: '2026-11-23T12:00:00Z' }, NOW - DAY],
  ['edited since', { revision: 1, published: '2026-11-23T12:00:00Z' }, 0],
  ['of no date', { revision: 0, published: 'soon' }, 0],
  ['older than time', { revision: 0, published: '1969-12-31T00:00:00Z' }, 0],
])('An object that is %s was told at %# or later', (_case, told, since) => {
  expect(toldSince(told as Parameters<typeof toldSince>[0])).toBe(since);
});

test('All: followers, who was ever delivered to, and actors of the cache; a shared inbox stands for its server', async () => {
  const { store } = world;
  await store.inboxes.put([
    { inbox: 'https://left.example/inbox', deliveredAt: 1 },
    { inbox: followerAt('stays.example').inbox, deliveredAt: 2 },
  ]);
  const actor = (host: string, more: object = {}) => {
    const id = `https://${host}/users/cat`;
    return { url: id, fetchedAt: NOW, status: 200, document: { id, inbox: `${id}/inbox`, ...more } };
  };
  await store.actors.put(actor('wrote.example', { endpoints: { sharedInbox: 'https://wrote.example/inbox' } }));
  await store.actors.put(actor('single.example'));
  await store.actors.put(actor('stays.example', { endpoints: { sharedInbox: 'https://stays.example/inbox' } }));
  await store.actors.put(actor('liar.example', { inbox: 'https://victim.example/inbox' }));
  await store.actors.put({ url: 'https://gone.example/users/x', fetchedAt: NOW, status: 410 });
  await store.actors.put({ ...actor('key.example'), document: { id: 'https://key.example/key', owner: 'x' } });
  expect((await inboxesOfAll({ store })).toSorted()).toEqual([
    'https://left.example/inbox',
    'https://single.example/users/cat/inbox',
    'https://stays.example/inbox',
    'https://wrote.example/inbox',
  ]);
});
