import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { outboxText } from './mastodon-archive.ts';
import { createBench } from './workbench.ts';

const POSTS = 12_000;
const FIRST = 2_000;

/** A post is known again by some letters of a digest; its text alone would take four times as much. */
const MOST_A_POST = 700;

test('an archive of any length → post by post: what is kept of each is less than its text', async () => {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  const heap = (): number => {
    if (typeof collect === 'function') collect();
    return process.memoryUsage().heapUsed;
  };
  const bench = createBench();
  mkdirSync(join(bench.root, 'archive'));
  await pipeline(Readable.from(outboxText(POSTS)), createWriteStream(join(bench.root, 'archive/outbox.json')));
  const seen = new Map<number, number>();
  const onProgress = (done: number): void => {
    if (done === FIRST || done === POSTS) seen.set(done, heap());
  };
  const report = await bench.run(join(bench.root, 'archive'), { dryRun: true, onProgress });
  expect(report.posts.imported).toBe(POSTS);
  const grown = (seen.get(POSTS) ?? Number.POSITIVE_INFINITY) - (seen.get(FIRST) ?? 0);
  expect(grown / (POSTS - FIRST)).toBeLessThan(MOST_A_POST);
});
