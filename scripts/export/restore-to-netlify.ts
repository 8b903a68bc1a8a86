import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PosternError } from '../../server/errors.ts';
import { type Copied, copyStore } from '../../server/store/copy-store.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import type { PortableStore } from '../../server/store/transfer-store.ts';
import { copyStoreFile } from '../backup-files.ts';

/**
 * Copies the store of a backup into the one that the functions of a site use. What it was copied from stays as it is. Cut short,
 * it is run again. Throws `ledger-exists` where the site has begun already, and what is wrong with the store.
 */
export async function restoreToNetlify(
  backup: string,
  temporaryFolder: string,
  site: PortableStore,
  onProgress: (what: string, done: number) => void,
): Promise<Copied> {
  // Opening it may bring it to a newer schema, and a backup is nobody's to change.
  const folder = mkdtempSync(join(temporaryFolder, '.store-'));
  try {
    const store = openSqliteStore(copyStoreFile(backup, folder));
    try {
      return await copyStore(store, site, { onProgress: ({ kind, done }) => onProgress(kind, done) });
    } catch (fault) {
      throw fault instanceof PosternError && fault.code === 'ledger-exists' ? siteHasBegun() : fault;
    } finally {
      await store.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function siteHasBegun(): PosternError {
  return new PosternError('ledger-exists', 'The site has a ledger already, and two cannot be made one.', {
    hint: 'A site begins to federate with its first deploy that has POSTERN_PRIVATE_KEYS: restore before that, into a new site, or one whose store "postern" was emptied on its Blobs page.',
  });
}
