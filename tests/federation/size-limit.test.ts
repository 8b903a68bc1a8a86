import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildCreate, buildUpdate } from '../../federation/activities.ts';
import { addressesOf } from '../../federation/addresses.ts';
import { buildArticle } from '../../federation/article.ts';
import { splitContext } from '../../federation/contexts.ts';
import { cutHtml } from '../../federation/html-cut.ts';
import { emitPost } from '../../federation/object-emission.ts';
import {
  ACTIVITY_LIMIT,
  DOCUMENT_LIMIT,
  EMBEDDED_LIMIT,
  limitDocument,
  limitObject,
  utf8Length,
} from '../../federation/size-limit.ts';
import { ADDRESSES, article, CAT, DEPS } from './sample.ts';

const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
const paragraphs = (count: number): string => `<p>${'gate '.repeat(18)}</p>\n`.repeat(count);
const object = (content: string, markdown = 'm') =>
  splitContext(buildArticle(article({ markdown }), ADDRESSES, content)).rest;

describe('an object goes as whole as it fits', () => {
  const small = object(paragraphs(10), 'm'.repeat(500));
  const full = bytes(small);
  test.each([
    [0, 'none'],
    [1, 'source'],
    [530, 'source'],
    [600, 'content-map'],
    [1600, 'content'],
  ])('%i bytes too long → without %s', (over, degradation) => {
    const limited = limitObject(small, { maxBytes: full - over });
    expect(limited.degradation).toBe(degradation);
    expect(utf8Length(limited.json)).toBeLessThanOrEqual(full - over);
    expect(JSON.parse(limited.json)).toEqual(limited.object);
  });
  test('the language moves to nameMap with the text', () => {
    const { object: limited } = limitObject(small, { maxBytes: full - 600 });
    expect(limited).toMatchObject({ nameMap: { en: 'The first gate' } });
    expect(limited).not.toHaveProperty('contentMap');
  });
  test('cut text ends with a link to the page', () => {
    const { object: limited } = limitObject(small, { maxBytes: full - 1700 });
    const content = typeof limited === 'string' ? '' : String(limited.content);
    expect(content).toMatch(/<\/p>\n?<p>… <a href="https:\/\/blog\.example\/posts\/first\/">/);
  });
  test('at last the bare id', () => {
    expect(limitObject(small, { maxBytes: 100 })).toMatchObject({ object: small.id, degradation: 'object' });
  });
  test('a text that was given is not written again', () => {
    const json = 'as given';
    expect(limitObject(small, { maxBytes: 1000, json }).json).toBe(json);
  });
});

describe('trap 11: no activity is over 60 KiB (Misskey takes 64)', () => {
  const long = addressesOf(`https://${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.example:65535`);
  const post = (content: string, alt = '') => buildArticle(article({ pictures: [{ ...CAT, alt }] }), long, content);
  test.each([
    ['ASCII', '<p>x</p>'.repeat(20_000)],
    ['three bytes to a letter', '<p>門</p>'.repeat(8_000)],
    ['short in letters, long in bytes', `<p>${'門'.repeat(15_000)}</p>`],
    ['four bytes to a letter', `<p>${'🚪'.repeat(40_000)}</p>`],
    ['much to escape', `<pre>${'"\n'.repeat(40_000)}</pre>`],
    ['just under', `<p>${'x'.repeat(28_500)}</p>`],
    ['just over', `<p>${'x'.repeat(29_500)}</p>`],
  ])('%s', (_, content) => {
    const told = { document: post(content), digest: 'd' };
    const create = buildCreate(DEPS, long, told);
    const update = buildUpdate(DEPS, long, told, {
      published: '2026-03-01T09:00:00Z',
      updated: '2026-03-01T09:00:00Z',
      revision: 1,
    });
    for (const { json } of [create, update]) {
      expect(bytes(json)).toBeLessThanOrEqual(ACTIVITY_LIMIT);
      expect(json.object).toHaveProperty('content');
    }
  });
  test('an alt text longer than all that → the object goes without the picture', () => {
    const told = { document: post('<p>x</p>', 'a'.repeat(70_000)), digest: 'd' };
    expect(buildCreate(DEPS, long, told).json.object).toMatchObject({ content: '<p>x</p>' });
    expect(buildCreate(DEPS, long, told).json.object).not.toHaveProperty('attachment');
  });
  test('a title longer than all that → the object goes as its id', () => {
    const document = buildArticle(article({ title: 'a'.repeat(70_000) }), ADDRESSES, '<p>x</p>');
    expect(buildCreate(DEPS, long, { document, digest: 'd' }).json.object).toBe(document.id);
  });
});

describe('2,000 pictures or tags', () => {
  const pictures = Array.from({ length: 2_000 }, (_, n) => ({ ...CAT, path: `/media/${n}.jpg`, alt: `門 ${n}` }));
  const tags = Array.from({ length: 2_000 }, (_, n) => ({ name: `門の${n}`, label: `${n}`, slug: `tag-${n}` }));
  const text = `<p>${'gate '.repeat(20)}</p>`;

  test.each([
    ['pictures', { pictures }, 'attachment'],
    ['tags', { tags }, 'tag'],
    ['both, and a long text', { pictures, tags, html: text.repeat(4_000) }, 'attachment'],
  ])('%s → an object in the document and in the activity, with the first of them', (_case, changes, list) => {
    const { file, create } = emitPost(DEPS, ADDRESSES, article({ html: text, ...changes }));
    const { object } = JSON.parse(create);
    const document = JSON.parse(file.json);
    for (const [given, limit] of [
      [document, DOCUMENT_LIMIT + 1_024],
      [object, EMBEDDED_LIMIT],
    ] as const) {
      expect(bytes(given)).toBeLessThanOrEqual(limit);
      expect(given.content).toContain(text);
      expect(given[list].length).toBeGreaterThan(10);
      expect(given[list][0]).toMatchObject(list === 'tag' ? { name: '#門の0' } : { name: '門 0' });
    }
    expect(document['@context']).toBeDefined();
    expect(document[list].length).toBeGreaterThan(object[list].length);
    expect(buildCreate(DEPS, ADDRESSES, { document, digest: 'd' }).json.object).toHaveProperty('content');
  });

  test('a text that fits beside them stays whole, without a link after it', () => {
    const limited = limitDocument(splitContext(buildArticle(article({ pictures }), ADDRESSES, text)).rest, {
      maxBytes: DOCUMENT_LIMIT,
    });
    expect(limited).toMatchObject({ degradation: 'lists', object: { content: text } });
  });

  test('a title larger than the limit → the document is an object all the same', () => {
    const { file, create } = emitPost(DEPS, ADDRESSES, article({ title: 'a'.repeat(300_000) }));
    expect(JSON.parse(file.json)).toMatchObject({
      type: 'Article',
      id: `${ADDRESSES.origin}/ap/posts/first.json`,
    });
    expect(JSON.parse(create).object).toBe(`${ADDRESSES.origin}/ap/posts/first.json`);
  });
});

describe('cutting HTML', () => {
  const block = fc.letrec<{ block: string }>((tie) => ({
    block: fc.oneof(
      { maxDepth: 3 },
      fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => `<p>${text.replace(/[&<>]/g, '&amp;')}</p>`),
      fc.array(tie('block'), { maxLength: 4 }).map((items) => `<ul><li>${items.join('</li><li>')}</li></ul>`),
      fc.constantFrom('<hr>', '<p>a<br>b &amp; c</p>', '<p><img src="https://a.example/" alt="x"></p>'),
    ),
  })).block;
  const html = fc.array(block, { maxLength: 8 }).map((blocks) => blocks.join('\n'));

  test('what is left is within the limit, and every element in it is closed', () => {
    fc.assert(
      fc.property(html, fc.nat(400), (text, limit) => {
        const cut = cutHtml(text, limit);
        expect(cut.length).toBeLessThanOrEqual(limit);
        for (const name of ['p', 'ul', 'li']) {
          expect(cut.split(`<${name}>`).length).toBe(cut.split(`</${name}>`).length);
        }
        expect(cut).not.toMatch(/<[^>]*$|[\ud800-\udbff](?![\udc00-\udfff])/);
      }),
      { numRuns: 1000 },
    );
  });
});

test('utf8Length counts as an encoder does', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(utf8Length(text)).toBe(Buffer.byteLength(text));
    }),
  );
  expect(utf8Length('\ud83d')).toBe(3);
});
