import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml, escapeXml } from '../../templates/escape.ts';
import { renderPage } from '../../templates/page.ts';
import { renderPost } from '../../templates/post.ts';
import { sitePages } from '../../templates/site-pages.ts';
import { createTheme } from '../../templates/theme.ts';
import { elements, named, readHtml, readXml, textOf } from './read-html.ts';
import { article, note, page, picture, siteWith } from './site.ts';

/** Text that looks for a way out of an element or an attribute. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc
    .array(fc.constantFrom('"', "'", '<', '>', '&', '</', '-->', ']]>', '<script>', ' onerror=', '&lt;', '\n', 'a'), {
      maxLength: 12,
    })
    .map((parts) => parts.join('')),
);

const clean = (text: string) => text.replace(/\s+/g, ' ').trim();

describe('escapeHtml', () => {
  it('text comes back from a parser as it was', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const document = readXml(`<p title="${escapeXml(text)}">${escapeXml(text)}</p>`);
        const [p] = named(document, 'p');
        const kept = text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '');
        expect(p?.attribs.title).toBe(kept);
        expect(p?.children.length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('only the five characters change', () => {
    expect(escapeHtml(`a<b>&"c'ü`)).toBe('a&lt;b&gt;&amp;&quot;c&#39;ü');
    expect(escapeHtml('plain')).toBe('plain');
  });
});

describe('a hostile author', () => {
  it('title, tag, alt, warning, name and field never add an element or an attribute', () => {
    const shape = (text: string) => {
      const words = text || 'x';
      const post = article({
        title: words,
        description: words,
        tags: [{ name: 'T', label: words, slug: 't' }],
        image: picture('/media/a.png', words),
        contentWarning: words,
      });
      const about = page({ title: words, description: words });
      const theme = createTheme(
        siteWith(
          [post, note({ contentWarning: words })],
          {
            name: words,
            description: words,
            avatar: picture('/media/me.png', words),
            fields: [{ name: words, value: `${words}` }],
            rules: [words],
          },
          [about],
        ),
      );
      const pages = sitePages(theme).filter(({ path }) => path.endsWith('/') || path.endsWith('.html'));
      const html = [renderPost(theme, post), renderPage(theme, about), ...pages.map(({ render }) => render())];
      return html.map((text) =>
        elements(readHtml(text), () => true).map(({ name, attribs }) => [name, ...Object.keys(attribs)].join(' ')),
      );
    };
    const expected = shape('harmless');
    fc.assert(
      fc.property(
        hostile.filter((text) => clean(text) !== '' && !/^https?:/i.test(text)),
        (text) => {
          expect(shape(text)).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('the title is read back as it was written', () => {
    const title = `</title><script>alert("1")</script> & 'more'`;
    const post = article({ title });
    const document = readHtml(renderPost(createTheme(siteWith([post])), post));
    expect(named(document, 'h1').map(textOf)).toEqual([title]);
    const inline = named(document, 'script').filter(({ attribs, children }) => !attribs.src || children.length > 0);
    expect(inline).toEqual([]);
  });

  it('a field that is not a web address is not a link', () => {
    const theme = createTheme(siteWith([], { fields: [{ name: 'x', value: 'javascript:alert(1)' }] }));
    const home =
      sitePages(theme)
        .find(({ path }) => path === '/')
        ?.render() ?? '';
    expect(home).not.toContain('href="javascript:');
    expect(home).toContain('javascript:alert(1)');
  });
});
