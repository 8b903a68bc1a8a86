import { describe, expect, it } from 'vitest';
import { create, note } from '../remote/activities.ts';
import { BLOG, createFakeBlog, POST } from '../remote/fake-blog.ts';
import { openEachStore } from '../remote/open-each.ts';
import { NEAR_STORES, type TestStore } from '../remote/stores.ts';
import { countingStore, crashingStore } from '../remote/watched-store.ts';

/**
 * The writes of one Follow, in their order: the actor's document, its signature, the follower, the owner's feed, the Accept,
 * its delivery, seen.
 */
const FOLLOW_WRITES = [
  ...['actors.put', 'inbound.markSeen', 'followers.put', 'notifications.add', 'activities.put'],
  ...['deliveries.enqueue', 'inbound.markSeen'],
];

// A store that fails is one of this process: the function that Netlify runs has its own, whose faults are tried in
// `server/store/blobs-races` and the files beside it.
let opened: TestStore;
const take = (one: TestStore): void => {
  opened = one;
};

describe.each(NEAR_STORES)(
  'a crash in the middle of a Follow, then the sender tries again, with the store in %s',
  (_name, open) => {
    openEachStore(open, take);
    it('writes the follower before the Accept, and marks seen last', async () => {
      const { store, writes } = countingStore(opened.store);
      const blog = createFakeBlog({ ...opened.blog, store });
      const ann = blog.peer();
      await blog.receive(ann.send({ id: ann.id('f'), type: 'Follow', actor: ann.actor, object: BLOG.actor }));
      expect(writes).toEqual(FOLLOW_WRITES);
    });

    const moments = FOLLOW_WRITES.flatMap((write, nth) => [
      { write, nth, when: 'before' as const },
      { write, nth, when: 'after' as const },
    ]);
    it.each(moments)('$when $write → 503, then one follower and one Accept', async ({ nth, when }) => {
      const { store, writes } = crashingStore(opened.store, nth, when);
      const blog = createFakeBlog({ ...opened.blog, store });
      const ann = blog.peer();
      const follow = { id: ann.id('f'), type: 'Follow', actor: ann.actor, object: BLOG.actor };
      const outcome = await blog.receive(ann.send(follow));
      expect(outcome).toMatchObject({ kind: 'refused', status: 503, reason: 'internal' });
      expect(blog.lines).toMatchObject([{ event: 'inbox.refused', level: 'error', id: follow.id, reason: 'internal' }]);
      // Whoever has been promised an Accept is a follower (invariant 7).
      if (writes.includes('activities.put')) expect(await blog.followers()).toEqual([ann.actor]);

      expect((await blog.receive(ann.send(follow))).kind).toBe('accepted');
      expect(await blog.followers()).toEqual([ann.actor]);
      expect(await blog.queued()).toHaveLength(1);
      expect(blog.lines).toHaveLength(2);
    });
  },
);

describe('a crash in the middle of a Follow, in a store with transactions', () => {
  const SQLITE = NEAR_STORES.filter(([name]) => name.includes('SQLite'));
  const inGroup = FOLLOW_WRITES.slice(1).map((write, n) => ({ write, nth: n + 1 }));
  describe.each(SQLITE)('%s', (_name, open) => {
    openEachStore(open, take);
    it.each(inGroup)('before $write → nothing of it is there; sent again, all of it', async ({ nth }) => {
      const { store } = crashingStore(opened.store, nth, 'before');
      const { together } = opened.store;
      const blog = createFakeBlog({ ...opened.blog, store: { ...store, together } });
      const ann = blog.peer();
      const follow = { id: ann.id('f'), type: 'Follow', actor: ann.actor, object: BLOG.actor };
      expect(await blog.receive(ann.send(follow))).toMatchObject({ kind: 'refused', status: 503 });
      expect(await blog.followers()).toEqual([]);
      expect(await blog.queued()).toEqual([]);
      expect(await blog.notified()).toEqual([]);
      const kept = (await opened.store.sizes()).filter(({ count }) => count > 0).map(({ kind }) => kind);
      expect(kept).toEqual(['cached documents']);

      expect((await blog.receive(ann.send(follow))).kind).toBe('accepted');
      expect(await blog.followers()).toEqual([ann.actor]);
      expect(await blog.queued()).toHaveLength(1);
      expect(await blog.notified()).toEqual(['follow']);
    });
  });
});

describe.each(NEAR_STORES)(
  'a crash in the middle of an Undo, then the sender tries again, with the store in %s',
  (_name, open) => {
    openEachStore(open, take);
    const writes = ['inbound.markSeen', 'followers.remove', 'notifications.add', 'inbound.markSeen'];
    const moments = writes.flatMap((write, nth) => [
      { write, nth, when: 'before' as const },
      { write, nth, when: 'after' as const },
    ]);
    it.each(moments)('$when $write → nobody follows, and the Follow cannot be replayed', async ({ nth, when }) => {
      // The Follow was cut short as well: only the removal can mark it.
      const cut = createFakeBlog({ ...opened.blog, ...crashingStore(opened.store, 6, 'before') });
      const ann = cut.peer();
      const follow = ann.send({ id: ann.id('f'), type: 'Follow', actor: ann.actor, object: BLOG.actor });
      expect(await cut.receive(follow)).toMatchObject({ kind: 'refused', status: 503 });
      const watched = crashingStore(opened.store, nth, when);
      const blog = createFakeBlog({ ...opened.blog, store: watched.store });
      const object = { type: 'Follow', actor: ann.actor, object: BLOG.actor };
      const undo = ann.send({ id: ann.id('u'), type: 'Undo', actor: ann.actor, object });
      expect(await blog.receive(undo)).toMatchObject({ kind: 'refused', status: 503 });
      expect(watched.writes).toEqual(writes.slice(0, nth + 1));
      expect((await blog.receive(undo)).kind).not.toBe('refused');
      expect(await blog.followers()).toEqual([]);
      expect(await blog.receive(follow)).toEqual({ kind: 'ignored', reason: 'replayed' });
      expect(await blog.followers()).toEqual([]);
    });
  },
);

describe.each(NEAR_STORES)(
  'a crash in the middle of anything else, then the sender tries again, with the store in %s',
  (_name, open) => {
    openEachStore(open, take);
    it.each(['before', 'after'] as const)('%s a Like is marked seen → kept once', async (when) => {
      // The actor's document, the like, the owner's feed, seen.
      const { store } = crashingStore(opened.store, 3, when);
      const blog = createFakeBlog({ ...opened.blog, store });
      const ann = blog.peer();
      const like = { id: ann.id('like'), type: 'Like', actor: ann.actor, object: POST };
      expect(await blog.receive(ann.send(like))).toMatchObject({ kind: 'refused', status: 503 });
      expect((await blog.receive(ann.send(like))).kind).not.toBe('refused');
      expect(await blog.stored()).toHaveLength(1);
      expect(await blog.notified()).toEqual(['like']);
    });

    it('a Block whose follower was removed before the crash → nothing is left to do at the second attempt', async () => {
      const ready = createFakeBlog(opened.blog);
      const ann = ready.peer();
      await ready.receive(ann.send({ id: ann.id('f'), type: 'Follow', actor: ann.actor, object: BLOG.actor }));
      const { store } = crashingStore(opened.store, 1, 'after');
      const blog = createFakeBlog({ ...opened.blog, store });
      const block = { id: ann.id('b'), type: 'Block', actor: ann.actor, object: BLOG.actor };
      expect(await blog.receive(ann.send(block))).toMatchObject({ kind: 'refused', status: 503 });
      expect(await blog.followers()).toEqual([]);
      expect(await blog.receive(ann.send(block))).toEqual({ kind: 'ignored', reason: 'not-following' });
      expect(await blog.followers()).toEqual([]);
    });

    const replyWrites = ['actors.put', 'interactions.put', 'notifications.add', 'inbound.markSeen'];
    const moments = replyWrites.flatMap((write, nth) => [
      { write, nth, when: 'before' as const },
      { write, nth, when: 'after' as const },
    ]);
    it.each(moments)('$when $write of a reply → there once, told once', async ({ nth, when }) => {
      const { store, writes } = crashingStore(opened.store, nth, when);
      const blog = createFakeBlog({ ...opened.blog, store });
      const ann = blog.peer();
      const reply = ann.send(create(ann, note(ann, 'Hello')));
      expect(await blog.receive(reply)).toMatchObject({ kind: 'refused', status: 503 });
      expect(writes).toEqual(replyWrites.slice(0, nth + 1));
      expect((await blog.receive(reply)).kind).not.toBe('refused');
      expect(await blog.thread()).toEqual(['reply @ann@peer.test: Hello']);
      expect(await blog.notified()).toEqual(['reply']);
    });

    it('a log line for our own fault says what happened and nothing of the body', async () => {
      const { store } = crashingStore(opened.store, 0, 'before');
      const blog = createFakeBlog({ ...opened.blog, store });
      const ann = blog.peer();
      const like = { id: ann.id('like'), type: 'Like', actor: ann.actor, object: POST, content: 'SECRET' };
      await blog.receive(ann.send(like));
      expect(blog.lines).toMatchObject([{ level: 'error', error: 'Error: the store is down' }]);
      expect(JSON.stringify(blog.lines)).not.toContain('SECRET');
    });
  },
);
