import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../federation/delivery.ts';
import type { Block, Blocks } from '../../federation/rules.ts';
import { sha256Hex } from '../../server/crypto.ts';
import { deliverDue } from '../../server/deliver.ts';
import { enforceBlocks, withoutBlockedInboxes } from '../../server/enforce-blocks.ts';
import { create, follow, like, note } from '../remote/activities.ts';
import { BLOG, type FakeBlog } from '../remote/fake-blog.ts';
import type { Peer } from '../remote/fake-remote.ts';
import { openEachBlog } from '../remote/open-each.ts';
import { signingKeys } from '../remote/signing-keys.ts';
import { dumpOf, NEAR_STORES } from '../remote/stores.ts';

const block = (name: string, severity: Block['severity'] = 'block'): Block => ({
  name,
  severity,
  source: 'blocks.csv',
});
const hosts = (...names: string[]): Blocks => ({ accounts: [], hosts: names.map((name) => block(name)) });
const accounts = (...names: string[]): Blocks => ({ accounts: names.map((name) => block(name)), hosts: [] });

describe.each(NEAR_STORES)('blocks that are new, with the store in %s', (_name, open) => {
  let blog: FakeBlog;
  let ann: Peer;
  let zed: Peer;
  let ben: Peer;
  openEachBlog(open, async (scene) => {
    ({ blog, ann } = scene);
    [zed, ben] = [blog.peer({ name: 'zed' }), blog.peer({ host: 'other.test', name: 'ben' })];
    for (const peer of [ann, zed, ben]) {
      await blog.hear(peer, follow(peer));
      const name = peer.actor.split('/').at(-1);
      await blog.hear(peer, create(peer, note(peer, `by-${name}`)));
      await blog.hear(peer, like(peer));
      await blog.hear(peer, create(peer, note(peer, `dm-${name}`, { to: [BLOG.actor], cc: [] }), { to: [], cc: [] }));
    }
    blog.lines.length = 0;
  });

  const enforce = (blocks: Blocks) =>
    enforceBlocks({ store: blog.store, clock: () => blog.now, log: (line) => blog.lines.push(line) }, { blocks });
  const pending = async () => (await blog.store.deliveries.counts()).pending;
  /** Posts what is due; gives where it went. */
  const deliver = async (blocks: Blocks): Promise<string[]> => {
    const posts: string[] = [];
    const post = async (inbox: string): Promise<Attempt> => {
      posts.push(inbox);
      return { kind: 'response', status: 202 };
    };
    const inboxes = withoutBlockedInboxes(
      { post, close: async () => {} },
      { rules: async () => ({ ...blog.rules, blocks }) },
    );
    const deps = { store: blog.store, clock: () => blog.now, log: () => {}, inboxes, keys: signingKeys(BLOG.actor) };
    await deliverDue(deps, { owner: `run ${runs++}` });
    return posts;
  };

  it('of a host → its followers, replies, likes, messages and deliveries are gone; others’ stay', async () => {
    expect(await enforce(hosts('peer.test'))).toEqual({
      followers: 2,
      requests: 0,
      interactions: 4,
      messages: 2,
      read: 0,
      deliveries: 2,
      accounts: 2,
    });
    expect(await blog.followers()).toEqual([ben.actor]);
    expect(await blog.thread()).toEqual(['reply @ben@other.test: by-ben', 'like @ben@other.test']);
    expect((await blog.messages()).map(({ actor }) => actor)).toEqual([ben.actor]);
    expect(await pending()).toBe(1);
    const told = new Set((await blog.store.notifications.list(100)).map(({ actor }) => actor));
    expect([...told].sort()).toEqual([ben.actor, sha256Hex(ben.actor)].sort());
    expect(blog.lines).toMatchObject([{ event: 'blocks.enforced', followers: 2 }]);
  });

  it('again → nothing to do, nothing said', async () => {
    await enforce(hosts('peer.test'));
    const before = await dumpOf(blog.store);
    blog.lines.length = 0;
    expect(await enforce(hosts('peer.test'))).toMatchObject({
      followers: 0,
      interactions: 0,
      messages: 0,
      read: 0,
      deliveries: 0,
      accounts: 0,
    });
    expect(await dumpOf(blog.store)).toBe(before);
    expect(blog.lines).toEqual([]);
  });

  it.each([
    ['its handle', () => accounts('ANN@peer.test')],
    ['its id', () => accounts(ann.actor)],
  ])('of an account by %s → it alone, and what waits for its inbox', async (_how, blocks) => {
    expect(await enforce(blocks())).toEqual({
      followers: 1,
      requests: 0,
      interactions: 2,
      messages: 1,
      read: 0,
      deliveries: 1,
      accounts: 1,
    });
    expect(await blog.followers()).toEqual([zed.actor, ben.actor]);
    expect(await deliver(blocks())).not.toContain(ann.inbox);
  });

  it('of an account → what waits for the inbox that it shares with others is still sent', async () => {
    const id = `${BLOG.origin}/ap/activities/create/1`;
    await blog.store.activities.put({ id, type: 'Create', object: 'p', json: { id } }, { now: blog.now });
    await blog.store.deliveries.enqueue(id, ['https://peer.test/inbox'], { now: blog.now });
    await enforce(accounts('ann@peer.test'));
    expect(await deliver(accounts('ann@peer.test'))).toContain('https://peer.test/inbox');
  });

  it('who waits to follow waits no more', async () => {
    blog.rules = { ...blog.rules, approveFollowers: true };
    const eve = blog.peer({ host: 'evil.test' });
    await blog.hear(eve, follow(eve));
    expect(await enforce(hosts('evil.test'))).toMatchObject({ requests: 1 });
    expect(await blog.store.requests.list(10)).toEqual([]);
  });

  it('who is limited keeps everything', async () => {
    const before = await dumpOf(blog.store);
    await enforce({ accounts: [], hosts: [block('peer.test', 'limit')] });
    expect(await dumpOf(blog.store)).toBe(before);
  });

  it('nothing is sent to a blocked host, whatever is queued and whenever', async () => {
    const blocks = hosts('peer.test');
    const id = `${BLOG.origin}/ap/activities/delete/1`;
    await enforce(blocks);
    await blog.store.activities.put({ id, type: 'Delete', object: 'p', json: { id } }, { now: blog.now });
    await blog.store.deliveries.enqueue(id, ['https://peer.test/inbox', 'https://sub.peer.test/inbox', ben.inbox], {
      now: blog.now,
    });
    expect(new Set(await deliver(blocks))).toEqual(new Set([ben.inbox]));
    expect(await pending()).toBe(0);
    expect((await blog.store.deliveries.ofActivity(id)).map(({ state }) => state)).toEqual([
      'failed',
      'failed',
      'delivered',
    ]);
  });

  it('the removed Follow, sent once more byte for byte after the block is lifted → no follower again', async () => {
    const eve = blog.peer({ host: 'evil.test' });
    const request = eve.send(follow(eve));
    await blog.receive(request);
    await enforce(hosts('evil.test'));
    expect(await blog.receive(request)).toEqual({ kind: 'ignored', reason: 'replayed' });
  });
});

let runs = 0;
