import { describe, expect, it, vi } from 'vitest';
import type { InboundRequest } from '../../server/inbound-body.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import { BLOG, createFakeBlog, type FakeBlog } from '../remote/fake-blog.ts';
import type { Peer } from '../remote/fake-remote.ts';
import { openEachStore } from '../remote/open-each.ts';
import { STORES, type TestStore } from '../remote/stores.ts';
import { crashingStore } from '../remote/watched-store.ts';

function follow(peer: Peer, id = 'follow-1') {
  return { id: peer.id(id), type: 'Follow', actor: peer.actor, object: BLOG.actor };
}

/** The same request with its signature header written another way. */
function rewritten(request: InboundRequest): InboundRequest {
  const headers = new Headers(request.headers);
  const parameters = (headers.get('signature') ?? '').split(',');
  headers.set('signature', parameters.reverse().join(' ,  '));
  return { ...request, headers };
}

async function settleAll(blog: FakeBlog): Promise<void> {
  const leased = await blog.store.deliveries.lease({ owner: 'worker', now: blog.now, leaseMs: 1000, limit: 100 });
  for (const { activityId, inbox } of leased) {
    const delivery = { activityId, inbox, owner: 'worker' };
    await blog.store.deliveries.settle(delivery, { state: 'delivered', status: 202 }, blog.now);
  }
}

describe.each(STORES)('Follow, with the store in %s', (_name, open) => {
  let opened: TestStore;
  openEachStore(open, (one) => {
    opened = one;
  });
  const fakeBlog = () => createFakeBlog(opened.blog);

  it('Follow → a follower, and an Accept to the personal inbox', async () => {
    const blog = fakeBlog();
    const ann = blog.peer();
    const outcome = await blog.receive(ann.send(follow(ann)));
    expect(outcome.kind).toBe('accepted');
    expect(await blog.store.followers.get(ann.actor)).toEqual({
      actor: ann.actor,
      inbox: ann.inbox,
      sharedInbox: 'https://peer.test/inbox',
      followId: ann.id('follow-1'),
      handle: '@ann@peer.test',
      since: '2026-11-23T12:00:00.000Z',
    });
    const [accept, ...others] = await blog.queued();
    expect(others).toEqual([]);
    expect(accept).toMatchObject({ type: 'Accept', inbox: ann.inbox });
    const stored = await blog.store.activities.get(accept?.id ?? '');
    expect(stored?.json).toMatchObject({ actor: BLOG.actor, to: [ann.actor], object: follow(ann) });
  });

  it('Follow twice → one follower, two Accepts', async () => {
    const blog = fakeBlog();
    const ann = blog.peer();
    await blog.receive(ann.send(follow(ann, 'follow-1')));
    blog.now += 60_000;
    const outcome = await blog.receive(ann.send(follow(ann, 'follow-2')));
    expect(outcome.kind).toBe('accepted');
    expect(await blog.followers()).toEqual([ann.actor]);
    expect(await blog.store.followers.get(ann.actor)).toMatchObject({
      followId: ann.id('follow-2'),
      since: '2026-11-23T12:00:00.000Z',
    });
    const accepts = await blog.queued();
    expect(new Set(accepts.map(({ id }) => id)).size).toBe(2);
  });

  it('the same Follow again → the same Accept, delivered from the start', async () => {
    const blog = fakeBlog();
    const ann = blog.peer();
    await blog.receive(ann.send(follow(ann)));
    const [first] = await blog.queued();
    blog.now += 1000;
    await settleAll(blog);
    expect(await blog.store.deliveries.counts()).toMatchObject({ pending: 0, delivered: 1 });
    await blog.receive(ann.send(follow(ann)));
    expect(await blog.queued()).toEqual([first]);
    expect(await blog.followers()).toEqual([ann.actor]);
  });

  it('Follow, Undo, the same request sent again → ignored, and nobody follows', async () => {
    const blog = fakeBlog();
    const ann = blog.peer();
    const request = ann.send(follow(ann));
    await blog.receive(request);
    await settleAll(blog);
    blog.now += 60_000;
    await blog.receive(ann.send({ id: ann.id('undo-1'), type: 'Undo', actor: ann.actor, object: follow(ann) }));
    for (const again of [request, request, rewritten(request)]) {
      expect(await blog.receive(again)).toEqual({ kind: 'ignored', reason: 'replayed' });
      expect(await blog.followers()).toEqual([]);
      expect(await blog.queued()).toEqual([]);
    }
  });

  it('Follow, Undo, Follow with the same id, signed anew → a follower again', async () => {
    const blog = fakeBlog();
    const ann = blog.peer();
    const requests: InboundRequest[] = [];
    for (let round = 0; round < 3; round += 1) {
      requests.push(ann.send(follow(ann)));
      expect((await blog.receive(requests[round] ?? ann.send(''))).kind).toBe('accepted');
      expect(await blog.followers()).toEqual([ann.actor]);
      expect(await blog.queued()).toMatchObject([{ type: 'Accept', inbox: ann.inbox }]);
      await settleAll(blog);
      blog.now += 60_000;
      await blog.receive(ann.send({ id: ann.id(`u${round}`), type: 'Undo', actor: ann.actor, object: follow(ann) }));
      expect(await blog.followers()).toEqual([]);
      blog.now += 60_000;
      for (const old of requests) expect(await blog.receive(old)).toEqual({ kind: 'ignored', reason: 'replayed' });
    }
  });

  it('Follow twice, Undo of the second, the first sent again → ignored', async () => {
    const blog = fakeBlog();
    const ann = blog.peer();
    const first = ann.send(follow(ann, 'follow-1'));
    await blog.receive(first);
    await blog.receive(ann.send(follow(ann, 'follow-2')));
    const undo = { id: ann.id('undo'), type: 'Undo', actor: ann.actor, object: follow(ann, 'follow-2') };
    await blog.receive(ann.send(undo));
    expect(await blog.receive(first)).toEqual({ kind: 'ignored', reason: 'replayed' });
    expect(await blog.followers()).toEqual([]);
  });

  it('Follow, Block, the same Follow sent again → ignored', async () => {
    const blog = fakeBlog();
    const ann = blog.peer();
    const request = ann.send(follow(ann));
    await blog.receive(request);
    await blog.receive(ann.send({ id: ann.id('block'), type: 'Block', actor: ann.actor, object: BLOG.actor }));
    expect(await blog.receive(request)).toEqual({ kind: 'ignored', reason: 'replayed' });
    expect(await blog.followers()).toEqual([]);
  });

  it.each([
    ['the actor embedded', { id: BLOG.actor, type: 'Person' }],
    ['a list of one', [BLOG.actor]],
  ])('Follow of %s → a follower', async (_form, object) => {
    const blog = fakeBlog();
    const ann = blog.peer();
    await blog.receive(ann.send({ ...follow(ann), object }));
    expect(await blog.followers()).toEqual([ann.actor]);
  });

  it.each([
    ['a post', 'https://blog.test/ap/posts/p1.json'],
    ['the home page', 'https://blog.test/'],
    ['somebody else', 'https://other.test/users/x'],
  ])('Follow of %s → ignored, and no actor document is asked for', async (_what, object) => {
    const blog = fakeBlog();
    const ann = blog.peer();
    expect(await blog.receive(ann.send({ ...follow(ann), object }))).toEqual({
      kind: 'ignored',
      reason: 'not-our-actor',
    });
    expect(await blog.followers()).toEqual([]);
    expect(blog.remote.gets).toEqual([ann.actor]);
  });

  it.each([
    ['no inbox', { inbox: null }, 'no-usable-inbox'],
    ['an inbox that is no URL', { inbox: 'javascript:alert(1)' }, 'no-usable-inbox'],
    ['an inbox on another host', { inbox: 'https://victim.test/inbox' }, 'inbox-on-another-host'],
    ['an inbox on another port', { inbox: 'https://peer.test:8443/inbox' }, 'inbox-on-another-host'],
  ])('Follow by an actor with %s → refused', async (_what, document, reason) => {
    const blog = fakeBlog();
    const ann = blog.peer({ document });
    expect(await blog.receive(ann.send(follow(ann)))).toMatchObject({ kind: 'refused', status: 400, reason });
    expect(await blog.followers()).toEqual([]);
    expect(await blog.queued()).toEqual([]);
  });

  it('a shared inbox on another host is not used', async () => {
    const blog = fakeBlog();
    const ann = blog.peer({ document: { endpoints: { sharedInbox: 'https://victim.test/inbox' } } });
    await blog.receive(ann.send(follow(ann)));
    expect(await blog.store.followers.get(ann.actor)).not.toHaveProperty('sharedInbox');
  });

  it('a follower who tells of a new inbox is stored with it', async () => {
    const blog = fakeBlog();
    const ann = blog.peer();
    await blog.receive(ann.send(follow(ann)));
    const object = { ...ann.document, inbox: 'https://peer.test/new/inbox' };
    const update = { id: ann.id('update'), type: 'Update', actor: ann.actor, object };
    expect((await blog.receive(ann.send(update))).kind).toBe('accepted');
    expect(await blog.store.followers.get(ann.actor)).toMatchObject({
      inbox: 'https://peer.test/new/inbox',
      followId: ann.id('follow-1'),
    });
  });
});

// In this process alone: a key is held back, and a store fails, in the midst of a request.
describe('Follow, in the middle of things', () => {
  it('a Follow and its Undo at once, while the key is fetched → nobody follows', async () => {
    const blog = createFakeBlog();
    const ann = blog.peer();
    let answer = (): void => {};
    blog.remote.hold(() => new Promise((resolve) => (answer = resolve)));
    const undo = { id: ann.id('undo-1'), type: 'Undo', actor: ann.actor, object: follow(ann) };
    const both = [blog.receive(ann.send(follow(ann))), blog.receive(ann.send(undo))];
    await vi.waitFor(() => expect(blog.remote.gets).toHaveLength(1));
    answer();
    expect((await Promise.all(both)).map(({ kind }) => kind)).toEqual(['accepted', 'accepted']);
    expect(await blog.followers()).toEqual([]);
  });

  it('a Follow that was cut short before it was marked seen, then its Undo → the Follow is ignored', async () => {
    const store = openMemoryStore();
    const cut = createFakeBlog({ store: crashingStore(store, 5, 'before').store });
    const ann = cut.peer();
    const request = ann.send(follow(ann));
    expect(await cut.receive(request)).toMatchObject({ kind: 'refused', status: 503 });
    expect(await cut.followers()).toEqual([ann.actor]);
    const blog = createFakeBlog({ store });
    await blog.receive(ann.send({ id: ann.id('undo'), type: 'Undo', actor: ann.actor, object: follow(ann) }));
    expect(await blog.receive(request)).toEqual({ kind: 'ignored', reason: 'replayed' });
    expect(await blog.followers()).toEqual([]);
  });
});
