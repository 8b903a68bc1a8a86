import { afterEach, describe, expect, it } from 'vitest';
import type { WebfingerAnswer } from '../../../server/http/webfinger-client.ts';
import { ways } from './ways.ts';
import { createWorld, ORIGIN } from './world.ts';

const uri = `${ORIGIN}/ap/posts/p1.json`;
const subscribe = 'http://ostatus.org/schema/1.0/subscribe';
const answering = (template: string): WebfingerAnswer => ({
  kind: 'answer',
  self: 'https://peer.example/users/ann',
  subject: 'ann@peer.example',
  templates: new Map([[subscribe, template]]),
});
const peer = answering('https://peer.example/authorize_interaction?uri={uri}');
const there = `https://peer.example/authorize_interaction?uri=${encodeURIComponent(uri)}`;

describe.each(ways)('a reader who wants to reply, %s', (_name, open) => {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function opened(answer: (handle: string) => WebfingerAnswer | Promise<WebfingerAnswer>) {
    const asked: string[] = [];
    const clock = { now: 0 };
    const made = createWorld();
    closing.push(made.remove);
    const webfinger = {
      get: async (handle: string) => {
        asked.push(handle);
        return answer(handle);
      },
    };
    const way = await open({ ...made, deps: { ...made.deps, webfinger, clock: () => clock.now } });
    closing.push(way.close);
    const ask = (query: Record<string, string>, accept = 'application/json') =>
      way.ask(`/ap/interact?${new URLSearchParams(query)}`, { headers: { accept } });
    return { asked, clock, ask, way };
  }

  it('is told where their own server opens the post', async () => {
    const { ask, asked } = await opened(() => peer);
    const response = await ask({ handle: '@ann@peer.example', uri });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ url: there });
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(asked).toEqual(['ann@peer.example']);
  });

  it('without a script gets a page with one link, and is never led away', async () => {
    const { ask } = await opened(() => peer);
    const response = await ask({ handle: 'ann@peer.example', uri }, 'text/html,application/xhtml+xml,*/*;q=0.8');
    expect(response.status).toBe(200);
    expect(response.headers.get('location')).toBeNull();
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const html = await response.text();
    expect(html.match(/<a /g)).toHaveLength(1);
    expect(html).toContain(`href="${there.replaceAll('&', '&amp;')}"`);
    expect(html).toContain('Go on at peer.example');
    expect(html).not.toMatch(/<script|http-equiv/);
  });

  it.each([
    'https://evil.example/',
    `${ORIGIN}.evil.example/`,
    `${ORIGIN}@evil.example/`,
    'https://user@b1.test/',
    'http://b1.test/ap/posts/p1.json',
    '//b1.test/',
    'javascript:alert(1)',
    '',
    `${ORIGIN}/${'a'.repeat(3_000)}`,
  ])('about what is not of the blog is refused, and nobody is asked (%#)', async (foreign) => {
    const { ask, asked } = await opened(() => peer);
    expect((await ask({ handle: '@ann@peer.example', uri: foreign })).status).toBe(400);
    expect(asked).toEqual([]);
  });

  it.each([
    '',
    'ann',
    '@ann',
    'peer.example',
    '@ann@peer.example@evil.example',
    'ann@peer.example/path',
    'ann@peer.example?x',
    'ann@peer example',
    `${'a'.repeat(101)}@peer.example`,
    `ann@${'a'.repeat(300)}`,
    'ann@[',
    'https://peer.example/@ann',
  ])('with what is no handle is told what one looks like, and nobody is asked (%#)', async (handle) => {
    const { ask, asked } = await opened(() => peer);
    const response = await ask({ handle, uri });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: 'That is no handle: it looks like @you@your.server.' });
    expect(asked).toEqual([]);
  });

  it.each<[WebfingerAnswer, number, RegExp]>([
    [{ kind: 'refused', status: 404, reason: 'status' }, 404, /knows nobody called @ann@peer\.example/],
    [{ kind: 'refused', status: 200, reason: 'no-actor-link' }, 404, /no fediverse server/],
    [{ kind: 'failed', reason: 'status 500' }, 502, /does not answer just now/],
    [{ kind: 'blocked', reason: 'ip-literal' }, 400, /no server on the internet/],
    [answering('http://peer.example/?u={uri}'), 404, /paste the address into its search/],
    [answering('javascript:{uri}'), 404, /paste the address into its search/],
  ])('whose server cannot say reads in plain words what is wrong (%#)', async (answer, status, words) => {
    const { ask } = await opened(() => answer);
    const response = await ask({ handle: '@ann@peer.example', uri });
    expect(response.status).toBe(status);
    expect((await response.json()).error).toMatch(words);
    const page = await ask({ handle: '@ann@peer.example', uri }, 'text/html');
    expect(page.status).toBe(status);
    expect(await page.text()).toMatch(words);
  });

  it('whose handle is hostile sees it as text', async () => {
    const { ask } = await opened(() => ({ kind: 'refused', status: 404, reason: 'status' }));
    const html = await (await ask({ handle: '<script>@peer.example', uri }, 'text/html')).text();
    expect(html).not.toContain('<script');
  });

  it('shares the answer with others for an hour, and a failure for a minute', async () => {
    let answer: WebfingerAnswer = { kind: 'failed', reason: 'status 500' };
    const { ask, asked, clock } = await opened(async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return answer;
    });
    await Promise.all(Array.from({ length: 20 }, () => ask({ handle: '@ann@peer.example', uri })));
    expect(asked).toHaveLength(1);
    answer = peer;
    clock.now = 59_000;
    expect((await ask({ handle: '@ann@peer.example', uri })).status).toBe(502);
    clock.now = 61_000;
    expect((await ask({ handle: '@ann@PEER.example', uri })).status).toBe(200);
    clock.now += 3_599_000;
    await ask({ handle: 'ann@peer.example', uri: `${ORIGIN}/posts/p1/` });
    expect(asked).toHaveLength(2);
    clock.now += 2_000;
    await ask({ handle: 'ann@peer.example', uri });
    expect(asked).toHaveLength(3);
  });

  it('eight servers are asked at once, and who comes when too many wait is told so', async () => {
    const held: (() => void)[] = [];
    const { ask, asked } = await opened(
      () =>
        new Promise((resolve) => {
          held.push(() => resolve(peer));
        }),
    );
    const all = Array.from({ length: 80 }, (_, number) => ask({ handle: `@n${number}@peer.example`, uri }));
    let most = 0;
    const poll = setInterval(() => {
      most = Math.max(most, held.length);
      // The first eight are held until they are eight.
      if (asked.length >= 8) held.shift()?.();
    }, 5);
    const statuses = (await Promise.all(all)).map(({ status }) => status);
    clearInterval(poll);
    expect(most).toBeLessThanOrEqual(8);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(72);
    expect(statuses.every((status) => status === 200 || status === 503)).toBe(true);
  });

  it('may only read', async () => {
    const { way } = await opened(() => peer);
    expect((await way.ask('/ap/interact', { method: 'POST' })).status).toBe(405);
    expect((await way.ask('/ap/interact')).status).toBe(400);
  });
});
