import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { isCommitted, readGit } from '../../../scripts/setup/git.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-git-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

function git(...args: string[]): void {
  execFileSync('git', ['-c', 'user.name=Mara', '-c', 'user.email=mara@blog.example', ...args], { cwd: folder });
}

function commit(file: string): string {
  writeFileSync(join(folder, file), 'one\n');
  git('add', file);
  git('commit', '-qm', file);
  return join(folder, file);
}

test('a folder without a repository', async () => {
  expect(await readGit(folder, ['a'])).toEqual({ repository: false, uncommitted: ['a'] });
});

test('a file counts as committed while it is as in the last commit', async () => {
  git('init', '-qb', 'main');
  const file = commit('a');
  const added = join(folder, 'b');
  writeFileSync(added, 'two\n');
  git('add', 'b');
  expect([await isCommitted(file), await isCommitted(added)]).toEqual([true, false]);
  writeFileSync(file, 'changed\n');
  expect(await readGit(folder, [file])).toMatchObject({ uncommitted: [file] });
});

test('where it was cloned from, kept as upstream, is not where it is pushed', async () => {
  git('init', '-qb', 'main');
  commit('a');
  git('remote', 'add', 'upstream', 'https://git.example/postern');
  expect(await readGit(folder, [])).toEqual({ repository: true, uncommitted: [] });
});

test('what signs in is no part of what is shown', async () => {
  git('init', '-qb', 'main');
  commit('a');
  git('remote', 'add', 'origin', 'https://x-access-token:secret@git.example/blog');
  expect(await readGit(folder, [])).toEqual({
    repository: true,
    uncommitted: [],
    remote: { name: 'origin', address: 'https://git.example/blog' },
  });
});
