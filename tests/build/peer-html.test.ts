import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toPeerHtml } from '../../build/peer-html.ts';
import { textOfHtml } from '../../federation/html-text.ts';

const BASE = 'https://blog.example/posts/hello/';
const peer = (html: string): string => toPeerHtml(html, BASE);

describe('links', () => {
  test.each([
    ['<p><a href="/about/">x</a></p>', '<p><a href="https://blog.example/about/">x</a></p>'],
    ['<p><a href="../other/#part">x</a></p>', '<p><a href="https://blog.example/posts/other/#part">x</a></p>'],
    ['<p><a href="//cdn.example/x">x</a></p>', '<p><a href="https://cdn.example/x">x</a></p>'],
    ['<a href="#part">x</a>', '<p><a href="https://blog.example/posts/hello/#part">x</a></p>'],
    ['<a href="mailto:me@blog.example" onclick="x()">x</a>', '<p><a href="mailto:me@blog.example">x</a></p>'],
    [
      '<a class="hashtag p-category big" rel="tag" href="/tags/a/">#A</a>',
      '<p><a href="https://blog.example/tags/a/" rel="tag" class="hashtag p-category">#A</a></p>',
    ],
  ])('%s becomes absolute', (html, expected) => expect(peer(html)).toBe(expected));

  test.each([
    'javascript:alert(1)',
    ' java\nscript:alert(1)',
    '&#106;avascript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'https://[',
    '',
  ])('an address that is no link goes, its text stays: %s', (href) =>
    expect(peer(`<p><a href="${href}">text</a></p>`)).toBe('<p>text</p>'),
  );
});

describe('elements that peers drop', () => {
  test('a table becomes a list whose cells stay apart', () => {
    const table =
      '<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td>1</td><td style="text-align:right">2 <em>x</em></td></tr></tbody></table>';
    expect(peer(table)).toBe('<ul><li><strong>A</strong> | <strong>B</strong></li><li>1 | 2 <em>x</em></li></ul>');
  });
  test('a figure becomes a paragraph with the picture and one with the caption', () => {
    expect(
      peer(
        '<figure><img src="/m/a.png" alt="A &quot;cat&quot;" loading="lazy" width="4" height="3" srcset="/m/b.png 2x"><figcaption>A cat</figcaption></figure>',
      ),
    ).toBe('<p><img src="https://blog.example/m/a.png" alt="A &quot;cat&quot;" width="4" height="3"></p><p>A cat</p>');
  });
  test('a frame becomes a link with its title', () => {
    expect(peer('<iframe src="https://video.example/1" title="A talk">no frames</iframe>')).toBe(
      '<p><a href="https://video.example/1">A talk</a></p>',
    );
  });
  test('a film keeps its player and gets a link for those who have none', () => {
    expect(peer('<video autoplay poster="/p.jpg"><source src="/m.mp4" type="video/mp4"></video>')).toBe(
      '<p><video poster="https://blog.example/p.jpg" controls><source src="https://blog.example/m.mp4" type="video/mp4"><a href="https://blog.example/m.mp4">https://blog.example/m.mp4</a></video></p>',
    );
    const linked = '<video src="/m.mp4"><a href="/m.mp4">The film</a></video>';
    expect(peer(linked).match(/<a /g)).toHaveLength(1);
  });
  test('definitions and divisions become paragraphs', () => {
    expect(peer('<div>one<div>two</div>three</div><dl><dt>Term</dt><dd><p>Meaning</p></dd></dl>')).toBe(
      '<p>one</p><p>two</p><p>three</p><p>Term</p><p>Meaning</p>',
    );
  });
  test('a picture that is only here (data:) leaves its alt text', () => {
    expect(peer('<p><img src="data:image/png;base64,AA" alt="A dot"></p>')).toBe('<p>A dot</p>');
  });
});

describe('what is only for the page', () => {
  test('highlighting goes, the language stays', () => {
    expect(
      peer('<pre><code class="hljs language-ts"><span class="hljs-keyword">const</span> a = 1 &lt; 2;\n</code></pre>'),
    ).toBe('<pre><code class="language-ts">const a = 1 &lt; 2;\n</code></pre>');
  });
  test('heading ids and marks go; the first level becomes the second', () => {
    expect(peer('<h1 id="x" class="big">X <a href="#x" aria-hidden="true">#</a></h1>')).toBe('<h2>X </h2>');
  });
  test('footnotes read without jumps', () => {
    const html =
      '<p>Text<sup class="footnote-ref"><a href="#fn1" id="fnref1">[1]</a></sup></p><hr class="footnotes-sep"><section class="footnotes"><ol class="footnotes-list"><li id="fn1" class="footnote-item"><p>Note <a href="#fnref1" class="footnote-backref">↩︎</a></p></li></ol></section>';
    expect(peer(html)).toBe('<p>Text<sup>[1]</sup></p><hr><ol><li><p>Note </p></li></ol>');
  });
  test('scripts, styles, handlers, forms and drawings go', () => {
    expect(
      peer(
        '<p style="x" onclick="y">a<script>z</script><svg><text>s</text></svg></p><style>b</style><textarea>c</textarea>',
      ),
    ).toBe('<p>a</p>');
  });
  test('Mastodon classes, language and direction stay', () => {
    expect(
      peer(
        '<p lang="ar" dir="rtl"><span class="h-card mine"><a href="https://a.example/@b" class="u-url mention">@b</a></span></p>',
      ),
    ).toBe(
      '<p lang="ar" dir="rtl"><span class="h-card"><a href="https://a.example/@b" class="u-url mention">@b</a></span></p>',
    );
  });
});

test('plain prose is passed on as it is', () => {
  const html =
    '<p>One &quot;two&quot; <em>three</em> <a href="https://a.example/b?c&amp;d">x</a></p>\n<pre><code class="language-ts">a\n</code></pre>';
  expect(peer(html)).toBe(html);
});

test('a bracket that opens no tag is text', () => {
  expect(peer('<p>a</p>\n1 <')).toBe('<p>a</p><p>\n1 &lt;</p>');
});

test('what Markdown usually makes is the same by tag and by parser', () => {
  const html =
    '<h1 id="a">A</h1>\n<p>b <a href="/c/?d&amp;e">c</a> <a href="/tags/x/" class="hashtag p-category" rel="tag">#x</a></p>\n<p><img src="/m/a.png" alt="a &amp; b" width="4" height="3" loading="lazy"></p>\n<pre><code class="language-ts"><span class="hljs-keyword">if</span></code></pre>';
  expect(peer(html)).toBe(peer(`${html}<!-- for the parser -->`));
  expect(peer(html)).toContain('<h2>A</h2>');
});

const ELEMENTS =
  'p div span a em strong ul ol li table thead tr th td figure figcaption img h1 h2 pre code blockquote br hr details summary dl dt dd sup section center picture source video audio iframe script style svg math noscript q input object label b nonsense'.split(
    ' ',
  );
const ATTRIBUTES = [
  'href="/a"',
  'href="javascript:x"',
  'src="b.png"',
  "src='//c.example/d'",
  'alt="&lt;script&gt;"',
  'onclick=alert(1)',
  'class="hljs u-url language-js"',
  'style=x',
  'id=y',
  'srcset="a 2x"',
  'lang=en',
  'href="#fn1"',
  'data="x.pdf"',
];
const piece = fc.oneof(
  fc
    .tuple(fc.constantFrom(...ELEMENTS), fc.subarray(ATTRIBUTES, { maxLength: 3 }), fc.constantFrom('>', '/>', ' >'))
    .map(([name, attributes, end]) => `<${[name, ...attributes].join(' ')}${end}`),
  fc.constantFrom(...ELEMENTS).map((name) => `</${name}>`),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('<!-- c -->', '<![CDATA[x]]>', '<', '&lt;b&gt;', '&amp;', '</', '"', '\n', '<p', '<a href="'),
);
const soup = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''));

describe('whatever is written', () => {
  test('nothing runs and every address is absolute', () => {
    fc.assert(
      fc.property(soup, (html) => {
        const tags = peer(html).match(/<[a-z][^>]*>/gi) ?? [];
        for (const tag of tags) {
          expect(tag).not.toMatch(/^<(?:script|style|iframe|object|embed|form|input|svg|link|meta|base)\b/i);
          expect(tag.replace(/"[^"]*"/g, '""')).not.toMatch(/\s(?:on\w+|style|id|srcset)\b/i);
          for (const [, address] of tag.matchAll(/\s(?:href|src|poster)="([^"]*)"/g))
            expect(address).toMatch(/^(?:https?:\/\/|mailto:)/);
        }
      }),
      { numRuns: 2000 },
    );
  });
  test('twice gives what once gave', () => {
    fc.assert(
      fc.property(soup, (html) => {
        expect(peer(peer(html))).toBe(peer(html));
      }),
      { numRuns: 2000 },
    );
  });
  test('the words of well-formed prose all arrive, in order', () => {
    const word = fc.stringMatching(/^[a-zé]{1,8}$/);
    const prose = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        word,
        fc
          .tuple(
            fc.constantFrom('div', 'section', 'blockquote', 'li', 'td', 'figcaption', 'span', 'nonsense', 'center'),
            fc.array(tie('node'), { maxLength: 4 }),
          )
          .map(([name, children]) => `<${name} id="x">${children.join(' ')}</${name}>`),
      ),
    })).node;
    const words = (html: string): string[] =>
      textOfHtml(html.replaceAll('<', ' <')).replaceAll('|', ' ').split(/\s+/).filter(Boolean);
    fc.assert(
      fc.property(prose, (html) => {
        expect(words(peer(html))).toEqual(words(html));
      }),
      { numRuns: 1000 },
    );
  });
});
