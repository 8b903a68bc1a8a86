import { describe, expect, it } from 'vitest';
import { createInboundLimits, type InboundLimits } from '../../server/inbound-limits.ts';
import { act, create, follow, like, note, noteId } from '../remote/activities.ts';
import { BLOG, createFakeBlog, type FakeBlog, POST } from '../remote/fake-blog.ts';
import { type Peer, signedRequest, unsignedRequest } from '../remote/fake-remote.ts';
import { openEachStore } from '../remote/open-each.ts';
import { dumpOf, isNear, NEAR_STORES, STORES, type TestStore } from '../remote/stores.ts';
import { countingStore } from '../remote/watched-store.ts';

let opened: TestStore;
const take = (one: TestStore): void => {
  opened = one;
};
const fakeBlog = (limits?: InboundLimits) => createFakeBlog({ ...opened.blog, ...(limits && { limits }) });

/** The function alone answers ten thousand in a second or two, which the emulation needs for thirty. */
const most = (name: string): number => (name.startsWith('memory') ? 10_000 : isNear(name) ? 1_000 : 30);

describe.each(STORES)('Deletes of unknown actors without end, with the store in %s', (name, open) => {
  openEachStore(open, take);

  it.each([
    ['unsigned', false],
    ['signed by keys that are gone', true],
  ])('%s → each answered, no fetch, no write, no memory of them', async (_how, signed) => {
    const { store, writes } = countingStore(opened.store);
    const limits = createInboundLimits();
    const blog = createFakeBlog({ ...opened.blog, store, limits });
    const before = await dumpOf(opened.store);
    const { key } = blog.peer();
    for (let n = 0; n < most(name); n += 1) {
      const actor = `https://m${n % 500}.test/users/${n}`;
      const text = JSON.stringify({ id: `${actor}#delete`, type: 'Delete', actor, object: actor });
      // One signature is as good as another: nobody looks at it.
      const headers =
        signed && n === 0 ? signedRequest(text, { at: blog.now, keyId: `${actor}#k`, key }).headers : undefined;
      const request = unsignedRequest(text);
      const sent = headers === undefined ? request : { ...request, headers };
      expect((await blog.receive(sent)).kind).toBe('ignored');
    }
    expect(blog.remote.gets).toEqual([]);
    expect(writes).toEqual([]);
    expect(limits.size).toBe(0);
    expect(await dumpOf(opened.store)).toBe(before);
    expect(new Set(blog.lines.map(({ reason }) => reason))).toEqual(new Set(['unknown-actor']));
  });
});

// Netlify's functions have the limits that the code has, 1,000 requests and 500 changes: the emulation would take minutes for so
// many. What is bounded by fewer is asked of all hosts, below.
describe.each(NEAR_STORES)('a host that sends too much, with the store in %s', (_name, open) => {
  openEachStore(open, take);
  const limits = () => createInboundLimits({ requests: { burst: 5, perSecond: 1 } });

  it('→ 429 after its burst, whoever of it writes; another host is served; later it is served again', async () => {
    const blog = fakeBlog(limits());
    const [ann, zed] = [blog.peer(), blog.peer({ name: 'zed' })];
    const ben = blog.peer({ host: 'other.test' });
    for (let n = 0; n < 5; n += 1) expect(await blog.hear(ann, like(ann))).toBe('accepted');
    for (const peer of [ann, zed]) {
      const outcome = await blog.receive(peer.send(like(peer)));
      expect(outcome).toMatchObject({ kind: 'refused', status: 429, reason: 'too-many-requests' });
    }
    expect(await blog.hear(ben, like(ben))).toBe('accepted');
    blog.now += 2_000;
    expect(await blog.hear(zed, like(zed))).toBe('accepted');
  });

  it('an account that undoes and does again without end → 429 after its share; the next one is served', async () => {
    const blog = fakeBlog(createInboundLimits({ changes: { burst: 4, perSecond: 1 } }));
    const [ann, zed] = [blog.peer(), blog.peer({ name: 'zed' })];
    for (const activity of [like(ann), follow(ann), act(ann, 'Undo', follow(ann)), act(ann, 'Delete', ann.id('x'))]) {
      expect(await blog.hear(ann, activity)).toBe('accepted');
    }
    const outcome = await blog.receive(ann.send(act(ann, 'Move', ann.actor, { target: zed.actor })));
    expect(outcome).toMatchObject({ kind: 'refused', status: 429, reason: 'too-many-changes' });
    expect(await blog.notified()).toEqual(['like', 'follow', 'unfollow']);
    expect(await blog.hear(zed, like(zed))).toBe('accepted');
  });

  it('what somebody forwards is on their account, not its author’s', async () => {
    const blog = fakeBlog(createInboundLimits({ changes: { burst: 2, perSecond: 1 } }));
    const [ann, hub] = [blog.peer(), blog.peer({ host: 'hub.test', name: 'hub' })];
    blog.remote.serve(noteId(ann, 'Hello'), note(ann, 'Hello'));
    const said = ['accepted', 'accepted', 'too-many-changes'];
    for (const each of said) expect(await blog.hear(hub, act(ann, 'Update', note(ann, 'Hello')))).toBe(each);
    expect(await blog.hear(ann, like(ann))).toBe('accepted');
  });

  it('what is refused changes nothing and is taken when it comes again', async () => {
    const blog = fakeBlog(limits());
    const ann = blog.peer();
    for (let n = 0; n < 5; n += 1) await blog.hear(ann, like(ann));
    const reply = create(ann, note(ann, 'Hello'));
    expect(await blog.hear(ann, reply)).toBe('too-many-requests');
    expect(await blog.thread()).toHaveLength(1);
    blog.now += 60_000;
    expect(await blog.hear(ann, reply)).toBe('accepted');
  });

  it('only what is verified counts against it: nobody spends what another host has', async () => {
    const blog = fakeBlog(limits());
    const ann = blog.peer();
    const eve = blog.peer({ host: 'evil.test' });
    for (let n = 0; n < 20; n += 1) {
      await blog.receive(eve.send(like(ann), { keyId: ann.keyId }));
      await blog.receive(unsignedRequest(JSON.stringify(like(ann))));
    }
    expect(await blog.hear(ann, like(ann))).toBe('accepted');
  });
});

describe('fetches that a host causes', () => {
  const limits = () => createInboundLimits({ fetches: { burst: 3, perSecond: 1 } });
  const stranger = (blog: FakeBlog, peer: Peer, host: string, n: number) => {
    const actor = `https://${host}/users/${n}`;
    const text = JSON.stringify({ id: `${actor}#like`, type: 'Like', actor, object: POST });
    return blog.receive(signedRequest(text, { at: blog.now, keyId: `${actor}#k`, key: peer.key }));
  };

  describe.each(STORES)('with the store in %s', (name, open) => {
    openEachStore(open, take);

    it('by keys that nobody knows → 503 without asking, beyond its budget; other hosts are asked', async () => {
      const blog = fakeBlog(limits());
      // The function that Netlify runs has the limits of the code.
      const burst = isNear(name) ? 3 : 100;
      const ann = blog.peer();
      for (let n = 0; n < burst; n += 1) expect(await stranger(blog, ann, 'm.test', n)).toMatchObject({ status: 401 });
      expect(await stranger(blog, ann, 'm.test', burst)).toMatchObject({ status: 503, reason: 'key-unreachable' });
      expect(blog.remote.gets).toHaveLength(burst);
      expect(await stranger(blog, ann, 'n.test', burst)).toMatchObject({ status: 401 });
      // Nothing was learnt of it, so nothing was remembered.
      blog.now += 5_000;
      expect(await stranger(blog, ann, 'm.test', burst)).toMatchObject({ status: 401 });
    });
  });

  describe.each(NEAR_STORES)('with the store in %s', (_name, open) => {
    openEachStore(open, take);

    it('a known actor is heard while its host has no budget left: its key is remembered', async () => {
      const blog = fakeBlog(limits());
      const ann = blog.peer();
      await blog.hear(ann, like(ann));
      for (let n = 0; n < 5; n += 1) await stranger(blog, ann, 'peer.test', n);
      expect(await blog.hear(ann, like(ann))).toBe('accepted');
    });

    it('by what it forwards → counts for the host that forwards, whoever’s server is asked', async () => {
      const blog = fakeBlog(limits());
      const hub = blog.peer({ host: 'hub.test' });
      const outcomes = [];
      for (let n = 0; n < 4; n += 1) {
        const ann = blog.peer({ host: `a${n}.test` });
        outcomes.push(await blog.hear(hub, create(ann, note(ann, 'x'))));
      }
      expect(outcomes).toEqual([
        'forwarded-not-found',
        'forwarded-not-found',
        'origin-unavailable',
        'origin-unavailable',
      ]);
    });
  });
});

describe.each(STORES)('what one person may cause, with the store in %s', (_name, open) => {
  openEachStore(open, take);

  it('one activity causes at most five fetches, whatever it names', async () => {
    const blog = fakeBlog();
    const ann = blog.peer();
    const keyId = `${ann.actor}/main-key`;
    blog.remote.serve(keyId, {
      id: keyId,
      type: 'Person',
      publicKey: { id: keyId, owner: ann.actor, publicKeyPem: ann.publicKeyPem },
    });
    const many = Array.from({ length: 200 }, (_, n) => `https://x${n}.test/1`);
    const tag = many.map((href) => ({ type: 'Mention', href }));
    const object = note(ann, 'x', { inReplyTo: [POST, ...many], quote: many, tag, attachment: many, replies: many });
    await blog.receive(ann.send(create(ann, object, { to: many, cc: many }), { keyId }));
    await blog.hear(ann, act(ann, 'QuoteRequest', POST, { instrument: noteId(ann, 'q') }));
    expect(blog.remote.gets.length).toBeLessThanOrEqual(5);
  });

  it('more than 200 interactions of one person in a day → the rest is not taken; the day after it is', async () => {
    const blog = fakeBlog();
    const ann = blog.peer();
    await blog.hear(ann, create(ann, note(ann, 'n0')));
    const { items, authors } = await blog.store.interactions.thread(POST);
    const [[first], [author]] = [items, authors];
    if (first === undefined || author === undefined) throw new Error('nothing was said');
    // Most of them straight into the store: hundreds of requests are not what this is about.
    for (let n = 1; n < 199; n += 1) {
      const id = noteId(ann, `n${n}`);
      await blog.store.interactions.put({ ...first, id, activity: `${id}/create` }, author);
    }
    expect(await blog.hear(ann, create(ann, note(ann, 'last')))).toBe('accepted');
    expect(await blog.hear(ann, create(ann, note(ann, 'more')))).toBe('too-many');
    expect(await blog.stored()).toHaveLength(200);
    const ben = blog.peer({ name: 'ben' });
    expect(await blog.hear(ben, act(ben, 'Like', `${BLOG.origin}/ap/posts/p2.json`))).toBe('accepted');
    blog.now += 25 * 3_600_000;
    expect(await blog.hear(ann, create(ann, note(ann, 'more')))).toBe('accepted');
  });
});

// In one process: of the instances that Netlify starts each asks for itself.
it('a hundred requests of a new actor at once → one fetch of its key, all of them heard', async () => {
  const blog = createFakeBlog({ limits: createInboundLimits() });
  const ann = blog.peer();
  const requests = Array.from({ length: 100 }, (_, n) => ann.send(create(ann, note(ann, `n${n}`))));
  const outcomes = await Promise.all(requests.map((request) => blog.receive(request)));
  expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['accepted']));
  expect(blog.remote.gets).toEqual([ann.actor]);
});
