import { describe, expect, test } from 'vitest';
import { buildArticle } from '../../federation/article.ts';
import { canonicalJson } from '../../federation/canonical-json.ts';
import { digestMeaning } from '../../federation/meaning.ts';
import { emitPost } from '../../federation/object-emission.ts';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { ADDRESSES, article, CAT, DEPS, GATE, note } from './sample.ts';

const CAT_URL = 'https://blog.example/media/cat.jpg';
const BASE = { image: GATE, pictures: [CAT], tags: [{ name: 'Gates', slug: 'gates' }] };
const HTML = '<p>One <a href="https://a.example/" class="u-url">two</a></p>\n<pre><code>a\n  b</code></pre>';
const document = (changes: Parameters<typeof article>[0] = {}, content = HTML): JsonObject =>
  buildArticle(article({ ...BASE, ...changes }), ADDRESSES, content);
const digest = (object: JsonObject, files?: ReadonlyMap<string, string>): string =>
  digestMeaning(DEPS, object, files === undefined ? {} : { files }).digest;

describe('what peers display changes the digest', () => {
  test.each([
    ['title', document({ title: 'Other' })],
    ['text', document({}, HTML.replace('One', 'Two'))],
    ['a link', document({}, HTML.replace('a.example', 'b.example'))],
    ['spaces in code', document({}, HTML.replace('  b', ' b'))],
    ['warning', document({ contentWarning: 'W' })],
    ['sensitive', document({ sensitive: true })],
    ['teaser', document({ description: 'D', teaser: true })],
    ['page', document({ path: '/posts/other/' })],
    ['tags', document({ tags: [{ name: 'Other', slug: 'gates' }] })],
    ['language', document({ language: 'de' })],
    ['alt text', document({ pictures: [{ ...CAT, alt: 'Other' }] })],
    ['a picture', document({ pictures: [] })],
    ['featured picture', document({ image: CAT })],
    ['visibility', document({ visibility: 'unlisted' })],
  ])('%s', (_, changed) => expect(digest(changed)).not.toBe(digest(document())));

  test('the file of a picture under the same address', () => {
    const before = digest(document(), new Map([[CAT_URL, 'a']]));
    expect(digest(document(), new Map([[CAT_URL, 'b']]))).not.toBe(before);
    expect(digest(document(), new Map([[CAT_URL, 'a']]))).toBe(before);
  });
});

describe('what they do not display leaves it', () => {
  test.each<readonly [string, JsonObject]>([
    ['times', document({ published: '2026-01-01T00:00:00Z', updated: '2026-02-01T00:00:00Z' })],
    ['source', document({ markdown: 'Other' })],
    ['whitespace between and inside blocks', document({}, HTML.replace('</p>\n', '</p>').replace('One ', 'One\n'))],
    [
      'order of attributes',
      document({}, HTML.replace('href="https://a.example/" class="u-url"', 'class="u-url"  href="https://a.example/"')),
    ],
    [
      'counts',
      buildArticle(article(BASE), ADDRESSES, HTML, { counts: { replies: 3, quotes: 1, likes: 4, boosts: 5 } }),
    ],
    ...(['anyone', 'followers', 'ask', 'nobody'] as const).map(
      (quotes) => [`quotes: ${quotes}`, buildArticle(article(BASE), ADDRESSES, HTML, { quotes })] as const,
    ),
    ['order of members', Object.fromEntries(Object.entries(document()).reverse())],
    ['the order of tags of one name', document({ tags: [{ name: 'Gates', slug: 'elsewhere' }] })],
    ['size of a picture', document({ pictures: [{ ...CAT, width: 9, height: 9 }] })],
  ])('%s', (_, changed) => expect(digest(changed)).toBe(digest(document())));
});

/** As they lie in the ledgers of blogs that were published when nobody could quote yet. */
const TOLD = {
  article: ['ead4e13aa5294cb0', article()],
  'article with everything': [
    'd309ef7219554254',
    article({ ...BASE, description: 'D', teaser: true, contentWarning: 'W', language: 'de' }),
  ],
  note: ['5d1cd775f07e739c', note()],
  'unlisted article': ['09a1de4255f7d299', article({ visibility: 'unlisted' })],
  'unlisted note': ['ffdb89d9f82b661f', note({ visibility: 'unlisted', pictures: [CAT] })],
} as const;

describe.each(Object.entries(TOLD))('an upgrade or a changed rule tells nothing of an old %s:', (_, [told, post]) => {
  test.each(['anyone', 'followers', 'ask', 'nobody'] as const)('quotes: %s', (quotes) => {
    const counts = { replies: 1, quotes: 2, likes: 3, boosts: 4 };
    for (const options of [{ quotes }, { quotes, counts }])
      expect(emitPost(DEPS, ADDRESSES, post, options).entry.digest.slice(0, 16)).toBe(told);
  });
});

test('the digest of the body is the same for another page, and for nothing else', () => {
  const body = (object: JsonObject) => digestMeaning(DEPS, object).bodyDigest;
  expect(body(document({ path: '/posts/other/', key: 'other', source: 'posts/other.md' }))).toBe(body(document()));
  expect(body(document({ title: 'Other' }))).not.toBe(body(document()));
  expect(body(document({}, HTML.replace('One', 'Two')))).not.toBe(body(document()));
});

test('canonical JSON depends on the value alone (RFC 8785 §3.2.3)', () => {
  const value = { '\u20ac': 1, '\r': [true, null, 'é"'], '1': { b: 1, a: 2 } };
  expect(canonicalJson(value)).toBe('{"\\r":[true,null,"é\\""],"1":{"a":2,"b":1},"€":1}');
});
