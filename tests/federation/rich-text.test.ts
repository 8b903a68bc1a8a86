import fc from 'fast-check';
import { Parser } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import {
  isPlainWebUrl,
  isWebUrl,
  plainRichText,
  RICH_TAGS,
  type RichNode,
  renderRichText,
} from '../../federation/rich-text.ts';

describe('renderRichText', () => {
  it('writes known elements, escaped text and links that are followed by nobody', () => {
    const link: RichNode = { tag: 'a', href: 'https://x.test/?a&b"', children: ['<x>'] };
    expect(renderRichText([{ tag: 'p', children: ['a & b', { tag: 'br', children: [] }, link] }])).toBe(
      '<p>a &amp; b<br><a href="https://x.test/?a&amp;b&quot;" rel="nofollow noopener ugc">&lt;x&gt;</a></p>',
    );
  });

  it('writes text by what it is given for it', () => {
    const text = (written: string) => written.replace(':x:', '<img>');
    expect(renderRichText([{ tag: 'em', children: [':x:'] }], { text })).toBe('<em><img></em>');
  });

  it.each(['javascript:alert(1)', '/x', 'https://a:b@x.test/', undefined])('a link to %s → its text', (href) => {
    expect(renderRichText([{ tag: 'a', ...(href === undefined ? {} : { href }), children: ['x'] }])).toBe('x');
  });

  it('what a store that was tampered with holds → known elements and attributes alone', () => {
    const tag = fc.oneof(fc.constantFrom(...RICH_TAGS), fc.constantFrom('script', 'p onclick=x', 'img', '__proto__'));
    const href = fc.oneof(fc.webUrl(), fc.string(), fc.constantFrom('javascript:x', 'https://x.test/" onclick="x'));
    const { node } = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 6 },
        fc.string(),
        fc.record({ tag, href, children: fc.array(tie('node'), { maxLength: 3 }), onclick: fc.constant('x') }),
      ),
    }));
    fc.assert(
      fc.property(fc.array(node, { maxLength: 4 }), (nodes) => {
        const read: RichNode[] = JSON.parse(JSON.stringify(nodes));
        for (const [name, attributes] of elementsOf(renderRichText(read))) {
          expect(RICH_TAGS).toContain(name);
          expect(Object.keys(attributes)).toEqual(name === 'a' ? ['href', 'rel'] : []);
          if (name === 'a') expect(isWebUrl(attributes.href)).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('nesting ends at 32 levels', () => {
    let node: RichNode = 'x';
    for (let depth = 0; depth < 5_000; depth += 1) node = { tag: 'em', children: [node] };
    expect(renderRichText([node]).match(/<em>/g)).toHaveLength(33);
    expect(plainRichText([node])).toBe('');
  });
});

describe('plainRichText', () => {
  it('gives a line for each block', () => {
    const items: RichNode[] = [
      { tag: 'li', children: ['b'] },
      { tag: 'li', children: ['c  d'] },
    ];
    const nodes: RichNode[] = [
      { tag: 'p', children: ['a', { tag: 'br', children: [] }, { tag: 'em', children: [' e'] }] },
      { tag: 'ul', children: items },
    ];
    expect(plainRichText(nodes)).toBe('a\ne\nb\nc d');
  });
});

describe('isWebUrl', () => {
  it.each(['https://x.test/', 'http://x.test', 'HTTPS://X.test/a?b#c'])('%s', (url) => {
    expect(isWebUrl(url)).toBe(true);
  });

  it.each([
    '',
    '/x',
    '//x.test/',
    'ftp://x.test/',
    'https://u@x.test/',
    'https://:p@x.test/',
    `https://x.test/${'a'.repeat(2_048)}`,
    null,
    {},
  ])('not %s', (url) => {
    expect(isWebUrl(url)).toBe(false);
  });
});

describe('isPlainWebUrl', () => {
  it('knows no address that the URL parser does not, and its text is its origin', () => {
    const label = fc.stringMatching(/^[a-z0-9-]{1,8}$/);
    const odd = fc.constantFrom(
      'xn--a',
      'xn--80ak6aa92e',
      '0x7f',
      '127',
      'a_b',
      'A',
      '',
      'ab--c',
      '-',
      'ß',
      'a%41',
      'x@y',
    );
    const host = fc.array(fc.oneof({ weight: 4, arbitrary: label }, odd), { minLength: 1, maxLength: 4 });
    const rest = fc.oneof(fc.webPath(), fc.string({ maxLength: 12 }), fc.constant('//evil.test/\\@x'));
    fc.assert(
      fc.property(host, fc.constantFrom('', ':443', ':8443', '.'), rest, (labels, after, path) => {
        const url = `https://${labels.join('.')}${after}/${path}`;
        fc.pre(isPlainWebUrl(url));
        expect(URL.canParse(url), url).toBe(true);
        const parsed = new URL(url);
        expect(parsed.origin).toBe(url.slice(0, url.indexOf('/', 8)));
        expect([parsed.username, parsed.password, parsed.protocol]).toEqual(['', '', 'https:']);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    'http://x.test/',
    'https://x.test',
    'https://x.test:1/',
    'https://x.test./',
    'https://X.test/',
    'https://1.2.3.4/',
    'https://x.test/é',
    'https://x.test/\u202e',
    'https://localhost/',
  ])('leaves %s to the parser', (url) => expect(isPlainWebUrl(url)).toBe(false));
});

function elementsOf(html: string): [string, Record<string, string>][] {
  const found: [string, Record<string, string>][] = [];
  const parser = new Parser({ onopentag: (name, attributes) => void found.push([name, attributes]) });
  parser.end(html);
  return found;
}
