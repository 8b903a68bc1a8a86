import { describe, expect, it } from 'vitest';
import { type Block, DEFAULT_RULES, type ReplyRules } from '../../federation/rules.ts';
import type { JsonObject } from '../../federation/vocabulary.ts';
import type { Store } from '../../server/store/store.ts';
import { act, boost, create, follow, like, note, noteId } from '../remote/activities.ts';
import { createFakeBlog, type FakeBlog, POST } from '../remote/fake-blog.ts';
import { type Peer, unsignedRequest } from '../remote/fake-remote.ts';
import { openEachBlog, openEachStore } from '../remote/open-each.ts';
import { dumpOf, isNear, STORES, type TestStore } from '../remote/stores.ts';
import { countingStore } from '../remote/watched-store.ts';

const block = (name: string, severity: Block['severity'] = 'block'): Block => ({
  name,
  severity,
  source: 'blocks.csv',
});

describe.each(STORES)('the owner’s rules, with the store in %s', (_name, open) => {
  let blog: FakeBlog;
  let ann: Peer;
  openEachBlog(open, (scene) => {
    ({ blog, ann } = scene);
  });

  const replies = (rules: Partial<ReplyRules>): void => {
    blog.rules = { ...blog.rules, replies: { ...DEFAULT_RULES.replies, ...rules } };
  };
  const reply = (name = 'Hello', peer = ann) => blog.hear(peer, create(peer, note(peer, name)));
  const states = async () => (await blog.stored()).map(({ state, reason }) => [state, reason]);

  it('nobody may reply → replies are ignored, likes are not', async () => {
    replies({ from: 'nobody' });
    expect(await reply()).toBe('replies-closed');
    expect(await blog.hear(ann, like(ann))).toBe('accepted');
  });

  it('followers may reply → a stranger may not, and may once it follows', async () => {
    replies({ from: 'followers' });
    expect(await reply()).toBe('not-a-follower');
    await blog.hear(ann, follow(ann));
    expect(await reply()).toBe('accepted');
  });

  it('those may reply whom the owner replied to', async () => {
    replies({ from: 'people-i-replied-to' });
    expect(await reply()).toBe('not-replied-to');
    blog.rules = { ...blog.rules, repliedTo: [ann.actor] };
    expect(await reply()).toBe('accepted');
  });

  it('a thread is closed after its time; an edit of what was said before is still taken', async () => {
    await reply();
    replies({ closeAfterMs: 86_400_000 });
    expect(await reply('late')).toBe('thread-closed');
    const edited = note(ann, 'Hello', { content: 'Edited', updated: '2026-11-23T11:59:30Z' });
    expect(await blog.hear(ann, act(ann, 'Update', edited))).toBe('accepted');
    expect(await blog.thread()).toEqual(['reply @ann@peer.test: Edited']);
  });

  it('first-timers are held; once one was shown, the next is shown', async () => {
    replies({ firstTimers: 'hold' });
    await reply('first');
    expect(await states()).toEqual([['held', 'first-time']]);
    await blog.store.interactions.setState(noteId(ann, 'first'), 'shown');
    await reply('second');
    expect(await blog.thread()).toEqual(['reply @ann@peer.test: first', 'reply @ann@peer.test: second']);
  });

  it.each([
    ['in the text', { content: '<p>Buy <b>CA</b>SINO chips</p>' }],
    ['behind a warning', { summary: 'casino' }],
    ['in a title', { type: 'Article', name: 'My Casino' }],
  ])('a word of the owner’s %s → held', async (_where, more) => {
    replies({ words: ['casino'] });
    await blog.hear(ann, create(ann, note(ann, 'x', more)));
    expect(await states()).toEqual([['held', 'word']]);
    expect(await blog.thread()).toEqual([]);
    expect(await blog.notified()).toEqual(['reply']);
  });

  it('a word in the author’s name → held', async () => {
    replies({ words: ['casino'] });
    const zed = blog.peer({ name: 'zed', document: { name: 'Casino Royale' } });
    await reply('x', zed);
    expect(await states()).toEqual([['held', 'word']]);
  });

  it('a reply to what is hidden → held; to what was removed → ignored; what was removed does not come back', async () => {
    await reply('one');
    const ben = blog.peer({ host: 'other.test' });
    await blog.store.interactions.setState(noteId(ann, 'one'), 'hidden');
    await blog.hear(ben, create(ben, note(ben, 'two', { inReplyTo: noteId(ann, 'one') })));
    expect((await blog.stored()).find(({ id }) => id === noteId(ben, 'two'))).toMatchObject({ state: 'held' });
    await blog.store.interactions.setState(noteId(ann, 'one'), 'removed');
    expect(await blog.hear(ben, create(ben, note(ben, 'three', { inReplyTo: noteId(ann, 'one') })))).toBe(
      'parent-removed',
    );
    expect(await reply('one')).toBe('removed');
    expect(await blog.thread()).toEqual([]);
    // One for each that was new; not one for what came back.
    expect(await blog.notified()).toEqual(['reply', 'reply']);
  });

  it('what was hidden with what it answers comes back with it, as edited; not once it says a word', async () => {
    replies({ words: ['casino'] });
    const ben = blog.peer({ host: 'other.test' });
    const answers = { inReplyTo: noteId(ann, 'one') };
    await reply('one');
    for (const name of ['two', 'three']) await blog.hear(ben, create(ben, note(ben, name, answers)));
    await blog.store.interactions.setState(noteId(ann, 'one'), 'hidden');
    for (const [name, content] of [
      ['two', 'Edited'],
      ['three', 'Casino'],
    ] as const) {
      const edited = note(ben, name, { ...answers, content, updated: '2026-11-23T11:59:30Z' });
      expect(await blog.hear(ben, act(ben, 'Update', edited))).toBe('accepted');
    }
    expect(await blog.thread()).toEqual([]);
    await blog.store.interactions.setState(noteId(ann, 'one'), 'shown');
    expect(await blog.thread()).toEqual(['reply @ann@peer.test: one', 'reply @ann@other.test: Edited']);
    expect((await blog.stored()).find(({ id }) => id === noteId(ben, 'three'))).toMatchObject({ reason: 'word' });
    expect(await blog.notified()).toHaveLength(4);
  });

  it('what is hidden stays hidden when it is edited', async () => {
    await reply();
    await blog.store.interactions.setState(noteId(ann, 'Hello'), 'hidden');
    await blog.hear(ann, act(ann, 'Update', note(ann, 'Hello', { content: 'x', updated: '2026-11-23T11:59:30Z' })));
    expect(await blog.thread()).toEqual([]);
  });

  it.each<[string, JsonObject]>([
    ['a reply', {}],
    ['a quote', { inReplyTo: null, quote: POST }],
  ])(
    '%s that the owner approved is edited to say a word → held and told once; approved again, it stays',
    async (_what, where) => {
      replies({ words: ['casino'], firstTimers: 'hold' });
      const said = (content: string, second: number) =>
        note(ann, 'x', { ...where, content, updated: `2026-11-23T11:59:${second}Z` });
      await blog.hear(ann, create(ann, note(ann, 'x', where)));
      await blog.store.interactions.setState(noteId(ann, 'x'), 'shown');
      await blog.hear(ann, act(ann, 'Update', said('Fine', 30)));
      expect(await states()).toEqual([['shown', undefined]]);
      const edit = act(ann, 'Update', said('My casino', 31));
      await blog.hear(ann, edit);
      await blog.hear(ann, edit);
      expect(await states()).toEqual([['held', 'word']]);
      expect(await blog.thread()).toEqual([]);
      expect(await blog.notified()).toHaveLength(2);
      await blog.store.interactions.setState(noteId(ann, 'x'), 'shown');
      await blog.hear(ann, act(ann, 'Update', said('My casino, as before', 32)));
      expect(await states()).toEqual([['shown', undefined]]);
      expect(await blog.notified()).toHaveLength(2);
    },
  );

  it('a limited host → what it says is held and not told; its Follow is accepted', async () => {
    blog.rules = { ...blog.rules, blocks: { accounts: [], hosts: [block('peer.test', 'limit')] } };
    await reply();
    await blog.hear(ann, like(ann));
    expect(await states()).toEqual([
      ['held', 'limited'],
      ['held', 'limited'],
    ]);
    expect(await blog.notified()).toEqual([]);
    expect(await blog.hear(ann, follow(ann))).toBe('accepted');
  });

  it('followers wait for the owner → a request, told once, no Accept; who follows already is accepted again', async () => {
    await blog.hear(ann, follow(ann));
    blog.rules = { ...blog.rules, approveFollowers: true };
    const ben = blog.peer({ host: 'other.test' });
    const asked = follow(ben);
    await blog.hear(ben, asked);
    await blog.hear(ben, follow(ben));
    expect(await blog.followers()).toEqual([ann.actor]);
    expect((await blog.store.requests.list(10)).map(({ actor }) => actor)).toEqual([ben.actor]);
    expect(await blog.notified()).toEqual(['follow', 'follow-request']);
    expect((await blog.queued()).map(({ inbox }) => inbox)).toEqual([ann.inbox]);
    await blog.hear(ann, follow(ann));
    expect(await blog.followers()).toEqual([ann.actor]);
    await blog.hear(ben, act(ben, 'Undo', asked));
    expect(await blog.store.requests.list(10)).toEqual([]);
  });

  it('nobody learns whom the blog blocks by asking in their name: without their key all are answered alike', async () => {
    const ben = blog.peer({ host: 'ben.test' });
    blog.rules = { ...blog.rules, blocks: { accounts: [], hosts: [block('peer.test')] } };
    for (const { actor, keyId } of [ann, ben]) {
      const activity = { id: `${actor}/likes/1`, type: 'Like', actor, object: POST };
      const unsigned = await blog.receive(unsignedRequest(JSON.stringify(activity)));
      expect(unsigned).toMatchObject({ kind: 'refused', reason: 'no-signature', status: 401 });
      const eve = blog.peer({ host: 'eve.test' });
      const forged = await blog.receive(eve.send(activity, { keyId }));
      expect(forged).toMatchObject({ kind: 'refused', reason: 'signature-wrong', status: 401 });
    }
  });

  it('blocked by its handle → ignored once the handle is known, also as a follower', async () => {
    blog.rules = { ...blog.rules, blocks: { accounts: [block('Ann@peer.test')], hosts: [] } };
    for (const activity of [follow(ann), like(ann), boost(ann), create(ann, note(ann, 'x'))]) {
      expect(await blog.hear(ann, activity)).toBe('blocked');
    }
    expect(await blog.stored()).toEqual([]);
    expect(await blog.followers()).toEqual([]);
    const zed = blog.peer({ name: 'zed' });
    expect(await blog.hear(zed, like(zed))).toBe('accepted');
  });

  it('another server sends with a key of a blocked host, or forwards what a blocked one said → ignored', async () => {
    blog.rules = { ...blog.rules, blocks: { accounts: [], hosts: [block('blocked.test')] } };
    const bad = blog.peer({ host: 'blocked.test' });
    expect(await blog.receive(ann.send(like(ann), { keyId: bad.keyId, key: bad.key }))).toMatchObject({
      reason: 'blocked',
    });
    expect(await blog.hear(ann, create(bad, note(bad, 'x')))).toBe('blocked');
    expect(await blog.hear(bad, create(ann, note(ann, 'x')))).toBe('blocked');
    // Keys alone: nothing that was said is asked for.
    expect(blog.remote.gets.toSorted()).toEqual([ann.actor, bad.actor].toSorted());
    expect(await blog.thread(POST)).toEqual([]);
  });
});

describe.each(STORES)('whom the owner blocks, with the store in %s', (name, open) => {
  let opened: TestStore;
  openEachStore(open, (one) => {
    opened = one;
  });

  it.each([
    ['its host', (peer: Peer) => ({ hosts: [block(new URL(peer.actor).host)] })],
    ['a domain above its host', () => ({ hosts: [block('test')] })],
    ['its host in capitals, with a dot at the end', () => ({ hosts: [block('PEER.test.')] })],
    ['its id', (peer: Peer) => ({ accounts: [block(peer.actor)] })],
  ])('blocked by %s → ignored once it is known to be them, and nothing is kept', async (_how, made) => {
    const counted = countingStore(opened.store);
    const blog = createFakeBlog({ ...opened.blog, store: counted.store });
    const ann = blog.peer();
    const before = await dumpOf(withoutActors(opened.store));
    blog.rules = { ...blog.rules, blocks: { accounts: [], hosts: [], ...made(ann) } };
    for (const activity of [follow(ann), like(ann), create(ann, note(ann, 'x'))]) {
      expect(await blog.hear(ann, activity)).toBe('blocked');
    }
    // Its key, as of anybody.
    expect(blog.remote.gets).toEqual([ann.actor]);
    expect(await dumpOf(withoutActors(opened.store))).toBe(before);
    // The function that Netlify runs writes by a client of its own.
    if (isNear(name)) expect(new Set(counted.writes)).toEqual(new Set(['actors.put']));
  });
});

function withoutActors(store: Store): Store {
  return { ...store, actors: { ...store.actors, async *all() {} } };
}
