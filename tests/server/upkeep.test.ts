import { expect, test, vi } from 'vitest';
import { baselineLedger } from '../../federation/ledger-entry.ts';
import type { LogLine } from '../../server/ports.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import { beginUpkeep, keepUp, keepUpDaily, runUpkeep } from '../../server/upkeep.ts';
import { create, like, note } from '../remote/activities.ts';
import { BLOG, createFakeBlog, POST } from '../remote/fake-blog.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-23T12:00:00Z');

function world() {
  const store = openMemoryStore();
  const blog = createFakeBlog({ store });
  const lines: LogLine[] = [];
  const { documents } = blog.remote;
  const deps = { store, site: blog.site, documents, clock: () => NOW, log: (line: LogLine) => void lines.push(line) };
  return { deps, store, lines, blog };
}

test('ids that were seen more than 30 days ago are forgotten, later ones are not, and one line says how many', async () => {
  const { deps, store, lines } = world();
  await store.inbound.markSeen('old', NOW - 30 * DAY - 1);
  await store.inbound.markSeen('older', NOW - 365 * DAY);
  await store.inbound.markSeen('young', NOW - 30 * DAY);
  await keepUp(deps);
  expect(await Promise.all(['old', 'older', 'young'].map((id) => store.inbound.seen(id)))).toEqual([
    false,
    false,
    true,
  ]);
  expect(lines).toEqual([{ event: 'upkeep.done', level: 'info', forgotten: 2, receipts: 0, activities: 0 }]);
});

test('what swaps of the ledger left behind goes after a day', async () => {
  const { deps, store, lines } = world();
  const collect = vi.fn(async () => 3);
  await keepUp({ ...deps, store: { ...store, ledger: { ...store.ledger, collect } } });
  expect(collect).toHaveBeenCalledWith(NOW - DAY);
  expect(lines).toMatchObject([{ event: 'upkeep.done', leftovers: 3 }]);
});

test('documents of strangers are dropped after a week', async () => {
  const { deps, store, lines } = world();
  await store.actors.put({ url: 'https://a.example/', fetchedAt: NOW - 7 * DAY - 1, status: 200, document: {} });
  await store.actors.put({ url: 'https://b.example/', fetchedAt: NOW - 7 * DAY, status: 200, document: {} });
  await keepUp(deps);
  expect(await store.actors.get('https://a.example/')).toBeUndefined();
  expect(await store.actors.get('https://b.example/')).toBeDefined();
  expect(lines).toMatchObject([{ event: 'upkeep.done', strangers: 1 }]);
});

test('receipts that ended more than 30 days ago become counts, and their activity goes; later ones stay', async () => {
  const { deps, store, lines } = world();
  const send = async (id: string, at: number) => {
    const inbox = 'https://a.example/inbox';
    await store.activities.put({ id, type: 'Create', object: 'post', json: { id } }, { now: at });
    await store.deliveries.enqueue(id, [inbox], { now: at });
    await store.deliveries.lease({ owner: 'w', now: at, leaseMs: 1_000, limit: 1 });
    await store.deliveries.settle({ activityId: id, inbox, owner: 'w' }, { state: 'delivered', status: 202 }, at);
  };
  await send('old', NOW - 31 * DAY);
  await send('young', NOW - 29 * DAY);
  await keepUp(deps);
  const { deliveries, folded } = await store.deliveries.receipts('post');
  expect(deliveries.map(({ activityId }) => activityId)).toEqual(['young']);
  expect(folded).toEqual([{ type: 'Create', state: 'delivered', count: 1 }]);
  expect(lines).toEqual([{ event: 'upkeep.done', level: 'info', forgotten: 0, receipts: 1, activities: 1 }]);
});

test('A store that fails once → one log line, and the next turn succeeds; it stops when it is told to', async () => {
  const { deps, store, lines } = world();
  await store.inbound.markSeen('old', NOW - 40 * DAY);
  const { forgetSeen } = store.inbound;
  let calls = 0;
  const inbound = {
    ...store.inbound,
    forgetSeen: async (before: number) => {
      calls += 1;
      if (calls === 1) throw new Error('disk full');
      return forgetSeen(before);
    },
  };
  const controller = new AbortController();
  const running = runUpkeep({ ...deps, store: { ...store, inbound } }, { signal: controller.signal, everyMs: 1 });
  await expect.poll(() => lines.length, { timeout: 5_000 }).toBeGreaterThan(1);
  controller.abort();
  await running;
  expect(lines[0]).toEqual({ event: 'upkeep.fault', level: 'error', error: 'disk full' });
  expect(lines[1]).toEqual({ event: 'upkeep.done', level: 'info', forgotten: 1, receipts: 0, activities: 0 });
});

test('It waits a day between two turns, and a stop ends the wait', async () => {
  const { deps, store, lines } = world();
  await store.inbound.markSeen('old', NOW - 40 * DAY);
  const controller = new AbortController();
  const running = runUpkeep(deps, { signal: controller.signal });
  await expect.poll(() => lines.length, { timeout: 5_000 }).toBe(1);
  controller.abort();
  await running;
  expect(lines).toHaveLength(1);
});

test('Nothing to forget → no line: a quiet blog has a quiet log', async () => {
  const { deps, lines } = world();
  await keepUp(deps);
  expect(lines).toEqual([]);
});

test('What others sent is kept as long as the rules say, each kind for itself; what is kept for ever stays', async () => {
  const { deps, blog, lines } = world();
  const ann = blog.peer();
  const say = async (name: string, at: number) => {
    blog.now = at;
    await blog.hear(ann, create(ann, note(ann, name)));
    await blog.hear(ann, create(ann, note(ann, `dm-${name}`, { to: [BLOG.actor], cc: [] }), { to: [], cc: [] }));
  };
  await say('old', NOW - 11 * DAY);
  await say('young', NOW - 9 * DAY);
  await keepUp(deps);
  expect(await blog.store.messages.count()).toBe(2);
  const keep = { messagesMs: 10 * DAY, notificationsMs: 10 * DAY, repliesMs: 10 * DAY };
  blog.rules = { ...blog.rules, keep };
  await keepUp(deps);
  expect((await blog.stored()).map(({ id }) => id)).toEqual([String(note(ann, 'young').id)]);
  expect((await blog.messages()).map(({ id }) => id)).toEqual([String(note(ann, 'dm-young').id)]);
  expect(await blog.notified()).toHaveLength(2);
  expect(lines).toMatchObject([{ event: 'upkeep.done', messages: 1, notifications: 2, replies: 1 }]);
  blog.rules = { ...blog.rules, keep: {} };
  await keepUp({ ...deps, clock: () => NOW + 10_000 * DAY });
  expect(await blog.stored()).toHaveLength(1);
});

test('What was said about a post that was deleted is dropped; about one that is only missing from the build, it stays', async () => {
  const { deps, blog, store } = world();
  const ann = blog.peer();
  const other = `${BLOG.origin}/ap/posts/p2.json`;
  await blog.hear(ann, like(ann));
  await blog.hear(ann, { ...like(ann), object: other });
  const ledger = baselineLedger(await blog.site.manifest(), new Set([other]), NOW);
  await store.ledger.begin(ledger);
  const told = ledger.objects.get(POST);
  if (told === undefined) throw new Error('the post was told');
  await keepUp(deps);
  expect(await blog.stored()).toHaveLength(2);
  await store.ledger.compareAndSwap(1, { objects: [{ ...told, state: 'deleted', deleted: '2026-11-22T00:00:00Z' }] });
  await keepUp(deps);
  expect((await blog.stored()).map(({ target }) => target)).toEqual([other]);
});

test('The ledger is read once for all posts that anything was said about', async () => {
  const { deps, blog, store } = world();
  const ann = blog.peer();
  const posts = [POST, ...Array.from({ length: 20 }, (_, n) => `${BLOG.origin}/ap/posts/q${n}.json`)];
  for (const object of posts) await blog.hear(ann, { ...like(ann), id: `${ann.actor}#${object}`, object });
  const ledger = baselineLedger(await blog.site.manifest(), new Set(posts), NOW);
  await store.ledger.begin(ledger);
  const counted = watchLedger(store);
  await keepUp({ ...deps, store: counted.store });
  expect(counted.reads).toEqual(['part', 'collect']);
});

/** The store, with each look into its ledger written down. */
function watchLedger(store: ReturnType<typeof openMemoryStore>) {
  const reads: PropertyKey[] = [];
  const ledger = new Proxy(store.ledger, {
    get: (target, name) => {
      reads.push(name);
      return Reflect.get(target, name);
    },
  });
  return { reads, store: { ...store, ledger } };
}

test('An upkeep that was cut short goes on where it stopped, and what was dropped by then is told', async () => {
  const { deps, store, lines } = world();
  await store.inbound.markSeen('old', NOW - 40 * DAY);
  let forgets = 0;
  const inbound = {
    ...store.inbound,
    forgetSeen: (at: number) => {
      forgets += 1;
      return store.inbound.forgetSeen(at);
    },
  };
  const actors = { ...store.actors, prune: () => Promise.reject(new Error('ended')) };
  await expect(keepUpDaily({ ...deps, store: { ...store, inbound, actors } })).rejects.toThrow('ended');
  expect(lines).toMatchObject([{ event: 'upkeep.done', forgotten: 1 }]);
  await store.actors.put({ url: 'https://a.example/', fetchedAt: NOW - 8 * DAY, status: 200, document: {} });
  await keepUpDaily({ ...deps, store: { ...store, inbound } });
  expect(forgets).toBe(1);
  expect(lines).toMatchObject([{}, { event: 'upkeep.done', forgotten: 0, strangers: 1 }]);
  await keepUpDaily({ ...deps, store: { ...store, inbound, actors } });
  expect(forgets).toBe(1);
});

test('The upkeep of a day is begun once, and once more when its run has not ended long after the platform ended it', async () => {
  const { deps } = world();
  let now = NOW;
  const later = { ...deps, clock: () => now };
  const begun = async (minutes: number) => {
    now = NOW + minutes * 60_000;
    return beginUpkeep(later);
  };
  expect(await begun(0)).toBe(true);
  expect([await begun(5), await begun(15), await begun(35)]).toEqual([false, false, false]);
  expect(await begun(40)).toBe(true);
  await keepUpDaily(later);
  expect([await begun(45), await begun(300)]).toEqual([false, false]);
  expect(await begun(24 * 60)).toBe(true);
});
