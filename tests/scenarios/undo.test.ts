import { describe, expect, it } from 'vitest';
import { BLOG } from '../remote/fake-blog.ts';
import { openEachBlog, type Scene } from '../remote/open-each.ts';
import { STORES } from '../remote/stores.ts';

describe.each(STORES)('Undo of a Follow, with the store in %s', (_name, open) => {
  let scene: Scene;
  openEachBlog(open, (opened) => {
    scene = opened;
  });
  const followed = async () => {
    const { blog, ann } = scene;
    const follow = { id: ann.id('follow-1'), type: 'Follow', actor: ann.actor, object: BLOG.actor };
    await blog.receive(ann.send(follow));
    return { blog, ann, follow };
  };

  it('Follow, then Undo with the Follow embedded → nobody follows', async () => {
    const { blog, ann, follow } = await followed();
    const outcome = await blog.receive(
      ann.send({ id: ann.id('undo'), type: 'Undo', actor: ann.actor, object: follow }),
    );
    expect(outcome.kind).toBe('accepted');
    expect(await blog.followers()).toEqual([]);
    expect(await blog.notified()).toEqual(['follow', 'unfollow']);
  });

  it('Follow, then Undo by id → nobody follows', async () => {
    const { blog, ann, follow } = await followed();
    await blog.receive(ann.send({ id: ann.id('undo'), type: 'Undo', actor: ann.actor, object: follow.id }));
    expect(await blog.followers()).toEqual([]);
  });

  it('Undo of a Follow whose id was never seen → nobody follows (Misskey 2024.10 makes another id)', async () => {
    const { blog, ann, follow } = await followed();
    const object = { ...follow, id: ann.id('some-other-id') };
    await blog.receive(ann.send({ id: ann.id('undo'), type: 'Undo', actor: ann.actor, object }));
    expect(await blog.followers()).toEqual([]);
  });

  it('Undo of a Follow without its actor → nobody follows (activitypub-bot 0.51)', async () => {
    const { blog, ann, follow } = await followed();
    const object = { id: follow.id, type: 'Follow', object: { id: BLOG.actor, type: 'Person' } };
    await blog.receive(ann.send({ id: ann.id('undo'), type: 'Undo', actor: ann.actor, object }));
    expect(await blog.followers()).toEqual([]);
  });

  it('Undo by an id that nobody knows → the follower stays', async () => {
    const { blog, ann } = await followed();
    const undo = { id: ann.id('undo'), type: 'Undo', actor: ann.actor, object: ann.id('never-seen') };
    await blog.receive(ann.send(undo));
    expect(await blog.followers()).toEqual([ann.actor]);
  });

  it('Undo of a Follow by somebody who does not follow → ignored', async () => {
    const { blog } = await followed();
    const ben = blog.peer({ name: 'ben' });
    const object = { id: ben.id('f'), type: 'Follow', actor: ben.actor, object: BLOG.actor };
    const undo = { id: ben.id('undo'), type: 'Undo', actor: ben.actor, object };
    expect(await blog.receive(ben.send(undo))).toEqual({ kind: 'ignored', reason: 'not-following' });
  });

  it("Undo of somebody else's Follow → refused, and the follower stays", async () => {
    const { blog, ann, follow } = await followed();
    const ben = blog.peer({ name: 'ben', host: 'evil.test' });
    const undo = { id: ben.id('undo'), type: 'Undo', actor: ben.actor, object: follow };
    expect(await blog.receive(ben.send(undo))).toMatchObject({
      kind: 'refused',
      status: 403,
      reason: 'undo-of-another',
    });
    expect(await blog.followers()).toEqual([ann.actor]);
  });

  it("Undo naming somebody else's Follow by id → refused, and the follower stays", async () => {
    const { blog, ann, follow } = await followed();
    const ben = blog.peer({ name: 'ben', host: 'evil.test' });
    const undo = { id: ben.id('undo'), type: 'Undo', actor: ben.actor, object: follow.id };
    expect(await blog.receive(ben.send(undo))).toMatchObject({ kind: 'refused', reason: 'undo-of-another' });
    expect(await blog.followers()).toEqual([ann.actor]);
  });

  it('Undo of a Follow of somebody else → ignored, and the follower stays', async () => {
    const { blog, ann } = await followed();
    const object = { id: ann.id('f2'), type: 'Follow', actor: ann.actor, object: 'https://other.test/users/x' };
    const undo = { id: ann.id('undo'), type: 'Undo', actor: ann.actor, object };
    expect(await blog.receive(ann.send(undo))).toEqual({ kind: 'ignored', reason: 'not-our-actor' });
    expect(await blog.followers()).toEqual([ann.actor]);
  });
});
