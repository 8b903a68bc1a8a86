import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getStore } from '@netlify/blobs';
import { BlobsServer } from '@netlify/blobs/server';
import { type BlobStore, netlifyBlobs } from '../../../server/store/blobs-client.ts';
import { makeWritesAtomic } from '../../netlify/atomic-blobs.ts';

export interface LocalBlobs {
  /** Another client of the same data. */
  open(): BlobStore;
  stop(): Promise<void>;
}

makeWritesAtomic();

const NAMED = { name: 'postern', siteID: 'site', token: 'token' };

/** The service as its own package emulates it, on loopback, asked by the real client. */
export async function startLocalBlobs(): Promise<LocalBlobs> {
  const directory = mkdtempSync(join(tmpdir(), 'postern-blobs-'));
  const server = new BlobsServer({ directory, token: NAMED.token });
  const { port } = await server.start();
  const url = `http://127.0.0.1:${port}`;
  return {
    open: () => netlifyBlobs(getStore({ ...NAMED, edgeURL: url, uncachedEdgeURL: url })),
    stop: async () => {
      await server.stop();
      rmSync(directory, { recursive: true });
    },
  };
}
