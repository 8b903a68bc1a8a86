import { getStore } from '@netlify/blobs';
import { expect, test } from 'vitest';
import { type BlobStore, netlifyBlobs } from '../../../server/store/blobs-client.ts';
import { startLocalBlobs } from './local-blobs.ts';

/** The real client, and a service that gives these answers, the last one again and again. */
function answered(...answers: readonly (Response | Error)[]): { blobs: BlobStore; asked: Request[] } {
  const asked: Request[] = [];
  const fetch = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    asked.push(new Request(url, init));
    const answer = answers[Math.min(asked.length, answers.length) - 1];
    if (!(answer instanceof Response)) throw answer;
    return answer.clone();
  };
  const url = 'http://127.0.0.1:1';
  const store = getStore({
    name: 'postern',
    siteID: 'site',
    token: 't',
    edgeURL: 'http://127.0.0.2:1',
    uncachedEdgeURL: url,
    fetch,
  });
  return { blobs: netlifyBlobs(store), asked };
}

const etag = (value: string, init: ResponseInit = {}) => new Response('text', { ...init, headers: { etag: value } });

test('a read is of now, not of a cache, and gives text and etag', async () => {
  const { blobs, asked } = answered(etag('"e1"'));
  expect(await blobs.get('seen/00')).toEqual({ text: 'text', etag: '"e1"' });
  expect(asked.map(({ url }) => url)).toEqual(['http://127.0.0.1:1/site/site:postern/seen/00']);
  expect(await answered(new Response(null, { status: 404 })).blobs.get('seen/00')).toBeUndefined();
});

test('a write says its condition, and whether it was made', async () => {
  const made = answered(etag('"e2"'));
  expect(await made.blobs.set('a', 'x', { onlyIfMatch: '"e1"' })).toBe('"e2"');
  expect(await made.blobs.set('a', 'x', { onlyIfNew: true })).toBe('"e2"');
  expect(made.asked.map(({ headers }) => [headers.get('if-match'), headers.get('if-none-match')])).toEqual([
    ['"e1"', null],
    [null, '*'],
  ]);
  const { blobs } = answered(new Response(null, { status: 412 }));
  expect(await blobs.set('a', 'x', { onlyIfNew: true })).toBeUndefined();
});

test.each([500, 429, 403])(
  'a write that is answered %i is a fault, though the client calls it a success',
  async (status) => {
    const { blobs } = answered(new Response(null, { status }));
    await expect(blobs.set('a', 'x', { onlyIfNew: true })).rejects.toMatchObject({
      code: 'store-unavailable',
      facts: { key: 'a' },
    });
  },
);

test('a write that met a broken connection is tried again by the client', async () => {
  const { blobs } = answered(new TypeError('broken'), new Response(null, { status: 412 }));
  expect(await blobs.set('a', 'x', { onlyIfNew: true })).toBeUndefined();
});

test('the local emulation keeps conditions, gives etags, and hides its temporary files', async () => {
  const local = await startLocalBlobs();
  try {
    const blobs = local.open();
    const first = await blobs.set('seen/00', 'one', { onlyIfNew: true });
    expect(await blobs.set('seen/00', 'two', { onlyIfNew: true })).toBeUndefined();
    expect(await blobs.get('seen/00')).toEqual({ text: 'one', etag: first });
    const second = await blobs.set('seen/00', 'two', { onlyIfMatch: first ?? '' });
    expect(second).toBeDefined();
    expect(await blobs.set('seen/00', 'three', { onlyIfMatch: first ?? '' })).toBeUndefined();
    expect(await local.open().get('seen/00')).toEqual({ text: 'two', etag: second });
    expect(await blobs.list('seen/')).toEqual(['seen/00']);
    await blobs.delete('seen/00');
    await blobs.delete('seen/00');
    expect(await blobs.get('seen/00')).toBeUndefined();
    expect(await blobs.list('')).toEqual([]);
  } finally {
    await local.stop();
  }
});
