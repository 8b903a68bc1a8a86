import { z } from 'zod';
import { DEFAULT_RULES, type ReadingRules, type ReplyRules, type Retention, type Rules } from '../federation/rules.ts';
import { isTypo, nearestName } from './front-matter-keys.ts';
import { readFlag } from './post-schema.ts';
import { asText } from './schema-values.ts';

/** What `profile.md` says about others. */
export type ProfileRules = Pick<Rules, 'replies' | 'quotes' | 'approveFollowers' | 'avatars' | 'keep' | 'reading'>;

/** The keys under each key that has some. */
export const RULE_KEYS = {
  replies: ['from', 'firstTimers', 'words', 'closeAfter'],
  keep: ['messages', 'notifications', 'replies'],
} as const;

/** The keys under `reading`. */
export const READING_KEYS = ['days', 'boosts'] as const;

type Context = z.core.$RefinementCtx<unknown>;

const fail = (context: Context, input: unknown, message: string): never => {
  context.issues.push({ code: 'custom', message, input });
  return z.NEVER;
};

/** One of a few words; a word that is nearly one of them is told so. */
function choice<T extends string>(choices: readonly [T, T, ...T[]]) {
  return z.unknown().transform((value, context): T => {
    const text = asText(value).trim();
    const found = choices.find((each) => each === text);
    if (found !== undefined) return found;
    const list = `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
    const nearest = text === '' ? undefined : nearestName(text, choices);
    const like = nearest && isTypo(text, nearest.edits) ? `; did you mean "${nearest.name}"?` : '';
    return fail(context, value, `must be ${list}${like}`);
  });
}

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Whoever writes more days than these means for ever. */
const MOST_DAYS = 36_500;

/** Milliseconds. */
const longTime = z.unknown().transform((value, context): number => {
  const text = asText(value).trim().toLowerCase();
  if (text === 'forever') return Number.POSITIVE_INFINITY;
  const match = /^([1-9]\d{0,6})\s*([hdw])$/.exec(text);
  const time = Number(match?.[1]) * (UNITS[match?.[2] ?? ''] ?? Number.NaN);
  if (Number.isNaN(time))
    return fail(context, value, `: "${asText(value)}" is not a time; write one such as 12h, 30d or 8w, or forever`);
  return time <= MOST_DAYS * 86_400_000 ? time : fail(context, value, `: ${text} is too long; write forever`);
});

/** For ever is written by leaving it out. */
function member<Name extends string>(name: Name, time: number | undefined): { [name in Name]?: number };
function member(name: string, time: number | undefined) {
  return time === undefined || time === Number.POSITIVE_INFINITY ? {} : { [name]: time };
}

const word = z.unknown().transform((value, context): string => {
  // Compared without case, and with letters in the form in which most keyboards write them.
  const text = asText(value).normalize('NFC').trim().toLowerCase();
  if (text === '') return fail(context, value, 'must be a word or a few');
  return text.length <= 200 ? text : fail(context, value, 'is longer than 200 characters');
});

const replies = z
  .strictObject(
    {
      from: choice(['anyone', 'followers', 'people-i-replied-to', 'nobody']).default(DEFAULT_RULES.replies.from),
      firstTimers: choice(['show', 'hold']).default(DEFAULT_RULES.replies.firstTimers),
      words: z.array(word, 'must be a list, one "- word" a line').default([]),
      closeAfter: longTime.optional(),
    },
    `must be lines under it: ${RULE_KEYS.replies.map((key) => `"${key}: …"`).join(', ')}`,
  )
  .transform(
    ({ closeAfter, words, ...rest }): ReplyRules => ({
      ...rest,
      words: [...new Set(words)],
      ...member('closeAfterMs', closeAfter),
    }),
  );

const keep = z
  .strictObject(
    {
      messages: longTime.optional(),
      notifications: longTime.optional(),
      replies: longTime.optional(),
    },
    `must be lines under it: ${RULE_KEYS.keep.map((key) => `"${key}: …"`).join(', ')}, each with a time such as 30d`,
  )
  .transform(
    (times): Retention => ({
      ...member('messagesMs', times.messages ?? DEFAULT_RULES.keep.messagesMs),
      ...member('notificationsMs', times.notifications ?? DEFAULT_RULES.keep.notificationsMs),
      ...member('repliesMs', times.replies ?? DEFAULT_RULES.keep.repliesMs),
    }),
  );

const READ_DAYS = 'must be a number of days from 1 to 365';

/** The posts of others may be kept for a while, to be read; an archive of them is nobody's wish. */
const reading = z
  .strictObject(
    {
      days: z.coerce.number(READ_DAYS).int(READ_DAYS).min(1, READ_DAYS).max(365, READ_DAYS).default(30),
      boosts: z
        .unknown()
        .transform((value, context) => readFlag(value) ?? fail(context, value, 'must be true or false'))
        .default(true),
    },
    'must be lines under it: "days: …", "boosts: …"',
  )
  .transform((rules): ReadingRules => rules);

/** The rules as keys of the settings file; what it leaves out is as `DEFAULT_RULES` has it. */
export const ruleShape = {
  replies: replies.default(DEFAULT_RULES.replies),
  quotes: choice(['anyone', 'followers', 'ask', 'nobody']).default(DEFAULT_RULES.quotes),
  avatars: choice(['show', 'hide']).default(DEFAULT_RULES.avatars),
  keep: keep.default(DEFAULT_RULES.keep),
  reading: reading.optional(),
};
