import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { createFakeBlog, type FakeBlog } from '../remote/fake-blog.ts';
import type { Peer } from '../remote/fake-remote.ts';
import { dumpOf } from '../remote/stores.ts';

/** Says that a test of this name stands elsewhere, and fails when it does not. */
export function provenBy(file: string, ...names: readonly string[]): void {
  const text = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
  for (const name of names) expect(text, file).toContain(name);
}

export interface World {
  readonly blog: FakeBlog;
  readonly ann: Peer;
  readonly eve: Peer;
}

export function world(): World {
  const blog = createFakeBlog();
  return { blog, ann: blog.peer(), eve: blog.peer({ host: 'evil.test', name: 'eve' }) };
}

/** What was said counts only when its author said it, so the store is as it was. */
export async function expectNothingOf(activities: readonly [Peer, JsonObject][], { blog }: World): Promise<void> {
  const stored = async () => JSON.stringify({ ...JSON.parse(await dumpOf(blog.store)), actors: [], notifications: [] });
  const before = await stored();
  for (const [sender, activity] of activities) {
    expect(await blog.hear(sender, activity)).not.toBe('accepted');
    expect(await stored()).toBe(before);
  }
}
