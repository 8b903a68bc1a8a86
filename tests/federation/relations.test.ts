import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildCreate, buildUpdate } from '../../federation/activities.ts';
import { buildActor } from '../../federation/actor.ts';
import { buildArticle } from '../../federation/article.ts';
import { splitContext } from '../../federation/contexts.ts';
import { buildNote } from '../../federation/note.ts';
import { emitPost } from '../../federation/object-emission.ts';
import { withTally } from '../../federation/question.ts';
import { withConsent } from '../../federation/quote.ts';
import type { KnownActor } from '../../federation/reference.ts';
import { DOCUMENT_LIMIT, EMBEDDED_LIMIT, limitDocument } from '../../federation/size-limit.ts';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { PUBLIC } from '../../federation/vocabulary.ts';
import { expectGolden } from './golden.ts';
import { ANN, BEA, known, NOBODY_KNOWS, OWN, WORDS } from './known.ts';
import { ADDRESSES, article, DEPS, KEYS, note, PROFILE } from './sample.ts';

const content = '<p>A <em>gate</em>.</p>';
const noted = (changes: Parameters<typeof note>[0] = {}) => buildNote(note(changes), ADDRESSES, content);
const POLL = { options: ['The north gate', 'The <south> gate'], multiple: false, ends: '2026-03-08T09:00:00Z' };
const GERMAN = {
  language: 'de',
  title: 'Das erste Tor',
  path: '/posts/das-erste-tor/',
  description: 'Über Tore.',
  html: '<p>Ein <em>Tor</em>.</p>',
};

describe('golden documents', () => {
  test('a reply that mentions', () => {
    const post = { inReplyTo: known(), mentions: [BEA, ANN], tags: [{ name: 'Gates', slug: 'gates' }] };
    expectGolden('note-reply', noted(post));
  });
  test('Question', () => expectGolden('question', noted({ poll: POLL })));
  test('Question of many answers, over, with votes', () => {
    const question = noted({ poll: { ...POLL, multiple: true }, visibility: 'unlisted' });
    const ended = withTally(question, { votes: [3], voters: 4 }, Date.parse(POLL.ends));
    expectGolden('question-ended', ended);
  });
  test('a quote with its stamp', () => {
    const stamp = 'https://peer.example/stamps/1';
    const document = noted({ quotationOf: known() });
    expectGolden('note-quote', withConsent(document, { quoted: WORDS.id, state: 'accepted', stamp }));
  });
  test('Article in two languages', () => {
    const post = article({ translations: [GERMAN], description: 'About gates.', teaser: true });
    const translations = new Map([['de', GERMAN.html]]);
    expectGolden('article-translated', buildArticle(post, ADDRESSES, { html: content, translations }));
  });
  test('an actor that moved', () => {
    expectGolden('actor-moved', buildActor({ ...PROFILE, movedTo: 'https://new.example/me' }, ADDRESSES, KEYS));
  });
});

describe('whom a post names', () => {
  const tagsOf = ({ tag }: JsonObject) => [tag ?? []].flat().map((each) => (each as JsonObject).href);

  test('the author it answers, those in its text and the author it quotes, each once, in Mention and cc alike', () => {
    const document = noted({ inReplyTo: known(), mentions: [BEA, ANN], quotationOf: known({ author: BEA }) });
    expect(tagsOf(document)).toEqual([ANN.id, BEA.id]);
    expect(document.cc).toEqual([ADDRESSES.followers, ANN.id, BEA.id]);
    expect(document.to).toEqual([PUBLIC]);
  });
  test('of a quiet post too: everybody stays in cc', () => {
    const document = noted({ mentions: [ANN], visibility: 'unlisted' });
    expect(document).toMatchObject({ to: [ADDRESSES.followers], cc: [PUBLIC, ANN.id] });
  });
  test('Create and Update are addressed as their object is', () => {
    const told = { document: noted({ mentions: [ANN] }), digest: 'd' };
    const dates = { published: '2026-03-01T09:00:00Z', updated: '2026-03-02T09:00:00Z', revision: 1 };
    for (const { json } of [buildCreate(DEPS, ADDRESSES, told), buildUpdate(DEPS, ADDRESSES, told, dates)]) {
      expect(json.cc).toEqual([ADDRESSES.followers, ANN.id]);
      expect((json.object as JsonObject).cc).toEqual(json.cc);
    }
  });
  test('not the blog itself, nor the author of what may not be quoted', () => {
    const self = { ...ANN, id: ADDRESSES.actor };
    const document = noted({ mentions: [self], inReplyTo: OWN, quotationOf: known({ refusesQuotes: true }) });
    expect(document).not.toHaveProperty('tag');
    expect(document.cc).toEqual([ADDRESSES.followers]);
    expect(document.inReplyTo).toBe(OWN.kind === 'own' && OWN.id);
  });
  test('of 2,000 tags those stay that name somebody', () => {
    const tags = Array.from({ length: 2_000 }, (_, n) => ({ name: `門の${n}`, slug: `tag-${n}` }));
    const { create } = emitPost(DEPS, ADDRESSES, note({ tags, mentions: [ANN, BEA] }));
    expect(tagsOf(JSON.parse(create).object).slice(0, 2)).toEqual([ANN.id, BEA.id]);
  });
});

test('what nobody could resolve is named as the file names it, and its entry says so', () => {
  const post = note({ inReplyTo: NOBODY_KNOWS, quotationOf: NOBODY_KNOWS, unknownMentions: ['@x@away.example'] });
  const { file, entry } = emitPost(DEPS, ADDRESSES, post);
  const document = JSON.parse(file.json);
  expect(document.inReplyTo).toBe('https://away.example/p/1');
  expect(document).not.toHaveProperty('quote');
  expect(document.content).toContain('RE: <a href="https://away.example/p/1">');
  expect(entry.unresolved).toEqual(['https://away.example/p/1', 'https://away.example/p/1', '@x@away.example']);
});

describe('a quote', () => {
  const QUOTE = ['quote', 'quoteUrl', 'quoteUri', '_misskey_quote'];
  test('of our own post names it, and needs nobody', () => {
    const document = noted({ quotationOf: OWN });
    for (const member of QUOTE) expect(document[member]).toBe('https://blog.example/ap/posts/first.json');
    expect(document.content).toContain('RE: <a href="https://blog.example/posts/first/">');
  });
  test('of what may not be quoted is a link alone', () => {
    const document = noted({ quotationOf: known({ refusesQuotes: true }) });
    for (const member of QUOTE) expect(document).not.toHaveProperty(member);
    expect(document.content).toContain(`RE: <a href="${WORDS.url}">`);
  });
  test('an address with markup in it stays text', () => {
    const document = noted({ quotationOf: known({ url: 'https://peer.example/"><script>' }) });
    expect(document.content).not.toContain('<script>');
  });
  test.each([
    ['rejected', { quoted: WORDS.id, state: 'rejected' }],
    ['revoked', { quoted: WORDS.id, state: 'revoked', stamp: 'https://peer.example/s' }],
    ['of something that it quoted before', { quoted: 'https://peer.example/2', state: 'accepted', stamp: 's' }],
    ['unknown', undefined],
  ])('consent that is %s changes nothing', (_, consent) => {
    const document = noted({ quotationOf: known() });
    expect(withConsent(document, consent)).toEqual(document);
  });
  test('consent to a post that quotes nothing changes nothing', () => {
    const consent = { quoted: WORDS.id, state: 'accepted', stamp: 's' };
    expect(withConsent(noted(), consent)).toEqual(noted());
  });
});

describe('a poll', () => {
  const ends = Date.parse(POLL.ends);
  test('closes at its end and not before', () => {
    const tally = { votes: [], voters: 0 };
    expect(withTally(noted({ poll: POLL }), tally, ends - 1)).not.toHaveProperty('closed');
    expect(withTally(noted({ poll: POLL }), tally, ends).closed).toBe(POLL.ends);
  });
  test('what is no Question has no tally', () => {
    expect(withTally(noted(), { votes: [1], voters: 1 }, ends)).toEqual(noted());
  });
  test('any votes: options, their order and all other members stay', () => {
    const option = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(
        fc.uniqueArray(option, { minLength: 2, maxLength: 8 }),
        fc.array(fc.nat(1_000), { maxLength: 10 }),
        fc.boolean(),
        (options, votes, multiple) => {
          const document = noted({ poll: { ...POLL, options, multiple } });
          const shown = withTally(document, { votes, voters: 7 }, ends - 1);
          const member = multiple ? 'anyOf' : 'oneOf';
          expect(shown[member]).toEqual(
            options.map((name, place) => ({
              type: 'Note',
              name,
              replies: { type: 'Collection', totalItems: votes[place] ?? 0 },
            })),
          );
          expect({ ...shown, [member]: null }).toEqual({ ...document, [member]: null, votersCount: 7 });
        },
      ),
      { numRuns: 100 },
    );
  });
  test('its entry says when it ends, and by a digest what can be chosen', () => {
    const entryOf = (changes: Partial<typeof POLL>) =>
      emitPost(DEPS, ADDRESSES, note({ poll: { ...POLL, ...changes } })).entry;
    const { type, ends: at, pollDigest } = entryOf({});
    expect({ type, at }).toEqual({ type: 'Question', at: POLL.ends });
    expect(entryOf({ ends: '2026-04-01T00:00:00Z' }).pollDigest).toBe(pollDigest);
    for (const changes of [{ multiple: true }, { options: POLL.options.toReversed() }])
      expect(entryOf(changes).pollDigest).not.toBe(pollDigest);
  });
});

describe('in other languages', () => {
  const translations = ['de', 'fr', 'nl'].map((language) => ({ ...GERMAN, language, path: `/posts/${language}/` }));
  const long = (language: string, letters: number) => `<p>${language}${'x'.repeat(letters)}</p>`;
  const sized = (letters: number): JsonObject => {
    const texts = new Map(translations.map(({ language }) => [language, long(language, letters)]));
    const post = article({ translations, description: 'D', teaser: true });
    return splitContext(buildArticle(post, ADDRESSES, { html: long('en', letters), translations: texts })).rest;
  };
  const keys = (map: unknown) => Object.keys(map as object);

  test('the original goes first in every map, and content is the original', () => {
    const document = sized(10);
    for (const map of ['contentMap', 'nameMap', 'summaryMap']) expect(keys(document[map])[0]).toBe('en');
    expect((document.contentMap as JsonObject).en).toBe(document.content);
  });
  test.each([
    [300, ['en', 'de', 'fr', 'nl']],
    [12_500, ['en', 'de', 'fr']],
    [15_000, ['en', 'de']],
    [25_000, ['en']],
  ])('%i letters in an activity → %j, and the text is whole', (letters, languages) => {
    const { object } = limitDocument(sized(letters), { maxBytes: EMBEDDED_LIMIT });
    expect(keys(object.contentMap)).toEqual(languages);
    expect(object.content).toBe(long('en', letters));
    // Mastodon would take the language from a map that lost its first.
    const others = [object.nameMap, object.summaryMap].filter((map) => map !== undefined);
    for (const map of others) expect(keys(map)).toEqual(languages);
    expect(others.length).toBe(languages.length > 1 ? 2 : 0);
  });
  test('translations go before the text is cut, and come back in the document', () => {
    const document = sized(40_000);
    const cut = limitDocument(document, { maxBytes: EMBEDDED_LIMIT });
    expect(cut.degradation).toBe('content-map');
    expect(cut.object).toMatchObject({ content: long('en', 40_000), nameMap: { en: 'The first gate' } });
    expect(keys(limitDocument(document, { maxBytes: DOCUMENT_LIMIT }).object.contentMap)).toHaveLength(4);
  });
  test('links of a translation are relative to its own page', () => {
    const bases: string[] = [];
    const peerHtml = (html: string, base: string) => {
      bases.push(base);
      return html;
    };
    emitPost({ ...DEPS, peerHtml }, ADDRESSES, article({ translations: [GERMAN] }));
    expect(bases).toEqual(['https://blog.example/posts/first/', 'https://blog.example/posts/das-erste-tor/']);
  });
  test('a content warning has one language', () => {
    const document = sized(10);
    expect(document).toHaveProperty('summaryMap');
    const post = article({ translations, description: 'D', teaser: true, contentWarning: 'W' });
    const texts = new Map([['de', 'x']]);
    expect(buildArticle(post, ADDRESSES, { html: 'x', translations: texts })).not.toHaveProperty('summaryMap');
  });
});

describe('the meaning of a post', () => {
  const digest = (changes: Parameters<typeof note>[0]) => emitPost(DEPS, ADDRESSES, note(changes)).entry.digest;
  const BASE = {
    inReplyTo: known(),
    mentions: [BEA],
    quotationOf: known({ id: 'https://other.example/q', author: BEA }),
    poll: POLL,
    translations: [GERMAN],
  };
  const { inReplyTo: _, ...NO_ANSWER } = BASE;
  const naming = (changes: Partial<KnownActor>) => {
    const bea = { ...BEA, ...changes };
    return { ...BASE, mentions: [bea], quotationOf: known({ id: 'https://other.example/q', author: bea }) };
  };

  test.each<readonly [string, Parameters<typeof note>[0]]>([
    ['what it answers', { ...BASE, inReplyTo: known({ id: 'https://peer.example/2' }) }],
    ['that it answers nothing', NO_ANSWER],
    ['whom it names', { ...BASE, mentions: [], quotationOf: known({ id: 'https://other.example/q' }) }],
    ['what it quotes', { ...BASE, quotationOf: known({ id: 'https://other.example/r', author: BEA }) }],
    ['an option', { ...BASE, poll: { ...POLL, options: ['a', 'b'] } }],
    ['how many may be chosen', { ...BASE, poll: { ...POLL, multiple: true } }],
    ['when it ends', { ...BASE, poll: { ...POLL, ends: '2026-05-01T00:00:00Z' } }],
    ['a translation', { ...BASE, translations: [{ ...GERMAN, html: '<p>Tor!</p>' }] }],
    ['a translation more', { ...BASE, translations: [GERMAN, { ...GERMAN, language: 'fr' }] }],
  ])('%s is part of it', (_, changes) => expect(digest(changes)).not.toBe(digest(BASE)));

  test.each<readonly [string, Parameters<typeof note>[0]]>([
    ['where somebody is told', naming({ inbox: 'https://other.example/i', sharedInbox: 'https://other.example/s' })],
    ['what somebody is called', naming({ handle: '@b@other.example', name: 'B' })],
    [
      'what is shown of an answered post',
      { ...BASE, inReplyTo: known({ excerpt: 'Other', published: '2026-01-01T00:00:00Z' }) },
    ],
  ])('%s is not', (_, changes) => expect(digest(changes)).toBe(digest(BASE)));

  test('neither are the votes, nor the consent to a quote', () => {
    const { file, entry } = emitPost(DEPS, ADDRESSES, note(BASE));
    expect(entry.digest).toBe(digest(BASE));
    expect(file.json).toContain('"totalItems":0');
  });
});
