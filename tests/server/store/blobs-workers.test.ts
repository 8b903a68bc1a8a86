import { expect, test } from 'vitest';
import { openBlobsStore } from '../../../server/store/blobs.ts';
import { openBlobModel } from './blob-model.ts';

const DAY = 86_400_000;

test('workers that ended without a word are forgotten after a day, and nothing grows', async () => {
  const model = openBlobModel();
  const { workers } = openBlobsStore(model);
  for (let n = 0; n < 500; n += 1) await workers.beat(`ended ${n}`, n);
  expect(await workers.alive(0)).toHaveLength(499);
  for (let n = 0; n < 100; n += 1) await workers.beat(`new ${n}`, 2 * DAY);
  expect(await workers.alive(0)).toHaveLength(100);
  expect([...model.blobs.keys()].filter((key) => key.startsWith('workers/'))).toHaveLength(8);
});
