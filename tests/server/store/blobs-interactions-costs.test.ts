import { beforeEach, expect, test } from 'vitest';
import { openBlobsStore } from '../../../server/store/blobs.ts';
import { openBlobModel } from './blob-model.ts';
import { answer, author, by, interaction, POST } from './samples.ts';

/*
 * What each thing that happens costs in reads and writes: each is a request to another machine. Each is done by a process of
 * its own, which remembers nothing.
 */

let reads: string[];
let writes: string[];
let open: () => ReturnType<typeof openBlobsStore>['interactions'];
const cost = () => ({ reads: reads.length, writes: writes.length });
const ALICE = author('alice', { avatar: 'https://remote.example/alice.png' });
const BOB = author('bob');

beforeEach(async () => {
  const step = async (what: string): Promise<void> => {
    // Beside these a process reads once where its buckets are.
    if (what.startsWith('get ') && !what.includes('secrets/')) reads.push(what);
    if (what.startsWith('set ')) writes.push(what);
  };
  [reads, writes] = [[], []];
  const model = openBlobModel({ step });
  open = () => openBlobsStore(model).interactions;
  await open().put(by(BOB, 'first'), BOB);
  await open().put(by(author('x'), 'like', { kind: 'like' }), author('x'));
  [reads, writes] = [[], []];
});

test('a reply costs three reads, three writes and a look back', async () => {
  await open().put(by(BOB, 'reply'), BOB);
  expect(cost()).toEqual({ reads: 4, writes: 3 });
});

test('a reply to a reply reads and writes what answers that, too', async () => {
  await open().put(answer('reply', 'first', { actor: BOB.actor }), BOB);
  expect(cost()).toEqual({ reads: 5, writes: 4 });
});

test('a like costs three reads and three writes; the first of its document and a new face a little more', async () => {
  await open().put(by(ALICE, 'l', { kind: 'like' }), ALICE);
  expect(cost()).toEqual({ reads: 5, writes: 5 });
  [reads, writes] = [[], []];
  await open().put(by(ALICE, 'boost', { kind: 'boost' }), ALICE);
  expect(cost()).toEqual({ reads: 3, writes: 3 });
});

test('a like is written to no document of the thread that a like of another sixteenth is written to', async () => {
  const likes = Array.from({ length: 64 }, (_, n) => author(`u${n}`));
  for (const each of likes) await open().put(by(each, each.handle, { kind: 'like' }), each);
  const sides = writes.filter((what) => /threads\/.*\/[0-9a-f]$/.test(what));
  expect(new Set(sides).size).toBe(16);
  const [busiest = 0] = [...new Set(sides)]
    .map((side) => sides.filter((each) => each === side).length)
    .sort((a, b) => b - a);
  expect(busiest).toBeLessThan(64 / 4);
  // The main document is told of each of them once.
  expect(writes.filter((what) => what.endsWith('/main'))).toHaveLength(new Set(sides).size - 1);
});

test('hiding a reply with all that answers it is one write of the thread', async () => {
  for (const name of ['b', 'c', 'd']) await open().put(answer(name, 'first', { actor: BOB.actor }), BOB);
  [reads, writes] = [[], []];
  expect(await open().setState(interaction('first').id, 'hidden')).toHaveLength(4);
  expect(writes).toHaveLength(1);
  expect(reads.length).toBeLessThanOrEqual(6);
});

test('what is taken back costs four reads and three writes at most', async () => {
  await open().remove({ actor: BOB.actor, id: interaction('first').id });
  expect(reads.length).toBeLessThanOrEqual(4);
  expect(writes.length).toBeLessThanOrEqual(3);
});

test('a page with few reactions reads few documents, one with hundreds seventeen', async () => {
  await open().thread(POST);
  expect(cost()).toEqual({ reads: 2, writes: 0 });
  for (let n = 0; n < 100; n += 1) await open().put(by(author(`r${n}`), `r${n}`), author(`r${n}`));
  for (let n = 0; n < 200; n += 1) await open().put(by(author(`l${n}`), `l${n}`, { kind: 'like' }), author(`l${n}`));
  for (const look of [
    () => open().thread(POST),
    () => open().counts(POST),
    () => open().version(POST),
    () => open().page({ target: POST, kinds: ['like'], limit: 10 }),
  ]) {
    [reads, writes] = [[], []];
    await look();
    expect(cost()).toEqual({ reads: 17, writes: 0 });
  }
  const { items, authors } = await open().thread(POST);
  [reads, writes] = [[], []];
  await open().put(by(BOB, 'one more', { kind: 'like' }), BOB);
  expect(cost()).toEqual({ reads: 3, writes: 3 });
  expect([items.length, authors.length]).toEqual([302, 302]);
});

test('what is asked of an actor reads one document of people, and the thread it is about', async () => {
  await open().countSince(BOB.actor, '2020-01-01T00:00:00Z');
  await open().author(BOB.actor);
  expect(reads).toHaveLength(2);
  [reads, writes] = [[], []];
  await open().wasShown(BOB.actor);
  await open().find(BOB.actor, interaction('first').id);
  await open().get(interaction('first').id);
  expect(reads).toHaveLength(6);
});

test('a new face is written where it is shown, and nowhere else', async () => {
  await open().put(by(ALICE, 'a'), ALICE);
  await open().put(by(ALICE, 'b', { target: 'other' }), ALICE);
  [reads, writes] = [[], []];
  await open().putAuthor({ ...ALICE, name: 'Alice', at: '2026-04-01T00:00:00Z' });
  expect(cost()).toMatchObject({ writes: 4 });
  expect((await open().thread('other')).authors[0]?.name).toBe('Alice');
  [reads, writes] = [[], []];
  await open().putAuthor({ ...ALICE, name: 'Alice', at: '2026-05-01T00:00:00Z' });
  expect(cost()).toEqual({ reads: 1, writes: 1 });
});
