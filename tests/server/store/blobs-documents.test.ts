import { beforeEach, describe, expect, test } from 'vitest';
import type { BlobStore } from '../../../server/store/blobs-client.ts';
import { type DocumentsOptions, openDocuments } from '../../../server/store/blobs-documents.ts';
import { type BlobModel, openBlobModel } from './blob-model.ts';
import { countingBlobs } from './counting-blobs.ts';

const WORDS = {
  folder: 'words',
  empty: (): string[] => [],
  parse: (json: unknown): string[] => {
    if (!Array.isArray(json)) throw new TypeError('no words');
    return json.map(String);
  },
  print: (words: string[]) => words,
};

const OPTIONS: DocumentsOptions = { random: () => 1, sleep: async () => {} };

let model: BlobModel;
let blobs: ReturnType<typeof countingBlobs>;
beforeEach(() => {
  model = openBlobModel({ holds: {} });
  blobs = countingBlobs(model);
});

const open = (store: BlobStore = blobs, options = OPTIONS) => openDocuments(store, WORDS, options);
const say = (word: string) => (words: string[]) => words.push(word);

test('a document that does not exist is empty, and reading it makes none', async () => {
  expect(await open().read('a')).toEqual([]);
  expect(model.blobs.size).toBe(0);
});

test('what is asked for at once is written at once: a read and two writes for any number', async () => {
  const documents = open();
  const results = await Promise.all(Array.from({ length: 50 }, (_, n) => documents.change('a', say(`w${n}`))));
  expect(results).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
  expect(blobs.costs()).toMatchObject({ reads: 1, writes: 2, conflicts: 0 });
  expect(await open().read('a')).toHaveLength(50);
});

test('after a write the next one needs no read, until another process was first', async () => {
  const [documents, others] = [open(), open(model)];
  await documents.change('a', say('one'));
  await documents.change('a', say('two'));
  expect(blobs.costs()).toMatchObject({ reads: 1, writes: 2 });
  await others.change('a', say('three'));
  expect(await documents.change('a', say('four'))).toBe(4);
  expect(blobs.costs()).toMatchObject({ reads: 2, writes: 4, conflicts: 1 });
  expect(await documents.read('a')).toEqual(['one', 'two', 'three', 'four']);
});

test('what is read to be changed is read once, and is the caller’s own', async () => {
  await open(model).change('a', say('one'));
  const documents = open();
  (await documents.readToChange('a')).push('mine alone');
  expect(await documents.change('a', say('two'))).toBe(2);
  expect(blobs.costs()).toMatchObject({ reads: 1, writes: 1 });
});

test('a change that changes nothing writes nothing, and knows it: what is remembered may be old', async () => {
  const documents = open();
  const sayOnce = (word: string) => (words: string[]) => words.includes(word) || words.push(word);
  await documents.change('a', sayOnce('one'));
  expect(await documents.change('a', sayOnce('one'))).toBe(true);
  expect(await documents.change('b', () => 'nothing')).toBe('nothing');
  expect(blobs.costs().writes).toBe(1);
  await documents.change('a', sayOnce('one'));
  await open(model).change('a', (words) => words.splice(0));
  await documents.change('a', sayOnce('one'));
  expect(await open(model).read('a')).toEqual(['one']);
});

test('work that throws is told of it, and those beside it are done', async () => {
  const documents = open();
  const fails = documents.change('a', () => {
    throw new RangeError('no');
  });
  const [failed, done] = await Promise.allSettled([
    fails,
    documents.change('a', say('one')),
    documents.change('a', say('two')),
  ]);
  expect(failed).toMatchObject({ status: 'rejected', reason: expect.any(RangeError) });
  expect(done).toMatchObject({ status: 'fulfilled' });
  expect(await documents.read('a')).toEqual(['one', 'two']);
});

test('only so many documents are remembered', async () => {
  const documents = open();
  for (let n = 0; n < 65; n += 1) await documents.change(`d${n}`, say('one'));
  await documents.change('d64', say('two'));
  expect(blobs.costs().reads).toBe(65);
  await documents.change('d0', say('two'));
  expect(blobs.costs().reads).toBe(66);
});

describe('when others are in the way', () => {
  test('who never comes first gives up after a bounded time, with longer pauses each time', async () => {
    const pauses: number[] = [];
    const sleep = async (ms: number) => void pauses.push(ms);
    const crowded: BlobStore = { ...model, set: async () => undefined };
    await expect(open(crowded, { random: () => 1, sleep }).change('a', say('one'))).rejects.toMatchObject({
      code: 'store-contended',
      facts: { key: 'words/a' },
    });
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    expect(Math.max(...pauses)).toBe(800);
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeLessThan(20_000);
  });

  test('an answer that was lost is known for a write of our own, also after others wrote', async () => {
    const others = open(model);
    let isFirst = true;
    const forgetful: BlobStore = {
      ...model,
      set: async (...write) => {
        const etag = await model.set(...write);
        if (!isFirst) return etag;
        isFirst = false;
        for (let n = 0; n < 20; n += 1) await others.change('a', say(`other ${n}`));
        return undefined;
      },
    };
    expect(await open(forgetful).change('a', say('ours'))).toBe(1);
    expect((await others.read('a')).filter((word) => word === 'ours')).toHaveLength(1);
  });

  test('a fault of the service is passed on where the write was not made, and the next one starts anew', async () => {
    let fault: Error | undefined = new Error('the service is down');
    const failing: BlobStore = { ...model, set: (...write) => (fault ? Promise.reject(fault) : model.set(...write)) };
    const documents = open(failing);
    await expect(documents.change('a', say('one'))).rejects.toBe(fault);
    fault = undefined;
    expect(await documents.change('a', say('two'))).toBe(1);
  });
});

test.each(['', 'null', '{"value":[]}', '{"by":[]}', '{"by":[],"value":{}}', '<html>'])(
  'a blob that holds %j is named, and is not written over',
  async (text) => {
    await model.set('words/a', text, { onlyIfNew: true });
    const damaged = { code: 'store-damaged', facts: { key: 'words/a' } };
    await expect(open().read('a')).rejects.toMatchObject(damaged);
    await expect(open().change('a', say('one'))).rejects.toMatchObject(damaged);
    expect(model.blobs.get('words/a')?.text).toBe(text);
  },
);
