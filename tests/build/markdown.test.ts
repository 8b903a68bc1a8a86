import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMarkdown } from '../../build/markdown.ts';

const markdown = createMarkdown();
const render = (body: string): string => markdown.render(markdown.parse(body, { name: 'key', hashtags: true })).trim();
const hashtags = (body: string): readonly string[] => markdown.parse(body, { name: 'key', hashtags: true }).hashtags;

describe('hashtags in text', () => {
  test('#tag → a link to its page', () => {
    expect(render('Some #StaticSite.')).toBe(
      '<p>Some <a href="/tags/staticsite/" class="hashtag p-category" rel="tag">#StaticSite</a>.</p>',
    );
  });

  test.each([
    ['at the start', '#one two', ['one']],
    ['in brackets, quotes and emphasis', '(#one) "#two" **#three** _#four_', ['one', 'two', 'three', 'four']],
    ['with an underscore', '#snake_case', ['snake_case']],
    ['in other scripts', '#日本語 #Müller #привет', ['日本語', 'Müller', 'привет']],
    ['in a heading', '## About #one', ['one']],
    [
      'in a list, a quotation, a table and a footnote',
      '- #a1\n\n> #b1\n\n| #c1 |\n|---|\n| #d1 |\n\nx[^1]\n\n[^1]: #e1',
      ['a1', 'b1', 'c1', 'd1', 'e1'],
    ],
    ['after inline HTML', '<b>#one</b>', ['one']],
  ])('%s', (_, body, found) => {
    expect([...hashtags(body)].sort()).toEqual([...found].sort());
  });

  test.each([
    ['in code', '`#no` and\n\n```\n#no\n```\n\n    #no'],
    ['in a link', '[#no](https://x.example/) <a href="/">#no</a> [x][#no]\n\n[#no]: /x'],
    ['in an address', 'https://x.example/#no <https://x.example/#no> [x](/a#no) x.example/#no'],
    ['escaped', '\\#no'],
    ['inside a word', 'a#no é#no 1#no _a_#no'.replace('_a_', 'a')],
    ['of digits alone', '#1 #2024'],
    ['an entity', '&#35;no &#x23;no'],
    ['in HTML code and in a block of HTML', '<code>#no</code> <kbd>#no</kbd>\n\n<div>\n#no\n</div>'],
    ["in a picture's alternative text", '![#no](https://x.example/a.png)'],
    ['an id written for a heading', '## Part {#no}'],
  ])('not %s', (_, body) => {
    expect(hashtags(body)).toEqual([]);
    expect(render(body)).not.toContain('/tags/');
  });

  test('none where the caller does not ask for them', () => {
    expect(markdown.render(markdown.parse('#tag', { name: 'x', hashtags: false }))).toBe('<p>#tag</p>\n');
  });

  test('never within code, a link or a tag, whatever surrounds them', () => {
    const piece = fc.constantFrom(
      '#tag',
      '`#code`',
      '[#in](/x)',
      '\n\n',
      ' ',
      '<b>',
      '</b>',
      '`',
      '*',
      '\\',
      '~~~\n',
      '<a href="/#x">',
      '</a>',
      '# ',
      'w',
      '#',
      '![#alt](/a)',
      '<!-- #c -->',
      '&#35;',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const html = render(pieces.join(''));
        for (const code of html.matchAll(/<code[^>]*>([\s\S]*?)<\/code>/g))
          expect(code[1]).not.toContain('class="hashtag');
        expect(html).not.toMatch(/<a [^>]*>(?:(?!<\/a>)[\s\S])*<a [^>]*class="hashtag/);
        expect(html).not.toMatch(/alt="[^"]*\/tags\//);
      }),
      { numRuns: 1500 },
    );
  });
});

describe('structure', () => {
  test('headings get an id from their text, each once; {#id} sets it', () => {
    expect(render('## A `b` c\n\n## A b c\n\n### Ünïcode\n\n## X {#own}')).toBe(
      '<h2 id="a-b-c">A <code>b</code> c</h2>\n<h2 id="a-b-c-2">A b c</h2>\n<h3 id="uenicode">Ünïcode</h3>\n<h2 id="own">X</h2>',
    );
  });

  test('a picture alone with a title → a figure, the title as its caption', () => {
    expect(render('![alt](https://x.example/a.png "A <b> & c")')).toBe(
      '<figure><img src="https://x.example/a.png" alt="alt"><figcaption>A &lt;b&gt; &amp; c</figcaption></figure>',
    );
    expect(render('![alt](https://x.example/a.png)')).toBe('<p><img src="https://x.example/a.png" alt="alt"></p>');
  });

  test('code in a known language is coloured by classes, in another only escaped', () => {
    expect(render('```js\nconst x = "<";\n```')).toContain('<span class="hljs-keyword">const</span>');
    expect(render('```nonsense\n<x>\n```')).toBe('<pre><code class="language-nonsense">&lt;x&gt;\n</code></pre>');
  });

  test('footnotes carry the name of the post, so that two posts can share a page', () => {
    expect(render('x[^1]\n\n[^1]: y')).toContain('<a href="#fn-key-1" id="fnref-key-1">');
  });

  test('bare https addresses are links, words with dots are not; quotes stay straight', () => {
    expect(render('https://x.example and readme.md and x.example "q"')).toBe(
      '<p><a href="https://x.example">https://x.example</a> and readme.md and x.example &quot;q&quot;</p>',
    );
  });

  test('a link is encoded as CommonMark has it', () => {
    expect(render('[a](/ü?x=[1]) [b](https://münchen.example/) [c](javascript:alert(1))')).toBe(
      '<p><a href="/%C3%BC?x=%5B1%5D">a</a> <a href="https://xn--mnchen-3ya.example/">b</a> [c](javascript:alert(1))</p>',
    );
  });
});

describe('references', () => {
  test('pictures and links come with their lines', () => {
    const { pictures, links } = markdown.parse(
      'one\ntwo ![a *b*](x.png)\nthree [l](y.md)\n\n<p>\n<img alt=\'c "d"\' src="z &amp; w.png">\n</p>',
      { name: 'x', hashtags: true },
    );
    expect(pictures.map(({ src, alt, line }) => [src, alt, line])).toEqual([
      ['x.png', 'a b', 2],
      ['z & w.png', 'c "d"', 6],
    ]);
    expect(links.map(({ href, line }) => [href, line])).toEqual([['y.md', 3]]);
  });

  test('a picture shown gets its address, size and lazy loading; HTML keeps the size it names', () => {
    const parsed = markdown.parse('![a](x.png)\n<img src="x.png"> <img width="5" src=x.png />', {
      name: 'x',
      hashtags: true,
    });
    for (const picture of parsed.pictures) picture.show({ src: '/media/a"b.png', width: 3, height: 2 });
    expect(markdown.render(parsed)).toBe(
      '<p><img src="/media/a&quot;b.png" alt="a" width="3" height="2" loading="lazy">\n<img src="/media/a&quot;b.png" width="3" height="2" loading="lazy"> <img width="5" src="/media/a&quot;b.png" loading="lazy"/></p>\n',
    );
  });

  test('no text makes it throw', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (body) => {
        expect(typeof render(body)).toBe('string');
      }),
    );
  });
});
