import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAuthor } from '../../../federation/inbox/read-author.ts';
import { readContent } from '../../../federation/inbox/read-content.ts';
import { readRichText } from '../../../federation/inbox/read-html.ts';
import type { JsonObject } from '../../../federation/vocabulary.ts';
import { ANN, NOTE, NOW } from './world.ts';

const options = { now: NOW, readText: readRichText };

function contentOf(members: JsonObject) {
  return readContent({ type: 'Note', ...members }, NOTE, options);
}

describe('what an object says', () => {
  it.each<[string, JsonObject, object]>([
    ['content', { content: '<p>a</p>' }, { text: [{ tag: 'p', children: ['a'] }] }],
    ['contentMap alone', { contentMap: { de: 'a', en: 'b' } }, { text: ['a'], language: 'de' }],
    [
      'the entry that is the text',
      { content: 'b', contentMap: { de: 'a', 'en-GB': 'b' } },
      { text: ['b'], language: 'en-GB' },
    ],
    [
      'the first entry, where none is the text',
      { content: 'c', contentMap: { de: 'a' } },
      { text: ['c'], language: 'de' },
    ],
    [
      'a language by name (Lemmy)',
      { content: 'a', language: { identifier: 'fr', name: 'Français' } },
      { language: 'fr' },
    ],
    ['nothing', {}, { text: [] }],
    ['no text', { content: ['a'], contentMap: [] }, { text: [] }],
    ['a warning', { summary: 'a &amp; <b>b</b>\n\u202ec' }, { contentWarning: 'a & b c' }],
    ['sensitive', { sensitive: true }, { sensitive: true }],
    ['not sensitive', { sensitive: 'true' }, { sensitive: false }],
    ['a title', { type: 'Article', name: ' A\u0000\n title ' }, { title: 'A title' }],
    ['a title in a language', { type: 'Page', nameMap: { en: 'T' } }, { title: 'T' }],
    ['a sensitive Article', { type: 'Article', summary: 'w', sensitive: true }, { contentWarning: 'w' }],
    ['an hour of the future', { published: '2026-11-23T13:00:00Z' }, { published: NOW }],
    ['another zone', { published: '2026-11-23T12:00:00+02:00' }, { published: '2026-11-23T10:00:00.000Z' }],
    ['no date', { published: 'yesterday' }, { published: NOW }],
    ['a year alone', { published: '2020' }, { published: NOW }],
    ['an edit of the future', { published: '2026-11-23T10:00:00Z', updated: '2030-01-01T00:00:00Z' }, { updated: NOW }],
    ['a page', { url: 'https://peer.test/@ann/1' }, { url: 'https://peer.test/@ann/1' }],
    [
      'a page among links',
      {
        url: [
          { type: 'Link', mediaType: 'video/mp4', href: 'https://peer.test/v.mp4' },
          { type: 'Link', mediaType: 'text/html', href: 'https://peer.test/p' },
        ],
      },
      { url: 'https://peer.test/p' },
    ],
    ['a page on another host', { url: 'https://evil.test/login' }, { url: NOTE }],
    ['a page that is none', { url: 'javascript:alert(1)' }, { url: NOTE }],
    [
      'a poll',
      { type: 'Question', content: 'which?', oneOf: [{ name: 'a' }, { name: '<b>' }, { x: 1 }] },
      {
        text: [
          'which?',
          {
            tag: 'ul',
            children: [
              { tag: 'li', children: ['a'] },
              { tag: 'li', children: ['<b>'] },
            ],
          },
        ],
      },
    ],
    [
      'attachments',
      {
        attachment: [
          { type: 'Document', url: 'https://cdn.test/1.png', name: 'alt', summary: 'better' },
          { type: 'Image', url: [{ type: 'Link', href: 'https://cdn.test/2.png' }] },
          { type: 'Image', url: 'data:image/png;base64,x' },
          'https://cdn.test/3.png',
        ],
      },
      {
        attachments: [
          { url: 'https://cdn.test/1.png', alt: 'better' },
          { url: 'https://cdn.test/2.png', alt: '' },
        ],
      },
    ],
    [
      'emoji',
      {
        tag: [
          { type: 'Emoji', name: ':a:', icon: { type: 'Image', url: 'https://peer.test/a.png' } },
          { type: 'Emoji', name: ':a:', icon: { type: 'Image', url: 'https://peer.test/other.png' } },
          { type: 'Emoji', name: ':b:', icon: { url: 'http://peer.test/b.png' } },
          { type: 'Emoji', name: ':c"onerror:', icon: { url: 'https://peer.test/c.png' } },
          { type: 'Hashtag', name: '#d' },
        ],
      },
      { emojis: [{ shortcode: 'a', icon: 'https://peer.test/a.png' }] },
    ],
  ])('%s', (_what, members, expected) => {
    expect(contentOf(members)).toMatchObject(expected);
  });

  it.each<[string, JsonObject, string]>([
    ['a teaser is no warning', { type: 'Article', summary: 'teaser' }, 'contentWarning'],
    ['an empty warning is none', { summary: '' }, 'contentWarning'],
    ['a Note has no title', { name: 'x', content: 'y' }, 'title'],
    ['an unknown language is none', { contentMap: { und: 'a' } }, 'language'],
    ['no tag is no language', { contentMap: { 'x"y': 'a' } }, 'language'],
    ['`updated` before `published` is no edit', { published: NOW, updated: '2020-01-01T00:00:00Z' }, 'updated'],
  ])('%s', (_what, members, key) => {
    expect(contentOf(members)).not.toHaveProperty(key);
  });

  it('everything has its bound', () => {
    const many = (item: JsonObject) => Array.from({ length: 250 }, (_, index) => ({ ...item, name: `:${index}:` }));
    const content = contentOf({
      type: ['Article', 'Question'],
      name: 'x'.repeat(10_000),
      summary: 'x'.repeat(10_000),
      sensitive: true,
      anyOf: many({}),
      attachment: many({ url: 'https://cdn.test/' }),
      tag: many({ type: 'Emoji', icon: { url: 'https://peer.test/a.png' } }),
    });
    expect(content.title).toHaveLength(300);
    expect(content.contentWarning).toHaveLength(500);
    expect(content.attachments).toHaveLength(8);
    expect(content.emojis).toHaveLength(32);
    expect(content.text).toMatchObject([{ children: { length: 20 } }]);
  });

  it('long addresses → as many as there is room for', () => {
    const long = `https://cdn.test/${'a'.repeat(2_000)}`;
    const tag = Array.from({ length: 32 }, (_, n) => ({
      type: 'Emoji',
      name: `:e${n}:`,
      icon: { url: `${long}${n}` },
    }));
    const attachment = Array.from({ length: 8 }, (_, n) => ({ type: 'Image', url: `${long}${n}` }));
    const content = contentOf({ tag, attachment });
    expect(content.emojis).toHaveLength(4);
    expect(content.attachments).toHaveLength(4);
  });

  it('whatever the object is → nothing is thrown', () => {
    const keys = fc.constantFrom(
      ...[
        'content',
        'contentMap',
        'name',
        'nameMap',
        'summary',
        'tag',
        'attachment',
        'url',
        'oneOf',
        'published',
        'icon',
      ],
    );
    fc.assert(
      fc.property(fc.dictionary(keys, fc.jsonValue()), (members) => {
        const object: JsonObject = JSON.parse(JSON.stringify(members));
        expect(Date.parse(contentOf({ ...object, type: 'Article' }).published)).toBeLessThanOrEqual(Date.parse(NOW));
        expect(readAuthor(object, ANN, NOW)).toMatchObject({ actor: ANN });
      }),
      { numRuns: 500 },
    );
  });
});

describe('who an actor is', () => {
  const person = { id: ANN, type: 'Person', preferredUsername: 'ann', name: 'Ann', url: 'https://peer.test/@ann' };

  it('name, handle, page, avatar and emoji', () => {
    const icon = { type: 'Image', url: 'https://cdn.test/a.png' };
    const tag = { type: 'Emoji', name: ':x:', icon: { url: 'https://peer.test/x.png' } };
    expect(readAuthor({ ...person, icon, tag }, ANN, NOW)).toEqual({
      actor: ANN,
      name: 'Ann',
      handle: '@ann@peer.test',
      url: 'https://peer.test/@ann',
      avatar: 'https://cdn.test/a.png',
      emojis: [{ shortcode: 'x', icon: 'https://peer.test/x.png' }],
      at: NOW,
    });
  });

  it.each<[string, JsonObject, object]>([
    ['markup in a name is text', { name: '<b>Ann</b> &amp;' }, { name: '<b>Ann</b> &amp;' }],
    ['controls and turns are taken out', { name: 'A\u202en\u0007n\n\u2066!' }, { name: 'A n n !' }],
    ['a long name is cut', { name: 'é'.repeat(5_000) }, { name: `${'é'.repeat(99)}…` }],
    ['a name that is no handle', { preferredUsername: 'a b' }, { handle: 'peer.test' }],
    ['a page on another host', { url: 'https://evil.test/' }, { url: ANN }],
    ['an icon as URL', { icon: 'https://cdn.test/a.png' }, { avatar: 'https://cdn.test/a.png' }],
    [
      'icons',
      { icon: [{ url: 'http://x.test/' }, { url: { href: 'https://cdn.test/b' } }] },
      { avatar: 'https://cdn.test/b' },
    ],
  ])('%s', (_what, members, expected) => {
    expect(readAuthor({ ...person, ...members }, ANN, NOW)).toMatchObject(expected);
  });

  it.each<[string, JsonObject, string]>([
    ['a name of nothing', { name: '\u200e \n' }, 'name'],
    ['an icon on http', { icon: { url: 'http://cdn.test/a.png' } }, 'avatar'],
    ['an icon in itself', { icon: { url: 'data:image/svg+xml,x' } }, 'avatar'],
  ])('%s is left out', (_what, members, key) => {
    expect(readAuthor({ ...person, ...members }, ANN, NOW)).not.toHaveProperty(key);
  });
});
