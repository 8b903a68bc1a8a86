import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { writeExport } from '../../scripts/exported-files.ts';

function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'postern-export-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('an export replaces the one before and is for its owner alone', async () => {
  const file = join(ownFolder(), 'followers.csv');
  for (const text of ['first', 'second']) await writeExport(file, text);
  expect(readFileSync(file, 'utf8')).toBe('second');
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test.each(['typo', 'typo/deeper', 'file'])('a folder %s that is not there is named and not made', async (name) => {
  const folder = ownFolder();
  writeFileSync(join(folder, 'file'), 'no folder');
  const file = join(folder, name, 'x.csv');
  await expect(writeExport(file, 'text')).rejects.toThrow(
    `${file} cannot be written: there is no folder ${join(folder, name)}.`,
  );
  expect(existsSync(join(folder, 'typo'))).toBe(false);
});
