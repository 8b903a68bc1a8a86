import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isCommitted } from './git.ts';

/**
 * What Postern brings along to be looked at, relative to the content folder. Not in it is `pages/how-to-follow.md`, which is
 * true of every blog.
 */
export const SAMPLES: readonly string[] = [
  'notes/20261005-0712.md',
  'notes/20261012-2040.md',
  'notes/20261022-0655.md',
  'notes/20261101-1630.md',
  'notes/20261111-2115.md',
  'notes/20261116-0800.md',
  'notes/20261122-1010.md',
  'pages/about.md',
  'pages/links.md',
  'pages/now.md',
  'posts/a-year-from-now.md',
  'posts/deleting-for-real.md',
  'posts/how-a-follow-works.md',
  'posts/http-signatures-for-the-curious.md',
  'posts/moving-hosts-and-keeping-ids.md',
  'posts/read-the-plan-first.md',
  'posts/the-blog-is-the-actor.md',
  'posts/the-gate-that-was-left-open.md',
  'posts/the-repository-is-the-account.md',
  'posts/warum-eine-pforte.md',
  'posts/what-servers-do-with-an-article.md',
  'posts/writing-in-postern.md',
];

/** The samples that are still there. */
export function samplesIn(contentFolder: string): string[] {
  return SAMPLES.filter((sample) => existsSync(join(contentFolder, sample)));
}

/** Removes the samples that git can bring back; gives which were removed, and which were changed and so are not. */
export async function removeSamples(contentFolder: string): Promise<{ removed: string[]; kept: string[] }> {
  const removed: string[] = [];
  const kept: string[] = [];
  for (const sample of samplesIn(contentFolder)) {
    const file = join(contentFolder, sample);
    if (await isCommitted(file)) {
      rmSync(file);
      removed.push(sample);
    } else kept.push(sample);
  }
  return { removed, kept };
}
