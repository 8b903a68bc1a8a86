import { expect, test } from 'vitest';
import { MAX_READING, type ReadingItem } from '../../../server/store/account-store.ts';
import { openBlobsStore } from '../../../server/store/blobs.ts';
import { MOST_VOTERS } from '../../../server/store/blobs-answers.ts';
import { MOST_SEEN } from '../../../server/store/blobs-inbound.ts';
import { MOST_MESSAGE_TEXT, MOST_MESSAGES } from '../../../server/store/blobs-messages.ts';
import { MOST_NOTIFICATIONS } from '../../../server/store/blobs-notifications.ts';
import { MOST_READING, MOST_READING_TEXT } from '../../../server/store/blobs-reading.ts';
import type { SealedMessage } from '../../../server/store/interaction-store.ts';
import { digestOfSeen } from '../../../server/store/seen-names.ts';
import { openBlobModel } from './blob-model.ts';
import { KNOWN_BUCKETS, placeOf } from './known-buckets.ts';
import { author, collect, content } from './samples.ts';

/* No document grows with what strangers send. */

/** Ids of one document, which a kind may know by another name. */
function together(buckets: number, count: number, nameOf = (id: string) => id): string[] {
  const found: string[] = [];
  for (let n = 0; found.length < count; n += 1) if (placeOf(buckets, nameOf(`i${n}`)) === 7) found.push(`i${n}`);
  return found;
}

function document(value: unknown): string {
  return JSON.stringify({ by: [], value });
}

function message(object: string, sender: string, more: Partial<SealedMessage> = {}): SealedMessage {
  return { object, sender, jwe: 'sealed', at: '2026-03-01T10:00:00Z', ...more };
}

test('of a full document of seen ids the oldest goes, and never what was marked just now', async () => {
  const full = Array.from({ length: MOST_SEEN }, (_, n): [string, number] => [`d${n}`, n === 40 ? 5 : 10 + n]);
  const model = openBlobModel({ holds: { ...KNOWN_BUCKETS, 'seen/007': document(full) } });
  const store = openBlobsStore(model);
  const [first = '', second = '', third = ''] = together(256, 3, digestOfSeen);
  await store.inbound.markSeen(first, 1);
  expect(await store.inbound.markFirst(second, 99_999)).toBe(true);
  const kept = () =>
    new Set<string>(JSON.parse(model.blobs.get('seen/007')?.text ?? '').value.map(([id]: [string]) => id));
  expect(kept().size).toBe(MOST_SEEN);
  expect(kept().has('d40')).toBe(false);
  expect(kept().has('d0')).toBe(true);
  expect(await store.inbound.seen(second)).toBe(true);
  expect(await store.inbound.markFirst(third, 0)).toBe(true);
  expect(await store.inbound.markFirst(third, 0)).toBe(false);
  expect(kept().size).toBe(MOST_SEEN);
});

test('of a full document of notifications the oldest goes', async () => {
  const store = openBlobsStore(openBlobModel());
  const keys = together(32, MOST_NOTIFICATIONS + 5);
  for (const key of keys) await store.notifications.add({ key, kind: 'like', actor: 'a', at: '2026-03-01T10:00:00Z' });
  const kept = await store.notifications.list(Number.MAX_SAFE_INTEGER);
  expect(kept.map(({ key }) => key)).toEqual(keys.slice(5).reverse());
});

test('a sender’s oldest messages make room for their newest, and for nobody else’s', async () => {
  const store = openBlobsStore(openBlobModel());
  const [many = '', other = '', late = ''] = together(32, 3);
  await store.messages.put(message('other', other));
  for (let n = 0; n < MOST_MESSAGES + 3; n += 1) await store.messages.put(message(`m${n}`, many));
  expect(await store.messages.count()).toBe(MOST_MESSAGES);
  const objects = (await store.messages.list({ limit: MOST_MESSAGES })).items.map(({ object }) => object);
  expect(objects.at(-1)).toBe('other');
  expect(objects.slice(0, -1)).toEqual(
    Array.from({ length: MOST_MESSAGES - 1 }, (_, n) => `m${MOST_MESSAGES + 2 - n}`),
  );
  await expect(store.messages.put(message('late', late))).rejects.toMatchObject({ code: 'store-full' });
  expect(await store.messages.put(message('m100', many, { jwe: 'new' }))).toBe('updated');
  await store.messages.remove({ object: 'm200' });
  expect(await store.messages.put(message('late', late))).toBe('added');
});

test('their text is bounded, too', async () => {
  const store = openBlobsStore(openBlobModel());
  const [many = '', other = ''] = together(32, 2);
  const jwe = 'x'.repeat(MOST_MESSAGE_TEXT / 4);
  for (let n = 0; n < 6; n += 1) await store.messages.put(message(`m${n}`, many, { jwe }));
  expect((await store.messages.list({ limit: 9 })).items.map(({ object }) => object)).toEqual(['m5', 'm4', 'm3', 'm2']);
  await expect(store.messages.put(message('o', other))).rejects.toMatchObject({ code: 'store-full' });
  await expect(
    store.messages.put(message('huge', many, { jwe: 'x'.repeat(MOST_MESSAGE_TEXT + 1) })),
  ).rejects.toMatchObject({ code: 'store-full' });
  expect(await store.messages.count()).toBe(4);
});

test('a message reads its sender’s document and that of its object, and the owner removes it by its object', async () => {
  let reads = 0;
  const model = openBlobModel({
    step: async (what) => {
      if (what.startsWith('get message')) reads += 1;
    },
  });
  expect(await openBlobsStore(model).messages.put(message('a', 's'))).toBe('added');
  expect(reads).toBe(2);
  reads = 0;
  expect(await openBlobsStore(model).messages.put(message('a', 't', { jwe: 'evil' }))).toBe('ignored');
  expect(reads).toBe(2);
  expect(await openBlobsStore(model).messages.remove({ object: 'a' })).toBe(true);
  expect(await openBlobsStore(model).messages.put(message('a', 't'))).toBe('added');
  // Whoever was cut short noted a message that did not come.
  await openBlobsStore(model).messages.put(message('b', 's'));
  for (const [key, { text, etag }] of model.blobs)
    if (key.startsWith('messages/')) await model.set(key, text.replaceAll('"b"', '"c"'), { onlyIfMatch: etag });
  expect(await openBlobsStore(model).messages.put(message('b', 't'))).toBe('added');
  expect(await openBlobsStore(model).messages.remove({ object: 'c' })).toBe(true);
});

function item(id: string, second: number, more: Partial<ReadingItem> = {}): ReadingItem {
  const at = new Date(Date.UTC(2026, 2, 1) + second * 1_000).toISOString();
  return { id, actor: 'a', kind: 'post', author: author('a'), content: content(id), at, ...more };
}

test('of a full document of what others post what came first goes, and never more is kept than the bound', async () => {
  const store = openBlobsStore(openBlobModel());
  const ids = together(32, MOST_READING + 2);
  const [first = '', second = '', third = ''] = ids;
  await store.reading.put(item(second, 1));
  await store.reading.put(item(first, 0));
  for (const [n, id] of ids.slice(2, -1).entries()) expect(await store.reading.put(item(id, n + 2))).toBe('added');
  expect([await store.reading.get(first), await store.reading.get(second)]).toEqual([undefined, item(second, 1)]);
  await store.reading.put(item(ids.at(-1) ?? '', MOST_READING + 1));
  const kept = (await store.reading.newest(MAX_READING)).map(({ id }) => id);
  expect(kept).toEqual(ids.slice(2).reverse());
  await store.reading.put(item(third, 99, { content: content('edited') }));
  expect(await store.reading.newest(MAX_READING)).toHaveLength(MOST_READING);
  expect(32 * MOST_READING).toBeLessThanOrEqual(MAX_READING);
});

test('what they post is bounded by its text, too', async () => {
  const model = openBlobModel();
  const store = openBlobsStore(model);
  const ids = together(32, 6);
  for (const [n, id] of ids.entries())
    await store.reading.put(item(id, n, { content: content('x'.repeat(MOST_READING_TEXT / 4)) }));
  expect((await store.reading.newest(9)).map(({ id }) => id)).toEqual(ids.slice(3).reverse());
  expect(model.blobs.get('reading/007')?.text.length).toBeLessThan(MOST_READING_TEXT);
});

test('a full document of voters takes no more of them, and those who are in it go on', async () => {
  const voters = (from: number) => Array.from({ length: MOST_VOTERS }, (_, n) => `i${from + n}`);
  const model = openBlobModel();
  const store = openBlobsStore(model);
  const [known = '', late = ''] = together(16, 2);
  const vote = { poll: 'p', multiple: true, inbox: 'https://a.example/inbox', at: '2026-03-01T10:00:00Z' };
  await store.answers.vote({ ...vote, actor: known, option: 0 });
  const key = [...model.blobs.keys()].find((each) => each.startsWith('votes/')) ?? '';
  const { by, value } = JSON.parse(model.blobs.get(key)?.text ?? '');
  const [[, voter]] = value.voters;
  for (const actor of voters(1_000_000).slice(1)) value.voters.push([actor, voter]);
  const full = openBlobsStore(openBlobModel({ holds: { ...KNOWN_BUCKETS, [key]: JSON.stringify({ by, value }) } }));
  expect(await full.answers.vote({ ...vote, actor: late, option: 0 })).toBe('ignored');
  expect(await full.answers.vote({ ...vote, actor: known, option: 1 })).toBe('counted');
  expect(await full.answers.tally('p')).toEqual({ votes: [MOST_VOTERS, 1], voters: MOST_VOTERS });
  expect(await collect(full.answers.votes())).toHaveLength(MOST_VOTERS + 1);
});
