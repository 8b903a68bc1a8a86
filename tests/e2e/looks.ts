import { expect } from 'vitest';
import { commentsOf, eventually, type LiveBlog, type Note, toldOf } from './desk.ts';

/** Waits until the owner was told of this so often. */
export const told = (blog: LiveBlog, kind: string, times = 1) =>
  eventually(`${times} × ${kind}`, async () => {
    const all = await toldOf(blog);
    return all.filter((each) => each === kind).length === times || undefined;
  });

/** Waits until everything that was to be delivered has arrived. */
export const arrived = ({ store }: LiveBlog) =>
  eventually('the deliveries to end', async () => {
    const { pending, failed, gone } = await store.deliveries.counts();
    expect([failed, gone]).toEqual([0, 0]);
    return pending === 0 || undefined;
  });

/** Waits until the comments below something have all of these; gives their HTML. */
export const shown = (note: Note, ...words: (string | RegExp)[]) =>
  eventually(`${words} below ${note.id}`, async () => {
    const html = await commentsOf(note);
    for (const each of words) expect(html).toMatch(each);
    return html;
  });

/** Waits until they have none of these. */
export const notShown = (note: Note, ...words: string[]) =>
  eventually(`no ${words} below ${note.id}`, async () => {
    const html = await commentsOf(note);
    for (const each of words) expect(html).not.toContain(each);
    return html;
  });

/** Waits until what the owner reads of others has these words. */
export const reads = (blog: LiveBlog, words: string) =>
  eventually(`"${words}" in the reading feed`, async () => (await blog.read()).includes(words) || undefined);

export const readsNot = (blog: LiveBlog, words: string) =>
  eventually(`no "${words}" in the reading feed`, async () => !(await blog.read()).includes(words) || undefined);
