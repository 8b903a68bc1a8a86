import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { addressesOf } from '../../../federation/addresses.ts';
import { buildAccept, buildReject } from '../../../federation/inbox/accept.ts';

const deps = {
  addresses: addressesOf('https://blog.test'),
  sha256: (text: string) => createHash('sha256').update(text).digest('hex'),
};
const follow = { id: 'https://peer.test/follows/1', actor: 'https://peer.test/users/ann' };

describe('the answer to a Follow', () => {
  it('embeds the Follow in full, with its own id', () => {
    expect(buildAccept(deps, follow)).toEqual({
      id: 'https://blog.test/ap/activities/accept/dfd8e625faec435678080146e7928aa6',
      type: 'Accept',
      object: follow.id,
      json: {
        '@context': 'https://www.w3.org/ns/activitystreams',
        id: 'https://blog.test/ap/activities/accept/dfd8e625faec435678080146e7928aa6',
        type: 'Accept',
        actor: 'https://blog.test/ap/actor.json',
        object: { ...follow, type: 'Follow', object: 'https://blog.test/ap/actor.json' },
        to: [follow.actor],
      },
    });
  });

  it('has an id of its own for each Follow, each actor and each answer', () => {
    const ids = [
      buildAccept(deps, follow).id,
      buildAccept(deps, { ...follow, id: 'https://peer.test/follows/2' }).id,
      buildAccept(deps, { ...follow, actor: 'https://peer.test/users/ben' }).id,
      buildReject(deps, follow).id,
    ];
    expect(new Set(ids).size).toBe(4);
    expect(buildAccept(deps, follow).id).toBe(ids[0]);
  });

  it('Reject has the shape of Accept', () => {
    const { json } = buildReject(deps, follow);
    expect(json).toMatchObject({ type: 'Reject', object: { id: follow.id, type: 'Follow' }, to: [follow.actor] });
  });
});
