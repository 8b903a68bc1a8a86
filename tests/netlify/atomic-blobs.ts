import { BlobsServer } from '@netlify/blobs/server';

/**
 * Has every local server of Blobs in this process write one thing after the other, as the service does. By itself it (10.7)
 * compares and writes in two steps, and its etag is the time of the write in milliseconds: of two that write on the same
 * condition at once both succeed, and one of the two is lost.
 */
export function makeWritesAtomic(): void {
  const server: object = BlobsServer.prototype;
  const put: unknown = Reflect.get(server, 'put');
  if (typeof put !== 'function') throw new Error('this version of @netlify/blobs writes elsewhere');
  let last: Promise<unknown> = Promise.resolve();
  Reflect.set(server, 'put', function (this: unknown, ...request: unknown[]) {
    const turn = last.then(() => Reflect.apply(put, this, request));
    last = turn.then(nextMillisecond, nextMillisecond);
    return turn;
  });
}

async function nextMillisecond(): Promise<void> {
  const now = Date.now();
  while (Date.now() <= now) await new Promise(setImmediate);
}
