import { describe, expect, it } from 'vitest';
import { openRemoteActors } from '../../server/remote-actors.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import { BLOG, createFakeBlog, NOW } from '../remote/fake-blog.ts';
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
