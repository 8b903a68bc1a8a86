import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Serving } from '../../../server/hosts/node.ts';
import { inbox } from '../../../server/routes/inbox.ts';
import { ORIGIN } from '../routes/world.ts';
import { functionAt, start, useWorld } from './serving.ts';

const activity = 'application/activity+json';

const world = useWorld();

/** Writes text to a connection and gives all that comes back until the other side closes it. */
function talk({ port }: Serving, text: string, then?: (write: (more: string) => void) => void): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(text);
      then?.((more) => socket.write(more));
    });
    socket.on('data', (chunk) => {
      heard += chunk;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(heard));
  });
}

describe('a large answer', () => {
  it('that has to wait for its reader is whole and leaves no listeners behind', async () => {
    const warnings: string[] = [];
    const hear = (warning: Error) => warnings.push(warning.name);
    process.on('warning', hear);
    try {
      let left = 64;
      const body = new ReadableStream<Uint8Array>({
        pull: (to) => (left-- > 0 ? to.enqueue(new Uint8Array(65_536)) : to.close()),
      });
      const { url } = await start({ functions: [functionAt('/film', () => new Response(body))] });
      expect((await (await fetch(`${url}/film`)).arrayBuffer()).byteLength).toBe(64 * 65_536);
    } finally {
      process.removeListener('warning', hear);
    }
    expect(warnings).toEqual([]);
  });
});

describe('a page', () => {
  it('gives the object behind it to who asks for ActivityPub, in place', async () => {
    const { url } = await start();
    for (const [path, id] of [
      ['/posts/p1/', '/ap/posts/p1.json'],
      ['/notes/n1', '/ap/notes/n1.json'],
      ['/', '/ap/actor.json'],
    ] as const) {
      const response = await fetch(url + path, { redirect: 'manual', headers: { accept: activity } });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe(activity);
      expect(response.headers.get('vary')).toBe('Accept');
      expect(await response.json()).toMatchObject({ id: ORIGIN + id });
    }
  });

  it('gives HTML to everyone else, and says that it varies', async () => {
    const { url } = await start();
    for (const accept of ['text/html', '*/*', `text/html, ${activity};q=0.5`]) {
      const response = await fetch(`${url}/posts/p1/`, { headers: { accept } });
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(response.headers.get('vary')).toBe('Accept');
    }
  });

  it('that has no object gives HTML to all', async () => {
    const { url } = await start();
    const response = await fetch(`${url}/about/`, { headers: { accept: activity } });
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  });

  it('answers 304 for each of its two forms by its own ETag', async () => {
    const { url } = await start();
    const page = (await fetch(`${url}/posts/p1/`)).headers.get('etag') ?? '';
    const object = (await fetch(`${url}/posts/p1/`, { headers: { accept: activity } })).headers.get('etag') ?? '';
    expect(page).not.toBe(object);
    const again = (etag: string, accept: string) =>
      fetch(`${url}/posts/p1/`, { headers: { accept, 'if-none-match': etag } });
    expect((await again(object, activity)).status).toBe(304);
    expect((await again(page, 'text/html')).status).toBe(304);
    expect((await again(page, activity)).status).toBe(200);
  });
});

describe('the public address', () => {
  it('is the manifest’s, whatever Host says', async () => {
    const seen: string[] = [];
    const echo = functionAt('/echo', (request) => {
      seen.push(request.url);
      return new Response(null, { status: 204 });
    });
    const serving = await start({ functions: [echo] });
    await talk(
      serving,
      'GET /echo?a=b%2Fc&d HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n',
    );
    expect(seen).toEqual([`${ORIGIN}/echo?a=b%2Fc&d`]);
  });

  it.each(['http://evil.example/ap/actor.json', '*', 'evil.example:443', '@evil.example/'])(
    'a target such as %s is refused',
    async (target) => {
      const heard = await talk(await start(), `GET ${target} HTTP/1.1\r\nHost: b1.test\r\nConnection: close\r\n\r\n`);
      expect(heard).toMatch(/^HTTP\/1.1 400 /);
    },
  );

  it('a path that looks like a host is a path', async () => {
    const heard = await talk(
      await start(),
      'GET //evil.example/ap/actor.json HTTP/1.1\r\nHost: b1.test\r\nConnection: close\r\n\r\n',
    );
    expect(heard).toMatch(/^HTTP\/1.1 404 /);
  });
});

describe('a fault of ours', () => {
  it('is one log line, and for the peer a word without detail', async () => {
    const broken = functionAt('/broken', () => {
      throw new Error('the secret is 42');
    });
    const { url } = await start({ functions: [broken] });
    const response = await fetch(`${url}/broken?token=x`);
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ error: 'Something is wrong on our side: try again later.' });
    expect(world().lines).toEqual([
      {
        event: 'request.failed',
        level: 'error',
        method: 'GET',
        path: '/broken',
        code: 'unexpected',
        error: 'the secret is 42',
      },
    ]);
  });

  it('in the middle of an answer cuts the answer off and leaves the server alive', async () => {
    const broken = functionAt('/broken', () => {
      let pulls = 0;
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          pulls += 1;
          if (pulls > 1) controller.error(new Error('disk'));
          else controller.enqueue(new Uint8Array(10));
        },
      });
      return new Response(body, { headers: { 'content-length': '100' } });
    });
    const { url } = await start({ functions: [broken] });
    await expect(fetch(`${url}/broken`).then((response) => response.arrayBuffer())).rejects.toThrow();
    expect(world().lines).toMatchObject([{ event: 'request.failed', error: 'disk' }]);
    expect((await fetch(`${url}/`)).status).toBe(200);
  });

  it('a port that is taken is said so', async () => {
    const { port } = await start();
    await expect(start({ port })).rejects.toMatchObject({ code: 'port-in-use', facts: { port } });
  });
});

describe('limits', () => {
  it('a head that is too large gets 431', async () => {
    const heard = await talk(await start(), `GET / HTTP/1.1\r\nHost: b1.test\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`);
    expect(heard).toMatch(/^HTTP\/1.1 431 /);
  });

  it('a head that does not end gets 408', async () => {
    const heard = await talk(await start({ limits: { headersMs: 100 } }), 'GET / HTTP/1.1\r\nHost: b1.test\r\nX: ');
    expect(heard).toMatch(/^HTTP\/1.1 408 /);
  });

  it('a body that does not end gets 408, and one log line', async () => {
    const slow = functionAt('/ap/inbox', (request) => inbox(world().deps, request, { bodyWithinMs: 100 }));
    const serving = await start({ functions: [slow], limits: { requestMs: 1_000, headersMs: 1_000 } });
    const heard = await talk(serving, 'POST /ap/inbox HTTP/1.1\r\nHost: b1.test\r\nContent-Length: 100\r\n\r\n{');
    expect(heard).toMatch(/^HTTP\/1.1 408 /);
    expect(heard).toContain('did not arrive in time');
    expect(world().lines).toMatchObject([{ event: 'inbox.refused', reason: 'body-too-slow' }]);
  });

  it('a body that is announced too large gets 413 before any of it came', async () => {
    const heard = await talk(
      await start(),
      'POST /ap/inbox HTTP/1.1\r\nHost: b1.test\r\nContent-Length: 1048577\r\n\r\n',
    );
    expect(heard).toMatch(/^HTTP\/1.1 413 /);
    expect(world().lines).toMatchObject([{ event: 'inbox.refused', reason: 'body-too-large' }]);
  });

  it('a body that becomes too large gets 413 before its end', async () => {
    const head = 'POST /ap/inbox HTTP/1.1\r\nHost: b1.test\r\nTransfer-Encoding: chunked\r\n\r\n';
    const heard = await talk(await start(), `${head}${(1_048_577).toString(16)}\r\n${'a'.repeat(1_048_577)}\r\n`);
    expect(heard).toMatch(/^HTTP\/1.1 413 /);
    expect(world().lines).toMatchObject([{ event: 'inbox.refused', reason: 'body-too-large' }]);
  });

  it('no HTTP at all gets 400', async () => {
    expect(await talk(await start(), 'EHLO mail.example\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
  });

  it('a sender that goes away within its body leaves one log line', async () => {
    const serving = await start();
    await new Promise<void>((resolve) => {
      const request = httpRequest({
        port: serving.port,
        host: '127.0.0.1',
        method: 'POST',
        path: '/ap/inbox',
        headers: { 'content-length': 100 },
      });
      request.on('error', () => resolve());
      request.write('{', () => setTimeout(() => request.destroy(), 50));
    });
    await expect.poll(() => world().lines.length).toBe(1);
    expect(world().lines).toMatchObject([{ event: 'inbox.refused', reason: 'body-broken' }]);
  });

  it('a body that nobody reads leaves the connection usable', async () => {
    const serving = await start();
    const first = `POST / HTTP/1.1\r\nHost: b1.test\r\nContent-Length: 5000000\r\n\r\n${'a'.repeat(5_000_000)}`;
    const heard = await talk(serving, `${first}GET /robots.txt HTTP/1.1\r\nHost: b1.test\r\nConnection: close\r\n\r\n`);
    expect(heard.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 405', 'HTTP/1.1 200']);
  });
});
