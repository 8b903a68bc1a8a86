import { describe, expect, it } from 'vitest';
import type { DecisionContext } from '../../../federation/inbox/context.ts';
import { withdrawnMark } from '../../../federation/outcome.ts';
import { type JsonObject, PUBLIC } from '../../../federation/vocabulary.ts';
import {
  ANN,
  AUTHOR,
  BLOG,
  createOf,
  decided,
  effectsOf,
  NOTE,
  noteOf,
  OTHER_POST,
  PAGE,
  POST,
  replyOf,
  storedBy,
  storedOf,
  toldBy,
} from './world.ts';

const PARENT = 'https://third.test/notes/9';
const mention = { type: 'Mention', href: BLOG.actor, name: '@blog@blog.test' };

describe('Create of something public', () => {
  it('a reply → shown in the thread of the post, with its author, and the owner is told', () => {
    expect(effectsOf(replyOf())).toEqual([
      {
        type: 'store-interaction',
        interaction: {
          id: NOTE,
          kind: 'reply',
          target: POST,
          actor: ANN,
          state: 'shown',
          inReplyTo: POST,
          activity: 'https://peer.test/a/1',
          content: {
            text: [{ tag: 'p', children: ['hello'] }],
            sensitive: false,
            published: '2026-11-23T11:00:00.000Z',
            url: NOTE,
            emojis: [],
            attachments: [],
          },
          at: '2026-11-23T12:00:00.000Z',
        },
        author: AUTHOR,
      },
      {
        type: 'notify',
        notification: {
          key: `reply ${NOTE}`,
          kind: 'reply',
          actor: ANN,
          handle: '@ann@peer.test',
          target: POST,
          interaction: NOTE,
          at: '2026-11-23T12:00:00.000Z',
        },
      },
    ]);
  });

  it.each<[string, JsonObject, Partial<DecisionContext>, object]>([
    ['a reply to the page of a post', { inReplyTo: PAGE }, {}, { kind: 'reply', target: POST, inReplyTo: POST }],
    [
      'a reply as an embedded object',
      { inReplyTo: { id: POST, type: 'Article' } },
      {},
      { kind: 'reply', target: POST },
    ],
    [
      'a reply to a reply',
      { inReplyTo: PARENT },
      { parent: storedOf({ id: PARENT, target: OTHER_POST }) },
      { kind: 'reply', target: OTHER_POST, inReplyTo: PARENT, state: 'shown' },
    ],
    [
      'a reply to a quote',
      { inReplyTo: PARENT },
      { parent: storedOf({ id: PARENT, kind: 'quote' }) },
      { kind: 'reply', target: POST },
    ],
    ['a reply that quotes', { inReplyTo: POST, quote: OTHER_POST }, {}, { kind: 'reply', target: POST }],
    ['a quote (FEP-044f)', { quote: POST }, {}, { kind: 'quote', target: POST }],
    ['a quote (Misskey)', { _misskey_quote: POST }, {}, { kind: 'quote', target: POST }],
    ['a quote (Fedibird) of the page', { quoteUri: PAGE }, {}, { kind: 'quote', target: POST }],
    [
      'a quote (FEP-e232)',
      { tag: [{ type: 'Link', mediaType: 'application/activity+json', href: POST, name: 'RE: x' }] },
      {},
      { kind: 'quote', target: POST },
    ],
    ['a mention', { tag: [mention] }, {}, { kind: 'mention', target: BLOG.actor }],
    ['a mention by the home page', { tag: { ...mention, href: 'https://blog.test/' } }, {}, { kind: 'mention' }],
    ['a note addressed to the actor', { cc: BLOG.actor }, {}, { kind: 'mention', target: BLOG.actor }],
    [
      'a mention that answers a stranger',
      { inReplyTo: PARENT, tag: [mention] },
      {},
      { kind: 'mention', inReplyTo: PARENT },
    ],
    [
      'a mention below a mention',
      { inReplyTo: PARENT, tag: [mention] },
      { parent: storedOf({ id: PARENT, kind: 'mention', target: BLOG.actor }) },
      { kind: 'mention', target: BLOG.actor, inReplyTo: PARENT },
    ],
    [
      'an Article',
      { type: 'Article', name: 'Title', inReplyTo: POST },
      {},
      { kind: 'reply', content: { title: 'Title' } },
    ],
  ])('%s', (_what, members, context, stored) => {
    expect(storedBy(createOf(noteOf(members)), context)).toMatchObject(stored);
  });

  it.each<[string, JsonObject, Partial<DecisionContext>, string]>([
    ['about nothing of ours', {}, {}, 'not-concerned'],
    ['a reply to a post that is not there', { inReplyTo: 'https://blog.test/ap/posts/none.json' }, {}, 'not-concerned'],
    [
      'an id that only begins like ours',
      { inReplyTo: 'https://blog.test.evil.test/ap/posts/p1.json' },
      {},
      'not-concerned',
    ],
    [
      'a link to a page that is no object',
      { tag: [{ type: 'Link', mediaType: 'text/html', href: POST }] },
      {},
      'not-concerned',
    ],
    ['to our followers', { to: [PUBLIC, BLOG.followers] }, {}, 'not-concerned'],
    [
      'below a mention, to somebody else',
      { inReplyTo: PARENT },
      { parent: storedOf({ id: PARENT, kind: 'mention', target: BLOG.actor }) },
      'not-concerned',
    ],
    ['an answer to a poll', { inReplyTo: POST, name: 'yes', content: null }, {}, 'not-our-poll'],
    ['a film', { type: 'Video', inReplyTo: POST }, {}, 'unsupported-object'],
    ['taken back before it came', { inReplyTo: POST }, { isUndone: true }, 'undone'],
    ['removed by the owner', { inReplyTo: POST }, { existing: storedOf({ state: 'removed' }) }, 'removed'],
    ['in the id of a like', { inReplyTo: POST }, { existing: storedOf({ kind: 'like' }) }, 'id-in-use'],
  ])('%s → ignored', (_what, members, context, reason) => {
    expect(decided(createOf(noteOf(members)), context)).toEqual({ kind: 'ignored', reason });
  });

  it.each<[string, JsonObject, string]>([
    ['attributed to somebody else', { attributedTo: 'https://peer.test/users/ben' }, 'not-the-author'],
    ['on another host', { id: 'https://victim.test/notes/1' }, 'object-on-another-host'],
    ['on another port', { id: 'https://peer.test:8443/notes/1' }, 'object-on-another-host'],
    ['on http', { id: 'http://peer.test/notes/1' }, 'object-on-another-host'],
  ])('%s → refused', (_what, members, reason) => {
    expect(decided(replyOf(members))).toMatchObject({ kind: 'refused', status: 403, reason });
  });

  it('an object that is only named → ignored, without an author → 503', () => {
    expect(decided(createOf(NOTE))).toEqual({ kind: 'ignored', reason: 'object-not-embedded' });
    expect(decided(replyOf(), { author: undefined })).toMatchObject({ kind: 'refused', status: 503 });
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['as:Public', { to: 'as:Public' }, {}],
    ['Public', { to: ['Public'] }, {}],
    ['unlisted', { to: [`${ANN}/followers`], cc: [PUBLIC] }, {}],
    ['embedded', { to: { id: PUBLIC, type: 'Collection' } }, {}],
    ['an object without addressing in a public activity', { to: [] }, { to: PUBLIC }],
  ])('public is what says so: %s', (_what, members, activity) => {
    const object = noteOf({ inReplyTo: POST, ...members });
    expect(storedBy(createOf(object, activity))).toMatchObject({ state: 'shown' });
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['for nobody', { to: [] }, {}],
    ['for followers', { to: [`${ANN}/followers`] }, {}],
    ['for followers in a public activity', { to: [`${ANN}/followers`] }, { to: PUBLIC }],
    ['public in bto alone', { to: [`${ANN}/followers`], bto: [PUBLIC] }, {}],
    ['another spelling', { to: ['https://www.w3.org/ns/activitystreams#public'] }, {}],
  ])('not public is everything else: %s', (_what, members, activity) => {
    const object = noteOf({ inReplyTo: POST, ...members });
    expect(decided(createOf(object, activity))).toEqual({ kind: 'ignored', reason: 'no-message-key' });
  });
});

describe('Update', () => {
  const edit = (members: JsonObject = {}): JsonObject => ({
    ...replyOf({ content: 'after', updated: '2026-11-23T11:30:00Z', ...members }),
    type: 'Update',
  });

  it('of a reply → the new text, in its old place, and nobody is told again', () => {
    const existing = storedOf();
    expect(storedBy(edit(), { existing })).toMatchObject({
      activity: existing.activity,
      content: { text: ['after'], updated: '2026-11-23T11:30:00.000Z' },
      at: existing.at,
    });
    expect(toldBy(edit(), { existing })).toEqual([]);
  });

  it('of something unknown → as its Create', () => {
    expect(toldBy(edit())).toEqual([`reply ${NOTE}`]);
  });

  it('that has lost its mention → stays where it is', () => {
    const existing = storedOf({ kind: 'mention', target: BLOG.actor });
    const object = noteOf({ updated: '2026-11-23T11:30:00Z' });
    expect(storedBy({ type: 'Update', object }, { existing })).toMatchObject({ kind: 'mention', target: BLOG.actor });
  });

  it('that answers something else now → stays where it is', () => {
    const parent = storedOf({ id: PARENT, target: OTHER_POST, state: 'held' });
    const moved = edit({ inReplyTo: PARENT });
    expect(storedBy(moved, { existing: storedOf(), parent })).toMatchObject({
      inReplyTo: POST,
      target: POST,
      state: 'shown',
    });
    const below = storedOf({ inReplyTo: PARENT });
    expect(storedBy(moved, { existing: below, parent })).toMatchObject({
      inReplyTo: PARENT,
      reason: 'parent-not-shown',
    });
  });

  it.each(['2026-11-23T10:00:00Z', '2026-11-23T11:19:59Z'])('older than what is stored (%s) → ignored', (updated) => {
    const content = { ...storedOf().content, updated: '2026-11-23T11:20:00.000Z' };
    const existing = storedOf({ content: { ...contentOf(), ...content } });
    expect(decided(edit({ updated }), { existing })).toEqual({ kind: 'ignored', reason: 'outdated' });
  });

  it('Create after its Update → ignored; the same Create again → the same once more', () => {
    const existing = storedOf({ activity: 'https://peer.test/a/update' });
    expect(decided(replyOf(), { existing })).toEqual({ kind: 'ignored', reason: 'outdated' });
    const same = storedOf({ activity: 'https://peer.test/a/1' });
    expect(toldBy(replyOf(), { existing: same })).toEqual([`reply ${NOTE}`]);
  });

  it('keeps the date of a note that never says when it was written', () => {
    const existing = storedOf();
    const object = noteOf({ inReplyTo: POST, published: null, content: 'after' });
    expect(storedBy({ type: 'Update', object }, { existing })?.content?.published).toBe('2026-11-23T11:00:00.000Z');
  });

  it.each([
    ['hidden', 'hidden', 'owner'],
    ['waiting for consent', 'held', 'asks'],
  ] as const)('of what is %s → stays so', (_what, state, reason) => {
    expect(storedBy(edit(), { existing: storedOf({ state, reason }) })).toMatchObject({ state, reason });
  });

  it('that is public no more → gone from the page', () => {
    expect(effectsOf(edit({ to: [BLOG.actor] }), { existing: storedOf() })).toEqual([
      { type: 'remove-interaction', of: { actor: ANN, id: NOTE } },
      { type: 'mark', mark: withdrawnMark(ANN, NOTE) },
    ]);
  });

  it('that is public, of what was made private → ignored', () => {
    expect(decided(edit(), { isWithdrawn: true })).toMatchObject({ kind: 'ignored', reason: 'withdrawn' });
  });
});

function contentOf() {
  const { content } = storedOf();
  if (content === undefined) throw new Error('no content');
  return content;
}
