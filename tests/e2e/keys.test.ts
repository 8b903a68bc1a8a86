import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createOwnBlog, type OwnBlog } from '../invariants/own-blog.ts';

/** Each command is a process of its own, and a test runs many. */
vi.setConfig({ testTimeout: 300_000 });

const FEDERATES = { POSTERN_ORIGIN: 'https://blog.example' };

let blog: OwnBlog;
beforeEach(() => {
  blog = createOwnBlog();
});
afterEach(() => blog.remove());

function site(name = 'site'): string {
  return join(blog.folder, name);
}

describe('keys', () => {
  test('the first run makes them; a build needs the public halves alone', async () => {
    await blog.run('build', '--output', site());
    expect(readFileSync(join(blog.content, 'keys.json'), 'utf8')).not.toContain('"d"');
    rmSync(blog.data, { recursive: true });
    expect((await blog.run('build', '--output', site())).code).toBe(0);
    expect(existsSync(join(blog.data, 'keys.json'))).toBe(false);
  });

  test('whichever are made are told by the command that made them, and only then: a blog from before gets its owner’s', async () => {
    blog.remove();
    blog = createOwnBlog(FEDERATES);
    const made = await blog.run('publish');
    expect(made.stderr).toMatch(/The blog's and the owner's keys were made\.\s+Commit\s/);
    for (const file of ['keys.json', 'owner.json'])
      for (const folder of [blog.content, blog.data]) expect(made.stderr).toContain(join(folder, file));
    for (const [name, ...args] of [['build', '--output', site()], ['publish']] as const) {
      for (const folder of [blog.content, blog.data]) rmSync(join(folder, 'owner.json'));
      const { code, stderr } = await blog.run(name, ...args);
      expect([code, stderr.replace(/\s+/g, ' ')]).toEqual([
        0,
        `keys The owner's keys were made. Commit ${join(blog.content, 'owner.json')}, the public halves. ` +
          `The private halves are in ${join(blog.data, 'owner.json')}: keep them out of git, and back them up, ` +
          'for nobody can make them again. ',
      ]);
      expect((await blog.run(name, ...args)).stderr).toBe('');
    }
  });

  test('the private halves missing or of another blog → both files named, exit 1, none replaced', async () => {
    const other = createOwnBlog();
    try {
      await Promise.all([blog.run('build', '--output', site()), other.run('build', '--output', site('other'))]);
    } finally {
      copyFileSync(join(other.data, 'keys.json'), join(blog.folder, 'other-keys.json'));
      other.remove();
    }
    const publicHalf = readFileSync(join(blog.content, 'keys.json'), 'utf8');
    rmSync(join(blog.data, 'keys.json'));
    const missing = await blog.run('start');
    copyFileSync(join(blog.folder, 'other-keys.json'), join(blog.data, 'keys.json'));
    const mismatch = await blog.run('start');
    for (const { code, stdout, stderr } of [missing, mismatch]) {
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toContain(join(blog.content, 'keys.json'));
      expect(stderr).toContain(join(blog.data, 'keys.json'));
      expect(stderr).toMatch(/^next {2}/m);
    }
    expect(mismatch.stderr).toMatch(/is\s+not the private half/);
    expect(readFileSync(join(blog.content, 'keys.json'), 'utf8')).toBe(publicHalf);
  });
});
