import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import type { Store } from '../../server/store/store.ts';
import { create, note, noteId } from '../remote/activities.ts';
import { BLOG, createFakeBlog, type FakeBlog, NOW, POST, siteOf } from '../remote/fake-blog.ts';
import { INBOX, unsignedRequest } from '../remote/fake-remote.ts';

const ACTOR = 'https://peer.test/users/ann';
const ID = 'https://peer.test/activities/1';
const follow = { id: ID, type: 'Follow', actor: ACTOR, object: BLOG.actor };

async function expectNoEffect(blog: FakeBlog): Promise<void> {
  expect(await blog.followers()).toEqual([]);
  expect(await blog.queued()).toEqual([]);
  expect(await blog.stored()).toEqual([]);
  expect(blog.lines).toHaveLength(1);
}

function nested(depth: number): string {
  return `{"id":"${ID}","type":"Follow","actor":"${ACTOR}","object":${'['.repeat(depth)}${']'.repeat(depth)}}`;
}

describe('a body that is no activity is refused, signed or not', () => {
  it.each<[string, string, string]>([
    ['nothing', '', 'not-json'],
    ['no JSON', 'hello', 'not-json'],
    ['half of an object', '{"id":', 'not-json'],
    ['null', 'null', 'not-an-object'],
    ['a list', JSON.stringify([follow]), 'not-an-object'],
    ['a string', '"Follow"', 'not-an-object'],
    ['no type', JSON.stringify({ ...follow, type: undefined }), 'no-type'],
    ['a type that is no string', JSON.stringify({ ...follow, type: { Follow: true } }), 'no-type'],
    ['two known types', JSON.stringify({ ...follow, type: ['Follow', 'Undo'] }), 'ambiguous-type'],
    ['no actor', JSON.stringify({ ...follow, actor: undefined }), 'no-actor'],
    ['two actors', JSON.stringify({ ...follow, actor: [ACTOR, 'https://victim.test/u'] }), 'ambiguous-actor'],
    ['an actor that is no URL', JSON.stringify({ ...follow, actor: 'acct:ann@peer.test' }), 'no-actor'],
    ['no id', JSON.stringify({ ...follow, id: undefined }), 'no-id'],
    ['an id of another scheme', JSON.stringify({ ...follow, id: 'javascript:alert(1)' }), 'no-id'],
    ['an id with a password', JSON.stringify({ ...follow, id: 'https://a:b@peer.test/1' }), 'no-id'],
    ['an id with a line break', JSON.stringify({ ...follow, id: 'https://peer.test/1\n2' }), 'no-id'],
    ['an id that turns the line around', JSON.stringify({ ...follow, id: 'https://peer.test/\u202e1' }), 'no-id'],
    ['a type that is no name', JSON.stringify({ ...follow, type: 'Follow\nme' }), 'no-type'],
    ['an endless id', JSON.stringify({ ...follow, id: `https://peer.test/${'x'.repeat(3000)}` }), 'no-id'],
    ['an id on another host', JSON.stringify({ ...follow, id: 'https://victim.test/1' }), 'id-on-another-host'],
    ['no object', JSON.stringify({ ...follow, object: null }), 'no-object'],
    ['two objects', JSON.stringify({ ...follow, object: [BLOG.actor, POST] }), 'ambiguous-object'],
    ['__proto__', `{"__proto__":{"type":"Follow"},${JSON.stringify(follow).slice(1)}`, 'forbidden-key'],
    [
      '__proto__ deep inside',
      JSON.stringify(follow).replace('"object"', '"x":{"__proto__":1},"object"'),
      'forbidden-key',
    ],
    ['@graph', JSON.stringify({ ...follow, '@graph': [] }), 'forbidden-key'],
    ['@included', JSON.stringify({ ...follow, object: { id: BLOG.actor, '@included': [] } }), 'forbidden-key'],
    ['@reverse', JSON.stringify({ ...follow, '@context': [{ x: { '@reverse': 'actor' } }] }), 'forbidden-key'],
    ['a hundred levels', nested(100), 'too-deep'],
    ['ten thousand levels', nested(10_000), 'too-deep'],
    ['a list of 5,000', JSON.stringify({ ...follow, to: Array(5_000).fill('x') }), 'array-too-long'],
    ['a string of 300,000', JSON.stringify({ ...follow, content: 'x'.repeat(300_000) }), 'string-too-long'],
    ['30,000 values', JSON.stringify({ ...follow, to: Array(10).fill(Array(3_000).fill(1)) }), 'too-many-values'],
  ])('%s', async (_what, body, reason) => {
    for (const signed of [true, false]) {
      const blog = createFakeBlog();
      const request = signed ? blog.peer().send(body) : unsignedRequest(body);
      expect(await blog.receive(request)).toMatchObject({ kind: 'refused', status: 400, reason });
      expect(blog.remote.gets).toEqual([]);
      await expectNoEffect(blog);
    }
  });

  it('bytes that are no UTF-8', async () => {
    const blog = createFakeBlog();
    const body = new Uint8Array([...new TextEncoder().encode('{"id":"'), 0xff, 0xfe, 0x22, 0x7d]);
    expect(await blog.receive(unsignedRequest(body))).toMatchObject({ kind: 'refused', reason: 'not-json' });
  });

  it('more than 1 MiB', async () => {
    const blog = createFakeBlog();
    const body = JSON.stringify({ ...follow, content: 'x'.repeat(1_048_576) });
    expect(await blog.receive(blog.peer().send(body))).toMatchObject({ kind: 'refused', status: 413 });
  });

  it.each(['text/html', 'application/x-www-form-urlencoded', 'application/jsonx', ''])(
    'content type %j',
    async (type) => {
      const blog = createFakeBlog();
      const request = unsignedRequest(JSON.stringify(follow), type);
      expect(await blog.receive(request)).toMatchObject({ kind: 'refused', status: 415 });
    },
  );

  it('GET', async () => {
    const blog = createFakeBlog();
    const request = { method: 'GET', url: INBOX, headers: new Headers(), body: new Uint8Array() };
    expect(await blog.receive(request)).toMatchObject({ kind: 'refused', status: 405 });
  });
});

it.each([
  'application/activity+json',
  'application/activity+json; charset=utf-8',
  'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
  'application/ld+json',
  'Application/JSON',
])('content type %s is taken', async (contentType) => {
  const blog = createFakeBlog();
  expect((await blog.receive(blog.peer().send(follow, { contentType }))).kind).toBe('accepted');
});

describe('a Follow whose signature does not speak for its actor has no effect', () => {
  it('unsigned → 401, without a fetch', async () => {
    const blog = createFakeBlog();
    blog.peer();
    const outcome = await blog.receive(unsignedRequest(JSON.stringify(follow)));
    expect(outcome).toMatchObject({ kind: 'refused', status: 401, reason: 'no-signature' });
    expect(blog.remote.gets).toEqual([]);
    await expectNoEffect(blog);
  });

  it('signed by somebody else on the same server → ignored', async () => {
    const blog = createFakeBlog();
    blog.peer();
    const ben = blog.peer({ name: 'ben' });
    expect(await blog.receive(ben.send(follow))).toEqual({ kind: 'ignored', reason: 'forwarded' });
    await expectNoEffect(blog);
  });

  it('signed with the wrong key under the right key id → 401', async () => {
    const blog = createFakeBlog();
    const ann = blog.peer();
    const eve = blog.peer({ host: 'evil.test' });
    const outcome = await blog.receive(ann.send(follow, { key: eve.key }));
    expect(outcome).toMatchObject({ kind: 'refused', status: 401, reason: 'signature-wrong' });
    await expectNoEffect(blog);
  });

  it('signed with a key on another host that claims the actor as its owner → 401', async () => {
    const blog = createFakeBlog();
    blog.peer();
    const eve = blog.peer({ host: 'evil.test' });
    const keyId = 'https://evil.test/key';
    blog.remote.serve(keyId, { id: keyId, type: 'Key', owner: ACTOR, publicKeyPem: eve.publicKeyPem });
    const outcome = await blog.receive(eve.send(follow, { keyId }));
    expect(outcome).toMatchObject({ kind: 'refused', status: 401, reason: 'key-unknown' });
    await expectNoEffect(blog);
  });

  it('signed with a key on the same host that the actor does not list → 401', async () => {
    const blog = createFakeBlog();
    blog.peer();
    const ben = blog.peer({ name: 'ben' });
    const keyId = 'https://peer.test/uploads/key';
    blog.remote.serve(keyId, { id: keyId, type: 'Key', owner: ACTOR, publicKeyPem: ben.publicKeyPem });
    const outcome = await blog.receive(ben.send(follow, { keyId }));
    expect(outcome).toMatchObject({ kind: 'refused', status: 401, reason: 'key-unknown' });
    await expectNoEffect(blog);
  });

  it('the digest not signed → 401', async () => {
    const blog = createFakeBlog();
    const outcome = await blog.receive(blog.peer().send(follow, { digest: false }));
    expect(outcome).toMatchObject({ kind: 'refused', status: 401, reason: 'signature-coverage' });
    await expectNoEffect(blog);
  });

  it('signed half a day ago → 401', async () => {
    const blog = createFakeBlog();
    const outcome = await blog.receive(blog.peer().send(follow, { at: NOW - 12 * 3_600_000 }));
    expect(outcome).toMatchObject({ kind: 'refused', status: 401, reason: 'signature-expired' });
    await expectNoEffect(blog);
  });

  it('the signature of another request → 401', async () => {
    const blog = createFakeBlog();
    const ann = blog.peer();
    const { headers } = ann.send({ ...follow, type: 'Like', object: POST });
    const { body } = ann.send(follow);
    const outcome = await blog.receive({ method: 'POST', url: INBOX, headers, body });
    expect(outcome).toMatchObject({ kind: 'refused', status: 401, reason: 'digest-mismatch' });
    await expectNoEffect(blog);
  });

  it('duplicate keys: the actor that is read is the one that is verified', async () => {
    const blog = createFakeBlog();
    const eve = blog.peer({ host: 'evil.test' });
    const other = JSON.stringify(follow).slice(1);
    const body = `{"actor":"${eve.actor}","id":"${eve.id('1')}",${other}`;
    expect(await blog.receive(eve.send(body))).toEqual({ kind: 'ignored', reason: 'forwarded' });
    await expectNoEffect(blog);
  });

  it('the blog itself as its actor → refused', async () => {
    const blog = createFakeBlog();
    const self = blog.peer();
    const publicKey = { id: BLOG.mainKey, owner: BLOG.actor, publicKeyPem: self.publicKeyPem };
    blog.remote.serve(BLOG.actor, { ...self.document, id: BLOG.actor, publicKey });
    const body = { id: 'https://blog.test/x', type: 'Like', actor: BLOG.actor, object: POST };
    const outcome = await blog.receive(self.send(body, { keyId: BLOG.mainKey }));
    expect(outcome).toMatchObject({ kind: 'refused', status: 403, reason: 'own-actor' });
    await expectNoEffect(blog);
  });
});

/** Its lists may not be read. */
function withoutLists({ interactions }: Store): Store['interactions'] {
  const refuse = () => {
    throw new Error('a list was read');
  };
  return { ...interactions, list: refuse, page: refuse, thread: refuse, authors: refuse, targets: refuse };
}

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

describe('replay', () => {
  it('a Like sent again, byte for byte → ignored, and no signature is looked at', async () => {
    const blog = createFakeBlog();
    const ann = blog.peer();
    const request = ann.send({ ...follow, type: 'Like', object: POST });
    await blog.receive(request);
    expect(await blog.receive(request)).toEqual({ kind: 'ignored', reason: 'already-seen' });
    expect(await blog.stored()).toHaveLength(1);
  });

  it('a refused activity is not marked seen: the honest one that follows counts', async () => {
    const blog = createFakeBlog();
    const ann = blog.peer();
    const like = { ...follow, type: 'Like', object: POST };
    await blog.receive(unsignedRequest(JSON.stringify(like)));
    expect((await blog.receive(ann.send(like))).kind).toBe('accepted');
  });
});
