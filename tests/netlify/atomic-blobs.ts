import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { BlobsServer } from '@netlify/blobs/server';

/**
 * Has every local server of Blobs in this process keep to the conditions of writes, as the service does. By itself it (10.7)
 * compares and writes in two steps, and its etag is the time of the write, which moves on every few milliseconds only: of two
 * that write on the same condition at once both succeed, and one of the two is lost.
 */
export function makeWritesAtomic(): void {
  const server: object = BlobsServer.prototype;
  const put: unknown = Reflect.get(server, 'put');
  if (typeof put !== 'function' || !('generateETag' in BlobsServer))
    throw new Error('this version of @netlify/blobs writes elsewhere');
  let last: Promise<unknown> = Promise.resolve();
  Reflect.set(server, 'put', function (this: unknown, ...request: unknown[]) {
    const turn = last.then(() => Reflect.apply(put, this, request));
    last = turn.catch(() => {});
    return turn;
  });
  Reflect.set(BlobsServer, 'generateETag', etagOf);
}

/** By what is written, in which each write of ours has a name of its own; empty where there is nothing. */
async function etagOf(file: string): Promise<string> {
  const content = await readFile(file).catch(() => undefined);
  return content ? `"${createHash('sha256').update(content).digest('hex')}"` : '';
}
