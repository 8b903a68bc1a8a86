import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BLOG, createFakeBlog, POST } from '../remote/fake-blog.ts';
import { unsignedRequest } from '../remote/fake-remote.ts';
import { openEachStore } from '../remote/open-each.ts';
import { isNear, STORES, type TestStore } from '../remote/stores.ts';
import { ACTOR, expectNoEffect, follow, ID } from './hostile-follow.ts';

function nested(depth: number): string {
  return `{"id":"${ID}","type":"Follow","actor":"${ACTOR}","object":${'['.repeat(depth)}${']'.repeat(depth)}}`;
}

describe.each(STORES)('a body that is no activity is refused, signed or not, with the store in %s', (name, open) => {
  // One store for all of them: what is refused leaves nothing, and the next test would see what it left.
  let opened: TestStore;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.close());
  const fakeBlog = () => createFakeBlog(opened.blog);

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
      const blog = fakeBlog();
      const request = signed ? blog.peer().send(body) : unsignedRequest(body);
      expect(await blog.receive(request)).toMatchObject({ kind: 'refused', status: 400, reason });
      expect(blog.remote.gets).toEqual([]);
      await expectNoEffect(blog);
    }
  });

  // Netlify's emulation hands a function text, in which such bytes are U+FFFD: there they are refused for what is left.
  it('bytes that are no UTF-8', async () => {
    const blog = fakeBlog();
    const body = new Uint8Array([...new TextEncoder().encode('{"id":"'), 0xff, 0xfe, 0x22, 0x7d]);
    const reason = isNear(name) ? 'not-json' : 'no-type';
    expect(await blog.receive(unsignedRequest(body))).toMatchObject({ kind: 'refused', status: 400, reason });
    await expectNoEffect(blog);
  });
});

describe.each(STORES)('what is no activity by its bytes or its type, with the store in %s', (_name, open) => {
  let opened: TestStore;
  openEachStore(open, (one) => {
    opened = one;
  });
  const fakeBlog = () => createFakeBlog(opened.blog);

  it('more than 1 MiB', async () => {
    const blog = fakeBlog();
    const body = JSON.stringify({ ...follow, content: 'x'.repeat(1_048_576) });
    expect(await blog.receive(blog.peer().send(body))).toMatchObject({ kind: 'refused', status: 413 });
  });

  it.each(['text/html', 'application/x-www-form-urlencoded', 'application/jsonx', ''])(
    'content type %j',
    async (type) => {
      const blog = fakeBlog();
      const request = unsignedRequest(JSON.stringify(follow), type);
      expect(await blog.receive(request)).toMatchObject({ kind: 'refused', status: 415 });
    },
  );

  it.each([
    'application/activity+json',
    'application/activity+json; charset=utf-8',
    'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
    'application/ld+json',
    'Application/JSON',
  ])('content type %s is taken', async (contentType) => {
    const blog = fakeBlog();
    expect((await blog.receive(blog.peer().send(follow, { contentType }))).kind).toBe('accepted');
  });

  it.each(['PUT', 'DELETE', 'PATCH'])('%s → 405', async (method) => {
    const blog = fakeBlog();
    const request = { ...unsignedRequest(JSON.stringify(follow)), method };
    expect(await blog.receive(request)).toMatchObject({ kind: 'refused', status: 405 });
  });
});
