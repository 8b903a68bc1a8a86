import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBlobsStore } from '../../../server/store/blobs.ts';
import { openMemoryStore } from '../../../server/store/memory.ts';
import { openSqliteStore } from '../../../server/store/sqlite.ts';
import type { Store } from '../../../server/store/store.ts';
import { openBlobModel } from './blob-model.ts';
import { accountCommand, seeAccount } from './model-account.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-account-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Two processes whose clocks are one: the order is that of the calls. */
function openBlobs(): readonly Store[] {
  const model = openBlobModel();
  let now = Date.UTC(2026, 5, 1);
  return [1, 2].map(() => openBlobsStore(model, { clock: () => ++now }));
}

let files = 0;
test.each([
  ['Blobs', openBlobs, 60],
  ['SQLite', () => [openSqliteStore(join(folder, `${++files}.db`))], 30],
] as const)('%s: what belongs to the account is what memory has, whatever is done', async (_, open, numRuns) => {
  await fc.assert(
    fc.asyncProperty(fc.array(accountCommand, { minLength: 5, maxLength: 50 }), async (sequence) => {
      const memory = openMemoryStore();
      const stores = open();
      for (const [n, each] of [...sequence, seeAccount].entries())
        expect(await each(stores[n % stores.length] ?? memory)).toEqual(await each(memory));
      for (const store of stores) await store.close();
    }),
    { numRuns },
  );
});
