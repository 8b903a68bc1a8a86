import { afterEach, expect, it, vi } from 'vitest';
import negotiate from '../../edge/negotiate.ts';
import { ACTIVITY_JSON } from '../../federation/vocabulary.ts';

afterEach(() => vi.unstubAllGlobals());

const asking = (headers: Record<string, string> = {}) =>
  new Request('https://blog.example/posts/a/', { headers: { accept: ACTIVITY_JSON, ...headers } });

it('Where the functions cannot be asked, who wants the object is told to come again, and is not given the page', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('error sending request')));
  const answer = await negotiate(asking());
  expect(answer?.status).toBe(503);
  expect(answer?.headers.get('retry-after')).toBe('60');
});

it('What the answer depends on goes on, with the signature, and nothing that is a secret of the reader', async () => {
  const asked: { url: string; headers: Headers }[] = [];
  vi.stubGlobal('fetch', async (url: string, { headers }: { headers: Headers }) => {
    asked.push({ url, headers });
    return new Response('{}');
  });
  const kept = {
    'user-agent': 'Mastodon/4.5',
    'if-none-match': '"1"',
    signature: 'keyId="a"',
    'signature-input': 'sig1=()',
    date: 'Mon, 23 Nov 2026 12:00:00 GMT',
    digest: 'SHA-256=a',
  };
  const answer = await negotiate(asking({ ...kept, cookie: 'session=1', authorization: 'Bearer x', 'x-other': '1' }));
  expect(await answer?.text()).toBe('{}');
  expect(asked.map(({ url }) => url)).toEqual(['https://blog.example/ap/pages/posts/a/']);
  expect(Object.fromEntries(asked[0]?.headers ?? [])).toEqual({ accept: ACTIVITY_JSON, ...kept });
});

it('Where no object is behind the page, and for everybody else, the page is given', async () => {
  vi.stubGlobal('fetch', async () => new Response('', { status: 404 }));
  expect(await negotiate(asking())).toBeUndefined();
  expect(await negotiate(new Request('https://blog.example/posts/a/'))).toBeUndefined();
});
