import { describe, expect, it } from 'vitest';
import { type JsonObject, PUBLIC } from '../../../federation/vocabulary.ts';
import { ANN, AUTHOR, BLOG, decided, effectsOf, PAGE, POST, storedBy } from './world.ts';

const ID = 'https://peer.test/a/1';
const icon = { type: 'Image', url: 'https://peer.test/e/blob.png' };

describe('Like', () => {
  it('of a post → a like under the id of the activity, and the owner is told', () => {
    expect(effectsOf({ type: 'Like', object: POST })).toEqual([
      {
        type: 'store-interaction',
        interaction: {
          id: ID,
          kind: 'like',
          target: POST,
          actor: ANN,
          state: 'shown',
          activity: ID,
          at: '2026-11-23T12:00:00.000Z',
        },
        author: AUTHOR,
      },
      {
        type: 'notify',
        notification: {
          key: `like ${ID}`,
          kind: 'like',
          actor: ANN,
          handle: '@ann@peer.test',
          target: POST,
          interaction: ID,
          at: '2026-11-23T12:00:00.000Z',
        },
      },
    ]);
  });

  it.each<[string, JsonObject, object | undefined]>([
    ['Misskey, a character', { content: '👍', _misskey_reaction: '👍' }, { text: '👍' }],
    ['Misskey, `_misskey_reaction` alone', { _misskey_reaction: '❤' }, { text: '❤' }],
    [
      'Misskey, its own emoji',
      { content: ':blob@.:', tag: [{ type: 'Emoji', name: ':blob:', icon }] },
      { text: ':blob:', icon: icon.url },
    ],
    ['another server’s emoji', { content: ':blob@third.test:' }, { text: ':blob:' }],
    [
      'an emoji on http',
      { content: ':a:', tag: { type: 'Emoji', name: ':a:', icon: { url: 'http://x.test/a' } } },
      { text: ':a:' },
    ],
    ['a family', { content: '👨‍👩‍👧‍👦' }, { text: '👨‍👩‍👧‍👦' }],
    ['a flag', { content: '🇪🇺' }, { text: '🇪🇺' }],
    ['a key', { content: '3️⃣' }, { text: '3️⃣' }],
    ['two characters', { content: '👍👍' }, undefined],
    ['a sentence', { content: 'buy this' }, undefined],
    ['a letter', { content: 'x' }, undefined],
    ['a tower of joiners', { content: `👍${'\u200d👍'.repeat(100)}` }, undefined],
    ['no text', { content: ['👍'] }, undefined],
  ])('with a reaction: %s', (_what, members, emoji) => {
    expect(storedBy({ type: 'Like', object: POST, ...members })?.emoji).toEqual(emoji);
    expect(storedBy({ type: 'EmojiReact', object: POST, ...members })).toMatchObject({ kind: 'like' });
  });

  it.each<[string, JsonObject, object, string]>([
    ['of somebody else’s', { object: 'https://third.test/1' }, {}, 'not-concerned'],
    ['of the blog itself', { object: BLOG.actor }, {}, 'not-concerned'],
    ['taken back before it came', { object: POST }, { isUndone: true }, 'undone'],
  ])('%s → ignored', (_what, members, context, reason) => {
    expect(decided({ type: 'Like', ...members }, context)).toEqual({ kind: 'ignored', reason });
  });

  it('without the author’s document → 503', () => {
    expect(decided({ type: 'Like', object: POST }, { author: undefined })).toMatchObject({
      kind: 'refused',
      status: 503,
    });
  });
});

describe('Announce', () => {
  it.each<[string, JsonObject]>([
    ['to everybody', { object: POST, to: [PUBLIC] }],
    ['unlisted', { object: PAGE, to: `${ANN}/followers`, cc: 'as:Public' }],
    ['with a copy of the post', { object: { id: POST, type: 'Article', content: 'forged' }, to: PUBLIC }],
  ])('%s → a boost', (_what, members) => {
    expect(storedBy({ type: 'Announce', ...members })).toEqual({
      id: ID,
      kind: 'boost',
      target: POST,
      actor: ANN,
      state: 'shown',
      activity: ID,
      at: '2026-11-23T12:00:00.000Z',
    });
  });

  it.each<[string, JsonObject, string]>([
    ['for followers alone', { object: POST, to: `${ANN}/followers` }, 'not-public'],
    ['of an activity (Lemmy)', { object: { id: POST, type: 'Like', object: POST }, to: PUBLIC }, 'wrapped-activity'],
    ['of somebody else’s (a relay)', { object: 'https://third.test/1', to: PUBLIC }, 'not-concerned'],
  ])('%s → ignored', (_what, members, reason) => {
    expect(decided({ type: 'Announce', ...members })).toEqual({ kind: 'ignored', reason });
  });
});
