import { describe, expect, it } from 'vitest';
import type { DecisionContext } from '../../../federation/inbox/context.ts';
import { type Effect, undoneMark } from '../../../federation/outcome.ts';
import type { Json, JsonObject } from '../../../federation/vocabulary.ts';
import { ANN, BLOG, decided, effectsOf, FOLLOWER, POST, storedOf } from './world.ts';

const LIKE = 'https://peer.test/likes/1';
const mark = { type: 'mark', mark: undoneMark(ANN, LIKE) } as const;

function undo(object: Json): JsonObject {
  return { type: 'Undo', object };
}

describe('Undo of a reaction', () => {
  const byTarget = (kind: 'like' | 'boost'): Effect => ({
    type: 'remove-interaction',
    of: { actor: ANN, target: POST, kind },
  });
  const byId: Effect = { type: 'remove-interaction', of: { actor: ANN, id: LIKE } };
  const stored = storedOf({ id: LIKE, kind: 'like', activity: LIKE });

  it.each<[string, Json, Partial<DecisionContext>, Effect[]]>([
    ['Like, embedded, kept', { id: LIKE, type: 'Like', actor: ANN, object: POST }, { existing: stored }, [byId, mark]],
    ['Like, by its id, kept', LIKE, { existing: stored }, [byId, mark]],
    ['Like, embedded, of an id we never saw', { id: LIKE, type: 'Like', object: POST }, {}, [byTarget('like'), mark]],
    ['Like without an id', { type: 'Like', actor: ANN, object: { id: POST } }, {}, [byTarget('like')]],
    ['EmojiReact', { id: LIKE, type: 'EmojiReact', object: POST }, {}, [byTarget('like'), mark]],
    ['Announce', { id: LIKE, type: 'Announce', object: POST }, {}, [byTarget('boost'), mark]],
    ['something unknown, by its id', LIKE, {}, [mark]],
    ['Like without an object', { id: LIKE, type: 'Like' }, {}, [mark]],
  ])('%s', (_what, object, context, effects) => {
    expect(effectsOf(undo(object), context)).toEqual(effects);
  });

  it.each<[string, Json, Partial<DecisionContext>, string]>([
    ['Like of somebody else’s post', { id: LIKE, type: 'Like', object: 'https://third.test/1' }, {}, 'not-concerned'],
    ['Create of a reply', 'https://peer.test/a/0', { existing: storedOf() }, 'nothing-to-undo'],
    ['Block', { id: LIKE, type: 'Block', object: BLOG.actor }, {}, 'nothing-to-undo'],
  ])('%s → ignored', (_what, object, context, reason) => {
    expect(decided(undo(object), context)).toEqual({ kind: 'ignored', reason });
  });

  it.each<[string, Json]>([
    ['of another actor’s Like', { id: LIKE, type: 'Like', actor: 'https://peer.test/users/ben', object: POST }],
    ['of an id on another host', 'https://third.test/likes/1'],
  ])('%s → refused', (_what, object) => {
    expect(decided(undo(object))).toMatchObject({ kind: 'refused', status: 403, reason: 'undo-of-another' });
  });

  it('a Like with an id on another host → what Ann did is meant, and nothing is remembered', () => {
    expect(effectsOf(undo({ id: 'https://third.test/l', type: 'Like', object: POST }))).toEqual([byTarget('like')]);
  });

  it('of a Flag → the report goes', () => {
    expect(effectsOf(undo({ id: LIKE, type: 'Flag', object: POST }))).toEqual([
      { type: 'remove-message', actor: ANN, id: LIKE },
      mark,
    ]);
  });
});

describe('Undo of a Follow', () => {
  const gone = [
    { type: 'remove-follower', actor: ANN },
    {
      type: 'notify',
      notification: {
        key: 'unfollow https://peer.test/a/1',
        kind: 'unfollow',
        actor: ANN,
        handle: '@ann@peer.test',
        at: '2026-11-23T12:00:00.000Z',
      },
    },
  ];
  const embedded = { id: 'https://peer.test/follows/new', type: 'Follow', actor: ANN, object: BLOG.actor };

  it.each<[string, Json]>([
    ['embedded, with an id we never saw', embedded],
    ['by the id of the newest', FOLLOWER.followId],
    ['embedded without its object', { id: FOLLOWER.followId, type: 'Follow' }],
  ])('%s → removed, and the owner is told', (_what, object) => {
    expect(effectsOf(undo(object), { follower: FOLLOWER })).toEqual(gone);
  });

  it('of one that waits → the request goes', () => {
    expect(effectsOf(undo(embedded), { followRequest: FOLLOWER })).toEqual([
      { type: 'remove-follow-request', actor: ANN },
    ]);
    expect(effectsOf(undo(FOLLOWER.followId), { followRequest: FOLLOWER })).toHaveLength(1);
  });

  it.each<[string, Json, Partial<DecisionContext>, string]>([
    ['by somebody who does not follow', embedded, {}, 'not-following'],
    ['of somebody else', { ...embedded, object: 'https://third.test/' }, { follower: FOLLOWER }, 'not-our-actor'],
    [
      'by an id that is no more',
      { id: 'https://peer.test/follows/0', type: 'Follow' },
      { follower: FOLLOWER },
      'unknown-follow',
    ],
  ])('%s → ignored', (_what, object, context, reason) => {
    expect(decided(undo(object), context)).toEqual({ kind: 'ignored', reason });
  });
});
