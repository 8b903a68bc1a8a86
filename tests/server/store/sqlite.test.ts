import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../../server/store/sqlite.ts';
import { storeConformance } from './conformance.ts';

storeConformance('SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-store-'));
  const file = join(folder, 'new', 'postern.db');
  const store = openSqliteStore(file);
  const other = openSqliteStore(file);
  return {
    store,
    other,
    dispose: async () => {
      await Promise.all([store.close(), other.close()]);
      rmSync(folder, { recursive: true });
    },
  };
});
