import { parseDocument } from 'htmlparser2';
import { describe, expect, test } from 'vitest';
import { createMarkdown } from '../../../build/markdown.ts';
import { htmlToMarkdown, treeToMarkdown } from '../../../scripts/import/html-to-markdown.ts';

const markdown = createMarkdown();

function rendered(text: string): string {
  return markdown.render(markdown.parse(text, { name: 'x', hashtags: true }));
}

interface Node {
  readonly name?: string;
  readonly attribs?: Readonly<Record<string, string>>;
  readonly children?: readonly Node[];
}

describe('hostile HTML', () => {
  /** Names of elements and attributes that a page would have of it, and where its links lead. */
  function shownBy(html: string): string {
    const found: string[] = [];
    const walk = (nodes: readonly Node[]): void => {
      for (const { name, attribs = {}, children = [] } of nodes) {
        if (name !== undefined) found.push(name, ...Object.entries(attribs).flat());
        walk(children);
      }
    };
    walk(parseDocument(rendered(treeToMarkdown(html))).children as unknown as Node[]);
    return found.join(' ');
  }

  test.each(['<ul><li>a</li></ul>', '<h2>a</h2>', '<pre><code>a</code></pre>', '<blockquote>a</blockquote>', '<hr>'])(
    'a table that Markdown cannot have (%s) stays a table, without what its source had in it',
    (block) => {
      const shown = shownBy(
        `<table onclick="x()"><tr><th onclick="x()" colspan="2">b</th></tr><tr><td style="c">${block}<a href="javascript:x()" onclick="x()">d</a>` +
          '<script>x()</script><iframe src="javascript:x()"></iframe><img src="https://a.example/p.png" onerror="x()"></td><td></td></tr></table>',
      );
      expect(shown).not.toMatch(/on\w+|script|iframe|style/);
      expect(shown).toContain('table tr th colspan 2');
      expect(shown).toContain('https://a.example/p.png');
    },
  );

  test('a picture in such a table is one of the post', () => {
    const text = treeToMarkdown(
      '<table><tr><td><h2>a</h2><img src="https://a.example/p.png" alt="b"></td></tr></table>',
      {
        picture: () => 'p.png',
      },
    );
    expect(text).toBe('<table>\n<tr>\n<td>\n\n## a\n\n![b](media:p.png)\n\n</td>\n</tr>\n</table>');
  });

  test.each(['@<img/src=x/onerror=x()>', '@a@b.example<script>x()</script>', '@a](javascript:x())'])(
    'a mention of no name (%s) is text',
    (shown) => {
      const escaped = shown.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
      const html = `<p><a class="mention" href="https://a.example/@a">${escaped}</a></p>`;
      for (const convert of [htmlToMarkdown, treeToMarkdown]) {
        const text = rendered(convert(html, { mention: (name) => name }));
        expect(text).not.toMatch(/<(?:img|script)|"javascript/);
        expect(text).toContain('href="https://a.example/@a"');
      }
    },
  );
});
