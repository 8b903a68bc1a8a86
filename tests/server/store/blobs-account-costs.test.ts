import { expect, test } from 'vitest';
import type { Vote } from '../../../server/store/account-store.ts';
import { openBlobsStore } from '../../../server/store/blobs.ts';
import type { Store } from '../../../server/store/store.ts';
import { openBlobModel } from './blob-model.ts';
import { type Costs, countingBlobs } from './counting-blobs.ts';
import { ALICE, content } from './samples.ts';

/* What the service is asked for: each time by a process that has just started, whatever there is already. */

const AT = '2026-03-01T10:00:00Z';
const EVERY_PART = 16;
const EVERY_ITEM = 32;

function vote(n: number, more: Partial<Vote> = {}): Vote {
  const actor = `https://s${n % 40}.example/users/${n}`;
  const inbox = `https://s${n % 40}.example/inbox`;
  return { poll: 'poll', actor, option: n % 3, multiple: false, inbox, at: AT, ...more };
}

function item(n: number) {
  const id = `https://remote.example/notes/${n}`;
  return { id, actor: ALICE.actor, kind: 'post', author: ALICE, content: content('x'.repeat(500)), at: AT } as const;
}

/** A store with so many votes and things to read, and what a new process pays for something. */
async function filledWith(count: number): Promise<(work: (store: Store) => Promise<unknown>) => Promise<Costs>> {
  const model = openBlobModel();
  const store = openBlobsStore(model);
  const all = Array.from({ length: count }, (_, n) => n);
  await Promise.all(all.map((n) => store.answers.vote(vote(n))));
  await Promise.all(all.map((n) => store.reading.put(item(n))));
  await Promise.all(all.map((n) => store.following.put({ actor: `a${n}`, state: 'accepted', activity: 'x', at: AT })));
  return async (work) => {
    const blobs = countingBlobs(model);
    await work(openBlobsStore(blobs));
    return blobs.costs();
  };
}

/** Beside them the secret of the buckets is read, once by a process. */
const once = (reads: number, writes: number) => ({ reads: reads + 1, writes, conflicts: 0, lists: 0, deletes: 0 });

test.each([10, 1_000])('with %i of each, one more costs a read and a write of one document', async (count) => {
  const costsOf = await filledWith(count);
  const figures = {
    vote: await costsOf((store) => store.answers.vote(vote(count))),
    'vote of who voted': await costsOf((store) => store.answers.vote(vote(1))),
    accept: await costsOf((store) => store.following.put({ actor: 'new', state: 'accepted', activity: 'x', at: AT })),
    'look whether one follows': await costsOf((store) => store.following.get('a1')),
    item: await costsOf((store) => store.reading.put(item(count))),
    consent: await costsOf((store) =>
      store.answers.putConsent({ object: 'o', quoted: 'q', state: 'rejected', at: AT }),
    ),
    'look for a consent': await costsOf((store) => store.answers.consent('o')),
    stamp: await costsOf((store) => store.answers.consentByStamp('s')),
    'what was told': await costsOf((store) => store.answers.setTold('o', 'digest')),
  };
  for (const [what, { reads, writes, text }] of Object.entries(figures)) {
    console.log(`${count} of each, ${what}: ${reads} reads, ${writes} writes, ${Math.ceil(text / 1024)} KB`);
    expect(text).toBeLessThanOrEqual(200 * 1_024);
  }
  const [read, write] = [once(1, 0), once(1, 1)];
  expect(figures).toMatchObject({
    ...{ vote: write, 'vote of who voted': read, accept: write, 'look whether one follows': read, item: write },
    ...{ consent: write, 'look for a consent': read, 'what was told': write, stamp: { ...once(8, 0), reads: 8 } },
  });
});

test('a tally reads the parts of its poll, and nothing of others', async () => {
  const costsOf = await filledWith(1_000);
  const tally = await costsOf(async ({ answers }) => expect((await answers.tally('poll')).voters).toBe(1_000));
  expect(tally).toMatchObject({ reads: EVERY_PART, writes: 0, lists: 0 });
  expect(await costsOf(({ answers }) => answers.voterInboxes('other'))).toMatchObject({ reads: EVERY_PART, text: 0 });
  const newest = await costsOf(({ reading }) => reading.newest(40));
  expect(newest).toMatchObject({ reads: EVERY_ITEM, writes: 0, lists: 0 });
  const back = await costsOf(async ({ reading }) => expect(await reading.remove(ALICE.actor, item(1).id)).toBe(1));
  expect(back).toMatchObject({ reads: EVERY_ITEM, writes: 1, lists: 0 });
});

test('the votes of a popular poll are written to many keys, each with those who voted at once', async () => {
  const model = openBlobModel();
  const [one, other] = [countingBlobs(model), countingBlobs(model)];
  const stores = [openBlobsStore(one), openBlobsStore(other)];
  const all = Array.from({ length: 2_000 }, (_, n) => stores[n % 2]?.answers.vote(vote(n)));
  expect(new Set(await Promise.all(all))).toEqual(new Set(['counted']));
  const keys = [...model.blobs].filter(([key]) => key.startsWith('votes/'));
  expect(keys).toHaveLength(EVERY_PART);
  for (const [, { text }] of keys) expect(JSON.parse(text).value.voters.length).toBeLessThan(2 * (2_000 / EVERY_PART));
  expect(one.costs().writes + other.costs().writes).toBeLessThan(300);
});
