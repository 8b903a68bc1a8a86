import { expect, test } from 'vitest';
import { openBlobsStore } from '../../../server/store/blobs.ts';
import { openBlobModel } from './blob-model.ts';

const lease = { owner: 'w', now: 1, leaseMs: 1_000, limit: 1 };

test('a store that was opened without what delivers says so, and changes nothing', async () => {
  const model = openBlobModel({ holds: {} });
  const { deliveries } = openBlobsStore(model);
  const delivery = { activityId: 'a', inbox: 'https://a.example/inbox', owner: 'w' };
  const without = { code: 'store-without-delivering' };
  await expect(deliveries.lease(lease)).rejects.toMatchObject(without);
  await expect(deliveries.settle(delivery, { state: 'delivered', status: 202 }, 1)).rejects.toMatchObject(without);
  await expect(deliveries.release('w')).rejects.toMatchObject(without);
  await expect(deliveries.postpone('a.example', { probeAt: 2, restAt: 3 })).rejects.toMatchObject(without);
  expect(await deliveries.counts()).toMatchObject({ pending: 0 });
  expect(model.blobs.size).toBe(0);
});

test('a store that was opened without what counts says so', async () => {
  await expect(openBlobsStore(openBlobModel({ holds: {} })).sizes()).rejects.toMatchObject({
    code: 'store-without-sizes',
  });
});
