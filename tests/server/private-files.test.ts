import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { replaceFile } from '../../server/private-files.ts';

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'postern-files-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('a file that is replaced has the new text and mode, and nothing is left beside it', async () => {
  const folder = makeFolder();
  await replaceFile(join(folder, 'a.json'), 'old');
  await replaceFile(join(folder, 'a.json'), 'new', 0o600);
  expect(readFileSync(join(folder, 'a.json'), 'utf8')).toBe('new');
  expect(statSync(join(folder, 'a.json')).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['a.json']);
});

test('what cannot be replaced, here a folder, stays; and nothing is left beside it', async () => {
  const folder = makeFolder();
  mkdirSync(join(folder, 'taken', 'inside'), { recursive: true });
  await expect(replaceFile(join(folder, 'taken'), 'secret', 0o600)).rejects.toThrow();
  expect(readdirSync(folder)).toEqual(['taken']);
});
