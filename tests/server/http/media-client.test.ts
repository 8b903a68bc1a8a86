import type { RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createAgents } from '../../../server/http/agents.ts';
import { createMediaClient, type MediaClientOptions } from '../../../server/http/media-client.ts';
import { userAgent } from '../../../server/http/user-agent.ts';
import { peer, redirect } from './documents.ts';
import { recordConnections, resolving } from './peer.ts';
import { IMPOSTORS, PICTURES } from './pictures.ts';

const PNG = PICTURES['image/png'] ?? new Uint8Array();
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

let now = 0;

function client(options: Partial<MediaClientOptions> = {}) {
  const agents = createAgents({ allowPrivate: true });
  opened.push(agents);
  return createMediaClient({
    agents,
    allowPrivate: true,
    userAgent: userAgent('0.1.0', 'https://blog.example'),
    clock: () => now,
    ...options,
  });
}

const giving =
  (bytes: Uint8Array, type = 'image/png'): RequestListener =>
  (_request, response) =>
    void response.writeHead(200, { 'content-type': type }).end(bytes);

describe('a picture', () => {
  it.each(Object.entries(PICTURES))(
    'that is %s is given as that, whatever its server calls it',
    async (type, bytes) => {
      const remote = await peer(giving(bytes, 'text/html'));
      expect(await client().get(`${remote.origin}/a.svg`)).toEqual({ kind: 'media', type, bytes: Buffer.from(bytes) });
    },
  );

  it('is asked for with our name, without a signature or a cookie', async () => {
    const remote = await peer(giving(PNG));
    await client().get(`${remote.origin}/a`);
    const headers = remote.requests[0]?.headers;
    expect(headers).toMatchObject({ 'user-agent': 'Postern/0.1.0 (+https://blog.example)' });
    expect(headers?.accept).not.toMatch(/svg|\*/);
    for (const name of ['signature', 'cookie', 'authorization', 'referer']) expect(headers).not.toHaveProperty(name);
  });

  it.each(Object.entries(IMPOSTORS))('is not %s that calls itself a png', async (_name, bytes) => {
    const remote = await peer(giving(bytes));
    expect(await client().get(`${remote.origin}/a.png`)).toEqual({ kind: 'refused', reason: 'no-picture' });
  });

  it('asked for by many at the same time is got once', async () => {
    const remote = await peer(giving(PNG));
    const media = client();
    const all = await Promise.all(Array.from({ length: 50 }, () => media.get(`${remote.origin}/a`)));
    expect(all.every(({ kind }) => kind === 'media')).toBe(true);
    expect(remote.requests).toHaveLength(1);
  });

  it('that is over 2 MiB is refused, announced or not, packed or not', async () => {
    const large = Buffer.concat([PNG, Buffer.alloc(2_097_152)]);
    const remote = await peer((request, response) => {
      if (request.url === '/packed') response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(large));
      else if (request.url === '/announced') response.writeHead(200, { 'content-length': large.length }).end(large);
      else {
        response.writeHead(200);
        response.write(large.subarray(0, 1_000));
        response.end(large.subarray(1_000));
      }
    });
    for (const path of ['/packed', '/announced', '/streamed'])
      expect(await client().get(remote.origin + path)).toEqual({ kind: 'refused', reason: 'too-large' });
  });

  it('that never ends is cut off at the deadline', async () => {
    const remote = await peer((_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    });
    const fetched = await client({ deadlineMs: 150 }).get(`${remote.origin}/a`);
    expect(fetched).toEqual({ kind: 'failed', reason: 'no answer within 150 ms' });
  });
});

describe('a host', () => {
  it('is asked so often and no more, by way of another host, too; a moment later again', async () => {
    const victim = await peer(giving(PNG));
    const { port } = new URL(victim.origin);
    const remote = await peer((request, response) => redirect(`${victim.origin}${request.url}`)(request, response));
    const media = client({ perHost: { burst: 3, perSecond: 1 } });
    for (const path of ['/1', '/2']) await media.get(victim.origin + path);
    for (const path of ['/3', '/4']) await media.get(remote.origin + path);
    expect((await media.get(`${victim.origin}/5`)).kind).toBe('failed');
    expect(victim.requests).toHaveLength(3);
    // Another name and port is another host.
    expect((await media.get(`http://localhost:${port}/6`)).kind).toBe('media');
    now += 1_000;
    expect((await media.get(`${victim.origin}/5`)).kind).toBe('media');
  });
});

describe('redirects', () => {
  it('are followed three times, to another host as well', async () => {
    const store = await peer(giving(PNG));
    const remote = await peer((request, response) => {
      const step = Number(request.url?.slice(1));
      const to = step === 3 ? `${store.origin.replace('127.0.0.1', 'localhost')}/a` : `/${step + 1}`;
      redirect(to)(request, response);
    });
    expect((await client().get(`${remote.origin}/1`)).kind).toBe('media');
    expect(await client().get(`${remote.origin}/0`)).toEqual({ kind: 'refused', reason: 'too-many-redirects' });
  });

  it.each([
    ['http://192.168.1.1/a.png', 'ip-literal'],
    ['https://[::1]:8443/a.png', undefined],
    ['http://169.254.169.254/latest/meta-data/', 'ip-literal'],
    ['file:///etc/passwd', 'scheme'],
    ['https://user:word@peer.example/a', 'userinfo'],
  ])('to %s do not reach it', async (location, reason) => {
    const remote = await peer(redirect(location));
    const { connect, opened: reached } = recordConnections();
    const plain = createAgents({ allowPrivate: true });
    const watched = createAgents({ allowPrivate: false, connect, resolve: resolving(['8.8.8.8']) });
    opened.push(plain, watched);
    // The first hop is loopback; every further one is judged as in production.
    const agents = { for: (url: URL) => (url.origin === remote.origin ? plain : watched).for(url), close: () => {} };
    const fetched = await client({ agents }).get(`${remote.origin}/a`);
    expect(fetched.kind).not.toBe('media');
    if (reason !== undefined) expect(fetched).toEqual({ kind: 'refused', reason });
    expect(reached).toEqual([]);
  });

  it.each([undefined, 'http://['])('that lead to %s are refused', async (location) => {
    const remote = await peer((_request, response) => {
      response.writeHead(302, location === undefined ? {} : { location }).end();
    });
    expect(await client().get(`${remote.origin}/a`)).toEqual({ kind: 'refused', reason: 'redirect-without-location' });
  });
});

describe('no packet goes to', () => {
  it.each([
    'http://peer.example/a.png',
    'https://127.0.0.1/a.png',
    'https://2130706433/a.png',
    'https://0x7f.1/a.png',
    'https://[::ffff:10.0.0.1]/a.png',
    'https://localhost/a.png',
    'https://printer.local/a.png',
    'https://peer.example:8080/a.png',
  ])('%s', async (url) => {
    const { connect, opened: reached } = recordConnections();
    const agents = createAgents({ allowPrivate: false, connect, resolve: resolving(['8.8.8.8']) });
    opened.push(agents);
    expect((await client({ agents, allowPrivate: false }).get(url)).kind).toBe('refused');
    expect(reached).toEqual([]);
  });

  it.each([[['10.0.0.1']], [['8.8.8.8', '192.168.0.1']], [['::1']], [['64:ff9b::a00:1']]])(
    'a name that leads to %j',
    async (addresses) => {
      const { connect, opened: reached } = recordConnections();
      const agents = createAgents({ allowPrivate: false, connect, resolve: resolving(addresses) });
      opened.push(agents);
      const fetched = await client({ agents, allowPrivate: false }).get('https://peer.example/a.png');
      expect(fetched.kind).toBe('refused');
      expect(reached).toEqual([]);
    },
  );
});

describe('failures', () => {
  it('are remembered: what is refused for an hour, what failed for five minutes', async () => {
    now = 0;
    const remote = await peer((request, response) => {
      response.writeHead(request.url === '/gone' ? 404 : 500).end();
    });
    const media = client();
    const ask = async () => {
      await media.get(`${remote.origin}/gone`);
      await media.get(`${remote.origin}/broken`);
      return remote.requests.map(({ url }) => url);
    };
    expect(await ask()).toEqual(['/gone', '/broken']);
    now = 299_000;
    expect(await ask()).toHaveLength(2);
    now = 301_000;
    expect((await ask()).slice(2)).toEqual(['/broken']);
    now = 3_601_000;
    expect((await ask()).slice(3)).toEqual(['/gone', '/broken']);
  });

  it('no more are got at once than may be; the others wait, and beyond some hundreds fail at once, unremembered', async () => {
    let open = 0;
    let most = 0;
    const held: (() => void)[] = [];
    const agents = createAgents({ allowPrivate: true });
    opened.push(agents);
    const remote = await peer((_request, response) => {
      open += 1;
      most = Math.max(most, open);
      held.push(() => {
        open -= 1;
        response.writeHead(200).end(PNG);
      });
    });
    const media = client({ agents, atOnce: 3 });
    const asked = Array.from({ length: 300 }, (_, number) => media.get(`${remote.origin}/${number}`));
    const settled = Promise.all(asked);
    const poll = setInterval(() => {
      for (const answer of held.splice(0)) answer();
    }, 5);
    const all = await settled;
    clearInterval(poll);
    expect(most).toBeLessThanOrEqual(3);
    expect(all.filter(({ kind }) => kind === 'media')).toHaveLength(3 + 256);
    expect(all.filter(({ kind }) => kind === 'failed')).toHaveLength(300 - 3 - 256);
    const again = media.get(`${remote.origin}/299`);
    const poll2 = setInterval(() => {
      for (const answer of held.splice(0)) answer();
    }, 5);
    expect((await again).kind).toBe('media');
    clearInterval(poll2);
  });
});
