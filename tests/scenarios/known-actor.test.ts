import { describe, expect, it } from 'vitest';
import { act, create, follow, like, note } from '../remote/activities.ts';
import { BLOG, type FakeBlog } from '../remote/fake-blog.ts';
import type { Peer } from '../remote/fake-remote.ts';
import { openEachBlog } from '../remote/open-each.ts';
import { STORES } from '../remote/stores.ts';

describe.each(STORES)('what is known of an actor, with the store in %s', (_name, open) => {
  let blog: FakeBlog;
  let ann: Peer;
  openEachBlog(open, (scene) => {
    ({ blog, ann } = scene);
  });

  it('Update of an author → its new name is shown, and a follower is delivered to its new inbox', async () => {
    await blog.hear(ann, follow(ann));
    await blog.hear(ann, like(ann));
    const inbox = `${ann.actor}/new-inbox`;
    expect(await blog.hear(ann, act(ann, 'Update', { ...ann.document, name: 'Ann the Second', inbox }))).toBe(
      'accepted',
    );
    expect(await blog.store.interactions.author(ann.actor)).toMatchObject({ name: 'Ann the Second' });
    expect(await blog.store.followers.get(ann.actor)).toMatchObject({ inbox });
  });

  it('Update of an actor by another → nothing', async () => {
    await blog.hear(ann, like(ann));
    const zed = blog.peer({ name: 'zed' });
    await blog.hear(zed, act(zed, 'Update', { ...ann.document, name: 'Taken' }));
    expect((await blog.store.interactions.author(ann.actor))?.name).toBeUndefined();
  });

  it('Block → follows no more; what it said stays until it deletes it', async () => {
    await blog.hear(ann, follow(ann));
    await blog.hear(ann, like(ann));
    expect(await blog.hear(ann, act(ann, 'Block', BLOG.actor))).toBe('accepted');
    expect(await blog.followers()).toEqual([]);
    expect(await blog.thread()).toEqual(['like @ann@peer.test']);
    expect(await blog.notified()).toEqual(['follow', 'like', 'unfollow']);
  });

  it('Move of a follower → the owner is told, the follower stays; of a stranger → ignored; of another → refused', async () => {
    await blog.hear(ann, follow(ann));
    const target = 'https://new.test/users/ann';
    expect(await blog.hear(ann, act(ann, 'Move', ann.actor, { target }))).toBe('accepted');
    expect(await blog.followers()).toEqual([ann.actor]);
    expect(await blog.notified()).toEqual(['follow', 'move']);
    const zed = blog.peer({ name: 'zed' });
    expect(await blog.hear(zed, act(zed, 'Move', zed.actor, { target }))).toBe('unknown-actor');
    expect(await blog.hear(zed, act(zed, 'Move', ann.actor, { target }))).toBe('move-of-another');
  });

  it('Delete of an author → all that it said and did is gone, and the owner’s feed forgets it', async () => {
    await blog.hear(ann, follow(ann));
    await blog.hear(ann, create(ann, note(ann, 'Hello')));
    await blog.hear(ann, like(ann));
    await blog.hear(ann, act(ann, 'Delete', ann.actor));
    expect(await blog.stored()).toEqual([]);
    expect(await blog.followers()).toEqual([]);
    expect(await blog.notified()).toEqual([]);
    expect(await blog.store.actors.get(ann.actor)).toBeUndefined();
  });
});
