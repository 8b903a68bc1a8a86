import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addressesOf } from '../../federation/addresses.ts';
import type { Author, Interaction } from '../../federation/interaction.ts';
import type { Follower } from '../../federation/outcome.ts';
import { sha256Hex } from '../../server/crypto.ts';
import { type ModerateDeps, moderate } from '../../server/moderate.ts';
import { moderateFollow } from '../../server/moderate-followers.ts';
import { openOwnerAccess } from '../../server/owner-access.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import type { Store } from '../../server/store/store.ts';
import { STORES, type TestStore } from '../remote/stores.ts';
import { Crash, crashingStore } from './crashing-store.ts';

const ORIGIN = 'https://blog.example';
const NOW = Date.UTC(2026, 10, 23, 12);
const POST = `${ORIGIN}/ap/posts/a.json`;
const ANN = 'https://peer.example/users/ann';
const QUOTE = 'https://peer.example/notes/q';
const REQUEST = 'https://peer.example/requests/1';

const author: Author = {
  actor: ANN,
  name: 'Ann',
  handle: '@ann@peer.example',
  url: ANN,
  emojis: [],
  at: '2026-11-23T11:00:00Z',
};

function interaction(id: string, more: Partial<Interaction> = {}): Interaction {
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

const asked = interaction(QUOTE, { kind: 'quote', state: 'held', reason: 'asks', activity: REQUEST });
const follower = (name: string, host = 'social.example'): Follower => ({
  actor: `https://${host}/users/${name}`,
  inbox: `https://${host}/users/${name}/inbox`,
  sharedInbox: `https://${host}/inbox`,
  followId: `https://${host}/follows/${name}`,
  handle: `@${name}@${host}`,
  since: '2026-01-01T00:00:00Z',
});

function depsOf(store: Store, isReachable = true): ModerateDeps {
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
async function queued(store: Store): Promise<{ inbox: string; json: Record<string, unknown> }[]> {
  const leased = await store.deliveries.lease({ owner: 'test', now: NOW + 1, leaseMs: 1, limit: 100 });
  await store.deliveries.release('test');
  return leased.map(({ inbox, activity }) => ({ inbox, json: activity }));
}

describe.each(STORES)('a decision about a reply (%s)', (_name, open) => {
  let opened: TestStore;
  let store: Store;
  let deps: ModerateDeps;
  beforeEach(() => {
    opened = open();
    store = opened.store;
    deps = depsOf(store);
  });
  afterEach(() => opened.close());

  const stateOf = async (id: string) => (await store.interactions.get(id))?.state;

  test('approve what is held → shown, and nobody is told', async () => {
    await store.interactions.put(
      interaction('https://peer.example/1', { state: 'held', reason: 'first-time' }),
      author,
    );
    const id = 'https://peer.example/1';
    expect(await moderate(deps, 'approve', id)).toEqual({ id, result: 'changed', others: 0, sent: 0 });
    expect(await moderate(deps, 'approve', id)).toEqual({ id, result: 'unchanged', others: 0, sent: 0 });
    expect((await store.interactions.thread(POST)).items).toHaveLength(1);
    expect(await queued(store)).toEqual([]);
  });

  test('hide → gone from the thread with what answers it, kept for the owner, and nobody is told', async () => {
    await store.interactions.put(interaction('https://peer.example/1'), author);
    await store.interactions.put(
      interaction('https://peer.example/2', { inReplyTo: 'https://peer.example/1' }),
      author,
    );
    expect(await moderate(deps, 'hide', 'https://peer.example/1')).toMatchObject({
      result: 'changed',
      others: 1,
      sent: 0,
    });
    expect(await store.interactions.counts(POST)).toMatchObject({ replies: 0 });
    expect((await store.interactions.get('https://peer.example/1'))?.content).toBeDefined();
    expect(await queued(store)).toEqual([]);
    await moderate(deps, 'approve', 'https://peer.example/1');
    expect([await stateOf('https://peer.example/1'), await stateOf('https://peer.example/2')]).toEqual([
      'shown',
      'hidden',
    ]);
  });

  test('remove → its words are gone, it does not come back, and cannot be approved', async () => {
    const reply = interaction('https://peer.example/1');
    await store.interactions.put(reply, author);
    expect(await moderate(deps, 'remove', reply.id)).toMatchObject({ result: 'changed', sent: 0 });
    expect((await store.interactions.get(reply.id))?.content).toBeUndefined();
    expect(await store.interactions.put(reply, author)).toBe('ignored');
    expect(await moderate(deps, 'approve', reply.id)).toMatchObject({ result: 'removed' });
    expect(await moderate(deps, 'remove', reply.id)).toMatchObject({ result: 'unchanged' });
    expect(await queued(store)).toEqual([]);
  });

  test('about what is not there → unknown', async () => {
    for (const decision of ['approve', 'hide', 'remove'] as const)
      expect(await moderate(deps, decision, 'https://peer.example/none')).toMatchObject({ result: 'unknown' });
  });

  test('approve a quote that was asked for → stamp, then Accept with it to who asked, then shown', async () => {
    await store.interactions.put(asked, author);
    expect(await moderate(deps, 'approve', QUOTE)).toEqual({ id: QUOTE, result: 'changed', others: 0, sent: 1 });
    const id = `${ORIGIN}/ap/stamps/${sha256Hex(`${QUOTE}\n${POST}`).slice(0, 32)}`;
    expect(await store.stamps.get(id)).toMatchObject({ quote: QUOTE, target: POST, actor: ANN });
    expect(await queued(store)).toMatchObject([
      {
        inbox: `${ANN}/inbox`,
        json: {
          type: 'Accept',
          result: id,
          to: [ANN],
          object: { id: REQUEST, type: 'QuoteRequest', actor: ANN, object: POST, instrument: QUOTE },
        },
      },
    ]);
    expect(await stateOf(QUOTE)).toBe('shown');
    expect(await moderate(deps, 'approve', QUOTE)).toMatchObject({ result: 'unchanged', sent: 0 });
  });

  test('hide a quote that was asked for → nobody is told; approved later, consent is given', async () => {
    await store.interactions.put(asked, author);
    const reply = interaction('https://peer.example/2', { inReplyTo: QUOTE });
    await store.interactions.put(reply, author);
    expect(await moderate(deps, 'hide', QUOTE)).toMatchObject({ result: 'changed', sent: 0 });
    expect(await queued(store)).toEqual([]);
    expect(await moderate(deps, 'approve', reply.id)).toMatchObject({ sent: 0 });
    expect(await moderate(deps, 'approve', QUOTE)).toMatchObject({ result: 'changed', sent: 1 });
  });

  test('remove a quote that was asked for → Reject to who asked, no stamp', async () => {
    await store.interactions.put(asked, author);
    expect(await moderate(deps, 'remove', QUOTE)).toMatchObject({ result: 'changed', sent: 1 });
    expect(await queued(store)).toMatchObject([
      { inbox: `${ANN}/inbox`, json: { type: 'Reject', object: { id: REQUEST } } },
    ]);
    expect(await store.stamps.ofQuote(QUOTE)).toEqual([]);
  });

  test('remove a quote that had consent → stamp revoked, its Delete to the quoter and each server of followers once', async () => {
    await store.interactions.put(asked, author);
    await moderate(deps, 'approve', QUOTE);
    for (const name of ['bob', 'cid']) await store.followers.put(follower(name));
    const [stamp] = await store.stamps.ofQuote(QUOTE);
    expect(await moderate(deps, 'remove', QUOTE)).toMatchObject({ result: 'changed', sent: 2 });
    expect((await store.stamps.get(stamp?.id ?? ''))?.revoked).toBe(new Date(NOW).toISOString());
    const deletes = (await queued(store)).filter(({ json }) => json.type === 'Delete');
    expect(deletes.map(({ inbox }) => inbox).sort()).toEqual([`${ANN}/inbox`, 'https://social.example/inbox']);
    expect(deletes[0]?.json).toMatchObject({ actor: `${ORIGIN}/ap/actor.json`, object: stamp?.id });
  });

  test('remove what a quote answers → the consent to that quote ends, too', async () => {
    await store.interactions.put(interaction('https://peer.example/1'), author);
    await store.interactions.put({ ...asked, inReplyTo: 'https://peer.example/1' }, author);
    await moderate(deps, 'approve', QUOTE);
    expect(await moderate(deps, 'remove', 'https://peer.example/1')).toMatchObject({ others: 1, sent: 1 });
    expect((await store.stamps.ofQuote(QUOTE))[0]?.revoked).toBeDefined();
  });

  test('who asks cannot be found → approve changes nothing and says so; remove goes on without them', async () => {
    await store.interactions.put(asked, author);
    const unreachable = depsOf(store, false);
    expect(await moderate(unreachable, 'approve', QUOTE)).toMatchObject({ result: 'unreachable' });
    expect([await stateOf(QUOTE), await store.stamps.ofQuote(QUOTE)]).toEqual(['held', []]);
    expect(await moderate(unreachable, 'remove', QUOTE)).toMatchObject({ result: 'changed', sent: 0 });
  });

  test('a request to follow: approve → follower, Accept to them, no request any more; again → unchanged', async () => {
    const bob = follower('bob');
    await store.requests.put(bob);
    expect(await moderateFollow(deps, 'approve', bob.actor)).toMatchObject({ result: 'changed', handle: bob.handle });
    expect(await store.followers.get(bob.actor)).toMatchObject({
      inbox: bob.inbox,
      since: new Date(NOW).toISOString(),
    });
    expect(await queued(store)).toMatchObject([
      { inbox: bob.inbox, json: { type: 'Accept', object: { id: bob.followId } } },
    ]);
    expect(await store.requests.list(10)).toEqual([]);
    expect(await moderateFollow(deps, 'approve', bob.actor)).toMatchObject({ result: 'unchanged' });
  });

  test('a request to follow: reject → Reject to them; again → unknown, and nothing more is sent', async () => {
    const bob = follower('bob');
    await store.requests.put(bob);
    expect(await moderateFollow(deps, 'reject', bob.actor)).toMatchObject({ result: 'changed' });
    expect(await moderateFollow(deps, 'reject', bob.actor)).toMatchObject({ result: 'unknown' });
    expect(await queued(store)).toMatchObject([{ inbox: bob.inbox, json: { type: 'Reject', to: [bob.actor] } }]);
    expect(await store.followers.count()).toBe(0);
  });

  test('remove a follower → Reject to them, and the Follow they sent is no way back', async () => {
    const bob = follower('bob');
    await store.followers.put(bob);
    expect(await moderateFollow(deps, 'remove', bob.actor)).toMatchObject({ result: 'changed' });
    expect(await queued(store)).toMatchObject([
      { inbox: bob.inbox, json: { type: 'Reject', object: { id: bob.followId } } },
    ]);
    expect([await store.followers.count(), await store.inbound.seen(bob.followId)]).toEqual([0, true]);
    expect(await moderateFollow(deps, 'remove', bob.actor)).toMatchObject({ result: 'unknown' });
  });

  test('a follower is found by handle, whatever its case', async () => {
    await store.followers.put(follower('Bob'));
    const owner = openOwnerAccess(deps);
    expect(await owner.moderateFollows('remove', ['bob@SOCIAL.example'])).toMatchObject([{ result: 'changed' }]);
    expect(await owner.moderateFollows('approve', ['nobody'])).toMatchObject([{ result: 'unknown' }]);
  });
});

describe('cut short at any step, and decided again', () => {
  type Work = (deps: ModerateDeps) => Promise<unknown>;
  const cases: readonly (readonly [string, (store: Store) => Promise<unknown>, Work])[] = [
    ['approving a quote', (store) => store.interactions.put(asked, author), (deps) => moderate(deps, 'approve', QUOTE)],
    ['refusing a quote', (store) => store.interactions.put(asked, author), (deps) => moderate(deps, 'remove', QUOTE)],
    [
      'taking consent back',
      async (store) => {
        await store.followers.put(follower('bob'));
        await store.interactions.put(asked, author);
        await moderate(depsOf(store), 'approve', QUOTE);
      },
      (deps) => moderate(deps, 'remove', QUOTE),
    ],
    [
      'approving a follower',
      (store) => store.requests.put(follower('bob')),
      (deps) => moderateFollow(deps, 'approve', follower('bob').actor),
    ],
    [
      'rejecting a follower',
      (store) => store.requests.put(follower('bob')),
      (deps) => moderateFollow(deps, 'reject', follower('bob').actor),
    ],
    [
      'removing a follower',
      (store) => store.followers.put(follower('bob')),
      (deps) => moderateFollow(deps, 'remove', follower('bob').actor),
    ],
  ];

  /** All that is left in a store, for comparison. */
  async function remains(store: Store): Promise<unknown> {
    const activities = (await queued(store)).map(
      ({ inbox, json }) => `${inbox} ${String(json.type)} ${String(json.id)}`,
    );
    const { items } = await store.interactions.list({ limit: 10 });
    return {
      activities: activities.sort(),
      states: items.map(({ state, reason }) => [state, reason]),
      stamps: await store.stamps.ofQuote(QUOTE),
      followers: (await store.followers.page({ limit: 10 })).items,
      requests: await store.requests.list(10),
    };
  }

  test.each(cases)('%s → the same as without the crash, each activity once', async (_name, prepare, work) => {
    const whole = openMemoryStore();
    await prepare(whole);
    const counting = crashingStore(whole, Number.POSITIVE_INFINITY, 'before');
    await work(depsOf(counting.store));
    const expected = await remains(whole);
    for (let n = 1; n <= counting.calls(); n += 1) {
      for (const when of ['before', 'after'] as const) {
        const store = openMemoryStore();
        await prepare(store);
        await expect(work(depsOf(crashingStore(store, n, when).store))).rejects.toThrow(Crash);
        await work(depsOf(store));
        expect(await remains(store), `${when} call ${n}`).toEqual(expected);
      }
    }
  });
});
