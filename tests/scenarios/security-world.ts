import { readFileSync } from 'node:fs';
import { afterEach, expect } from 'vitest';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { createFakeBlog, type FakeBlog } from '../remote/fake-blog.ts';
import type { Peer } from '../remote/fake-remote.ts';
import { dumpOf, NEAR_STORES, type OpenStore, type TestStore } from '../remote/stores.ts';

/** Says that a test of this name stands elsewhere, and fails when it does not. */
export function provenBy(file: string, ...names: readonly string[]): void {
  const text = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
  for (const name of names) expect(text, file).toContain(name);
}

export interface World {
  readonly blog: FakeBlog;
  readonly ann: Peer;
  readonly eve: Peer;
  /** Whether its store is read in no time. */
  readonly isNear: boolean;
}

/** Gives what makes a world with a store of its own, for the tests of a group; each ends with its test. */
export function worldsOf(name: string, open: OpenStore): () => Promise<World> {
  const isNear = NEAR_STORES.some(([near]) => near === name);
  const opened: TestStore[] = [];
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close();
  });
  return async () => {
    const store = await open();
    opened.push(store);
    const blog = createFakeBlog(store.blog);
    return { blog, ann: blog.peer(), eve: blog.peer({ host: 'evil.test', name: 'eve' }), isNear };
  };
}

/** What was said counts only when its author said it, so the store is as it was: after each, or after all where that takes long. */
export async function expectNothingOf(
  activities: readonly [Peer, JsonObject][],
  { blog, isNear }: World,
): Promise<void> {
  const stored = async () => JSON.stringify({ ...JSON.parse(await dumpOf(blog.store)), actors: [], notifications: [] });
  const before = await stored();
  for (const [sender, activity] of activities) {
    expect(await blog.hear(sender, activity)).not.toBe('accepted');
    if (isNear) expect(await stored()).toBe(before);
  }
  expect(await stored()).toBe(before);
}
