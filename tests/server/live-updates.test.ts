import { beforeEach, describe, expect, it } from 'vitest';
import type { Vote } from '../../federation/heard.ts';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { tellLive } from '../../server/live-updates.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import { createDoingBlog, ENDS, POLL, QUOTED, QUOTING, retell } from '../remote/doing-blog.ts';
import { BLOG, type FakeBlog } from '../remote/fake-blog.ts';

const STAMP = 'https://peer.test/stamps/1';
const FOLLOWER = 'https://fan.test/inbox';

let blog: FakeBlog;
beforeEach(async () => {
  blog = await createDoingBlog({ store: openMemoryStore() });
  const actor = 'https://fan.test/users/fan';
  await blog.store.followers.put({
    actor,
    inbox: `${actor}/inbox`,
    sharedInbox: FOLLOWER,
    followId: `${actor}#1`,
    since: ENDS,
  });
});

const deps = () => ({
  ...{ store: blog.store, site: blog.site, clock: () => blog.now },
  log: (line: FakeBlog['lines'][number]) => void blog.lines.push(line),
});
const tell = () => tellLive(deps());
const vote = (name: string, option: number, more: Partial<Vote> = {}): Promise<unknown> =>
  blog.store.answers.vote({
    ...{ poll: POLL, actor: `https://peer.test/users/${name}`, option, multiple: false },
    ...{ inbox: 'https://peer.test/inbox', at: '2026-11-23T12:00:00Z', ...more },
  });
const consent = (state: 'accepted' | 'rejected' | 'revoked', at = '2026-11-23T12:00:00Z') =>
  blog.store.answers.putConsent({ object: QUOTING, quoted: QUOTED, state, stamp: STAMP, at });
/** All that is queued, by what is told: once taken, it is taken. */
const queued = async () => {
  const all = await blog.queued();
  return all.map(({ inbox, type, id, json }) => ({ inbox, type, id, object: json.object as JsonObject, json }));
};
/** What was told, in its order: of what is queued the newer waits for the older. */
const toldOf = async () => {
  const ids = blog.lines.filter(({ event }) => event === 'live.queued').map(({ activity }) => String(activity));
  const all = await Promise.all(ids.map((id) => blog.store.activities.get(id)));
  return all.map((each) => ({ id: each?.id, object: each?.json.object as JsonObject }));
};

describe('a poll', () => {
  it('runs → nothing is told; has ended → one Update with the results, to followers and voters', async () => {
    await vote('ann', 1);
    await vote('bob', 1);
    expect(await tell()).toBe(0);
    blog.now = Date.parse(ENDS);
    expect(await tell()).toBe(1);
    expect(await tell()).toBe(0);
    const told = await queued();
    expect(told.map(({ inbox }) => inbox).sort()).toEqual([FOLLOWER, 'https://peer.test/inbox']);
    expect(new Set(told.map(({ id }) => id)).size).toBe(1);
    expect(told[0]).toMatchObject({
      type: 'Update',
      json: { actor: BLOG.actor, to: ['https://www.w3.org/ns/activitystreams#Public'], cc: [BLOG.followers] },
      object: {
        id: POLL,
        type: 'Question',
        votersCount: 2,
        closed: ENDS,
        oneOf: [{ name: 'Tea' }, { replies: { totalItems: 2 } }],
      },
    });
    // Its meaning is as it was: an `updated` would make an edit of it.
    expect(told[0]?.object).not.toHaveProperty('updated');
  });

  it('who voted is in no line and in nothing that is sent', async () => {
    await vote('ann', 1);
    blog.now = Date.parse(ENDS);
    await tell();
    expect(JSON.stringify([blog.lines, (await queued()).map(({ json }) => json)])).not.toContain('users/ann');
  });

  it.each(['activities.put', 'deliveries.enqueue', 'answers.setTold'] as const)(
    'a process dies before %s → the next look sends the same, once to each',
    async (call) => {
      await vote('ann', 0);
      blog.now = Date.parse(ENDS);
      const [part, method] = call.split('.') as ['answers', 'setTold'];
      const dies = async () => {
        throw new Error('killed');
      };
      const store = { ...blog.store, [part]: { ...blog.store[part], [method]: dies } };
      await expect(tellLive({ ...deps(), store })).rejects.toThrow('killed');
      blog.now += 60_000;
      expect(await tell()).toBe(1);
      const told = await queued();
      expect(told).toHaveLength(2);
      expect(new Set(told.map(({ id }) => id)).size).toBe(1);
    },
  );

  it.each<[string, () => Promise<unknown>]>([
    ['deleted', () => retell(blog.store, POLL, { state: 'deleted', deleted: ENDS })],
    ['never announced', () => retell(blog.store, POLL, { state: 'baseline' })],
  ])('%s → nothing is told', async (_what, change) => {
    await change();
    blog.now = Date.parse(ENDS);
    expect(await tell()).toBe(0);
    expect(await queued()).toEqual([]);
  });

  it('ended longer ago than any blog is down → nothing is told', async () => {
    blog.now = Date.parse(ENDS) + 31 * 86_400_000;
    expect(await tell()).toBe(0);
  });

  it('nothing may be sent from here → nothing is stored, queued or noted; told once it may', async () => {
    blog.now = Date.parse(ENDS);
    const closed = async () => ({ why: 'not-live', facts: {} }) as const;
    expect(await tellLive(deps(), { closed })).toBe(0);
    expect([await queued(), await blog.store.answers.told(POLL)]).toEqual([[], undefined]);
    expect(blog.lines).toMatchObject([{ event: 'live.nothing-sent', why: 'not-live' }]);
    expect(await tell()).toBe(1);
  });

  it('has another text in the build than was told → nothing is told until that is published', async () => {
    await vote('ann', 1);
    blog.now = Date.parse(ENDS);
    await retell(blog.store, POLL, { digest: 'as it was told' });
    expect(await tell()).toBe(0);
    await retell(blog.store, POLL, { digest: 'd', revision: 1 });
    expect(await tell()).toBe(1);
  });

  it('is edited after its end → its results are told once more, for the edit told none', async () => {
    blog.now = Date.parse(ENDS);
    await tell();
    await retell(blog.store, POLL, { revision: 1 });
    expect(await tell()).toBe(1);
    const [first, second] = await toldOf();
    expect(second?.object).toEqual(first?.object);
    expect(second?.id).not.toBe(first?.id);
  });
});

describe('a quote', () => {
  it('consent comes, goes and comes again → an Update each, and each with an id of its own', async () => {
    expect(await tell()).toBe(0);
    for (const [second, state] of (['accepted', 'revoked', 'accepted'] as const).entries()) {
      await consent(state, `2026-11-23T12:00:0${second}Z`);
      expect(await tell()).toBe(1);
      expect(await tell()).toBe(0);
    }
    const told = await toldOf();
    expect(new Set(told.map(({ id }) => id)).size).toBe(3);
    expect(told.map(({ object }) => object.quoteAuthorization)).toEqual([STAMP, undefined, STAMP]);
  });

  it('a first no changes nothing of the post → nothing is told', async () => {
    await consent('rejected');
    expect(await tell()).toBe(0);
  });

  it('a consent to what it quoted before says nothing of what it quotes now → nothing is told', async () => {
    await blog.store.answers.putConsent({
      ...{ object: QUOTING, quoted: `${QUOTED}-before`, state: 'accepted', stamp: STAMP, at: '2026-11-23T12:00:00Z' },
    });
    expect(await tell()).toBe(0);
  });

  it('the author hears of it where the ledger knows an inbox', async () => {
    await retell(blog.store, QUOTING, { inboxes: ['https://peer.test/users/ann/inbox'] });
    await consent('accepted');
    await tell();
    expect((await queued()).map(({ inbox }) => inbox).sort()).toEqual([FOLLOWER, 'https://peer.test/users/ann/inbox']);
  });
});

it('the account was deleted → nothing is told', async () => {
  await consent('accepted');
  const head = await blog.store.ledger.head();
  if (!head) throw new Error('no ledger');
  await blog.store.ledger.compareAndSwap(head.version, { actor: { ...head.actor, deleted: ENDS } });
  expect(await tell()).toBe(0);
});
