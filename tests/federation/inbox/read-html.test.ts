import fc from 'fast-check';
import { Parser } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { htmlTokens } from '../../../federation/inbox/html-tokens.ts';
import { MAX_HTML, readRichText } from '../../../federation/inbox/read-html.ts';
import { MAX_TEXT } from '../../../federation/inbox/rich-tree.ts';
import {
  isWebUrl,
  plainRichText,
  RICH_TAGS,
  type RichNode,
  type RichText,
  renderRichText,
} from '../../../federation/rich-text.ts';

const REL = ' rel="nofollow noopener ugc"';

function written(html: string): string {
  return renderRichText(readRichText(html));
}

describe('what peers write', () => {
  it.each<[string, string, string]>([
    ['text', 'hello', 'hello'],
    ['paragraphs', '<p>a<br>b</p><p>c</p>', '<p>a<br>b</p><p>c</p>'],
    ['paragraphs that are not closed', '<p>a<p>b', '<p>a</p><p>b</p>'],
    [
      'emphasis',
      '<b>a</b><strong>b</strong><i>c</i><em>d</em>',
      '<strong>a</strong><strong>b</strong><em>c</em><em>d</em>',
    ],
    ['headings', '<h1>A <i>b</i></h1>c', '<p><strong>A <em>b</em></strong></p>c'],
    ['lists', '<ul><li>a<li>b<ol><li>c</ol></ul>', '<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>'],
    ['text in a list', '<ul> a <li>b</ul>', '<ul><li> a </li><li>b</li></ul>'],
    ['an item without a list', '<li>a</li>', '<p>a</p>'],
    ['code', '<pre><code>a\n  &lt;b&gt;</code></pre>', '<pre><code>a\n  &lt;b&gt;</code></pre>'],
    ['a quotation', '<p>a<blockquote>b</blockquote>', '<p>a</p><blockquote>b</blockquote>'],
    ['blocks of other kinds', '<div>a</div><section>b</section>c', 'a<br>b<br>c'],
    ['tables', '<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>', 'a b<br>c'],
    ['crossed tags', '<b>a<i>b</b>c</i>', '<strong>a<em>b</em></strong>c'],
    ['end tags of nothing', '</p></b></ul>a', 'a'],
    ['a picture', '<img src="https://x.test/" alt=":blob:"> hi', ':blob: hi'],
    ['nothing in elements', '<p></p><p><b></b></p>a<br> <br>', 'a'],
    ['entities', '&amp;lt; &eacute;&#233;&#xe9; &hellip; &bogus; &', '&amp;lt; ééé … &amp;bogus; &amp;'],
    ['numbers of nothing', '&#0;&#xd800;&#9999999;', '\ufffd\ufffd\ufffd'],
    ['comparisons', '1 < 2 <3 > a<', '1 &lt; 2 &lt;3 &gt; a&lt;'],
    [
      'a link of Mastodon, in full',
      '<a href="https://x.test/abc"><span class="invisible">https://</span><span class="ellipsis">x.test/a</span><span class="invisible">bc</span></a>',
      `<a href="https://x.test/abc"${REL}>https://x.test/abc</a>`,
    ],
    [
      'a mention of GoToSocial',
      '<p><span class="h-card"><a href="https://blog.test/" class="u-url mention">@<span>blog</span></a></span> hi</p>',
      `<p><a href="https://blog.test/"${REL}>@blog</a> hi</p>`,
    ],
    [
      'an address with entities',
      '<a href="https://x.test/?a=1&amp;b=2">x</a>',
      `<a href="https://x.test/?a=1&amp;b=2"${REL}>x</a>`,
    ],
    [
      'a link in a link',
      '<a href="https://x.test/">a<a href="https://y.test/">b</a>',
      `<a href="https://x.test/"${REL}>a</a><a href="https://y.test/"${REL}>b</a>`,
    ],
    [
      'a link in a paragraph of a link',
      '<a href="https://x.test/"><p>a<a href="https://y.test/">b</a></p></a>',
      `<a href="https://x.test/"${REL}><p>ab</p></a>`,
    ],
    ['snac', 'reply <b>&</b> more<br>', 'reply <strong>&amp;</strong> more'],
  ])('%s', (_what, html, expected) => {
    expect(written(html)).toBe(expected);
  });
});

describe('what must not get through', () => {
  it.each<[string, string, string]>([
    ['scripts', 'a<script>alert(1)</script>b', 'ab'],
    ['scripts in capitals, with a space', 'a<SCRIPT >x</ScRiPt\n>b', 'ab'],
    ['a script that is not closed', 'a<script>b', 'a'],
    ['an end tag that only begins alike', 'a<script></scripty>b</script>c', 'ac'],
    ['styles', '<style>p{}</style>a', 'a'],
    ['drawings', 'a<svg><script>x</script><a href="https://x.test/">y</a></svg>b', 'ab'],
    [
      'the second writing of a formula',
      '<math><mi>x</mi><annotation encoding="application/x-tex">x</annotation></math>',
      'x',
    ],
    ['drawings in drawings', 'a<svg><svg></svg>b</svg>c', 'ac'],
    ['frames', 'a<iframe src="https://x.test/">b</iframe>c', 'ac'],
    ['comments', 'a<!-- <b>x</b> -->b<!-->c<!--d', 'abc'],
    ['declarations', '<!doctype html><?php x ?>a', 'a'],
    ['handlers', '<p onclick="x" style="y" class="z" id="w">a</p>', '<p>a</p>'],
    ['javascript: in links', '<a href="javascript:alert(1)">a</a>', 'a'],
    ['javascript: in entities', '<a href="&#106;avascript:alert(1)">a</a>', 'a'],
    ['javascript: with a tab', '<a href="java\tscript:alert(1)">a</a>', 'a'],
    ['data: in links', '<a href="data:text/html,x">a</a>', 'a'],
    ['relative links', '<a href="/x">a</a><a href="//x.test/">b</a>', 'ab'],
    ['links with a password', '<a href="https://blog.test@evil.test/">a</a>', 'a'],
    ['the second of two addresses', '<a href="x" href="https://x.test/">a</a>', 'a'],
    [
      'quotes that end an attribute',
      '<a href="https://x.test/&quot; onclick=&quot;x">a</a>',
      `<a href="https://x.test/&quot; onclick=&quot;x"${REL}>a</a>`,
    ],
    ['a tag that is cut off', 'a<b', 'a'],
    ['a quotation mark that is cut off', 'a<a href="https://x.test/>b</a>', 'a'],
    ['a tag in an attribute', '<p title="><script>x</script>">a</p>', '<p>a</p>'],
    ['markup in an alt text', '<img alt="<script>x</script>">', '&lt;script&gt;x&lt;/script&gt;'],
    ['markup in entities', '&lt;script&gt;x&lt;/script&gt;', '&lt;script&gt;x&lt;/script&gt;'],
    ['controls', 'a\u0000\u001b[31mb\u0085c', 'a[31mbc'],
    ['turned text', 'a\u202eb\u202dc', 'abc'],
    ['half a character', 'a\ud83db', 'ab'],
  ])('%s', (_what, html, expected) => {
    expect(written(html)).toBe(expected);
  });

  it('is not even stored', () => {
    expect(readRichText('<a href="javascript:alert(1)">a</a>')).toEqual(['a']);
  });
});

describe('any string at all', () => {
  const pieces = fc.constantFrom(
    ...['<', '>', '</', '/>', '<!--', '-->', '<!', '<?', '&', '&#', ';', '"', "'", '=', ' ', '\n', 'a', 'x', '\u0000'],
    ...[
      '<p>',
      '</p>',
      '<b>',
      '</b>',
      '<i',
      '<ul>',
      '</ul>',
      '<li>',
      '<a href="https://x.test/">',
      '<a href=javascript:x>',
      '</a>',
    ],
    ...[
      '<pre>',
      '<blockquote>',
      '</blockquote>',
      '<h1>',
      '</h1>',
      '<br>',
      '<div>',
      '</div>',
      '<script>',
      '</script>',
      '<svg>',
    ],
    ...['</svg>', '<img alt="', '<td>', ' onclick=x', ' href="', '&lt;', '&#x3c;', '&quot;', '\ud83d', '\u202e', 'é'],
  );
  const html = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(pieces, { maxLength: 60 }).map((all) => all.join('')),
  );

  it('→ known elements and attributes alone', () => {
    fc.assert(
      fc.property(html, (text) => {
        for (const { name, attributes } of elementsOf(written(text))) {
          expect(RICH_TAGS).toContain(name);
          if (name !== 'a') expect(attributes).toEqual({});
          else expect(attributes).toEqual({ href: expect.any(String), rel: 'nofollow noopener ugc' });
          if (name === 'a') expect(isWebUrl(attributes.href)).toBe(true);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('→ rich text within its bounds, which is read again as itself', () => {
    fc.assert(
      fc.property(html, (text) => {
        const rich = readRichText(text);
        expect(depthOf(rich)).toBeLessThanOrEqual(17);
        expect(JSON.parse(JSON.stringify(rich))).toEqual(rich);
        expect(plainRichText(readRichText(renderRichText(rich)))).toBe(plainRichText(rich));
      }),
      { numRuns: 3_000 },
    );
  });

  it('→ in lists nothing but items, in paragraphs no blocks, in links no links', () => {
    fc.assert(
      fc.property(html, (text) => {
        expect(misplaced(readRichText(text))).toEqual([]);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('hostile sizes', () => {
  it('deep → 16 levels, and all of its text', () => {
    const rich = readRichText(`${'<b><blockquote>'.repeat(2_000)}x`);
    expect(depthOf(rich)).toBe(17);
    expect(plainRichText(rich)).toBe('x');
  });

  it('long → its first 16,384 characters, and a sign that there were more', () => {
    expect(plainRichText(readRichText('x'.repeat(1_000_000)))).toBe(`${'x'.repeat(MAX_TEXT)}…`);
    expect(plainRichText(readRichText('x'.repeat(MAX_TEXT)))).toHaveLength(MAX_TEXT);
    const split = plainRichText(readRichText(`x${'😀'.repeat(MAX_TEXT)}`));
    expect(split).toBe(`x${'😀'.repeat(MAX_TEXT / 2 - 1)}…`);
  });

  it('long addresses → as many as there is room for', () => {
    const link = `<a href="https://e.test/${'a'.repeat(2_000)}">x</a>`;
    expect(JSON.stringify(readRichText(link.repeat(25))).length).toBeLessThan(MAX_TEXT + 4_096);
  });

  it('much HTML for little text → its first 50 KiB', () => {
    expect(readRichText(`${'<!-- -->'.repeat(MAX_HTML)}x`)).toEqual([]);
  });

  it('many elements → the first 2,000', () => {
    expect(readRichText('<p>x</p>'.repeat(6_000)).length).toBeLessThanOrEqual(2_000);
  });

  it.each<[string, string]>([
    ['tags that are not closed', '<a href="'],
    ['attributes', '<a b='],
    ['angles', '<'],
    ['comments', '<!--'],
    ['bogus comments', '<!'],
    ['end tags', '</'],
    ['raw text', '<script></scrip'],
    ['raw text, nearly closed', '<script></script'],
    ['entities', '&#'],
    ['entities with names', '&abcdefgh'],
    ['spaces in tags', '<a '],
    ['quotes', `"'`],
    ['equals', '<a ===='],
  ])('each character of %s is read a bounded number of times', (_what, piece) => {
    expect(reads(piece, 20_000)).toBeLessThan(reads(piece, 10_000) * 2.5 + 1_000);
  });
});

/** How many characters the tokenizer asks for: it asks by these methods alone, but for slices of what it has read. */
function reads(piece: string, length: number): number {
  let count = 0;
  const text = piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
  const original = { charCodeAt: String.prototype.charCodeAt, indexOf: String.prototype.indexOf };
  String.prototype.charCodeAt = function charCodeAt(this: string, at: number) {
    count += 1;
    return original.charCodeAt.call(this, at);
  };
  String.prototype.indexOf = function indexOf(this: string, mark: string, from = 0) {
    const found = original.indexOf.call(this, mark, from);
    count += (found < 0 ? this.length : found) - from + 1;
    return found;
  };
  try {
    for (const token of htmlTokens(text)) if (token.type === 'text') count += token.text.length;
  } finally {
    Object.assign(String.prototype, original);
  }
  return count;
}

function elementsOf(html: string): { name: string; attributes: Record<string, string> }[] {
  const found: { name: string; attributes: Record<string, string> }[] = [];
  const parser = new Parser({ onopentag: (name, attributes) => void found.push({ name, attributes }) });
  parser.end(html);
  return found;
}

function depthOf(nodes: RichText): number {
  const depths = nodes.map((node) => (typeof node === 'string' ? 1 : 1 + depthOf(node.children)));
  return Math.max(0, ...depths);
}

const BLOCKS = ['p', 'pre', 'blockquote', 'ul', 'ol', 'li'];

function misplaced(nodes: RichText, inside: readonly string[] = []): RichNode[] {
  return nodes.flatMap((node) => {
    if (typeof node === 'string') return [];
    const isList = node.tag === 'ul' || node.tag === 'ol';
    const strangers = isList ? node.children.filter((each) => typeof each === 'string' || each.tag !== 'li') : [];
    const isBlockInParagraph = inside.includes('p') && BLOCKS.includes(node.tag);
    const isLinkInLink = inside.includes('a') && node.tag === 'a';
    const inner = misplaced(node.children, [...inside, node.tag]);
    return [...(isBlockInParagraph || isLinkInLink ? [node] : []), ...strangers, ...inner];
  });
}
