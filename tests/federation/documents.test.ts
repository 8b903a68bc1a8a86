import { describe, expect, test } from 'vitest';
import { buildActor } from '../../federation/actor.ts';
import { addressesOf } from '../../federation/addresses.ts';
import { buildArticle } from '../../federation/article.ts';
import type { InteractionCounts } from '../../federation/interaction.ts';
import { buildNote } from '../../federation/note.ts';
import type { Rules } from '../../federation/rules.ts';
import { PUBLIC } from '../../federation/vocabulary.ts';
import { expectGolden } from './golden.ts';
import { ADDRESSES, article, CAT, GATE, KEYS, note, PROFILE } from './sample.ts';

const content = '<p>A <em>gate</em>.</p>';
const built = (changes: Parameters<typeof article>[0] = {}) => buildArticle(article(changes), ADDRESSES, content);
const noted = (changes: Parameters<typeof note>[0] = {}) => buildNote(note(changes), ADDRESSES, content);

describe('golden documents', () => {
  test('actor', () => {
    const profile = {
      ...PROFILE,
      avatar: GATE,
      header: CAT,
      since: '2026-01-01T00:00:00Z',
      alsoKnownAs: ['https://old.example/@me'],
    };
    expectGolden('actor', buildActor(profile, ADDRESSES, KEYS));
  });
  test('Article with everything', () => {
    const post = article({
      updated: '2026-03-02T10:00:00Z',
      tags: [{ name: 'CastleGates', slug: 'castle-gates' }],
      image: GATE,
      pictures: [CAT],
      description: 'On small gates.',
      teaser: true,
    });
    expectGolden('article', buildArticle(post, ADDRESSES, content));
  });
  test('plain Article', () => expectGolden('article-plain', built()));
  test('Note with a warning, a picture and another language', () => {
    expectGolden(
      'note',
      noted({ language: 'de', contentWarning: 'Spiders', image: CAT, pictures: [GATE, CAT], visibility: 'unlisted' }),
    );
  });
});

describe('trap 2: everything of the actor lives on one host', () => {
  test.each(['https://blog.example', 'http://localhost:4321'])('%s', (origin) => {
    const actor = buildActor(PROFILE, addressesOf(origin), KEYS);
    const { host } = new URL(origin);
    const urls = JSON.stringify(actor).match(/https?:\/\/[^"\\#]+/g) ?? [];
    const own = urls.filter((url) => /\/ap\//.test(url));
    expect(own.length).toBeGreaterThan(8);
    for (const url of own) expect(new URL(url).host).toBe(host);
    expect(new URL(String(actor.url)).host).toBe(host);
    expect(actor.webfinger).toBe(`blog@${host}`);
    expect(actor.attributionDomains).toEqual([new URL(origin).hostname]);
  });
});

test('trap 5: publicKey is one object, keyed by the actor', () => {
  const { publicKey } = buildActor(PROFILE, ADDRESSES, KEYS);
  expect(Array.isArray(publicKey)).toBe(false);
  expect(publicKey).toMatchObject({ id: `${ADDRESSES.actor}#main-key`, owner: ADDRESSES.actor });
});

test('trap 6: attributedTo is one string, the actor id', () => {
  expect(built().attributedTo).toBe(ADDRESSES.actor);
  expect(noted().attributedTo).toBe(ADDRESSES.actor);
});

describe('trap 7: summary is a content warning, or nothing unless asked for', () => {
  test('a description alone is not sent', () => expect(built({ description: 'About.' })).not.toHaveProperty('summary'));
  test('a teaser is the description as plain text', () => {
    expect(built({ description: 'A < B & "c"', teaser: true }).summary).toBe('A < B & "c"');
  });
  test('a warning goes before a teaser, and makes the post sensitive', () => {
    expect(built({ description: 'About.', teaser: true, contentWarning: 'Spiders' })).toMatchObject({
      summary: 'Spiders',
      sensitive: true,
    });
  });
  test('a Note has no teaser', () =>
    expect(noted({ description: 'About.', teaser: true })).not.toHaveProperty('summary'));
});

describe('trap 9: a featured picture is no attachment of an Article', () => {
  test('it stands in image, with an id for Ghost', () => {
    const document = built({ image: CAT });
    expect(document).not.toHaveProperty('attachment');
    expect(document.image).toMatchObject({ type: 'Image', id: 'https://blog.example/media/cat.jpg', name: CAT.alt });
  });
  test('of a Note it is the first attachment, once', () => {
    const document = noted({ image: CAT, pictures: [GATE, CAT] });
    expect(document).not.toHaveProperty('image');
    expect(document.attachment).toMatchObject([{ name: CAT.alt }, { name: GATE.alt }]);
  });
});

describe('trap 10: updated is never before published', () => {
  test.each([
    ['2026-02-28T09:00:00Z', undefined],
    ['2026-03-01T10:00:00+02:00', undefined],
    ['2026-03-01T09:00:00Z', '2026-03-01T09:00:00Z'],
    ['2026-03-01T09:00:01Z', '2026-03-01T09:00:01Z'],
    ['nonsense', undefined],
  ])('%s → %s', (updated, expected) => expect(built({ updated }).updated).toBe(expected));
});

test('sensitive is always there, as a boolean', () => {
  expect(built().sensitive).toBe(false);
  expect(noted({ sensitive: true }).sensitive).toBe(true);
});

test('contentMap has one entry, equal to content', () => {
  expect(built({ language: 'fr' }).contentMap).toEqual({ fr: content });
});

test('public goes to everyone and copies followers; unlisted the reverse; both are lists', () => {
  expect(built()).toMatchObject({ to: [PUBLIC], cc: [ADDRESSES.followers] });
  expect(built({ visibility: 'unlisted' })).toMatchObject({ to: [ADDRESSES.followers], cc: [PUBLIC] });
});

describe('who may quote', () => {
  test.each([
    ['anyone', { automaticApproval: [PUBLIC] }],
    ['followers', { automaticApproval: [ADDRESSES.followers] }],
    ['ask', { manualApproval: [PUBLIC] }],
    // Never an empty list: that is no policy at all.
    ['nobody', { automaticApproval: [ADDRESSES.actor] }],
  ] as const)('%s → %j, of unlisted posts and notes too', (quotes, canQuote) => {
    for (const build of [buildArticle, buildNote])
      for (const visibility of ['public', 'unlisted'] as const)
        expect(build(article({ visibility }), ADDRESSES, content, { quotes }).interactionPolicy).toEqual({ canQuote });
  });

  test('each term of the policy is bound in the context, and no other', () => {
    const contextOf = (quotes: Rules['quotes']) =>
      JSON.stringify(buildNote(note(), ADDRESSES, content, { quotes })['@context']);
    expect(contextOf('ask')).toContain('"manualApproval":{"@id":"gts:manualApproval","@type":"@id"}');
    expect(contextOf('anyone')).not.toContain('manualApproval');
    expect(contextOf('anyone')).toContain('"automaticApproval":{"@id":"gts:automaticApproval","@type":"@id"}');
  });
});

describe('counts of what others said', () => {
  const id = 'https://blog.example/ap/posts/first';
  const counted = (counts?: InteractionCounts) => {
    const { replies, likes, shares } = buildArticle(article(), ADDRESSES, content, { counts });
    return { replies, likes, shares };
  };
  const none = {
    replies: `${id}/replies`,
    likes: { id: `${id}/likes`, type: 'Collection' },
    shares: { id: `${id}/shares`, type: 'Collection' },
  };

  test('unknown, or zero → ids alone: Mastodon would show the zero in place of its own', () => {
    expect(counted()).toEqual(none);
    expect(counted({ replies: 0, quotes: 2, likes: 0, boosts: 0 })).toEqual(none);
  });

  test('known → each with its total', () => {
    expect(counted({ replies: 1, quotes: 9, likes: 2, boosts: 3 })).toEqual({
      replies: { id: `${id}/replies`, type: 'OrderedCollection', totalItems: 1, first: `${id}/replies?page=true` },
      likes: { ...none.likes, totalItems: 2 },
      shares: { ...none.shares, totalItems: 3 },
    });
  });
});

test('an actor that approves its followers says so', () => {
  const actor = (approveFollowers: boolean) => buildActor(PROFILE, ADDRESSES, KEYS, { approveFollowers });
  expect(actor(true).manuallyApprovesFollowers).toBe(true);
  expect(actor(false)).toEqual(buildActor(PROFILE, ADDRESSES, KEYS));
});

test('Pixelfed: sides over 5000 pixels are not told', () => {
  const [picture] = [noted({ pictures: [{ ...CAT, width: 5001 }] }).attachment].flat();
  expect(picture).not.toHaveProperty('width');
  expect(picture).not.toHaveProperty('height');
});

test('addresses are percent-encoded, also of keys and files in other scripts', () => {
  const document = built({ key: 'été', path: '/posts/été/', pictures: [GATE] });
  expect(document.id).toBe('https://blog.example/ap/posts/%C3%A9t%C3%A9.json');
  expect(document.url).toBe('https://blog.example/posts/%C3%A9t%C3%A9/');
  expect(document.attachment).toMatchObject([{ url: 'https://blog.example/media/the%20gate.png' }]);
});

describe('profile fields', () => {
  const field = (value: string) => {
    const { attachment } = buildActor({ ...PROFILE, fields: [{ name: 'F', value }] }, ADDRESSES, KEYS);
    return attachment;
  };
  test.each([
    ['https://a.example/', '<a href="https://a.example/" rel="me">a.example</a>'],
    ['https://a.example/?b=1&c', '<a href="https://a.example/?b=1&amp;c" rel="me">a.example/?b=1&amp;c</a>'],
    ['javascript:alert(1)', 'javascript:alert(1)'],
    ['https://a.example/"onclick="x', 'https://a.example/&quot;onclick=&quot;x'],
    ['<b>me</b>', '&lt;b&gt;me&lt;/b&gt;'],
  ])('%s', (value, expected) => expect(field(value)).toEqual([{ type: 'PropertyValue', name: 'F', value: expected }]));
});

test('an actor without bio is described; without both, summary is still there (Pixelfed)', () => {
  expect(buildActor({ ...PROFILE, bioHtml: ' ' }, ADDRESSES, KEYS).summary).toBe('<p>About gates.</p>');
  expect(buildActor({ ...PROFILE, bioHtml: '', description: '' }, ADDRESSES, KEYS).summary).toBe('');
});
