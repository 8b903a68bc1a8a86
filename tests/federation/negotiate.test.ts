import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isActivityType, refusesJson, wantsActivity } from '../../federation/negotiate.ts';

const AS2 = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"';

describe('isActivityType', () => {
  it.each([
    'application/activity+json',
    'application/activity+json; charset=utf-8',
    'APPLICATION/Activity+JSON',
    AS2,
    `${AS2}; charset=utf-8`,
    'application/ld+json;charset=utf-8;profile="https://www.w3.org/ns/activitystreams"',
    'application/ld+json; profile=https://www.w3.org/ns/activitystreams',
    'application/ld+json; profile="https://example.com/ https://www.w3.org/ns/activitystreams"',
    'application/ld+json; Profile="https://www.w3.org/ns/activity\\streams"',
  ])('%s is a document', (type) => {
    expect(isActivityType(type)).toBe(true);
  });

  it.each([
    null,
    undefined,
    '',
    'application/json',
    'application/ld+json',
    'application/ld+json; profile="https://www.w3.org/ns/activitystreams-evil"',
    'application/ld+json; x="profile=https://www.w3.org/ns/activitystreams"',
    'text/html',
    'text/html; profile="https://www.w3.org/ns/activitystreams"',
    'image/png, application/activity+json',
    'application/activity+json, image/png',
    'application/activity+jsonx',
    '*/*',
  ])('%s is none', (type) => {
    expect(isActivityType(type)).toBe(false);
  });
});

describe('wantsActivity', () => {
  it.each([
    ['Mastodon', 'application/activity+json, application/ld+json'],
    ['Mastodon, a pasted URL', `${AS2}, application/activity+json, text/html;q=0.1`],
    ['Misskey 2024.10', `application/activity+json, ${AS2}`],
    ['GoToSocial', `${AS2},application/activity+json`],
    ['Lemmy and snac', 'application/activity+json'],
    ['Akkoma, two lines joined', `application/activity+json, ${AS2}`],
    ['activitypub-bot', 'application/activity+json,application/ld+json,application/json'],
    ['a profile with a comma in it', 'application/ld+json; profile="a,b;c"'],
  ])('%s wants the object', (_who, accept) => {
    expect(wantsActivity(accept)).toBe(true);
  });

  it.each([
    ['nobody in particular', undefined],
    ['curl', '*/*'],
    ['a browser', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
    ['Misskey, a preview', 'text/html, */*'],
    ['a JSON client', 'application/json'],
    ['html first', 'text/html, application/activity+json;q=0.9'],
    ['a refusal', 'application/activity+json;q=0'],
    ['a name in a string', 'text/html; x="application/activity+json"'],
    ['a list in a string', 'text/html; x="\\", application/activity+json, "'],
  ])('%s wants the page', (_who, accept) => {
    expect(wantsActivity(accept)).toBe(false);
  });
});

describe('refusesJson', () => {
  it.each([
    undefined,
    '',
    '*/*',
    'application/*',
    'application/json',
    'application/jrd+json',
    AS2,
    'text/html, */*;q=0.1',
  ])('%s does not', (accept) => {
    expect(refusesJson(accept)).toBe(false);
  });

  it.each(['text/html', 'image/avif,image/webp', 'application/json;q=0', '*/*;q=0', 'text/*'])('%s does', (accept) => {
    expect(refusesJson(accept)).toBe(true);
  });
});

it('no header makes any of them fail', () => {
  const part = fc.constantFrom(
    'application/ld+json',
    '*/*',
    'text/html',
    ';',
    ',',
    '"',
    '\\',
    'q=',
    '0.5',
    'profile=',
    ' ',
    'x',
  );
  const header = fc.oneof(
    fc.string(),
    fc.array(part).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(header, (text) => {
      for (const judge of [isActivityType, wantsActivity, refusesJson]) expect(typeof judge(text)).toBe('boolean');
    }),
  );
});
