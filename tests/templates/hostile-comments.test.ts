import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RichNode } from '../../federation/rich-text.ts';
import { renderComments } from '../../templates/comments.ts';
import { author, content, favour, reply } from '../federation/thread-samples.ts';
import { show, viewOf } from './comments-view.ts';
import { elements, named, readHtml } from './read-html.ts';

describe('hostile replies', () => {
  const BAD = [
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '</article></section><script>alert(1)</script>',
    '<!--',
    '</details>',
    '\u202Eevil\u2066',
    ':a:"><b>:',
    '\u0000',
    '&lt;script&gt;',
    'x'.repeat(5000),
  ];
  const URLS = [
    'javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'https://u:p@far.example/',
    'https://far.example/"onclick="alert(1)',
    '//far.example/',
    '',
    'https://far.example/<script>',
  ];
  const bad = fc.oneof(fc.constantFrom(...BAD), fc.string({ unit: 'binary', maxLength: 30 }));
  const url = fc.oneof(fc.constantFrom(...URLS), bad);
  const emojis = fc.array(fc.record({ shortcode: bad, icon: url }), { maxLength: 3 });
  const { node } = fc.letrec<{ node: RichNode }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      bad,
      fc.record({
        tag: fc.constantFrom('p', 'a', 'script', 'img', 'iframe', 'li', 'br') as fc.Arbitrary<'p'>,
        href: url,
        onclick: bad,
        children: fc.array(tie('node'), { maxLength: 3 }),
      }),
    ),
  }));
  const said = fc.record({
    text: fc.array(node, { maxLength: 3 }),
    title: bad,
    contentWarning: bad,
    sensitive: fc.boolean(),
    language: bad,
    published: fc.oneof(fc.constant('2026-11-02T10:00:00Z'), bad),
    updated: bad,
    url,
    emojis,
    attachments: fc.array(fc.record({ url, alt: bad }), { maxLength: 2 }),
  });
  const somebody = fc.record({
    actor: fc.constant(author('amy').actor),
    name: bad,
    handle: bad,
    url,
    avatar: url,
    emojis,
    at: fc.constant('2026-11-01T00:00:00Z'),
  });

  const ELEMENTS = new Set(
    'section h2 h3 p a div ol ul li article header span bdi strong details summary time img br'.split(' '),
  );
  const ATTRIBUTES = new Set(
    `class id aria-labelledby aria-label aria-hidden aria-live lang dir tabindex href rel data-id data-comments data-new-one data-new-many
     data-changed datetime src alt title width height loading decoding`.split(/\s+/),
  );

  it('never add an element, an attribute, or an address that is not the web’s', () => {
    fc.assert(
      fc.property(said, somebody, bad, (says, who, id) => {
        const items = [
          reply('a', { content: says, id: `https://far.example/${id}` }),
          reply('b', { content: says, kind: 'quote' }),
          favour('like', 'amy', { emoji: { text: id, icon: who.avatar } }),
          favour('like', 'amy', { id: 'other' }),
          favour('boost', 'amy'),
        ];
        const html = renderComments(viewOf(items, { mediaPath: (url) => `/ap/media/${url.length}` }, [who]));
        const all = elements(readHtml(html), () => true);
        for (const { name, attribs } of all) {
          expect(ELEMENTS).toContain(name);
          for (const attribute of Object.keys(attribs)) expect(ATTRIBUTES).toContain(attribute);
          if (attribs.href !== undefined) expect(attribs.href).toMatch(/^(https?:\/\/|\/ap\/comments\/)/i);
          if (attribs.src !== undefined) expect(attribs.src).toMatch(/^\/ap\/media\/\d+$/);
          if (name === 'a' && /^h/i.test(attribs.href ?? '')) expect(attribs.rel).toBe('nofollow noopener ugc');
        }
        expect(all.filter(({ name }) => name === 'article')).toHaveLength(2);
        expect(all.filter(({ name }) => name === 'section')).toHaveLength(1);
      }),
      { numRuns: 500 },
    );
  });

  it('a text of nothing but emoji loads a bounded number of pictures', () => {
    const party = { shortcode: 'p', icon: 'https://cdn.example/p.png' };
    const text = [{ tag: 'p' as const, children: [':p:'.repeat(5000)] }];
    const document = show([reply('a', { content: content({ text, emojis: [party] }) })], { avatars: 'hide' });
    expect(named(document, 'img')).toHaveLength(100);
  });
});
