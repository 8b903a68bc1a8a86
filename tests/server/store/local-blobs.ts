import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getStore } from '@netlify/blobs';
import { BlobsServer } from '@netlify/blobs/server';
import { type BlobStore, netlifyBlobs } from '../../../server/store/blobs-client.ts';

export interface LocalBlobs {
  /** Another client of the same data. */
  open(): BlobStore;
  stop(): Promise<void>;
}

const NAMED = { name: 'postern', siteID: 'site', token: 'token' };

/** The service as its own package emulates it, on loopback, asked by the real client. */
export async function startLocalBlobs(): Promise<LocalBlobs> {
  const directory = mkdtempSync(join(tmpdir(), 'postern-blobs-'));
  const server = new BlobsServer({ directory, token: NAMED.token });
  const { port } = await server.start();
  const url = `http://127.0.0.1:${port}`;
  const inTurn = turns();
  return {
    open: () => {
      const blobs = netlifyBlobs(getStore({ ...NAMED, edgeURL: url, uncachedEdgeURL: url }));
      return { ...blobs, set: (...write) => inTurn(() => blobs.set(...write)) };
    },
    stop: async () => {
      await server.stop();
      rmSync(directory, { recursive: true });
    },
  };
}

/**
 * Lets writes through one after the other: the emulation (10.7) compares and writes in two steps, and its etag is the time
 * of the write in milliseconds, so that two writes within one have the same.
 */
function turns(): <Result>(write: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (write) => {
    const turn = last.then(write);
    last = turn.then(nextMillisecond, nextMillisecond);
    return turn;
  };
}

async function nextMillisecond(): Promise<void> {
  const now = Date.now();
  while (Date.now() <= now) await new Promise(setImmediate);
}
