import type { Store } from '../../server/store/store.ts';
import { createWorld, type File, post, type World } from '../server/publish-world.ts';

/** The files of a blog as they are published. */
interface Blog {
  readonly profile: string;
  readonly files: ReadonlyMap<string, File>;
  readonly source?: { readonly commit: string; readonly committedAt: string };
}

const OLD = { published: '2020-01-01T00:00:00Z' };

/** As it was when federation began. */
const BEFORE: Blog = {
  profile: 'first',
  files: new Map([
    ['edited', post('before', OLD)],
    ['removed', post('removed', OLD)],
    ['stays', post('stays', OLD)],
  ]),
};

/** One change of each kind. */
const CHANGED: Blog = {
  profile: 'changed',
  source: { commit: 'c1', committedAt: '2026-11-23T11:30:00Z' },
  files: new Map([
    ['edited', post('after', OLD)],
    ['stays', post('stays', OLD)],
    ['new', post('new', { published: '2026-11-23T00:00:00Z', dateOnly: true })],
  ]),
};

/** Changed once more before anybody was told: the new post is gone, and the edit is another one. */
const CHANGED_AGAIN: Blog = {
  ...CHANGED,
  files: new Map([
    ['edited', post('after all', OLD)],
    ['stays', post('stays', OLD)],
  ]),
};

/** As many changes as a publish sends unasked, or nearly. */
const BUSY: Blog = {
  ...CHANGED,
  files: new Map([...CHANGED.files, ...Array.from({ length: 6 }, (_, n) => [`new-${n}`, post(`new ${n}`)] as const)]),
};

const BLOGS: ReadonlyMap<string, Blog> = new Map([
  ['before', BEFORE],
  ['changed', CHANGED],
  ['changed-again', CHANGED_AGAIN],
  ['busy', BUSY],
]);

/** A blog with its files as they are by this name. */
export function openBlog(name: string, store: Store): World {
  const blog = BLOGS.get(name);
  if (!blog) throw new Error(`There is no blog "${name}".`);
  const world = createWorld({ store, files: new Map(blog.files) });
  world.profile = blog.profile;
  world.source = blog.source;
  return world;
}
