import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Handle, readHandle } from '../../build/handles.ts';
import { createMarkdown } from '../../build/markdown.ts';
import type { Person } from '../../build/markdown-mentions.ts';
import { toPeerHtml } from '../../build/peer-html.ts';

const markdown = createMarkdown();

function find({ handle }: Handle): Person | undefined {
  const [, user, host] = handle.split('@');
  return host === 'nobody.example' ? undefined : { href: `https://${host}/@${user}` };
}

function parse(body: string) {
  return markdown.parse(body, { name: 'n', hashtags: true, people: find });
}
const render = (body: string): string => markdown.render(parse(body)).trim();
const handles = (body: string): string[] => parse(body).mentions.map(({ handle }) => handle);

describe('a mention', () => {
  test('is a link to the profile, as Mastodon writes it', () => {
    expect(render('Hi @Ann@A.example!')).toBe(
      '<p>Hi <span class="h-card"><a href="https://a.example/@ann" class="u-url mention">@<span>Ann</span></a></span>!</p>',
    );
  });

  test('reaches peers with the classes by which Mastodon knows it', () => {
    const html = toPeerHtml(render('Hi @ann@a.example and @bob@b.example'), 'https://blog.example/notes/n/');
    expect(html).toContain('<span class="h-card"><a href="https://a.example/@ann" class="u-url mention">@');
    expect(html).toContain('class="u-url mention">@bob</a></span></p>');
  });

  test.each([
    ['.@ann@a.example: yes', ['@ann@a.example']],
    ['(@ann@a.example)', ['@ann@a.example']],
    ['cc @ann@a.example, @bob.b@b.example.', ['@ann@a.example', '@bob.b@b.example']],
    ['@_ann_@a.example and _@ann@a.example_', ['@_ann_@a.example', '@ann@a.example']],
    ['*@some_user@a.example*', ['@some_user@a.example']],
    ['@ann@a.example @ann@a.example', ['@ann@a.example', '@ann@a.example']],
    ['@ann@bücher.example', ['@ann@xn--bcher-kva.example']],
    ['@ann@例え.テスト', ['@ann@xn--r8jz45g.xn--zckzah']],
    ['@ann@a.example:8443', ['@ann@a.example:8443']],
    ['@ann@127.0.0.1:4321', ['@ann@127.0.0.1:4321']],
    ['@ann@localhost:4321', ['@ann@localhost:4321']],
    ['# A title by @ann@a.example', ['@ann@a.example']],
    ['Text[^1].\n\n[^1]: By @ann@a.example.', ['@ann@a.example']],
  ])('is found in %s', (body, found) => expect(handles(body)).toEqual(found));

  test.each([
    'me@host.org',
    'mailto:me@host.org',
    '<mailto:me@host.org>',
    'me@a.example@b.example',
    'https://host.example/@user@other.example',
    'host.example/@user@other.example',
    '`@ann@a.example`',
    '```\n@ann@a.example\n```',
    '    @ann@a.example',
    '[@ann@a.example](https://a.example/)',
    '<a href="/">@ann@a.example</a>',
    '<code>@ann@a.example</code>',
    '<pre>\n@ann@a.example\n</pre>',
    String.raw`\@ann@a.example`,
    '@ann',
    '@ann@a',
    '@ann@a.example@b.example',
    'npm i @scope/name@1.2.3',
    'x@v1@2.0.1',
    '@v1@2.0.1',
    '@ann@a.example/path',
    '@@ann@a.example',
  ])('is none in %s', (body) => expect(handles(body)).toEqual([]));

  test('of somebody whom nobody knows stays text, and its line is told', () => {
    expect(render('One\ntwo @x@nobody.example')).toBe('<p>One\ntwo @x@nobody.example</p>');
    expect(parse('One\n\ntwo  \nthree @x@nobody.example').mentions).toEqual([
      { handle: '@x@nobody.example', written: '@x@nobody.example', line: 4 },
    ]);
  });

  test('beside a hashtag both are links', () =>
    expect(render('#tag @ann@a.example #tag')).toMatch(
      /^<p><a .*#tag<\/a> <span class="h-card">.*<\/span> <a .*#tag<\/a><\/p>$/,
    ));

  test('is no concern of a page, which nobody is told of', () =>
    expect(markdown.render(markdown.parse('@ann@a.example', { name: '', hashtags: false }))).toBe(
      '<p>@ann@a.example</p>\n',
    ));
});

const user = fc.stringMatching(/^[a-z0-9_]{1,8}$/);
const host = fc.stringMatching(/^[a-z]{1,8}\.(?:example|test)$/);

describe('whatever is written', () => {
  test('a handle between spaces is found as it is written', () =>
    fc.assert(
      fc.property(user, host, (name, server) => {
        expect(handles(`See @${name}@${server} there`)).toEqual([`@${name}@${server}`]);
      }),
      { numRuns: 200 },
    ));

  test('nothing is found in code, a link or an address, and no text throws or is lost', () =>
    fc.assert(
      fc.property(user, host, fc.string({ maxLength: 20 }), (name, server, noise) => {
        const mention = `@${name}@${server}`;
        const plain = noise.replace(/[`[\]<>\\\n\r]/g, '');
        expect(handles(`\`${mention} ${plain}\``)).toEqual([]);
        expect(handles(`https://${server}/${mention}`)).toEqual([]);
        expect(handles(`${name}${mention}`)).toEqual([]);
        const text = render(`a ${mention} ${noise}`).replace(/<[^>]*>/g, '');
        expect(text).toContain(mention.slice(0, name.length + 1));
      }),
      { numRuns: 200 },
    ));

  test('what is found reads again as the same handle, and the time is linear', () =>
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('@', 'a', '.', '-', '_', ':', '1', 'ü', '/', ' '), maxLength: 400 }),
        (text) => {
          for (const handle of handles(text)) expect(readHandle(handle)?.handle).toBe(handle);
        },
      ),
      { numRuns: 300 },
    ));
});
