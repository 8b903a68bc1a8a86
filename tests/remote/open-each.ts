import { afterEach, beforeEach } from 'vitest';
import { createFakeBlog, type FakeBlog } from './fake-blog.ts';
import type { Peer } from './fake-remote.ts';
import type { OpenStore, TestStore } from './stores.ts';

/** Opens a store of its own for each test of a group. */
export function openEachStore(open: OpenStore, take: (opened: TestStore) => unknown): void {
  let opened: TestStore;
  beforeEach(async () => {
    opened = await open();
    await take(opened);
  });
  afterEach(() => opened.close());
}

/** A blog, and Ann of peer.test, who has something to say to it. */
export interface Scene {
  readonly opened: TestStore;
  readonly blog: FakeBlog;
  readonly ann: Peer;
}

/** Makes a blog with a store of its own for each test of a group. */
export function openEachBlog(open: OpenStore, take: (scene: Scene) => unknown): void {
  openEachStore(open, (opened) => {
    const blog = createFakeBlog(opened.blog);
    return take({ opened, blog, ann: blog.peer() });
  });
}
