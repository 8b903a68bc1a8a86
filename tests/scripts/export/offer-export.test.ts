import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { offerExport } from '../../../scripts/export/offer-export.ts';
import { openSqliteStore } from '../../../server/store/sqlite.ts';

const HANDLE = '@mara@blog.example';
const ARCHIVE = /^mara-blog\.example-\d{4}-\d\d-\d\d\.tar\.gz$/;

let folder: string;
let told: string[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-offer-'));
  vi.spyOn(process, 'cwd').mockReturnValue(folder);
  told = [];
  vi.spyOn(console, 'log').mockImplementation((line) => void told.push(String(line)));
  for (const [name, place] of Object.entries({ POSTERN_DATA: 'data', POSTERN_CONTENT: 'content' }))
    vi.stubEnv(name, join(folder, place));
  mkdirSync(join(folder, 'data'));
  await openSqliteStore(join(folder, 'data/postern.db')).close();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const archives = () => readdirSync(folder).filter((name) => ARCHIVE.test(name));

test('where nobody is to be asked, the command is named', async () => {
  await offerExport(HANDLE, undefined);
  expect([told, archives()]).toEqual([['  To take all of it along first: npm run export'], []]);
});

test('Enter exports, "no" does not, and what was exported today is not exported again', async () => {
  const questions: string[] = [];
  const answering = (answer: string) => async (question: string) => {
    questions.push(question);
    return answer;
  };
  await offerExport(HANDLE, answering('no'));
  expect(archives()).toEqual([]);
  await offerExport(HANDLE, answering(''));
  expect(archives()).toHaveLength(1);
  await offerExport(HANDLE, answering(''));
  expect([questions.length, told.at(-1)]).toEqual([2, expect.stringContaining('It was exported today')]);
});

test('what fails keeps everything from being deleted', async () => {
  rmSync(join(folder, 'data/postern.db'));
  await expect(offerExport(HANDLE, async () => 'y')).rejects.toMatchObject({ code: 'no-store' });
});
