import { describe, expect, it } from 'vitest';
import { client, give, peer, peerWith, redirect, type } from './documents.ts';

describe('a document', () => {
  it('is got with a signature, our Accept and our name', async () => {
    const remote = await peerWith({});
    const url = `${remote.origin}/users/a?b=c`;
    expect(await client().get(url)).toEqual({ kind: 'document', url, document: { id: url, type: 'Note' } });
    expect(remote.requests[0]?.headers).toMatchObject({
      accept: 'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
      date: 'Mon, 23 Nov 2026 00:00:00 GMT',
      signature: `signed ${url}`,
      'user-agent': 'Postern/0.1.0 (+https://blog.example)',
    });
  });

  it('asked for twice at the same time is got once, and again later', async () => {
    const remote = await peerWith({});
    const documents = client();
    const [first, second] = await Promise.all([
      documents.get(`${remote.origin}/a`),
      documents.get(`${remote.origin}/a`),
    ]);
    expect(second).toEqual(first);
    expect(remote.requests).toHaveLength(1);
    await documents.get(`${remote.origin}/a`);
    expect(remote.requests).toHaveLength(2);
  });

  it('is asked for without the fragment of a key id', async () => {
    const remote = await peerWith({});
    expect((await client().get(`${remote.origin}/a#main-key`)).kind).toBe('document');
    expect(remote.requests[0]?.headers.signature).toBe(`signed ${remote.origin}/a`);
  });

  it.each([
    'application/activity+json',
    'Application/Activity+JSON; charset=utf-8',
    'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
    'application/ld+json;charset=utf-8;profile="https://www.w3.org/ns/activitystreams"',
  ])('is taken as %s', async (contentType) => {
    const remote = await peer((request, response) => {
      give(response, { id: `http://${request.headers.host}/a` }, { 'content-type': contentType });
    });
    expect((await client().get(`${remote.origin}/a`)).kind).toBe('document');
  });

  it.each([
    'application/json',
    'application/ld+json',
    'application/ld+json; profile="https://example.com/"',
    'text/html',
    'text/plain; profile=application/activity+json',
    'application/activity+json, text/html',
  ])('is refused as %s', async (contentType) => {
    const remote = await peer((request, response) => {
      give(response, { id: `http://${request.headers.host}/a` }, { 'content-type': contentType });
    });
    expect(await client().get(`${remote.origin}/a`)).toEqual({ kind: 'refused', status: 200, reason: 'content-type' });
  });

  it.each([
    ['[]', 'not-a-json-object'],
    ['null', 'not-a-json-object'],
    ['"text"', 'not-a-json-object'],
    ['{"id":', 'not-a-json-object'],
    ['', 'not-a-json-object'],
    ['{}', 'no-id'],
    ['{"id":1}', 'no-id'],
  ])('%s is refused', async (body, reason) => {
    const remote = await peer((_request, response) => void response.writeHead(200, { 'content-type': type }).end(body));
    expect(await client().get(`${remote.origin}/a`)).toEqual({ kind: 'refused', status: 200, reason });
  });

  it.each([
    [404, 'refused'],
    [410, 'refused'],
    [401, 'refused'],
    [304, 'refused'],
    [204, 'refused'],
    [429, 'failed'],
    [408, 'failed'],
    [500, 'failed'],
    [503, 'failed'],
  ])('status %i → %s', async (status, kind) => {
    const remote = await peer((_request, response) => void response.writeHead(status).end());
    expect(await client().get(`${remote.origin}/a`)).toMatchObject(kind === 'refused' ? { kind, status } : { kind });
  });
});

describe('the id', () => {
  it('that names another address of the same origin is asked once: GoToSocial, key at its own URL', async () => {
    const remote = await peerWith({
      '/users/x/main-key': (request, response) => give(response, { id: `http://${request.headers.host}/users/x` }),
    });
    expect(await client().get(`${remote.origin}/users/x/main-key`)).toMatchObject({
      kind: 'document',
      url: `${remote.origin}/users/x`,
    });
    expect(remote.requests.map(({ url }) => url)).toEqual(['/users/x/main-key', '/users/x']);
  });

  it('of another origin is refused without a request there', async () => {
    const victim = await peerWith({});
    const remote = await peer((_request, response) => give(response, { id: `${victim.origin}/a` }));
    expect(await client().get(`${remote.origin}/a`)).toEqual({ kind: 'refused', status: 200, reason: 'id-mismatch' });
    expect(victim.requests).toEqual([]);
  });

  it('that keeps changing is refused at the second', async () => {
    let count = 0;
    const remote = await peer((request, response) => {
      count += 1;
      give(response, { id: `http://${request.headers.host}/${count}` });
    });
    expect(await client().get(`${remote.origin}/a`)).toEqual({ kind: 'refused', status: 200, reason: 'id-mismatch' });
    expect(remote.requests).toHaveLength(2);
  });
});

describe('a redirect', () => {
  it('is followed within the origin and signed anew', async () => {
    const remote = await peerWith({ '/a': redirect('/b') });
    expect(await client().get(`${remote.origin}/a`)).toMatchObject({ kind: 'document', url: `${remote.origin}/b` });
    expect(remote.requests.map(({ headers }) => headers.signature)).toEqual([
      `signed ${remote.origin}/a`,
      `signed ${remote.origin}/b`,
    ]);
  });

  it('in a circle is refused', async () => {
    const remote = await peerWith({ '/a': redirect('/b'), '/b': redirect('/a#again') });
    expect(await client().get(`${remote.origin}/a`)).toMatchObject({ kind: 'refused', reason: 'redirect-loop' });
    expect(remote.requests).toHaveLength(2);
  });

  it('beyond the third is refused', async () => {
    const remote = await peer((request, response) => redirect(`${request.url}x`)(request, response));
    expect(await client().get(`${remote.origin}/a`)).toMatchObject({ kind: 'refused', reason: 'too-many-redirects' });
    expect(remote.requests).toHaveLength(4);
  });

  it.each(['http://10.0.0.1/', 'http://[fd00::1]/', 'http://0xa9fea9fe/latest/meta-data', 'file:///etc/passwd'])(
    'to %s is blocked',
    async (location) => {
      const remote = await peerWith({ '/a': redirect(location) });
      expect((await client().get(`${remote.origin}/a`)).kind).toBe('blocked');
    },
  );

  it('to another origin is refused without a request there', async () => {
    const other = await peerWith({});
    const remote = await peerWith({ '/a': redirect(`${other.origin}/a`) });
    expect(await client().get(`${remote.origin}/a`)).toMatchObject({
      kind: 'refused',
      reason: 'redirect-to-other-origin',
    });
    expect(other.requests).toEqual([]);
  });

  it.each(['', 'http://['])('with the Location %j is refused', async (location) => {
    const remote = await peer((_request, response) => void response.writeHead(301, location ? { location } : {}).end());
    expect(await client().get(`${remote.origin}/a`)).toMatchObject({
      kind: 'refused',
      reason: 'redirect-without-location',
    });
  });
});
