import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultPath, readPermalink, readPlace, readRedirect, refusePath } from '../../build/permalinks.ts';

describe('the name of a file', () => {
  test.each([
    ['posts/hello.md', 'hello', undefined, undefined],
    ['posts/2024-05-06-Hello World.md', 'hello-world', '2024-05-06T00:00:00Z', undefined],
    ['posts/2024-05-06-hello/index.md', 'hello', '2024-05-06T00:00:00Z', undefined],
    ['posts/2024/05/06/hello.md', 'hello', '2024-05-06T00:00:00Z', undefined],
    ['posts/hello.fr.md', 'hello-fr', undefined, 'fr'],
    ['posts/hello.en.md', 'hello', undefined, 'en'],
    ['posts/hello/index.pt-br.md', 'hello-pt-br', undefined, 'pt-BR'],
    ['posts/what-is.js.md', 'what-is-js', undefined, undefined],
    ['notes/20240506-0708.md', '20240506-0708', undefined, undefined],
  ])('%s', (source, slug, date, language) => {
    const place = readPlace(source, 'en');
    expect([place.slug, place.date?.instant, place.language]).toEqual([slug, date, language]);
  });

  test('pages keep their folders in their address', () => {
    expect(defaultPath('page', 'team', readPlace('pages/About Us/team.md', 'en').folders)).toBe('/about-us/team/');
    expect(defaultPath('article', 'x', ['a'])).toBe('/posts/x/');
    expect(refusePath(defaultPath('page', 'index', []))).toContain('home page');
  });
});

describe('permalink', () => {
  test.each([
    ['/2024/hello/', '/2024/hello/', []],
    ['hello', '/hello/', []],
    ['/a/index.html', '/a/', []],
    ['/2024/05/hello.html', '/2024/05/hello/', ['/2024/05/hello.html']],
    ['/größe/', '/gr%C3%B6%C3%9Fe/', []],
    ['/gr%C3%B6%C3%9Fe/', '/gr%C3%B6%C3%9Fe/', []],
    ['/a,b/', '/a,b/', []],
  ])('%s → %s', (value, path, redirects) => {
    expect(readPermalink(value)).toEqual({ ok: true, path, redirects });
  });

  test.each(['/:categories/:title/', '/{{ page.fileSlug }}/', '/blog/{% slug %}/'])('%s is a pattern', (value) => {
    expect(readPermalink(value)).toMatchObject({ ok: false, template: true });
  });

  test.each([
    'https://x.example/a',
    '//x.example/a',
    '/a?b',
    '/a#b',
    '/a%3Fb',
    '/../a',
    '/%2e%2e/a',
    'a\\b',
    '/a\u0000b',
  ])('%j is refused', (value) => {
    expect(readPermalink(value)).toMatchObject({ ok: false, template: false });
  });
});

test.each([
  ['/old/', '/old/'],
  ['old', '/old/'],
  ['/2013/a.html', '/2013/a.html'],
  ['https://x.example/', undefined],
  ['/?p=1', undefined],
  ['/%2e%2e/%2e%2e/etc/', undefined],
  ['/', undefined],
])('the old address %s → %s', (value, path) => {
  expect(readRedirect(value)).toBe(path);
});

test('no address leads out of the site, and decodeURI gives its place', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom('..', '%2e', '%2F', '/', '\\', '%', 'a', ':', '.html', '%00', '\ud800', 'é'))
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (value) => {
      const permalink = readPermalink(value);
      for (const path of [readRedirect(value), permalink.ok ? permalink.path : undefined]) {
        if (path === undefined) continue;
        expect(new URL(path, 'https://blog.example').pathname).toBe(path);
        expect(decodeURI(path).split('/')).not.toContain('..');
      }
    }),
    { numRuns: 1000 },
  );
});
