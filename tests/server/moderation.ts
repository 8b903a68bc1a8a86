import { addressesOf } from '../../federation/addresses.ts';
import type { Author, Interaction } from '../../federation/interaction.ts';
import type { Follower } from '../../federation/outcome.ts';
import type { ModerateDeps } from '../../server/moderate.ts';
import type { Store } from '../../server/store/store.ts';

export const ORIGIN = 'https://blog.example';
export const NOW = Date.UTC(2026, 10, 23, 12);
export const POST = `${ORIGIN}/ap/posts/a.json`;
export const ANN = 'https://peer.example/users/ann';
export const QUOTE = 'https://peer.example/notes/q';
export const REQUEST = 'https://peer.example/requests/1';

export const author: Author = {
  actor: ANN,
  name: 'Ann',
  handle: '@ann@peer.example',
  url: ANN,
  emojis: [],
  at: '2026-11-23T11:00:00Z',
};

export function interaction(id: string, more: Partial<Interaction> = {}): Interaction {
  return {
    id,
    kind: 'reply',
    target: POST,
    actor: ANN,
    state: 'shown',
    inReplyTo: POST,
    activity: `${id}/activity`,
    content: {
      text: [{ tag: 'p', children: ['Words'] }],
      sensitive: false,
      published: '2026-11-23T11:00:00Z',
      url: `${id}.html`,
      emojis: [],
      attachments: [],
    },
    at: '2026-11-23T11:00:00Z',
    ...more,
  };
}

export const asked = interaction(QUOTE, { kind: 'quote', state: 'held', reason: 'asks', activity: REQUEST });
export const follower = (name: string, host = 'social.example'): Follower => ({
  actor: `https://${host}/users/${name}`,
  inbox: `https://${host}/users/${name}/inbox`,
  sharedInbox: `https://${host}/inbox`,
  followId: `https://${host}/follows/${name}`,
  handle: `@${name}@${host}`,
  since: '2026-01-01T00:00:00Z',
});

export function depsOf(store: Store, isReachable = true): ModerateDeps {
  const document = { id: ANN, type: 'Person', inbox: `${ANN}/inbox` };
  return {
    store,
    addresses: addressesOf(ORIGIN),
    clock: () => NOW,
    documents: {
      get: async (url) => (isReachable ? { kind: 'document', url, document } : { kind: 'failed', reason: 'network' }),
    },
  };
}

/** Everything that waits to be sent: who gets which activity. */
export async function queued(store: Store): Promise<{ inbox: string; json: Record<string, unknown> }[]> {
  const leased = await store.deliveries.lease({ owner: 'test', now: NOW + 1, leaseMs: 1, limit: 100 });
  await store.deliveries.release('test');
  return leased.map(({ inbox, activity }) => ({ inbox, json: activity }));
}
