import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReadingItem } from '../../../server/store/account-store.ts';
import { openBlobsStore } from '../../../server/store/blobs.ts';
import { openDocuments } from '../../../server/store/blobs-documents.ts';
import { openMemoryStore } from '../../../server/store/memory.ts';
import type { Store } from '../../../server/store/store.ts';
import { openBlobModel, type WriteFate } from './blob-model.ts';
import { KNOWN_BUCKETS, placeOf } from './known-buckets.ts';
import { activity, author, collect, content, follower } from './samples.ts';

/*
 * Several processes over one model of the service. The scheduler decides which of their reads and writes is next, so runs
 * try the orders that a machine tries once a year.
 */

const fates = fc.array(fc.constantFrom<WriteFate>('made', 'made', 'made', 'retried', 'lost', 'refused'), {
  maxLength: 20,
});

/** A model whose every step waits for the scheduler, and its writes for what becomes of them. */
function scheduled(scheduler: fc.Scheduler, fatesOfWrites: readonly WriteFate[] = [], holds = KNOWN_BUCKETS) {
  const waiting = [...fatesOfWrites];
  let isOver = false;
  const step = async (what: string): Promise<void> => {
    if (!isOver) await scheduler.schedule(Promise.resolve(), what);
  };
  const model = openBlobModel({ step, fate: () => waiting.shift() ?? 'made', holds });
  const end = (): void => {
    isOver = true;
  };
  return { model, options: { random: () => 0.5, sleep: () => step('pause') }, end };
}

const COUNTER = {
  folder: 'counters',
  empty: () => ({ count: 0 }),
  parse: (json: unknown) => ({ count: Number(json) }),
  print: ({ count }: { count: number }) => count,
};

test('what several processes count at once is counted once each, whatever becomes of the answers', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 4 }),
      fates,
      async (scheduler, batches, writes) => {
        const { model, options, end } = scheduled(scheduler, writes);
        const countUp = (counter: { count: number }) => ++counter.count;
        const counted = batches.map(async (times) => {
          const documents = openDocuments(model, COUNTER, options);
          const first = await Promise.allSettled(Array.from({ length: times }, () => documents.change('n', countUp)));
          return [...first, ...(await Promise.allSettled([documents.change('n', countUp)]))];
        });
        await scheduler.waitFor(Promise.all(counted));
        const results = (await Promise.all(counted)).flat();
        const numbers = results.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
        expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers.map((_, n) => n + 1));
        if (!writes.includes('refused')) expect(numbers).toHaveLength(results.length);
        end();
        expect((await openDocuments(model, COUNTER).read('n')).count).toBe(numbers.length);
      },
    ),
    { numRuns: 300 },
  );
});

interface Step {
  readonly name: string;
  readonly run: (store: Store) => Promise<unknown>;
}

/** Names whose followers are in one bucket, and one that is not. */
const NAMES = ['a', ...neighboursOf('a'), 'b'];

function neighboursOf(name: string): string[] {
  const bucket = placeOf(32, follower(name).actor);
  const others = Array.from({ length: 500 }, (_, n) => `n${n}`);
  return others.filter((other) => placeOf(32, follower(other).actor) === bucket).slice(0, 1);
}

const name = fc.constantFrom(...NAMES);
const tag = fc.constantFrom('x', 'y');
const time = fc.constantFrom('2026-03-01T10:00:00Z', '2026-03-02T10:00:00Z');

const ITEM: ReadingItem = {
  ...{ id: 'i', actor: 'a', kind: 'boost', author: author('a'), content: content('x'), at: '2026-03-01T10:00:00Z' },
};

function step(what: string, ...parts: readonly string[]): Pick<Step, 'name'> {
  return { name: `${what}(${parts.join(', ')})` };
}

const STEPS: Readonly<Record<string, fc.Arbitrary<Step>>> = {
  followers: fc.oneof(
    fc.tuple(name, tag).map(([who, followId]) => ({
      ...step('put', who, followId),
      run: (store: Store) => store.followers.put(follower(who, { followId, since: followId })),
    })),
    name.map((who) => ({ ...step('remove', who), run: (store: Store) => store.followers.remove(follower(who).actor) })),
    name.map((who) => ({ ...step('get', who), run: (store: Store) => store.followers.get(follower(who).actor) })),
  ),
  'follow requests': fc.oneof(
    name.map((who) => ({ ...step('put', who), run: (store: Store) => store.requests.put(follower(who)) })),
    name.map((who) => ({ ...step('remove', who), run: (store: Store) => store.requests.remove(follower(who).actor) })),
  ),
  stamps: fc.oneof(
    fc.tuple(name, tag).map(([id, quote]) => ({
      ...step('put', id, quote),
      run: (store: Store) => store.stamps.put({ id, quote, target: 't', actor: 'a', at: quote }),
    })),
    name.map((id) => ({ ...step('revoke', id), run: (store: Store) => store.stamps.revoke(id, 'now') })),
    name.map((id) => ({ ...step('get', id), run: (store: Store) => store.stamps.get(id) })),
  ),
  // Each object has one sender here: two that share an id may both be kept when they come at once.
  messages: fc.oneof(
    fc.tuple(name, tag).map(([object, jwe]) => ({
      ...step('put', object, jwe),
      run: (store: Store) => store.messages.put({ object, sender: object, jwe, at: jwe }),
    })),
    fc.tuple(name, fc.boolean()).map(([object, isNamed]) => ({
      ...step('remove', object),
      run: (store: Store) => store.messages.remove({ object, ...(isNamed ? { sender: object } : {}) }),
    })),
    name.map((object) => ({ ...step('forget', object), run: (store: Store) => store.messages.forgetSender(object) })),
    name.map((object) => ({ ...step('count', object), run: (store: Store) => store.messages.countSince(object, '') })),
  ),
  notifications: fc.tuple(name, tag).map(([key, actor]) => ({
    ...step('add', key, actor),
    run: (store: Store) => store.notifications.add({ key, actor, kind: 'like', at: actor }),
  })),
  activities: fc.oneof(
    fc.tuple(name, tag).map(([id, type]) => ({
      ...step('put', id, type),
      run: (store: Store) => store.activities.put({ ...activity(id), type }, { now: 0 }),
    })),
    name.map((id) => ({ ...step('get', id), run: (store: Store) => store.activities.get(activity(id).id) })),
  ),
  'seen ids': fc.oneof(
    name.map((id) => ({ ...step('mark', id), run: (store: Store) => store.inbound.markSeen(id, 1) })),
    name.map((id) => ({ ...step('first', id), run: (store: Store) => store.inbound.markFirst(id, 1) })),
    name.map((id) => ({ ...step('seen', id), run: (store: Store) => store.inbound.seen(id) })),
  ),
  'answers to Follows': fc.oneof(
    fc.tuple(name, time).map(([actor, at]) => ({
      ...step('put', actor, at),
      run: (store: Store) => store.following.put({ actor, state: 'accepted', activity: at, at }),
    })),
    name.map((actor) => ({ ...step('remove', actor), run: (store: Store) => store.following.remove(actor) })),
    name.map((actor) => ({ ...step('get', actor), run: (store: Store) => store.following.get(actor) })),
  ),
  reading: fc.oneof(
    fc.tuple(name, tag).map(([id, object]) => ({
      ...step('put', id, object),
      run: (store: Store) => store.reading.put({ ...ITEM, id, object }),
    })),
    fc.tuple(name, fc.constantFrom('x', 'y')).map(([id, actor]) => ({
      ...step('put', id, 'by', actor),
      run: (store: Store) => store.reading.put({ ...ITEM, id, actor, object: id }),
    })),
    name.map((id) => ({ ...step('get', id), run: (store: Store) => store.reading.get(id) })),
  ),
  votes: fc.tuple(name, fc.nat(2), fc.boolean()).map(([actor, option, multiple]) => ({
    ...step('vote', actor, `${option}`, `${multiple}`),
    run: (store: Store) => store.answers.vote({ poll: 'p', actor, option, multiple, inbox: actor, at: 'now' }),
  })),
  'consents and what was told': fc.oneof(
    fc.tuple(name, time).map(([object, at]) => ({
      ...step('consent', object, at),
      run: (store: Store) => store.answers.putConsent({ object, quoted: 'q', state: 'accepted', stamp: object, at }),
    })),
    fc.tuple(name, tag).map(([object, digest]) => ({
      ...step('tell', object, digest),
      run: (store: Store) => store.answers.setTold(object, digest),
    })),
    name.map((object) => ({ ...step('get', object), run: (store: Store) => store.answers.consent(object) })),
    name.map((object) => ({ ...step('told', object), run: (store: Store) => store.answers.told(object) })),
  ),
  secrets: tag.map((value) => ({
    ...step('secret', value),
    run: (store: Store) => store.notifications.secret(() => value, { renew: value === 'y' }),
  })),
};

/** A step that was done: when it began and ended, and what it gave. */
interface Done extends Step {
  readonly from: number;
  readonly to: number;
  readonly result: unknown;
  /** It ended in a fault, so nobody knows whether it was done. */
  readonly isUnknown: boolean;
}

describe.each(Object.entries(STEPS))('%s', (_, steps) => {
  test('what several processes do at once gives what some order gives', async () => {
    const programs = fc.array(fc.array(steps, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), programs, fates, async (scheduler, processes, writes) => {
        const { model, options, end } = scheduled(scheduler, writes);
        let time = 0;
        const done: Done[] = [];
        const running = processes.map(async (program) => {
          const store = openBlobsStore(model, { ...options, clock: () => Date.UTC(2026, 5, 1) });
          for (const each of program) {
            const from = ++time;
            const outcome = await Promise.allSettled([each.run(store)]);
            const [ended] = outcome;
            const isUnknown = ended.status === 'rejected';
            done.push({ ...each, from, to: ++time, result: isUnknown ? ended.reason : ended.value, isUnknown });
          }
        });
        await scheduler.waitFor(Promise.all(running));
        end();
        const seen = await everything(openBlobsStore(model));
        if (!(await isExplained(done, [], seen)))
          throw new Error(`No order gives this:\n${done.map(show).join('\n')}\n${JSON.stringify(seen)}`);
      }),
      { numRuns: 150 },
    );
  });
});

function show({ name, from, to, result }: Done): string {
  return `${from}..${to} ${name} → ${result instanceof Error ? result.message : JSON.stringify(result)}`;
}

/** Whether the steps, in an order in which none comes before one that had ended when it began, give what was given and seen. */
async function isExplained(left: readonly Done[], before: readonly Done[], seen: unknown): Promise<boolean> {
  const store = openMemoryStore();
  for (const each of before) {
    const result = await each.run(store);
    if (each === before.at(-1) && !each.isUnknown && !isSame(result, each.result)) return false;
  }
  const certain = left.filter(({ isUnknown }) => !isUnknown);
  if (certain.length === 0 && isSame(await everything(store), seen)) return true;
  for (const next of left.filter((each) => left.every(({ to }) => to > each.from))) {
    const rest = left.filter((each) => each !== next);
    if (await isExplained(rest, [...before, next], seen)) return true;
    if (next.isUnknown && (await isExplained(rest, before, seen))) return true;
  }
  return false;
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify([a]) === JSON.stringify([b]);
}

/** All that is stored, in no order; and every page, so that no two share a place. */
async function everything(store: Store): Promise<unknown> {
  const [followers, requests, messages, notifications] = await Promise.all([
    collect(store.followers.all()),
    store.requests.list(99),
    store.messages.list({ limit: 99 }),
    store.notifications.list(99),
  ]);
  const paged = await pagedOneByOne(store);
  const stamps = await Promise.all(NAMES.map((id) => store.stamps.get(id)));
  const activities = await Promise.all(NAMES.map((id) => store.activities.get(activity(id).id)));
  return [
    ...[followers, paged, requests, messages.items, notifications, ...(await account(store))].map((each) =>
      each.map((one) => JSON.stringify(one)).sort(),
    ),
    ...[stamps, activities, await Promise.all(NAMES.map((id) => store.inbound.seen(id)))],
  ];
}

async function account({ following, reading, answers }: Store): Promise<readonly unknown[][]> {
  const told = await Promise.all(NAMES.map(async (object) => [object, await answers.told(object)]));
  const { votes, voters } = await answers.tally('p');
  return [
    ...[await collect(following.all()), await reading.newest(99), await collect(answers.votes())],
    ...[await collect(answers.consents()), told, [votes, voters]],
  ];
}

async function pagedOneByOne({ followers }: Store): Promise<unknown[]> {
  const found: unknown[] = [];
  let page = await followers.page({ limit: 1 });
  found.push(...page.items);
  while (page.cursor !== undefined) {
    page = await followers.page({ limit: 1, before: page.cursor });
    found.push(...page.items);
  }
  return found;
}
