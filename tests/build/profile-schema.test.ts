import { describe, expect, test } from 'vitest';
import { readProfileFields } from '../../build/profile-schema.ts';
import { DEFAULT_RULES } from '../../federation/rules.ts';

type Fault = [data: Record<string, unknown>, path: string, message: unknown];

const base = { username: 'blog', name: 'A blog' };
const faults = (data: Record<string, unknown>, allowHttp = false) =>
  readProfileFields(data, allowHttp).faults.map(({ path, message }) => [path.join('.'), message]);

describe('profile.md', () => {
  test('two keys are enough; the rest has defaults', () => {
    const { replies, quotes, approveFollowers, avatars, keep } = DEFAULT_RULES;
    expect(readProfileFields(base, false)).toEqual({
      faults: [],
      rules: { replies, quotes, approveFollowers, avatars, keep },
      fields: {
        ...base,
        language: 'en',
        fields: [],
        rules: [],
        showFollowers: false,
        teaser: false,
        discoverable: true,
        indexable: true,
        alsoKnownAs: [],
        sendAfter: 0,
        holds: { creates: 10, updates: 20, deletes: 5 },
        timezone: 'UTC',
        otherKeys: 'refuse',
        missingPictures: 'refuse',
      },
    });
  });

  test('every key', () => {
    const data = {
      ...base,
      origin: 'https://blog.example/',
      language: 'de_AT',
      description: 'D',
      avatar: 'me.png',
      header: { src: 'h.jpg', alt: 'H' },
      fields: [{ name: 'Web', value: 'https://x.example' }],
      rules: ['Be kind'],
      showFollowers: true,
      teaser: true,
      discoverable: false,
      indexable: false,
      since: '2020-01-02',
      alsoKnownAs: ['https://social.example/users/me'],
      sendAfter: '10m',
      holds: { creates: '0', updates: '100' },
      timezone: 'Europe/Berlin',
      otherKeys: 'ignore',
      missingPictures: 'warn',
    };
    expect(readProfileFields(data, false)).toMatchObject({
      faults: [],
      fields: {
        ...data,
        origin: 'https://blog.example',
        language: 'de-AT',
        avatar: { src: 'me.png', alt: '' },
        sendAfter: 600_000,
        holds: { creates: 0, updates: 100, deletes: 5 },
        since: '2020-01-02T00:00:00Z',
      },
    });
  });

  test.each([
    [{ ...base, usrname: 'x' }, 'usrname', 'unknown key "usrname"; did you mean "username"?'],
    [{ ...base, colour: 'x' }, 'colour', expect.stringContaining('unknown key "colour"; known are origin, username')],
    [{ ...base, missingPictures: 'ignore' }, 'missingPictures', 'missingPictures must be refuse or warn'],
    [{ name: 'x' }, 'username', 'username is missing: it is the part of @username@host before the host'],
    [{ username: 'x' }, 'name', 'name is missing: it is the name that people see'],
    [
      { ...base, username: 'My Blog' },
      'username',
      'username must be 1 to 30 of a-z, 0-9 and _; other servers show it as @username@host',
    ],
    [{ ...base, origin: 'http://blog.example' }, 'origin', expect.stringContaining('plain http')],
    [
      { ...base, origin: 'https://blog.example/sub' },
      'origin',
      expect.stringContaining('more than scheme, host and port'),
    ],
    [
      { ...base, language: 'english!' },
      'language',
      'language is not a language tag; write one such as en, de or pt-BR',
    ],
    [{ ...base, fields: [{ name: 'x' }] }, 'fields.0.value', 'fields.0.value needs a value'],
    [
      { ...base, fields: { a: 'b' } },
      'fields',
      'fields must be a list of lines "- name: …" with "value: …" under each',
    ],
    [
      { ...base, alsoKnownAs: ['@me@social.example'] },
      'alsoKnownAs.0',
      'alsoKnownAs.0 must be the full address of another account, such as https://social.example/users/me',
    ],
    [{ ...base, avatar: 3 }, 'avatar', 'avatar must be the path of a picture, or src and alt on lines of their own'],
    ...['10', '10 minutes', '-5m', '1.5h', '1w', {}].map(
      (sendAfter): Fault => [
        { ...base, sendAfter },
        'sendAfter',
        expect.stringContaining('write one such as 30s, 10m'),
      ],
    ),
    [{ ...base, sendAfter: '8d' }, 'sendAfter', 'sendAfter: 8d is too long; 7d is the most'],
    [
      { ...base, holds: 10 },
      'holds',
      'holds must be lines "creates: …", "updates: …" and "deletes: …" under it, each with a number',
    ],
    [
      { ...base, holds: { creates: 'many' } },
      'holds.creates',
      'holds.creates must be a whole number; more than so many at once are held',
    ],
    [{ ...base, holds: { creats: '3' } }, 'holds.creats', 'holds: unknown key "creats"; did you mean "creates"?'],
    [
      { ...base, holds: { something: '3' } },
      'holds.something',
      'holds: unknown key "something"; known are creates, updates, deletes',
    ],
    [
      { ...base, timezone: 'Berlin' },
      'timezone',
      'timezone: "Berlin" is not the name of a time zone; write one such as Europe/Berlin',
    ],
    [{ ...base, timezone: '+02:00' }, 'timezone', expect.stringContaining('is not the name of a time zone')],
    [{ ...base, sendafter: '1m' }, 'sendafter', 'unknown key "sendafter"; did you mean "sendAfter"?'],
    [{ ...base, timeZone: 'UTC' }, 'timeZone', 'unknown key "timeZone"; did you mean "timezone"?'],
    [{ ...base, since: 'long ago' }, 'since', expect.stringContaining('is not a date')],
  ] as Fault[])('%j → a fault that says what would be right', (data, path, message) => {
    expect(faults(data)).toEqual([[path, message]]);
  });

  test.each([
    ['0', 0],
    ['30s', 30_000],
    ['10m', 600_000],
    ['2 h', 7_200_000],
    ['7d', 604_800_000],
  ])('sendAfter: %s is %d ms', (sendAfter, ms) => {
    expect(readProfileFields({ ...base, sendAfter }, false).fields?.sendAfter).toBe(ms);
  });

  test('plain http is taken where development allows it', () => {
    expect(faults({ ...base, origin: 'http://localhost:4321' }, true)).toEqual([]);
  });
});
