import { describe, expect, it } from 'vitest';
import { addressesOf } from '../../../federation/addresses.ts';
import type { DecisionContext } from '../../../federation/inbox/context.ts';
import { asksForReceived, decide } from '../../../federation/inbox/decide.ts';
import { parseActivity } from '../../../federation/inbox/parse.ts';

const ACTOR = 'https://peer.test/users/ann';

function activityOf(members: object) {
  const parsed = parseActivity({ id: 'https://peer.test/a/1', actor: ACTOR, ...members });
  if (parsed.kind !== 'activity') throw new Error(parsed.kind);
  return parsed.activity;
}

const context: DecisionContext = {
  addresses: addressesOf('https://blog.test'),
  now: '2026-11-23T12:00:00Z',
  sha256: (text) => text,
  follower: undefined,
  remoteActor: undefined,
  received: [],
  ownsObject: () => undefined,
};

describe('decide', () => {
  it('a Follow without the actor’s document → 503, never a follower without an inbox', () => {
    const activity = activityOf({ type: 'Follow', object: context.addresses.actor });
    expect(decide(activity, context)).toMatchObject({ kind: 'refused', status: 503 });
  });

  it.each(['Follow', 'Like', 'Announce', 'Create', 'Block', 'Flag'])(
    '%s is decided without what was received',
    (type) => {
      expect(asksForReceived(activityOf({ type, object: 'https://blog.test/' }))).toBe(false);
    },
  );

  it('somebody moves to the blog → kept', () => {
    const activity = activityOf({ type: 'Move', object: ACTOR, target: context.addresses.actor });
    expect(decide(activity, context).kind).toBe('accepted');
  });

  it('somebody moves somebody else → refused', () => {
    const activity = activityOf({ type: 'Move', object: 'https://peer.test/users/ben', target: 'https://x.test/' });
    expect(decide(activity, context)).toMatchObject({ kind: 'refused', reason: 'move-of-another' });
  });
});
