import fc from 'fast-check';
import { parseDocument } from 'htmlparser2';
import { describe, expect, test } from 'vitest';
import { createMarkdown } from '../../../build/markdown.ts';
import { escapeLine, escapeMarkdown, keepOuterSpace } from '../../../scripts/import/escape-markdown.ts';
import { htmlToMarkdown, treeToMarkdown } from '../../../scripts/import/html-to-markdown.ts';

const markdown = createMarkdown();

function rendered(text: string): string {
  return markdown.render(markdown.parse(text, { name: 'x', hashtags: true }));
}

interface Node {
  readonly type: string;
  readonly name?: string;
  readonly data?: string;
  readonly attribs?: Readonly<Record<string, string>>;
  readonly children?: readonly Node[];
}

/** What a reader sees: texts, with what each is in, one after the other. */
function seen(html: string): [text: string, within: string][] {
  const found: [string, string][] = [];
  const walk = (nodes: readonly Node[], within: string): void => {
    for (const node of nodes) {
      if (node.type === 'text') {
        const text = (node.data ?? '').replace(/[ \t\r\n]+/g, ' ');
        const last = found.at(-1);
        if (last && last[1] === within) last[0] += text;
        else found.push([text, within]);
      } else {
        const { name = '', attribs = {}, children = [] } = node;
        if (name === 'br') found.push(['↵', 'br']);
        else if (/^h\d$|^(?:p|li|blockquote|pre|ul|ol)$/.test(name)) {
          found.push(['', 'block']);
          walk(children, `${within}/${name}`);
          found.push(['', 'block']);
        } else walk(children, `${within}/${name}${name === 'a' ? `(${attribs.href})` : ''}`);
      }
    }
  };
  walk(parseDocument(html).children as unknown as readonly Node[], '');
  const trimmed = found.map(([text, within], index): [string, string] => {
    const isFirst = ['block', 'br', undefined].includes(found[index - 1]?.[1]);
    const isLast = ['block', 'br', undefined].includes(found[index + 1]?.[1]);
    const start = isFirst ? text.replace(/^ +/, '') : text;
    return [isLast ? start.replace(/ +$/, '') : start, within];
  });
  return trimmed
    .filter(([text, within]) => text !== '' || within !== '')
    .filter(([, within]) => within !== 'block')
    .filter(([text]) => text !== '');
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** Letters that mean something somewhere in Markdown, between words that mean nothing. */
const nasty = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('a', 'Word', '1', '12', ' ', '  ', 'é', '漢字', '\n') },
      { weight: 4, arbitrary: fc.constantFrom(...'\\`*_{}[]()#+-.!~|<>&:=@^$\'"/?;,%'.split('')) },
      fc.constantFrom(
        '{{',
        '{%',
        '%}',
        '~~',
        '**',
        '__',
        '![',
        '](',
        '&amp;',
        '&#x',
        '1.',
        '2)',
        '- ',
        '+ ',
        '# ',
        '> ',
        '---',
        '===',
        '```',
        '~~~',
        '[^1]',
        '[^1]:',
        '[toc]',
        '[!note]',
        '<b>',
        '<!--',
        '\u00a0',
        '\u3000',
        '#tag',
        '{: .x}',
      ),
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((parts) => parts.join(''));

const inline = fc.oneof(
  { weight: 4, arbitrary: nasty.map(escaped) },
  nasty.filter((text) => /\w/.test(text)).map((text) => `<strong>w${escaped(text.trim())}w</strong>`),
  nasty.map((text) => `<a href="https://example.com/x?a=1&amp;b=(2)">w${escaped(text.trim())}w</a>`),
  fc.constant('<br>'),
);
const paragraph = fc.array(inline, { minLength: 1, maxLength: 4 }).map((parts) => `<p>w${parts.join('')}w</p>`);
const block = fc.oneof(
  { weight: 4, arbitrary: paragraph },
  fc
    .array(inline, { minLength: 1, maxLength: 2 })
    .map((parts) => `<blockquote><p>w${parts.join('')}w</p></blockquote>`),
  fc
    .array(nasty, { minLength: 1, maxLength: 3 })
    .map((items) => `<ul>${items.map((item) => `<li>w${escaped(item)}w</li>`).join('')}</ul>`),
  fc
    .array(nasty, { minLength: 1, maxLength: 3 })
    .map((items) => `<ol>${items.map((item) => `<li>w${escaped(item)}w</li>`).join('')}</ol>`),
);

describe('HTML as Markdown', () => {
  test('any text → rendered, it says the same', () => {
    fc.assert(
      // As HTML has it: what is white space there is one space, or one line end.
      fc.property(
        nasty.map((text) => text.replace(/ *\n[ \n]*/g, '\n').replace(/ +/g, ' ')),
        (text) => {
          const html = rendered(`w${keepOuterSpace(escapeMarkdown(`${text}w`))}`);
          expect(
            seen(html)
              .map(([shown]) => shown)
              .join(''),
          ).toBe(`w${text}w`.replaceAll('\n', ' '));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('paragraphs, quotes and lists of marks, links and breaks → rendered, they show the same', () => {
    fc.assert(
      fc.property(fc.array(block, { minLength: 1, maxLength: 4 }), (blocks) => {
        const html = blocks.join('');
        const text = htmlToMarkdown(html);
        expect(seen(rendered(text)), text).toEqual(seen(html));
      }),
      { numRuns: 300 },
    );
  });

  test('posts of paragraphs, line ends and links → the same the short way as by the tree', () => {
    const words = fc.oneof(
      { weight: 2, arbitrary: nasty.map(escaped) },
      nasty.map((text) => text.trim().replace(/[&<>]/g, '')),
      fc.constantFrom('Hello ', ' you', 'a &amp; b', '&lt;', '&nbsp;', '&'),
    );
    const link = fc
      .tuple(
        fc.constantFrom('https://example.com/a/b', 'https://other.example/@ann', '/x', 'javascript:x', ''),
        fc.constantFrom('', ' class="mention"', ' class="mention hashtag" rel="tag"'),
        words,
        fc.boolean(),
      )
      .map(
        ([href, rest, text, isSpan]) =>
          `<a href="${href}"${rest}>${isSpan ? `<span class="invisible">https://</span><span>${text}</span>` : text}</a>`,
      );
    const piece = fc.oneof(
      { weight: 3, arbitrary: words },
      link,
      fc.constantFrom(
        '<br>',
        '<br />',
        '<span>x</span>',
        '<span class="h-card"><a href="https://h.example/@ann" class="u-url mention">@<span>ann</span></a></span>',
        '<a href="https://e.example/tags/a" class="mention hashtag" rel="tag">#<span>a</span></a>',
      ),
    );
    const html = fc
      .array(fc.array(piece, { maxLength: 5 }), { maxLength: 3 })
      .map((all) => all.map((pieces) => `<p>${pieces.join('')}</p>`).join(''));
    const mention = (shown: string, href: string) => (href === '' ? undefined : `${shown}@host.example`);
    fc.assert(
      fc.property(html, (text) => {
        expect(htmlToMarkdown(text, { mention }), text).toBe(treeToMarkdown(text, { mention }));
      }),
      { numRuns: 500 },
    );
  });

  test('any text as HTML → no error, and the same again', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), nasty), (html) => {
        expect(htmlToMarkdown(html)).toBe(htmlToMarkdown(html));
      }),
      { numRuns: 100 },
    );
  });

  test('an address that Mastodon shows shortened → the whole address', () => {
    const html =
      '<p>See <a href="https://example.com/a/long/path?x=1" target="_blank" rel="nofollow noopener"><span class="invisible">https://</span><span class="ellipsis">example.com/a/long/pa</span><span class="invisible">th?x=1</span></a></p>';
    expect(htmlToMarkdown(html)).toBe('See <https://example.com/a/long/path?x=1>');
  });

  test('a shortened address without the hidden rest → the whole address', () => {
    expect(htmlToMarkdown('<a href="https://example.com/a/long/path">example.com/a/lon…</a>')).toBe(
      '<https://example.com/a/long/path>',
    );
  });

  test('a hashtag of Mastodon → a hashtag here; other # are no hashtags', () => {
    const html =
      '<p><a href="https://social.example/tags/Gates" class="mention hashtag" rel="tag">#<span>Gates</span></a> and #none, C#</p>';
    expect(htmlToMarkdown(html)).toBe('#Gates and \\#none, C#');
    expect(markdown.parse(htmlToMarkdown(html), { name: 'x', hashtags: true }).hashtags).toEqual(['Gates']);
  });

  test('an emoji of a server → its name', () => {
    expect(htmlToMarkdown('<p>Hi <img class="custom-emoji" alt=":wave:" src="https://social.example/w.png"></p>')).toBe(
      'Hi :wave:',
    );
  });

  test('scripts, styles and forms → left out; players → a link', () => {
    const html =
      '<p>a</p><script>alert(1)</script><style>p{}</style><form><input value="x"></form><iframe src="https://video.example/1"></iframe>';
    expect(htmlToMarkdown(html)).toBe('a\n\n<https://video.example/1>');
  });

  test('a link to a script → its words', () => {
    expect(htmlToMarkdown('<a href="javascript:alert(1)">words</a>')).toBe('words');
  });

  test('relative addresses → absolute by where the post stood', () => {
    expect(htmlToMarkdown('<a href="/x">x</a>', { baseUrl: 'https://old.example/2024/' })).toBe(
      '[x](https://old.example/x)',
    );
  });

  test('pictures that the post brings → by their name', () => {
    const options = { picture: (src: string) => (src === 'https://old.example/a%20b.png' ? 'a b (1).png' : undefined) };
    expect(htmlToMarkdown('<img src="https://old.example/a%20b.png" alt="A [gate]">', options)).toBe(
      '![A \\[gate\\]](media:a%20b%20%281%29.png)',
    );
  });

  test('words of a picture on several lines → one line', () => {
    expect(escapeLine('a\n\nb  c')).toBe('a b c');
  });
});
