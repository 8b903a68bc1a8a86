import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import type { Store } from '../../server/store/store.ts';
import { create, note, noteId } from '../remote/activities.ts';
import { BLOG, createFakeBlog, NOW, POST, siteOf } from '../remote/fake-blog.ts';
import { INBOX, unsignedRequest } from '../remote/fake-remote.ts';
import { openEachStore } from '../remote/open-each.ts';
import { STORES, type TestStore } from '../remote/stores.ts';
import { ACTOR, expectNoEffect, follow } from './hostile-follow.ts';

describe.each(STORES)(
  'a Follow whose signature does not speak for its actor has no effect, with the store in %s',
  (_name, open) => {
    let opened: TestStore;
    openEachStore(open, (one) => {
      opened = one;
    });
    const fakeBlog = () => createFakeBlog(opened.blog);

    it('unsigned → 401, without a fetch', async () => {
      const blog = fakeBlog();
      blog.peer();
      const outcome = await blog.receive(unsignedRequest(JSON.stringify(follow)));
      expect(outcome).toMatchObject({ kind: 'refused', status: 401, reason: 'no-signature' });
      expect(blog.remote.gets).toEqual([]);
      await expectNoEffect(blog);
    });

    it('signed by somebody else on the same server → ignored', async () => {
      const blog = fakeBlog();
      blog.peer();
      const ben = blog.peer({ name: 'ben' });
      expect(await blog.receive(ben.send(follow))).toEqual({ kind: 'ignored', reason: 'forwarded' });
      await expectNoEffect(blog);
    });

    it('signed with the wrong key under the right key id → 401', async () => {
      const blog = fakeBlog();
      const ann = blog.peer();
      const eve = blog.peer({ host: 'evil.test' });
      const outcome = await blog.receive(ann.send(follow, { key: eve.key }));
      expect(outcome).toMatchObject({ kind: 'refused', status: 401, reason: 'signature-wrong' });
      await expectNoEffect(blog);
    });

    it('signed with a key on another host that claims the actor as its owner → 401', async () => {
      const blog = fakeBlog();
      blog.peer();
      const eve = blog.peer({ host: 'evil.test' });
      const keyId = 'https://evil.test/key';
      blog.remote.serve(keyId, { id: keyId, type: 'Key', owner: ACTOR, publicKeyPem: eve.publicKeyPem });
      const outcome = await blog.receive(eve.send(follow, { keyId }));
      expect(outcome).toMatchObject({ kind: 'refused', status: 401, reason: 'key-unknown' });
      await expectNoEffect(blog);
    });

    it('signed with a key on the same host that the actor does not list → 401', async () => {
      const blog = fakeBlog();
      blog.peer();
      const ben = blog.peer({ name: 'ben' });
      const keyId = 'https://peer.test/uploads/key';
      blog.remote.serve(keyId, { id: keyId, type: 'Key', owner: ACTOR, publicKeyPem: ben.publicKeyPem });
      const outcome = await blog.receive(ben.send(follow, { keyId }));
      expect(outcome).toMatchObject({ kind: 'refused', status: 401, reason: 'key-unknown' });
      await expectNoEffect(blog);
    });

    it('the digest not signed → 401', async () => {
      const blog = fakeBlog();
      const outcome = await blog.receive(blog.peer().send(follow, { digest: false }));
      expect(outcome).toMatchObject({ kind: 'refused', status: 401, reason: 'signature-coverage' });
      await expectNoEffect(blog);
    });

    it('signed half a day ago → 401', async () => {
      const blog = fakeBlog();
      const outcome = await blog.receive(blog.peer().send(follow, { at: NOW - 12 * 3_600_000 }));
      expect(outcome).toMatchObject({ kind: 'refused', status: 401, reason: 'signature-expired' });
      await expectNoEffect(blog);
    });

    it('the signature of another request → 401', async () => {
      const blog = fakeBlog();
      const ann = blog.peer();
      const { headers } = ann.send({ ...follow, type: 'Like', object: POST });
      const { body } = ann.send(follow);
      const outcome = await blog.receive({ method: 'POST', url: INBOX, headers, body });
      expect(outcome).toMatchObject({ kind: 'refused', status: 401, reason: 'digest-mismatch' });
      await expectNoEffect(blog);
    });

    it('duplicate keys: the actor that is read is the one that is verified', async () => {
      const blog = fakeBlog();
      const eve = blog.peer({ host: 'evil.test' });
      const other = JSON.stringify(follow).slice(1);
      const body = `{"actor":"${eve.actor}","id":"${eve.id('1')}",${other}`;
      expect(await blog.receive(eve.send(body))).toEqual({ kind: 'ignored', reason: 'forwarded' });
      await expectNoEffect(blog);
    });

    it('the blog itself as its actor → refused', async () => {
      const blog = fakeBlog();
      const self = blog.peer();
      const publicKey = { id: BLOG.mainKey, owner: BLOG.actor, publicKeyPem: self.publicKeyPem };
      blog.remote.serve(BLOG.actor, { ...self.document, id: BLOG.actor, publicKey });
      const body = { id: 'https://blog.test/x', type: 'Like', actor: BLOG.actor, object: POST };
      const outcome = await blog.receive(self.send(body, { keyId: BLOG.mainKey }));
      expect(outcome).toMatchObject({ kind: 'refused', status: 403, reason: 'own-actor' });
      await expectNoEffect(blog);
    });
  },
);

/** Its lists may not be read. */
function withoutLists({ interactions }: Store): Store['interactions'] {
  const refuse = () => {
    throw new Error('a list was read');
  };
  return { ...interactions, list: refuse, page: refuse, thread: refuse, authors: refuse, targets: refuse };
}

// In this process alone: each watches or forbids what lies inside the function, or sends more than HTTP lets through.
describe('what one small request may cost', () => {
  it.each(['signature', 'signature-input', 'content-digest'])('a run of spaces in %s is read once', async (name) => {
    const blog = createFakeBlog();
    const { headers, body, url } = blog.peer().send(follow);
    // Nothing as long reaches us over HTTP: where time is quadratic in the length, this would not end.
    const spaces = `a${' '.repeat(400_000)}b`;
    if (name === 'content-digest') {
      const signature = headers.get('signature') ?? '';
      headers.set('signature', signature.replace(' digest', ' content-digest'));
    } else headers.set('signature-input', 'sig1=();created=1');
    headers.set(name, spaces);
    expect(await blog.receive({ method: 'POST', url, headers, body })).toMatchObject({ kind: 'refused', status: 400 });
  });

  it('any activity by somebody who said two hundred things → no list of them is read', async () => {
    const store = openMemoryStore();
    const blog = createFakeBlog({ store: { ...store, interactions: withoutLists(store) } });
    const ann = blog.peer();
    for (let n = 0; n < 200; n += 1) await blog.hear(ann, create(ann, note(ann, `note-${n}`)));
    const sent: [string, string | JsonObject][] = [
      ['Undo', ann.id('like-0')],
      ['Delete', noteId(ann, 'note-0')],
      ['Update', note(ann, 'note-1', { content: 'edited' })],
      ['Move', ann.actor],
      ['Update', ann.document],
    ];
    for (const [index, [type, object]] of sent.entries()) {
      const outcome = await blog.receive(ann.send({ ...follow, id: ann.id(`${index}`), type, object }));
      expect(outcome.kind).toBe('accepted');
    }
  });

  it('a thousand recipients → each post of ours is looked at once', async () => {
    let looks = 0;
    const manifest = await siteOf(BLOG.origin).manifest();
    const [post] = manifest.objects;
    if (post === undefined) throw new Error('the blog has posts');
    const watched = new Proxy(post, {
      get(target, key) {
        looks += 1;
        return Reflect.get(target, key);
      },
    });
    const site = {
      ...siteOf(BLOG.origin),
      manifest: async () => ({ ...manifest, objects: [watched] }),
      scheduled: async () => [],
      document: async () => undefined,
    };
    const blog = createFakeBlog({ site });
    const ann = blog.peer();
    const names = Array.from({ length: 250 }, (_, n) => `${BLOG.origin}/nothing/${n}`);
    const object = { id: ann.id('note'), type: 'Note', to: names, cc: names, inReplyTo: names, quote: names };
    expect(await blog.receive(ann.send({ ...follow, type: 'Create', object }))).toMatchObject({
      reason: 'not-concerned',
    });
    expect(looks).toBeLessThan(5);
  });
});

describe.each(STORES)('replay, with the store in %s', (_name, open) => {
  let opened: TestStore;
  openEachStore(open, (one) => {
    opened = one;
  });
  const fakeBlog = () => createFakeBlog(opened.blog);

  it('a Like sent again, byte for byte → ignored, and no signature is looked at', async () => {
    const blog = fakeBlog();
    const ann = blog.peer();
    const request = ann.send({ ...follow, type: 'Like', object: POST });
    await blog.receive(request);
    expect(await blog.receive(request)).toEqual({ kind: 'ignored', reason: 'already-seen' });
    expect(await blog.stored()).toHaveLength(1);
  });

  it('a refused activity is not marked seen: the honest one that follows counts', async () => {
    const blog = fakeBlog();
    const ann = blog.peer();
    const like = { ...follow, type: 'Like', object: POST };
    await blog.receive(unsignedRequest(JSON.stringify(like)));
    expect((await blog.receive(ann.send(like))).kind).toBe('accepted');
  });
});
