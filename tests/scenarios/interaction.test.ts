import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { BLOG, createFakeBlog, PAGE, POST } from '../remote/fake-blog.ts';
import type { Peer } from '../remote/fake-remote.ts';

function noteOf(peer: Peer, members: JsonObject): JsonObject {
  return { id: peer.id('note'), type: 'Note', attributedTo: peer.actor, content: '<p>hello</p>', ...members };
}

function create(peer: Peer, object: JsonObject | string, members: JsonObject = {}): JsonObject {
  return { id: peer.id('create'), type: 'Create', actor: peer.actor, object, ...members };
}

describe('Create', () => {
  it.each<[string, JsonObject, string]>([
    ['a reply to a post', { inReplyTo: POST }, POST],
    ['a reply to the page of a post', { inReplyTo: PAGE }, POST],
    ['a reply as an embedded object', { inReplyTo: { id: POST, type: 'Article' } }, POST],
    ['a mention of the actor', { tag: { type: 'Mention', href: BLOG.actor, name: '@blog@blog.test' } }, BLOG.actor],
    ['a mention by the home page', { tag: [{ type: ['Mention'], href: 'https://blog.test/' }] }, BLOG.actor],
    ['a quote (FEP-044f)', { quote: POST }, POST],
    ['a quote (Misskey)', { _misskey_quote: POST }, POST],
    ['a note addressed to the actor', { cc: BLOG.actor }, BLOG.actor],
  ])('%s → kept', async (_what, members, target) => {
    const blog = createFakeBlog();
    const ann = blog.peer();
    const note = noteOf(ann, members);
    const activity = create(ann, note);
    expect((await blog.receive(ann.send(activity))).kind).toBe('accepted');
    expect(await blog.store.inbound.received({ limit: 10 })).toEqual([
      {
        id: ann.id('create'),
        type: 'Create',
        actor: ann.actor,
        target,
        object: note.id,
        json: activity,
        at: '2026-11-23T12:00:00.000Z',
      },
    ]);
  });

  it.each<[string, JsonObject, string]>([
    ['a note about nothing of ours', {}, 'not-concerned'],
    ['a reply to a post that is not there', { inReplyTo: 'https://blog.test/ap/posts/none.json' }, 'not-concerned'],
    ['a note to our followers', { to: BLOG.followers }, 'not-concerned'],
    [
      'an id that only begins like ours',
      { inReplyTo: 'https://blog.test.evil.test/ap/posts/p1.json' },
      'not-concerned',
    ],
    ['an answer to a poll', { inReplyTo: POST, name: 'yes', content: null }, 'vote'],
  ])('%s → ignored', async (_what, members, reason) => {
    const blog = createFakeBlog();
    const ann = blog.peer();
    expect(await blog.receive(ann.send(create(ann, noteOf(ann, members))))).toEqual({ kind: 'ignored', reason });
    expect(await blog.store.inbound.received({ limit: 10 })).toEqual([]);
  });

  it.each<[string, JsonObject, string]>([
    ['attributed to somebody else', { attributedTo: 'https://peer.test/users/ben' }, 'not-the-author'],
    ['on another host', { id: 'https://victim.test/notes/1' }, 'object-on-another-host'],
  ])('a reply %s → refused', async (_what, members, reason) => {
    const blog = createFakeBlog();
    const ann = blog.peer();
    const request = ann.send(create(ann, noteOf(ann, { inReplyTo: POST, ...members })));
    expect(await blog.receive(request)).toMatchObject({ kind: 'refused', status: 403, reason });
    expect(await blog.store.inbound.received({ limit: 10 })).toEqual([]);
  });

  it('a reply of more than 256 KiB → ignored', async () => {
    const blog = createFakeBlog();
    const ann = blog.peer();
    const note = noteOf(ann, { inReplyTo: POST, content: 'é'.repeat(131_072) });
    expect(await blog.receive(ann.send(create(ann, note)))).toEqual({ kind: 'ignored', reason: 'too-large-to-keep' });
  });

  it('the same reply delivered twice → kept once', async () => {
    const blog = createFakeBlog();
    const ann = blog.peer();
    const request = ann.send(create(ann, noteOf(ann, { inReplyTo: POST })));
    await blog.receive(request);
    expect(await blog.receive(request)).toEqual({ kind: 'ignored', reason: 'already-seen' });
    expect(await blog.store.inbound.received({ limit: 10 })).toHaveLength(1);
  });
});

describe('Update', () => {
  it('an edit that no longer mentions us, of a note that did → kept', async () => {
    const blog = createFakeBlog();
    const ann = blog.peer();
    await blog.receive(ann.send(create(ann, noteOf(ann, { cc: BLOG.actor }))));
    const update = { id: ann.id('update'), type: 'Update', actor: ann.actor, object: noteOf(ann, {}) };
    expect((await blog.receive(ann.send(update))).kind).toBe('accepted');
  });
});

describe('Like, Announce and the like', () => {
  it.each(['Like', 'EmojiReact', 'Announce', 'QuoteRequest'])('%s of a post → kept', async (type) => {
    const blog = createFakeBlog();
    const ann = blog.peer();
    await blog.receive(ann.send({ id: ann.id('x'), type, actor: ann.actor, object: { id: POST, type: 'Article' } }));
    expect(await blog.store.inbound.received({ limit: 10 })).toMatchObject([{ type, target: POST }]);
  });

  it('Like of something else → ignored', async () => {
    const blog = createFakeBlog();
    const ann = blog.peer();
    const like = { id: ann.id('x'), type: 'Like', actor: ann.actor, object: 'https://other.test/1', to: BLOG.actor };
    expect(await blog.receive(ann.send(like))).toEqual({ kind: 'ignored', reason: 'not-concerned' });
  });

  it('Announce of a whole activity, as Lemmy relays → ignored', async () => {
    const blog = createFakeBlog();
    const ann = blog.peer();
    const object = { id: ann.id('c'), type: 'Create', actor: ann.actor, object: noteOf(ann, { inReplyTo: POST }) };
    const announce = { id: ann.id('a'), type: 'Announce', actor: ann.actor, object };
    expect(await blog.receive(ann.send(announce))).toEqual({ kind: 'ignored', reason: 'wrapped-activity' });
  });
});

describe('Block, Flag, Move', () => {
  it('Block of the blog by a follower → nobody follows, and the Block is kept', async () => {
    const blog = createFakeBlog();
    const ann = blog.peer();
    await blog.receive(ann.send({ id: ann.id('f'), type: 'Follow', actor: ann.actor, object: BLOG.actor }));
    await blog.receive(ann.send({ id: ann.id('b'), type: 'Block', actor: ann.actor, object: BLOG.actor }));
    expect(await blog.followers()).toEqual([]);
    expect(await blog.store.inbound.received({ limit: 10 })).toMatchObject([{ type: 'Block', target: BLOG.actor }]);
  });

  it('Flag of a post among other things → kept for the owner', async () => {
    const blog = createFakeBlog();
    const ann = blog.peer();
    const object = ['https://other.test/1', POST];
    await blog.receive(ann.send({ id: ann.id('flag'), type: 'Flag', actor: ann.actor, object, content: 'spam' }));
    expect(await blog.store.inbound.received({ limit: 10 })).toMatchObject([{ type: 'Flag', target: POST }]);
  });

  it('Move of a follower → kept, and the follower stays until it unfollows', async () => {
    const blog = createFakeBlog();
    const ann = blog.peer();
    await blog.receive(ann.send({ id: ann.id('f'), type: 'Follow', actor: ann.actor, object: BLOG.actor }));
    const target = 'https://new.test/users/ann';
    await blog.receive(ann.send({ id: ann.id('m'), type: 'Move', actor: ann.actor, object: ann.actor, target }));
    expect(await blog.followers()).toEqual([ann.actor]);
    expect(await blog.store.inbound.received({ limit: 10 })).toMatchObject([{ type: 'Move', target: BLOG.actor }]);
  });

  it.each(['Add', 'Accept', 'Read', 'https://example.test/Custom'])('%s → ignored, without a fetch', async (type) => {
    const blog = createFakeBlog();
    const ann = blog.peer();
    const activity = { id: ann.id('x'), type, actor: ann.actor, object: BLOG.actor };
    expect(await blog.receive(ann.send(activity))).toEqual({ kind: 'ignored', reason: 'unsupported-type' });
    expect(blog.remote.gets).toEqual([]);
  });
});
