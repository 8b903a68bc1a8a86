import { describe, expect, it } from 'vitest';
import type { Follower } from '../../../federation/outcome.ts';
import type { JsonObject } from '../../../federation/vocabulary.ts';
import { ANN, BLOG, contextOf, decided, effectsOf, FOLLOWER, rulesOf, toldBy, typesOf } from './world.ts';

const FOLLOW = { type: 'Follow', object: BLOG.actor };
const NEW: Follower = {
  actor: ANN,
  inbox: `${ANN}/inbox`,
  handle: '@ann@peer.test',
  followId: 'https://peer.test/a/1',
  since: '2026-11-23T12:00:00.000Z',
};
const approve = { rules: rulesOf({ approveFollowers: true }) };

describe('Follow', () => {
  it('→ stored, told, and then accepted', () => {
    const [store, told, send] = effectsOf(FOLLOW);
    expect(store).toEqual({ type: 'store-follower', follower: NEW });
    expect(told).toMatchObject({ type: 'notify', notification: { key: 'follow https://peer.test/a/1' } });
    expect(send).toMatchObject({ type: 'send', inbox: NEW.inbox, again: true, activity: { type: 'Accept' } });
  });

  it('once more, with a new id → accepted again, since the same time, and not told again', () => {
    const effects = effectsOf(FOLLOW, { follower: FOLLOWER });
    expect(effects.map(({ type }) => type)).toEqual(['store-follower', 'send']);
    expect(effects[0]).toMatchObject({ follower: { followId: NEW.followId, since: FOLLOWER.since } });
  });

  it('once more, with the same id → told under the same key', () => {
    expect(toldBy(FOLLOW, { follower: NEW })).toEqual(['follow https://peer.test/a/1']);
  });

  it('with an id that was undone before → accepted (Pixelfed has one for ever)', () => {
    expect(typesOf(FOLLOW, { isUndone: true })).toContain('send');
  });

  it.each<[string, JsonObject, object, object]>([
    ['of somebody else', { object: 'https://third.test/' }, {}, { kind: 'ignored', reason: 'not-our-actor' }],
    [
      'of everybody, as relays want it',
      { object: 'https://www.w3.org/ns/activitystreams#Public' },
      {},
      { kind: 'ignored', reason: 'not-our-actor' },
    ],
    ['without the actor’s document', {}, { remoteActor: undefined }, { kind: 'refused', status: 503 }],
    [
      'of an actor without an inbox',
      {},
      { remoteActor: { kind: 'fault', reason: 'no-usable-inbox' } },
      { kind: 'refused', status: 400, reason: 'no-usable-inbox' },
    ],
  ])('%s', (_what, members, context, outcome) => {
    expect(decided({ ...FOLLOW, ...members }, contextOf(context))).toMatchObject(outcome);
  });
});

describe('Follow when the owner decides', () => {
  it('→ waits, the owner is told, nothing is sent', () => {
    expect(effectsOf(FOLLOW, approve)).toMatchObject([
      { type: 'store-follow-request', request: NEW },
      { type: 'notify', notification: { key: 'follow-request https://peer.test/a/1', actor: ANN } },
    ]);
  });

  it('once more → waits on, and is not told again', () => {
    expect(effectsOf(FOLLOW, { ...approve, followRequest: FOLLOWER })).toEqual([
      { type: 'store-follow-request', request: { ...NEW, since: FOLLOWER.since } },
    ]);
  });

  it('by somebody who follows already → accepted again', () => {
    expect(typesOf(FOLLOW, { ...approve, follower: FOLLOWER })).toEqual(['store-follower', 'send']);
  });

  it('the owner decides no more → what waited is accepted', () => {
    expect(typesOf(FOLLOW, { followRequest: FOLLOWER })).toEqual(['store-follower', 'remove-follow-request', 'send']);
  });
});

describe('Block', () => {
  const BLOCK = { type: 'Block', object: BLOG.actor };

  it.each([
    ['by a follower', { follower: FOLLOWER }, ['remove-follower', 'notify']],
    ['by one who waits', { followRequest: FOLLOWER }, ['remove-follow-request']],
  ])('%s → gone', (_who, context, types) => {
    expect(typesOf(BLOCK, context)).toEqual(types);
  });

  it.each([
    ['by a stranger', {}, 'not-following'],
    ['of somebody else', { object: 'https://third.test/' }, 'not-our-actor'],
  ])('%s → ignored', (_what, members, reason) => {
    expect(decided({ ...BLOCK, ...members })).toEqual({ kind: 'ignored', reason });
  });
});

describe('Update of an actor', () => {
  const document = { id: ANN, type: 'Person', preferredUsername: 'ann', name: 'Ann B', inbox: `${ANN}/new` };
  const update = (object: JsonObject | string): JsonObject => ({ type: 'Update', object });
  const author = {
    actor: ANN,
    name: 'Ann B',
    handle: '@ann@peer.test',
    url: ANN,
    emojis: [],
    at: '2026-11-23T12:00:00.000Z',
  };

  it('heard before → the new name', () => {
    expect(effectsOf(update(document), { isKnown: true })).toEqual([{ type: 'update-author', author }]);
  });

  it('a follower → the new inbox as well; one who waits, too', () => {
    const renewed = { ...FOLLOWER, inbox: `${ANN}/new` };
    expect(effectsOf(update(document), { follower: FOLLOWER, followRequest: FOLLOWER })).toEqual([
      { type: 'store-follower', follower: renewed },
      { type: 'store-follow-request', request: renewed },
      { type: 'update-author', author },
    ]);
  });

  it('with an inbox on another host → the name alone', () => {
    const moved = { ...document, inbox: 'https://victim.test/inbox' };
    expect(typesOf(update(moved), { follower: FOLLOWER })).toEqual(['update-author']);
  });

  it('by its id alone → accepted, so that it is read anew', () => {
    expect(effectsOf(update(ANN), { isKnown: true })).toEqual([]);
  });

  it('unknown → ignored; a document that only links to the actor → ignored', () => {
    expect(decided(update(document))).toEqual({ kind: 'ignored', reason: 'unknown-actor' });
    const linked = { type: 'Link', href: ANN, name: 'Somebody' };
    expect(decided(update(linked), { isKnown: true })).toEqual({ kind: 'ignored', reason: 'actor-id-differs' });
  });
});
