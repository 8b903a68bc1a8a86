import { renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type StaticSite, serveStatic } from '../../../server/hosts/static.ts';
import { openSiteFolder } from '../../../server/site-folder.ts';
import { createWorld, ORIGIN, siteFiles, type World, writeSite } from '../routes/world.ts';

let world: World;
let files: StaticSite;
beforeEach(() => {
  world = createWorld();
  files = serveStatic(world.siteFolder);
});
afterEach(() => world.remove());

const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  files.respond(new Request(ORIGIN + path, { method, headers }));

describe('a file', () => {
  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/posts/p1/', 'text/html; charset=utf-8'],
    ['/ap/actor.json', 'application/activity+json'],
    ['/ap/posts/p1.json', 'application/activity+json'],
    ['/ap/manifest.json', 'application/json'],
    ['/.well-known/nodeinfo', 'application/json'],
    ['/nodeinfo/2.1.json', 'application/json; profile="http://nodeinfo.diaspora.software/ns/schema/2.1#"'],
    ['/feed.xml', 'application/atom+xml; charset=utf-8'],
    ['/rss.xml', 'application/rss+xml; charset=utf-8'],
    ['/feed.json', 'application/feed+json'],
    ['/robots.txt', 'text/plain; charset=utf-8'],
    ['/assets/style.css', 'text/css; charset=utf-8'],
    ['/media/picture.png', 'image/png'],
    ['/media/two%20words.txt', 'text/plain; charset=utf-8'],
    ['/posts/p1/?utm_source=x', 'text/html; charset=utf-8'],
  ])('%s is %s', async (path, type) => {
    const response = await ask(path);
    expect(response?.status).toBe(200);
    expect(response?.headers.get('content-type')).toBe(type);
    expect(response?.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await response?.arrayBuffer())?.byteLength).toBe(Number(response?.headers.get('content-length')));
  });

  it('comes with the bytes that are on disk', async () => {
    for (const [path, content] of Object.entries(siteFiles())) {
      const response = await ask(encodeURI(path));
      expect(Buffer.from((await response?.arrayBuffer()) ?? new ArrayBuffer(0))).toEqual(Buffer.from(content));
    }
  });

  it('has an ETag that changes when the content does, and only then', async () => {
    const before = (await ask('/'))?.headers.get('etag') ?? '';
    expect(before).toMatch(/^"[\w-]+"$/);
    expect((await ask('/', { 'if-none-match': before }))?.status).toBe(304);
    expect((await ask('/', { 'if-none-match': `W/${before}` }))?.status).toBe(304);
    // Same length, another content, and again the first.
    const page = String(siteFiles()['/index.html']);
    writeSite(world.siteFolder, { '/index.html': page.replace('Home', 'Hope') });
    expect((await ask('/', { 'if-none-match': before }))?.status).toBe(200);
    expect((await ask('/'))?.headers.get('etag')).not.toBe(before);
    writeSite(world.siteFolder, { '/index.html': page });
    expect((await ask('/'))?.headers.get('etag')).toBe(before);
  });

  it('over 1 MiB is sent as it is read, and whole', async () => {
    const content = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => index % 251));
    writeFileSync(join(world.siteFolder, 'media/film.mp4'), content);
    const response = await ask('/media/film.mp4');
    expect(response?.headers.get('content-length')).toBe('3000000');
    expect(Buffer.from((await response?.arrayBuffer()) ?? new ArrayBuffer(0)).equals(content)).toBe(true);
  });

  it('answers HEAD like GET, without a body', async () => {
    const [get, head] = [await ask('/'), await ask('/', {}, 'HEAD')];
    expect(Object.fromEntries(head?.headers ?? [])).toEqual(Object.fromEntries(get?.headers ?? []));
    expect(await head?.text()).toBe('');
  });

  it.each(['POST', 'PUT', 'DELETE'])('answers %s with 405', async (method) => {
    const response = await ask('/', {}, method);
    expect(response?.status).toBe(405);
    expect(response?.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
  });

  it('below /ap/ is open to pages elsewhere and 406 to who plainly wants no JSON', async () => {
    expect((await ask('/ap/actor.json'))?.headers.get('access-control-allow-origin')).toBe('*');
    expect((await ask('/ap/actor.json', {}, 'OPTIONS'))?.status).toBe(204);
    expect((await ask('/ap/actor.json', { accept: 'text/html' }))?.status).toBe(406);
    const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
    expect((await ask('/ap/actor.json', { accept: browser }))?.status).toBe(200);
  });
});

describe('headers', () => {
  it('let a page run the site’s own files alone', async () => {
    const policy = (await ask('/'))?.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toMatch(/unsafe-(inline|eval)|\*/);
    expect((await ask('/'))?.headers.get('referrer-policy')).toBe('strict-origin-when-cross-origin');
  });

  it('keep a drawing from being a program', async () => {
    expect((await ask('/media/drawing.svg'))?.headers.get('content-security-policy')).toContain('sandbox');
  });

  it('tell caches that a page’s address gives two things', async () => {
    expect((await ask('/posts/p1/'))?.headers.get('vary')).toBe('Accept');
  });

  it('let pictures be kept, and nothing else without asking', async () => {
    expect((await ask('/media/picture.png'))?.headers.get('cache-control')).toBe('public, max-age=86400');
    for (const path of ['/', '/ap/actor.json', '/feed.xml', '/assets/style.css']) {
      expect((await ask(path))?.headers.get('cache-control')).toBe('public, max-age=0, must-revalidate');
    }
  });
});

describe('a page without its last slash', () => {
  it('is redirected, with its query', async () => {
    const response = await ask('/posts/p1?x=1');
    expect(response?.status).toBe(308);
    expect(response?.headers.get('location')).toBe('/posts/p1/?x=1');
  });

  it('below /ap/ is not: ids never redirect', async () => {
    writeSite(world.siteFolder, { '/ap/page/index.html': 'x' });
    expect(await ask('/ap/page')).toBeUndefined();
  });

  it.each(['//posts/p1', '//evil.example/', '/\\evil.example', '/posts//p1', '/posts/p1//'])(
    '%s is nothing, not even a redirect to another host',
    async (path) => {
      expect(await ask(path)).toBeUndefined();
    },
  );
});

describe('what is outside of the folder', () => {
  beforeEach(() => {
    writeFileSync(join(world.siteFolder, '../secret.txt'), 'secret');
    writeSite(world.siteFolder, { '/.env': 'secret', '/.git/config': 'secret', '/a/.hidden': 'secret' });
    symlinkSync('../../secret.txt', join(world.siteFolder, 'a/link.txt'));
    symlinkSync('../..', join(world.siteFolder, 'a/up'));
  });

  const paths = [
    ...['/../secret.txt', '/..%2fsecret.txt', '/%2e%2e/secret.txt', '/%2e%2e%2fsecret.txt', '/a/../../secret.txt'],
    ...['/..%5csecret.txt', '/..\\secret.txt', '/%252e%252e/secret.txt', '/a/link.txt', '/a/up/secret.txt'],
    ...[
      '/.env',
      '/%2eenv',
      '/.git/config',
      '/a/.hidden',
      '/secret.txt%00',
      '/secret.txt%00.html',
      '/%',
      '/%c0%ae%c0%ae/secret.txt',
    ],
    ...[`/${'a'.repeat(300)}`, '/index.html/', '/index.html/x', '/posts'],
  ];

  it.each(paths)('%s is not found', async (path) => {
    expect(await openSiteFolder(world.siteFolder).find(path)).toBeUndefined();
    expect(await ask(path)).toBeUndefined();
  });

  it('is not found by any path', async () => {
    const part = fc.oneof(
      fc.constantFrom('..', '.', '%2e%2e', '%2f', '%5c', '\\', 'secret.txt', 'a', 'up', '', '%00'),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 6 }), async (parts) => {
        const found = await openSiteFolder(world.siteFolder).find(`/${parts.join('/')}`);
        expect(found?.path ?? '').not.toContain('secret.txt');
      }),
    );
  });
});

describe('nothing', () => {
  it.each(['/nowhere/', '/apple-touch-icon.png'])('at %s is the 404 page', async (path) => {
    const response = await files.notFound(new Request(ORIGIN + path));
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('Not here');
  });

  it.each(['/ap/nowhere', '/ap', '/.well-known/nowhere'])('at %s is a short answer for machines', async (path) => {
    const response = await files.notFound(new Request(ORIGIN + path));
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/json');
  });
});

it('while a new build takes the place of the old one, files are still found', async () => {
  const aside = `${world.siteFolder}.old`;
  renameSync(world.siteFolder, aside);
  const found = ask('/ap/actor.json');
  setTimeout(() => renameSync(aside, world.siteFolder), 5);
  expect((await found)?.status).toBe(200);
});
