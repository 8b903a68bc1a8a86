import { describe, expect, it } from 'vitest';
import { BLOG, POST } from '../remote/fake-blog.ts';
import { unsignedRequest } from '../remote/fake-remote.ts';
import { openEachBlog, type Scene } from '../remote/open-each.ts';
import { STORES } from '../remote/stores.ts';

function deleteOf(actor: string, id = `${actor}#delete`) {
  return { id, type: 'Delete', actor, object: actor, to: ['https://www.w3.org/ns/activitystreams#Public'] };
}

describe.each(STORES)('what is said of an actor that nobody knows, with the store in %s', (_name, open) => {
  let scene: Scene;
  openEachBlog(open, (opened) => {
    scene = opened;
  });

  it('an Update of an unknown actor → answered without a fetch', async () => {
    const { blog } = scene;
    const actor = 'https://m.test/users/x';
    const update = { id: `${actor}#update`, type: 'Update', actor, object: { id: actor, type: 'Person' } };
    expect(await blog.receive(unsignedRequest(JSON.stringify(update)))).toEqual({
      kind: 'ignored',
      reason: 'unknown-actor',
    });
    expect(blog.remote.gets).toEqual([]);
  });
});

describe.each(STORES)('Delete of an actor, with the store in %s', (_name, open) => {
  let scene: Scene;
  openEachBlog(open, (opened) => {
    scene = opened;
  });
  const followed = async () => {
    const { blog, ann } = scene;
    await blog.receive(ann.send({ id: ann.id('f'), type: 'Follow', actor: ann.actor, object: BLOG.actor }));
    await blog.receive(ann.send({ id: ann.id('like'), type: 'Like', actor: ann.actor, object: POST }));
    return { blog, ann };
  };

  it('of a known actor, signed with a key that is still remembered → forgotten', async () => {
    const { blog, ann } = await followed();
    blog.remote.answer(ann.actor, 410);
    expect((await blog.receive(ann.send(deleteOf(ann.actor)))).kind).toBe('accepted');
    expect(await blog.followers()).toEqual([]);
    expect(await blog.stored()).toEqual([]);
    expect(await blog.store.interactions.author(ann.actor)).toBeUndefined();
  });

  it('of a known actor whose key is gone (410) → forgotten', async () => {
    const { blog, ann } = await followed();
    blog.now += 48 * 3_600_000;
    blog.remote.answer(ann.actor, 410);
    expect((await blog.receive(ann.send(deleteOf(ann.actor)))).kind).toBe('accepted');
    expect(await blog.followers()).toEqual([]);
    expect(await blog.stored()).toEqual([]);
    expect(await blog.store.interactions.author(ann.actor)).toBeUndefined();
  });

  it('of a known actor whose key is not found (404) → refused, and nothing changes', async () => {
    const { blog, ann } = await followed();
    blog.now += 48 * 3_600_000;
    blog.remote.answer(ann.actor, 404);
    expect(await blog.receive(ann.send(deleteOf(ann.actor)))).toMatchObject({ kind: 'refused', status: 401 });
    expect(await blog.followers()).toEqual([ann.actor]);
  });

  it('of a known actor, signed with a key elsewhere that is gone → refused: the actor itself is asked', async () => {
    const { blog, ann } = await followed();
    blog.remote.answer('https://evil.test/key', 410);
    const request = ann.send(deleteOf(ann.actor), { keyId: 'https://evil.test/key#k' });
    expect(await blog.receive(request)).toMatchObject({ kind: 'refused', reason: 'key-gone', status: 401 });
    expect(await blog.followers()).toEqual([ann.actor]);
  });

  it('of a known actor that is not found (404), signed with a key of its server that is gone (410) → refused', async () => {
    const { blog, ann } = await followed();
    blog.now += 48 * 3_600_000;
    blog.remote.answer(ann.actor, 404);
    blog.remote.answer(`${ann.actor}/main-key`, 410);
    const request = ann.send(deleteOf(ann.actor), { keyId: `${ann.actor}/main-key` });
    expect(await blog.receive(request)).toMatchObject({ kind: 'refused', reason: 'key-gone', status: 401 });
    expect(await blog.followers()).toEqual([ann.actor]);
  });

  it('anything by a stranger whose key is gone → refused; the stranger is not asked for, whoever that names', async () => {
    const { blog, ann } = await followed();
    blog.remote.answer('https://evil.test/key', 410);
    const stranger = 'https://victim.test/users/x';
    const like = { id: `${stranger}#like`, type: 'Like', actor: stranger, object: POST };
    const before = blog.remote.gets.length;
    const request = ann.send(like, { keyId: 'https://evil.test/key#k' });
    expect(await blog.receive(request)).toMatchObject({ kind: 'refused', reason: 'key-gone', status: 401 });
    expect(blog.remote.gets.slice(before)).toEqual(['https://evil.test/key']);
  });

  it('of a known actor, unsigned → refused without a fetch', async () => {
    const { blog, ann } = await followed();
    const before = blog.remote.gets.length;
    const request = unsignedRequest(JSON.stringify(deleteOf(ann.actor)));
    expect(await blog.receive(request)).toMatchObject({ kind: 'refused', reason: 'no-signature' });
    expect(blog.remote.gets).toHaveLength(before);
    expect(await blog.followers()).toEqual([ann.actor]);
  });

  it('of a known actor by somebody else, while the actor is there → ignored, and nothing changes', async () => {
    const { blog, ann } = await followed();
    const eve = blog.peer({ host: 'evil.test' });
    const request = eve.send(deleteOf(ann.actor));
    expect(await blog.receive(request)).toEqual({ kind: 'ignored', reason: 'forwarded-not-gone' });
    expect(await blog.followers()).toEqual([ann.actor]);
  });
});
