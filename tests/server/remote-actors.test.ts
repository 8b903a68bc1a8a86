import { describe, expect, it, vi } from 'vitest';
import { openRemoteActors } from '../../server/remote-actors.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import { BLOG, createFakeBlog, NOW, POST } from '../remote/fake-blog.ts';
import { createFakeRemote } from '../remote/fake-remote.ts';

const ACTOR = 'https://peer.test/users/ann';
const MINUTE = 60_000;

function setUp() {
  const remote = createFakeRemote();
  const time = { now: NOW };
  const deps = { documents: remote.documents, store: openMemoryStore(), clock: () => time.now };
  remote.serve(ACTOR, { id: ACTOR, type: 'Person' });
  return { remote, time, deps, open: () => openRemoteActors(deps) };
}

describe('documents of remote actors', () => {
  it('are remembered for 24 h', async () => {
    const { remote, time, open } = setUp();
    await open().document(ACTOR);
    time.now += 24 * 60 * MINUTE - 1;
    expect(await open().document(`${ACTOR}#main-key`)).toMatchObject({ kind: 'document', cached: true });
    expect(remote.gets).toHaveLength(1);
    time.now += 1;
    expect(await open().document(ACTOR)).toMatchObject({ kind: 'document', cached: false });
    expect(remote.gets).toHaveLength(2);
  });

  it.each([
    ['not found', 404, 5 * MINUTE, { kind: 'refused', status: 404 }],
    ['gone', 410, 24 * 60 * MINUTE, { kind: 'refused', status: 410 }],
    ['out of reach', 0, MINUTE, { kind: 'failed' }],
  ])('that are %s are not asked for again for a while', async (_what, status, keptFor, expected) => {
    const { remote, time, open } = setUp();
    remote.answer(ACTOR, status);
    expect(await open().document(ACTOR)).toMatchObject(expected);
    time.now += keptFor - 1;
    expect(await open().document(ACTOR)).toMatchObject(expected);
    expect(remote.gets).toHaveLength(1);
    time.now += 1;
    await open().document(ACTOR);
    expect(remote.gets).toHaveLength(2);
  });

  it('are read from the store once by one activity, and anew when they are refreshed', async () => {
    const { time, deps, open } = setUp();
    await open().document(ACTOR);
    const read = vi.spyOn(deps.store.actors, 'get');
    const actors = open();
    await actors.document(`${ACTOR}#main-key`);
    expect(await actors.document(ACTOR)).toMatchObject({ kind: 'document', cached: true });
    expect(read).toHaveBeenCalledTimes(1);
    await open().document(ACTOR);
    expect(read).toHaveBeenCalledTimes(2);
    // Another activity of the same actor had it fetched meanwhile.
    await deps.store.actors.put({ url: ACTOR, fetchedAt: NOW, status: 200, document: { id: ACTOR, type: 'Service' } });
    expect(await actors.document(ACTOR, { refresh: true })).toMatchObject({ document: { type: 'Service' } });
    expect(await actors.document(ACTOR)).toMatchObject({ document: { type: 'Service' } });
    expect(read).toHaveBeenCalledTimes(3);
    time.now += MINUTE;
    expect(await actors.document(ACTOR, { refresh: true })).toMatchObject({
      cached: false,
      document: { type: 'Person' },
    });
    expect(await actors.document(ACTOR)).toMatchObject({ cached: true, document: { type: 'Person' } });
  });

  it('are refreshed on demand, but not within the first minute', async () => {
    const { remote, time, open } = setUp();
    await open().document(ACTOR);
    await open().document(ACTOR, { refresh: true });
    expect(remote.gets).toHaveLength(1);
    time.now += MINUTE;
    expect(await open().document(ACTOR, { refresh: true })).toMatchObject({ cached: false });
    expect(remote.gets).toHaveLength(2);
  });

  it('are fetched once for requests at the same time', async () => {
    const { remote, open } = setUp();
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    remote.hold(() => held);
    const waiting = Array.from({ length: 20 }, () => open().document(ACTOR));
    await Promise.resolve();
    release();
    for (const lookup of await Promise.all(waiting)) expect(lookup.kind).toBe('document');
    expect(remote.gets).toHaveLength(1);
  });

  it('are at most five for one activity', async () => {
    const { remote, open } = setUp();
    const actors = open();
    for (let index = 0; index < 5; index += 1) await actors.document(`https://peer.test/${index}`);
    expect(await actors.document('https://peer.test/5')).toEqual({
      kind: 'refused',
      status: 0,
      reason: 'too-many-fetches',
    });
    expect(remote.gets).toHaveLength(5);
  });

  it('that answer under another id are remembered under both', async () => {
    const { remote, open } = setUp();
    remote.serve(`${ACTOR}/main-key`, { id: ACTOR, type: 'Person' });
    await open().document(`${ACTOR}/main-key`);
    expect(await open().document(ACTOR)).toMatchObject({ kind: 'document', cached: true });
    expect(remote.gets).toEqual([`${ACTOR}/main-key`]);
  });
});

describe('what strangers can make us hold', () => {
  const like = { id: 'https://peer.test/1', type: 'Like', actor: ACTOR, object: POST };

  it('a document is remembered without what nobody reads', async () => {
    const { remote, deps, open } = setUp();
    const read = { id: ACTOR, type: 'Person', inbox: `${ACTOR}/inbox`, endpoints: {}, publicKey: { id: 'k' } };
    remote.serve(ACTOR, { ...read, '@context': [], summary: 'x'.repeat(900_000), tag: [{ type: 'Emoji' }] });
    expect(await open().document(ACTOR)).toMatchObject({ kind: 'document', document: read });
    expect((await deps.store.actors.get(ACTOR))?.document).toEqual(read);
  });

  it.each([
    ['too large a list of keys', Array(400).fill({ id: 'x'.repeat(100) })],
    ['too deep a key', JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)],
  ])('%s → refused, and remembered as that under the one URL that was asked', async (_what, publicKey) => {
    const blog = createFakeBlog();
    const keyId = 'https://evil.test/key';
    blog.remote.serve(keyId, { id: 'https://evil.test/other', publicKey });
    for (let time = 0; time < 3; time += 1) {
      const outcome = await blog.receive(blog.peer().send(like, { keyId }));
      expect(outcome).toMatchObject({ kind: 'refused', status: 401, reason: 'key-unknown' });
    }
    expect(blog.remote.gets).toEqual([keyId]);
    expect(await blog.store.actors.get(keyId)).toEqual({ url: keyId, fetchedAt: NOW, status: 413 });
    expect(await blog.store.actors.get('https://evil.test/other')).toBeUndefined();
  });

  it('a deep document around a good key is no fault of ours', async () => {
    const blog = createFakeBlog();
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    const ann = blog.peer({ document: { attachment: deep } });
    expect((await blog.receive(ann.send(like))).kind).toBe('accepted');
  });

  it('a thousand keys on servers that never answer → a bound of fetches, and 503 beyond it', async () => {
    const blog = createFakeBlog();
    const ann = blog.peer();
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    blog.remote.hold(() => held);
    const requests = Array.from({ length: 1_000 }, (_, n) => ann.send(like, { keyId: `https://h${n}.test/key` }));
    const outcomes = requests.map((request) => blog.receive(request));
    await vi.waitFor(() => expect(blog.lines).toHaveLength(1_000 - 256));
    expect(blog.remote.gets).toHaveLength(256);
    expect(blog.lines[0]).toMatchObject({ status: 503, reason: 'key-unreachable', detail: 'too-many-under-way' });
    release();
    await Promise.all(outcomes);
    expect((await blog.receive(ann.send(like))).kind).toBe('accepted');
  });
});

describe('keys', () => {
  const like = (actor: string, id: string) => ({
    id,
    type: 'Like',
    actor,
    object: 'https://blog.test/ap/posts/p1.json',
  });

  it.each([
    ['the same id', undefined],
    ['a new id', `${ACTOR}#key-2`],
  ])('an actor that changes its key under %s → looked up once more, then believed', async (_what, keyId) => {
    const blog = createFakeBlog();
    const ann = blog.peer();
    await blog.receive(ann.send(like(ann.actor, ann.id('1'))));
    blog.now += 2 * MINUTE;
    ann.changeKey(keyId);
    expect((await blog.receive(ann.send(like(ann.actor, ann.id('2'))))).kind).toBe('accepted');
    expect(blog.remote.gets).toEqual([ann.actor, ann.actor]);
  });

  it('a flood of wrong signatures → one fetch a minute', async () => {
    const blog = createFakeBlog();
    const ann = blog.peer();
    const eve = blog.peer({ host: 'evil.test' });
    for (let index = 0; index < 20; index += 1) {
      await blog.receive(ann.send(like(ann.actor, ann.id(String(index))), { key: eve.key }));
    }
    expect(blog.remote.gets).toEqual([ann.actor]);
  });

  it('a server out of reach → 503, so that the sender tries again', async () => {
    const blog = createFakeBlog();
    const ann = blog.peer();
    blog.remote.answer(ann.actor, 0);
    const follow = { id: ann.id('f'), type: 'Follow', actor: ann.actor, object: BLOG.actor };
    expect(await blog.receive(ann.send(follow))).toMatchObject({ kind: 'refused', status: 503 });
    blog.remote.serve(ann.actor, ann.document);
    blog.now += 2 * MINUTE;
    expect((await blog.receive(ann.send(follow))).kind).toBe('accepted');
  });
});
