import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildCreate, buildUpdate } from '../../federation/activities.ts';
import { addressesOf } from '../../federation/addresses.ts';
import { buildArticle } from '../../federation/article.ts';
import { splitContext } from '../../federation/contexts.ts';
import { cutHtml } from '../../federation/html-cut.ts';
import { ACTIVITY_LIMIT, limitObject, utf8Length } from '../../federation/size-limit.ts';
import { article, CAT, CONTEXT, DEPS } from './sample.ts';

const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
const paragraphs = (count: number): string => `<p>${'gate '.repeat(18)}</p>\n`.repeat(count);
const object = (content: string, markdown = 'm') =>
  splitContext(buildArticle(article({ markdown }), CONTEXT, { content })).rest;

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
  const post = (content: string, alt = '') =>
    buildArticle(article({ pictures: [{ ...CAT, alt }] }), { ...CONTEXT, addresses: long }, { content });
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
  test('an alt text longer than all that → the object goes as its id', () => {
    const told = { document: post('<p>x</p>', 'a'.repeat(70_000)), digest: 'd' };
    expect(buildCreate(DEPS, long, told).json.object).toBe(told.document.id);
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
