import { expect } from 'vitest';
import { BLOG, type FakeBlog } from '../remote/fake-blog.ts';

/** A Follow that somebody else may have written. */
export const ACTOR = 'https://peer.test/users/ann';
export const ID = 'https://peer.test/activities/1';
export const follow = { id: ID, type: 'Follow', actor: ACTOR, object: BLOG.actor };

export async function expectNoEffect(blog: FakeBlog): Promise<void> {
  expect(await blog.followers()).toEqual([]);
  expect(await blog.queued()).toEqual([]);
  expect(await blog.stored()).toEqual([]);
  expect(blog.lines).toHaveLength(1);
}
