import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { makeBlog, makeFolder, writeFile, zipOf } from '../scripts/import/format-world.ts';
import { wholeGhostExport } from '../scripts/import/ghost-export.ts';
import { PNG } from '../scripts/import/mastodon-archive.ts';
import { wholeMediumArchive } from '../scripts/import/medium-archive.ts';
import { wholeTwitterArchive } from '../scripts/import/twitter-archive.ts';
import { wholeWordPressExport } from '../scripts/import/wordpress-export.ts';

const RUN = fileURLToPath(new URL('../../scripts/run.mjs', import.meta.url));

const FEED = `<?xml version="1.0"?><rss version="2.0"><channel><title>Tore</title><link>https://feed.example</link><item><title>From a feed</title><link>https://feed.example/one</link><pubDate>Thu, 02 Jan 2020 02:04:05 +0000</pubDate><description>&lt;p&gt;Words&lt;/p&gt;</description></item></channel></rss>`;

function runIn(root: string, ...args: readonly string[]): Promise<{ readonly code: unknown; readonly output: string }> {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, NO_COLOR: '1', POSTERN_OFFLINE: '1' };
  return new Promise((resolve) => {
    execFile(process.execPath, [RUN, ...args], { cwd: root, env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, output: `${stdout}${stderr}` }),
    );
  });
}

test('one export of each platform → files that the build takes; the same once more → no file changes', async () => {
  const blog = makeBlog();
  const wordpress = writeFile(join(makeFolder(), 'gates.xml'), wholeWordPressExport());
  writeFile(join(wordpress, '../uploads/2020/01/gate.png'), PNG);
  const exports = [
    await zipOf(wholeTwitterArchive()),
    wordpress,
    writeFile(join(makeFolder(), 'gates.json'), wholeGhostExport()),
    await zipOf(wholeMediumArchive()),
    writeFile(join(makeFolder(), 'feed.xml'), FEED),
  ];
  const outputs: string[] = [];
  for (const path of exports) {
    const { code, output } = await runIn(blog.root, 'import', path);
    expect(code, output).toBe(0);
    outputs.push(output);
  }
  expect(outputs.map((output) => output.split('\n')[0])).toEqual([
    'Twitter archive of @mara',
    'WordPress export of Gates & walls',
    'Ghost export of Gates & walls',
    'Medium archive',
    'RSS feed of Tore (most feeds have the newest posts alone)',
  ]);
  for (const line of outputs.join('\n').split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  const files = blog.files();
  expect(Object.keys(files).filter((file) => file.endsWith('.md'))).toEqual([
    'notes/2.md',
    'notes/20181010-201924.md',
    'notes/20181010-202100.md',
    'notes/20181011-080000.md',
    'notes/post-b.md',
    'posts/one.md',
    'posts/the-gate-2.md',
    'posts/the-gate-3.md',
    'posts/the-gate.md',
    'profile.md',
  ]);
  const built = await runIn(blog.root, 'build');
  expect(built.code, built.output).toBe(0);
  const before = blog.files();
  for (const path of exports) expect((await runIn(blog.root, 'import', path)).code).toBe(0);
  expect(blog.files()).toEqual(before);
});
