import { describe, expect, it } from 'vitest';
import { concerns } from '../../../federation/inbox/concerns.ts';
import { asksForAuthor, asksForRemoteActor } from '../../../federation/inbox/decide.ts';
import { withDocument } from '../../../federation/inbox/thing.ts';
import type { JsonObject } from '../../../federation/vocabulary.ts';
import {
  ANN,
  activityOf,
  BLOG,
  contextOf,
  createOf,
  decided,
  FOLLOWER,
  NOTE,
  noteOf,
  POST,
  replyOf,
  storedOf,
} from './world.ts';

const ASK = { type: 'QuoteRequest', object: POST, instrument: noteOf({ quote: POST }) };

describe('what is gathered', () => {
  it.each<[string, JsonObject, boolean, boolean]>([
    ['Follow of the blog', { type: 'Follow', object: BLOG.actor }, true, false],
    ['Follow of somebody else', { type: 'Follow', object: 'https://third.test/' }, false, false],
    ['QuoteRequest of a post', ASK, true, true],
    ['QuoteRequest of somebody else', { ...ASK, object: 'https://third.test/n' }, false, true],
    ['reply', replyOf(), false, true],
    ['Like', { type: 'Like', object: POST }, false, true],
    ['Flag', { type: 'Flag', object: POST }, false, true],
    ['Update of itself', { type: 'Update', object: ANN }, false, false],
    ['Delete', { type: 'Delete', object: NOTE }, false, false],
    ['Undo', { type: 'Undo', object: 'https://peer.test/likes/1' }, false, false],
    ['Block', { type: 'Block', object: BLOG.actor }, false, false],
  ])('%s', (_what, members, remoteActor, author) => {
    const activity = activityOf(members);
    expect([asksForRemoteActor(activity, BLOG.actor), asksForAuthor(activity)]).toEqual([remoteActor, author]);
  });
});

describe('what an activity is about', () => {
  it.each<[string, JsonObject, string | undefined]>([
    ['Like of a post', { type: 'Like', object: POST }, POST],
    [
      'Like of somebody else’s, addressed to us',
      { type: 'Like', object: 'https://third.test/', to: BLOG.actor },
      undefined,
    ],
    ['Follow', { type: 'Follow', object: BLOG.actor }, BLOG.actor],
    [
      'Follow of everybody at a relay',
      { type: 'Follow', object: 'https://www.w3.org/ns/activitystreams#Public' },
      undefined,
    ],
    ['Flag of several', { type: 'Flag', object: ['https://third.test/', POST] }, POST],
    ['Move to the blog', { type: 'Move', object: ANN, target: BLOG.actor }, BLOG.actor],
    ['Undo of a Like', { type: 'Undo', object: { id: 'https://peer.test/l/1', type: 'Like', object: POST } }, POST],
    ['Delete of something unknown', { type: 'Delete', object: NOTE }, undefined],
    ['reply', replyOf(), POST],
    ['Create addressed to the blog', { type: 'Create', object: NOTE, cc: BLOG.actor }, BLOG.actor],
    ['Create for our followers', { type: 'Create', object: NOTE, cc: BLOG.followers }, undefined],
  ])('%s', (_what, members, target) => {
    expect(concerns(activityOf(members), contextOf())).toBe(target);
  });

  it('what is stored tells the thread of what changes or answers it', () => {
    const existing = storedOf();
    expect(concerns(activityOf({ type: 'Delete', object: NOTE }), contextOf({ existing }))).toBe(POST);
    expect(concerns(activityOf({ type: 'Undo', object: NOTE }), contextOf({ existing }))).toBe(POST);
    const answer = activityOf(createOf(noteOf({ inReplyTo: NOTE })));
    expect(concerns(answer, contextOf({ parent: existing }))).toBe(POST);
    const mention = storedOf({ kind: 'mention', target: BLOG.actor });
    expect(concerns(answer, contextOf({ parent: mention }))).toBeUndefined();
  });

  it('a document takes the place of what was only named', () => {
    const create = withDocument(activityOf(createOf(NOTE)), 'object', noteOf({ inReplyTo: POST }));
    expect(create.object).toEqual(activityOf(replyOf()).object);
    const request = withDocument(activityOf({ ...ASK, instrument: NOTE }), 'instrument', noteOf({ quote: POST }));
    expect(request.instrument).toEqual(activityOf(ASK).instrument);
  });
});

describe('Move', () => {
  it.each<[string, JsonObject, object, object]>([
    ['of a follower', { object: ANN, target: 'https://x.test/' }, { follower: FOLLOWER }, { kind: 'accepted' }],
    ['of somebody heard before', { object: ANN, target: 'https://x.test/' }, { isKnown: true }, { kind: 'accepted' }],
    ['to the blog', { object: ANN, target: BLOG.actor }, {}, { kind: 'accepted' }],
    ['of a stranger', { object: ANN, target: 'https://x.test/' }, {}, { kind: 'ignored', reason: 'unknown-actor' }],
    ['of somebody else', { object: 'https://peer.test/users/ben' }, {}, { kind: 'refused', reason: 'move-of-another' }],
  ])('%s', (_what, members, context, outcome) => {
    expect(decided({ type: 'Move', ...members }, context)).toMatchObject(outcome);
  });

  it('the owner is told', () => {
    expect(decided({ type: 'Move', object: ANN, target: BLOG.actor })).toEqual({
      kind: 'accepted',
      effects: [
        {
          type: 'notify',
          notification: {
            key: 'move https://peer.test/a/1',
            kind: 'move',
            actor: ANN,
            handle: '@ann@peer.test',
            at: '2026-11-23T12:00:00.000Z',
          },
        },
      ],
    });
  });
});
