import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSettings, type Settings } from '../../build/settings.ts';
import { assertNoOtherServer } from '../../scripts/other-server.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';

let folder: string;
let settings: Settings;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-other-'));
  settings = readSettings({ POSTERN_DATA: folder }, folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function beating(name: string, until = Date.now() + 30_000): Promise<void> {
  const store = openSqliteStore(join(folder, 'postern.db'));
  await store.workers.beat(name, until);
  await store.close();
}

test('a server that lives keeps another one off', async () => {
  // The process that runs these tests is another one, and lives.
  await beating(`server-${process.ppid}-ab12`);
  await expect(assertNoOtherServer(settings)).rejects.toMatchObject({ code: 'already-running' });
});

test.each([
  ['was killed', 'server-4100-ab12', () => false],
  ['ran in a container, with the number of this one', `server-${process.pid}-ab12`, () => true],
  ['delivers elsewhere, and names no process', 'run-2026', () => false],
])('one that %s does not', async (_, name, isAlive) => {
  await beating(name);
  await expect(assertNoOtherServer(settings, isAlive)).resolves.toBeUndefined();
});

test('one that left, and a folder without a store, do not either', async () => {
  await expect(assertNoOtherServer(settings)).resolves.toBeUndefined();
  await beating(`server-${process.ppid}-ab12`, Date.now() - 1);
  await expect(assertNoOtherServer(settings)).resolves.toBeUndefined();
});
