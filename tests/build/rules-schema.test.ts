import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseFrontMatter } from '../../build/front-matter.ts';
import { readProfileFields } from '../../build/profile-schema.ts';
import { RULE_KEYS } from '../../build/rules-schema.ts';
import { contentFolder } from './content-folder.ts';

const base = { username: 'blog', name: 'A blog' };
const read = (data: Record<string, unknown>) => readProfileFields({ ...base, ...data }, false);
const DAY = 86_400_000;

describe('rules in profile.md', () => {
  test('every key', () => {
    const data = {
      replies: {
        from: 'people-i-replied-to',
        firstTimers: 'hold',
        words: ['Casino', ' casino ', 'CAFE\u0301'],
        closeAfter: '30d',
      },
      quotes: 'ask',
      approveFollowers: 'true',
      avatars: 'hide',
      keep: { messages: '8w', notifications: '12h', replies: '400 d' },
    };
    expect(read(data)).toMatchObject({
      faults: [],
      rules: {
        replies: {
          from: 'people-i-replied-to',
          firstTimers: 'hold',
          words: ['casino', 'caf\u00e9'],
          closeAfterMs: 30 * DAY,
        },
        quotes: 'ask',
        approveFollowers: true,
        avatars: 'hide',
        keep: { messagesMs: 56 * DAY, notificationsMs: DAY / 2, repliesMs: 400 * DAY },
      },
    });
  });

  test('what is read of others is asked for, with defaults of its own; without the key nothing is', () => {
    expect(read({}).rules).not.toHaveProperty('reading');
    expect(read({ reading: {} }).rules?.reading).toEqual({ days: 30, boosts: true });
    expect(read({ reading: { days: '7', boosts: 'false' } }).rules?.reading).toEqual({ days: 7, boosts: false });
    for (const days of [0, 366, 1.5, 'all', '7d']) {
      expect(read({ reading: { days } }).faults.map(({ message }) => message)).toEqual([
        'reading.days must be a number of days from 1 to 365',
      ]);
    }
    expect(read({ reading: { boost: true } }).faults.map(({ message }) => message)).toEqual([
      'reading: unknown key "boost"; did you mean "boosts"?',
    ]);
    expect(read({ reading: true }).faults).toHaveLength(1);
  });

  test('what is kept for ever has no time; what is left out has its default', () => {
    expect(read({ keep: { messages: 'forever' } }).rules?.keep).toEqual({ notificationsMs: 90 * DAY });
    expect(read({ replies: { closeAfter: 'forever' } }).rules?.replies).toEqual({
      from: 'anyone',
      firstTimers: 'show',
      words: [],
    });
  });

  test.each<[Record<string, unknown>, string, unknown]>([
    [{ quotes: 'followes' }, 'quotes', 'quotes must be anyone, followers, ask or nobody; did you mean "followers"?'],
    [{ quotes: true }, 'quotes', expect.stringContaining('quotes must be anyone, followers, ask or nobody')],
    [{ qoutes: 'ask' }, 'qoutes', 'unknown key "qoutes"; did you mean "quotes"?'],
    [{ avatars: 'none' }, 'avatars', 'avatars must be show or hide'],
    [{ approveFollowers: 'maybe' }, 'approveFollowers', 'approveFollowers must be true or false'],
    [{ replies: 'followers' }, 'replies', expect.stringContaining('replies must be lines under it: "from: …"')],
    [
      { replies: { from: 'people-I-replied-to ' } },
      'replies.from',
      expect.stringContaining('did you mean "people-i-replied-to"?'),
    ],
    [
      { replies: { firstTimer: 'hold' } },
      'replies.firstTimer',
      'replies: unknown key "firstTimer"; did you mean "firstTimers"?',
    ],
    [
      { replies: { allowed: 'x' } },
      'replies.allowed',
      'replies: unknown key "allowed"; known are from, firstTimers, words, closeAfter',
    ],
    [{ replies: { words: 'casino' } }, 'replies.words', 'replies.words must be a list, one "- word" a line'],
    [{ replies: { words: ['a', ' '] } }, 'replies.words.1', 'replies.words.1 must be a word or a few'],
    ...['30', '0d', '-1d', '1.5d', 'never', {}].map((closeAfter): [Record<string, unknown>, string, unknown] => [
      { replies: { closeAfter } },
      'replies.closeAfter',
      expect.stringContaining('write one such as 12h, 30d or 8w, or forever'),
    ]),
    [{ keep: { messages: '99999d' } }, 'keep.messages', 'keep.messages: 99999d is too long; write forever'],
    [{ keep: { mesages: '1d' } }, 'keep.mesages', 'keep: unknown key "mesages"; did you mean "messages"?'],
  ])('%j → a fault that says what would be right', (data, path, message) => {
    expect(read(data).faults.map((fault) => [fault.path.join('.'), fault.message])).toEqual([[path, message]]);
  });

  test('a fault has the line of its key, under the key it stands under', async () => {
    const profile =
      '---\nusername: blog\nname: A blog\nkeep:\n  replies: 30\nreplies:\n  from: friends\n  words:\n    - ok\n    - " "\n---\n';
    expect(await contentFolder({ 'profile.md': profile }).faults()).toEqual([
      expect.stringContaining('profile.md:5 keep.replies: "30" is not a time'),
      expect.stringContaining('profile.md:7 replies.from must be'),
      expect.stringContaining('profile.md:10 replies.words.1 must be'),
    ]);
  });

  test("the commented lines of this blog's own profile.md are what holds without them", () => {
    const text = readFileSync(new URL('../../content/profile.md', import.meta.url), 'utf8');
    const open = text.replace(/^# (?=(?:replies|quotes|approveFollowers|avatars|keep):| {2}\w)/gm, '');
    const said = parseFrontMatter(open);
    if (!said.ok) throw new Error(said.message);
    const { data } = said.frontMatter;
    for (const key of ['quotes', 'approveFollowers', 'avatars']) expect(data).toHaveProperty(key);
    for (const [key, under] of Object.entries(RULE_KEYS)) expect(Object.keys(data[key] ?? {})).toEqual([...under]);
    expect(readProfileFields(data, false)).toMatchObject({ faults: [], rules: read({}).rules });
  });

  test('they are the rules of the site', async () => {
    const profile = '---\nusername: blog\nname: A blog\nquotes: nobody\nreplies: { from: followers }\n---\n';
    const { site } = await contentFolder({ 'profile.md': profile }).read();
    expect(site.rules).toMatchObject({ version: 1, quotes: 'nobody', replies: { from: 'followers' }, repliedTo: [] });
    expect(site.profile).not.toHaveProperty('quotes');
  });
});
