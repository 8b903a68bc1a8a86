import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Interaction, InteractionState } from '../../../federation/interaction.ts';
import { openBlobsStore } from '../../../server/store/blobs.ts';
import { openMemoryStore } from '../../../server/store/memory.ts';
import type { Store } from '../../../server/store/store.ts';
import { openBlobModel, type WriteFate } from './blob-model.ts';
import { answer, author, by, collect, content, OWN_ACTOR, POST } from './samples.ts';

/*
 * Several processes at one thread, every read and write of each a step whose turn a scheduler chooses. What is there at the
 * end, and what each was told, must be what some order of what they did gives in memory.
 */

interface Step {
  readonly name: string;
  readonly run: (store: Store) => Promise<unknown>;
}

/** A step that was done: when it began and ended, and what it gave. */
interface Done extends Step {
  readonly from: number;
  readonly to: number;
  readonly result: unknown;
  readonly ended: 'told' | 'unknown' | 'again';
}

const [alice, bob, carol, dave] = ['alice', 'bob', 'carol', 'dave'].map((name) => author(name));
const WHO = [alice, bob, carol, dave].flatMap((each) => each ?? []);
const ACTORS = WHO.map(({ actor }) => actor);

/** What may be said: a reply, what answers it in the thread, and mentions that answer it and each other. */
const SAID = [
  by(WHO[0] ?? author('x'), 'a'),
  answer('b', 'a', { actor: ACTORS[1] ?? '' }),
  answer('c', 'a', { actor: ACTORS[2] ?? '', kind: 'mention', target: OWN_ACTOR }),
  answer('d', 'c', { actor: ACTORS[3] ?? '', kind: 'mention', target: OWN_ACTOR }),
  answer('q', 'a', { actor: ACTORS[3] ?? '', kind: 'quote', target: `${POST}#2` }),
];
const DONE = ['l', 'm'].flatMap((name) =>
  WHO.slice(0, 2).map((who) => by(who, `${name}-${who.handle}`, { kind: 'like' })),
);
const IDS = [...SAID, ...DONE].map(({ id }) => id);

const said = fc.constantFrom(...SAID);
const liked = fc.constantFrom(...DONE);
const actor = fc.constantFrom(...ACTORS.slice(0, 3));

function put(given: Interaction, more: Partial<Interaction> = {}): Step {
  const who = WHO.find((each) => each.actor === given.actor) ?? author('x');
  const words = more.content ? ' edited' : '';
  return {
    name: `put ${given.id}${words}`,
    run: ({ interactions }) => interactions.put({ ...given, ...more }, who),
  };
}

function decide(id: string, state: InteractionState): Step {
  return { name: `${state} ${id}`, run: ({ interactions }) => interactions.setState(id, state) };
}

function takeBack({ actor: who, id }: Interaction): Step {
  return { name: `take back ${id}`, run: ({ interactions }) => interactions.remove({ actor: who, id }) };
}

const states = fc.constantFrom<InteractionState>('hidden', 'hidden', 'shown', 'removed');

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: said.map((each) => put(each)) },
  { weight: 4, arbitrary: liked.map((each) => put(each)) },
  { weight: 1, arbitrary: said.map((each) => put(each, { content: content('edited') })) },
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constantFrom(...IDS), states).map(([id, state]) => decide(id, state)),
  },
  {
    weight: 2,
    arbitrary: fc.oneof(said, liked).map(takeBack),
  },
  {
    weight: 1,
    arbitrary: liked.map((of) => ({
      name: `unlike ${of.actor}`,
      run: ({ interactions }: Store) => interactions.remove({ actor: of.actor, target: POST, kind: 'like' }),
    })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(actor, fc.integer({ min: 1, max: 2 })).map(([who, nth]) => ({
      name: `rename ${who} ${nth}`,
      run: ({ interactions }: Store) =>
        interactions.putAuthor({ ...author('x'), actor: who, name: `New ${nth}`, at: `2026-04-0${nth}T00:00:00Z` }),
    })),
  },
  {
    weight: 1,
    arbitrary: actor.map((who) => ({
      name: `forget ${who}`,
      run: ({ interactions }: Store) => interactions.forgetActor(who),
    })),
  },
);

const programs = fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 2 });
const before = fc.array(step, { maxLength: 4 });
const fate = fc.constantFrom<WriteFate>('made', 'made', 'retried', 'lost', 'refused');

test('what two processes do at one thread gives what some order gives', { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), before, programs, async (scheduler, first, processes) => {
      await race(scheduler, first, processes, []);
    }),
    { numRuns: 60 },
  );
});

test('so it does when mentions are about to move under a parent that just came', { timeout: 600_000 }, async () => {
  const mentions = fc.array(fc.constantFrom(...SAID.slice(1, 4).map((each) => put(each))), {
    minLength: 1,
    maxLength: 3,
  });
  const others = fc.oneof(
    said.map((each) => put(each)),
    fc.tuple(said, states).map(([{ id }, state]) => decide(id, state)),
    said.map(takeBack),
  );
  const parent = SAID.slice(0, 1).map((each) => put(each));
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      mentions,
      fc.array(step, { maxLength: 1 }),
      fc.array(others, { minLength: 1, maxLength: 2 }),
      fc.array(fate, { maxLength: 12 }),
      async (scheduler, first, next, other, writes) => {
        await race(scheduler, first, [[...parent, ...next], other], writes);
      },
    ),
    { numRuns: 60 },
  );
});

test('so it does when answers are lost, and whoever got none does it again', { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      before,
      programs,
      fc.array(fate, { maxLength: 25 }),
      async (scheduler, first, processes, writes) => {
        await race(scheduler, first, processes, writes);
      },
    ),
    { numRuns: 60 },
  );
});

async function race(
  scheduler: fc.Scheduler,
  first: readonly Step[],
  processes: readonly (readonly Step[])[],
  writes: readonly WriteFate[],
): Promise<void> {
  const waiting = [...writes];
  let isRunning = false;
  const turn = async (what: string): Promise<void> => {
    if (isRunning) await scheduler.schedule(Promise.resolve(), what);
  };
  const model = openBlobModel({ step: turn, fate: () => (isRunning ? (waiting.shift() ?? 'made') : 'made') });
  let now = Date.UTC(2026, 5, 1);
  const open = () => openBlobsStore(model, { random: () => 0.5, sleep: () => turn('pause'), clock: () => ++now });
  const setUp = open();
  for (const each of first) await each.run(setUp);
  isRunning = true;
  let time = 0;
  const done: Done[] = [];
  const running = processes.map(async (program) => {
    const store = open();
    for (const each of program) {
      for (let isAgain = false; ; isAgain = true) {
        const from = ++time;
        const [outcome] = await Promise.allSettled([each.run(store)]);
        const isTold = outcome.status === 'fulfilled';
        const result = isTold ? outcome.value : String(outcome.reason);
        done.push({ ...each, from, to: ++time, result, ended: isTold ? (isAgain ? 'again' : 'told') : 'unknown' });
        if (isTold) break;
      }
    }
  });
  await scheduler.waitFor(Promise.all(running));
  await Promise.all(running);
  isRunning = false;
  const isTorn = done.some(({ name }) => name.startsWith('take back') || name.startsWith('forget'));
  const seen = await everything(open(), isTorn);
  if (!(await isExplained(first, done, [], seen, isTorn))) {
    const lines = done.map(
      ({ name, from, to, result, ended }) => `${from}..${to} ${name} → ${JSON.stringify(result)} ${ended}`,
    );
    throw new Error(`No order gives this:\n${first.map(({ name }) => name).join('\n')}\n${lines.join('\n')}\n${seen}`);
  }
}

/** Whether the steps, in an order in which none comes before one that had ended when it began, give what was given and seen. */
async function isExplained(
  first: readonly Step[],
  left: readonly Done[],
  before: readonly Done[],
  seen: string,
  isTorn: boolean,
): Promise<boolean> {
  const store = openMemoryStore();
  for (const each of first) await each.run(store);
  // An actor goes document by document: in between, others meet what is left. That nothing is left in the end is certain.
  const isForgetting = [...before, ...left].some(({ name }) => name.startsWith('forget'));
  const isUncertain = (name: string): boolean => isForgetting || name.startsWith('rename');
  for (const each of before) {
    const result = await each.run(store);
    const isCompared = each === before.at(-1) && each.ended === 'told' && !isUncertain(each.name);
    if (isCompared && asText(result) !== asText(each.result)) return false;
  }
  const certain = left.filter(({ ended }) => ended !== 'unknown');
  if (certain.length === 0 && (await everything(store, isTorn)) === seen) return true;
  for (const next of left.filter((each) => left.every(({ to }) => to > each.from))) {
    const rest = left.filter((each) => each !== next);
    if (await isExplained(first, rest, [...before, next], seen, isTorn)) return true;
    if (next.ended === 'unknown' && (await isExplained(first, rest, before, seen, isTorn))) return true;
  }
  return false;
}

/** Ids that changed are told in the order of what was said, which two processes may see differently. */
function asText(result: unknown): string {
  return JSON.stringify(Array.isArray(result) ? result.toSorted() : result);
}

/**
 * All that is stored, in no order, and that every way to it agrees. With `isTorn`, what answers something that is not there,
 * or answers such an answer, may be a mention or a reply: what it answers may have been taken back before it moved.
 */
async function everything({ interactions }: Store, isTorn: boolean): Promise<string> {
  const { items, authors } = await interactions.list({ limit: 999 });
  const texts = (all: readonly unknown[]): string[] =>
    all.map((each) => JSON.stringify(Object.entries(Object(each)).sort())).toSorted();
  expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
  for (const each of items) {
    expect(await interactions.get(each.id)).toEqual(each);
    expect(await interactions.find(each.actor, each.id)).toEqual(each);
  }
  for (const id of IDS) if (!items.some((each) => each.id === id)) expect(await interactions.get(id)).toBeUndefined();
  const shown = items.filter(({ state }) => state === 'shown');
  for (const target of [POST, `${POST}#2`, OWN_ACTOR]) {
    const thread = await interactions.thread(target);
    expect(texts(thread.items)).toEqual(texts(shown.filter((each) => each.target === target)));
    for (const each of thread.authors) expect(each.name).toBe((await interactions.author(each.actor))?.name);
  }
  for (const { actor: who } of items)
    expect(await interactions.wasShown(who)).toBe(shown.some((each) => each.actor === who && each.kind !== 'like'));
  const targets = await collect(interactions.targets());
  expect(targets.toSorted()).toEqual([...new Set(shown.map(({ target }) => target))].toSorted());
  // A name that is newer than what the order tells is as good.
  const isLoose = ({ inReplyTo }: Interaction): boolean => {
    if (inReplyTo === undefined || inReplyTo === POST) return false;
    const parent = items.find(({ id }) => id === inReplyTo);
    return parent === undefined || isLoose(parent);
  };
  const compared = items.map((each) => {
    const { kind, target, ...rest } = each;
    return isTorn && isLoose(each) ? rest : each;
  });
  return JSON.stringify([texts(compared), texts(authors.map(({ actor: who }) => who))]);
}
