/**
 * Importing a large Mastodon archive, and importing it again. `node --import tsx bench/import.ts [--posts 30000,300000]`
 *
 * The archive is a zip file of plain posts, a quarter of them in threads. To compare: what it costs to write as many files of the
 * same length, each whole or not at all. Memory is the most that the process held, an empty import's taken off.
 */
import { spawnSync } from 'node:child_process';
import {
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ZipFile } from 'yazl';
import { outboxText } from '../tests/scripts/import/mastodon-archive.ts';
import { machine, printTable } from './measure.ts';

const { values } = parseArgs({ options: { posts: { type: 'string', default: '30000,300000' } } });
const ROOT = fileURLToPath(new URL('..', import.meta.url));

async function writeArchive(path: string, posts: number): Promise<void> {
  const zip = new ZipFile();
  zip.addReadStream(Readable.from(outboxText(posts)), 'outbox.json');
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
}

/** Runs the command as its owner would; GNU time says how much memory it took at most, in KiB. */
function importArchive(folder: string, archive: string): { seconds: number; peak: number } {
  const started = performance.now();
  const { status, stderr } = spawnSync(
    '/usr/bin/env',
    ['time', '-f', 'peak %M', process.execPath, join(ROOT, 'scripts/run.mjs'), 'import', archive],
    { cwd: folder, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  return { seconds: (performance.now() - started) / 1000, peak: Number(/peak (\d+)/.exec(stderr)?.[1]) / 1024 };
}

/** Writes the same files once more, and nothing else. */
function writeAlone(folder: string, names: readonly string[], length: number): number {
  mkdirSync(folder);
  const text = 'a'.repeat(length);
  const started = performance.now();
  for (const name of names) {
    writeFileSync(join(folder, 'aside'), text);
    renameSync(join(folder, 'aside'), join(folder, name));
  }
  return (performance.now() - started) / 1000;
}

const rows: string[][] = [];
for (const posts of [0, ...values.posts.split(',').map(Number)]) {
  const folder = mkdtempSync(join(tmpdir(), 'postern-bench-'));
  try {
    mkdirSync(join(folder, 'content'));
    writeFileSync(join(folder, 'content/profile.md'), '---\nusername: blog\nname: Blog\n---\n');
    const archive = join(folder, 'archive.zip');
    await writeArchive(archive, posts);
    const first = importArchive(folder, archive);
    const again = importArchive(folder, archive);
    if (posts === 0) {
      rows.push([
        '0',
        '',
        first.seconds.toFixed(1),
        '',
        again.seconds.toFixed(1),
        first.peak.toFixed(0),
        again.peak.toFixed(0),
      ]);
      continue;
    }
    const names = readdirSync(join(folder, 'content/notes'));
    if (names.length !== posts) throw new Error(`${names.length} of ${posts} posts are there`);
    const length = statSync(join(folder, 'content/notes', names[0] ?? '')).size;
    const floor = writeAlone(join(folder, 'alone'), names, length);
    rows.push([
      posts.toLocaleString('en'),
      `${(statSync(archive).size / 1024 ** 2).toFixed(0)} MiB`,
      first.seconds.toFixed(1),
      floor.toFixed(1),
      again.seconds.toFixed(1),
      first.peak.toFixed(0),
      again.peak.toFixed(0),
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
console.log(machine());
printTable(['posts', 'archive', 'import s', 'files alone s', 'again s', 'peak MiB', 'again MiB'], rows);
