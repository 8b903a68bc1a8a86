import { z } from 'zod';
import { DEFAULT_POLICY } from '../federation/manifest.ts';
import { isTimeZone } from '../federation/time-zones.ts';
import { parseDate } from './dates.ts';
import { nearestName } from './front-matter-keys.ts';
import { patternFault } from './permalink-pattern.ts';
import { type KeyFault, languageTag, readFlag } from './post-schema.ts';
import { type ProfileRules, READING_KEYS, RULE_KEYS, ruleShape } from './rules-schema.ts';
import { asText } from './schema-values.ts';
import { checkOrigin } from './settings.ts';

const fail = (context: z.core.$RefinementCtx<unknown>, input: unknown, message: string): never => {
  context.issues.push({ code: 'custom', message, input });
  return z.NEVER;
};

const text = (message: string) =>
  z
    .unknown()
    .transform((value, context) =>
      typeof value === 'string' && value.trim() !== '' ? value.trim() : fail(context, value, message),
    );

const flag = z
  .unknown()
  .transform((value, context) => readFlag(value) ?? fail(context, value, 'must be true or false'));

const picture = z.union(
  [
    z.string().transform((src) => ({ src: src.trim(), alt: '' })),
    z
      .strictObject({ src: z.string(), alt: z.string().optional() })
      .transform(({ src, alt }) => ({ src, alt: alt ?? '' })),
  ],
  'must be the path of a picture, or src and alt on lines of their own',
);

const address = z.unknown().transform((value, context) => {
  if (typeof value === 'string' && URL.canParse(value) && /^https?:/.test(value)) return value;
  return fail(context, value, 'must be the full address of another account, such as https://social.example/users/me');
});

const USERNAME = /^[a-z0-9_]{1,30}$/;
const USERNAME_RULE = 'must be 1 to 30 of a-z, 0-9 and _; other servers show it as @username@host';

const language = z.unknown().transform((value, context) => {
  const tag = typeof value === 'string' ? languageTag(value) : undefined;
  return tag ?? fail(context, value, 'is not a language tag; write one such as en, de or pt-BR');
});

const since = z.unknown().transform((value, context) => {
  const result = parseDate(asText(value));
  return result.ok ? result.date.instant : fail(context, value, `: ${result.message}`);
});

// Mastodon cuts a profile's fields at 2047 characters and reads 50 of them; it shows far fewer.
const field = z.strictObject(
  { name: text('needs a name').pipe(z.string().max(255)), value: text('needs a value').pipe(z.string().max(2047)) },
  'must be a list of lines "- name: …" with "value: …" under each',
);

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
// What waits longer than a week has been forgotten.
const LONGEST = 7 * 86_400_000;

const duration = z.unknown().transform((value, context) => {
  const match = /^(\d{1,9})\s*([smhd])$/.exec(asText(value).trim());
  const time = asText(value).trim() === '0' ? 0 : Number(match?.[1]) * (UNITS[match?.[2] ?? ''] ?? Number.NaN);
  if (Number.isNaN(time))
    return fail(context, value, `: "${asText(value)}" is not a time; write one such as 30s, 10m, 2h or 1d`);
  return time <= LONGEST ? time : fail(context, value, `: ${asText(value)} is too long; 7d is the most`);
});

const amount = z.unknown().transform((value, context) => {
  if (/^\d{1,6}$/.test(asText(value).trim())) return Number(value);
  return fail(context, value, 'must be a whole number; more than so many at once are held');
});

const timezone = z.unknown().transform((value, context) => {
  const name = asText(value).trim();
  return isTimeZone(name)
    ? name
    : fail(context, value, `: "${name}" is not the name of a time zone; write one such as Europe/Berlin`);
});

const pattern = z.unknown().transform((value, context) => {
  const message = patternFault(asText(value).trim());
  return message === undefined ? asText(value).trim() : fail(context, value, `: "${asText(value)}" ${message}`);
});

const { limits, sendAfterMs } = DEFAULT_POLICY;
const holds = z.strictObject(
  {
    creates: amount.default(limits.creates),
    updates: amount.default(limits.updates),
    deletes: amount.default(limits.deletes),
  },
  'must be lines "creates: …", "updates: …" and "deletes: …" under it, each with a number',
);

const profileSchema = z.strictObject({
  origin: text('must be scheme and host, such as https://blog.example').optional(),
  username: text('is missing: it is the part of @username@host before the host').pipe(
    z.string().regex(USERNAME, USERNAME_RULE),
  ),
  formerUsernames: z
    .array(text('must be text').pipe(z.string().regex(USERNAME, USERNAME_RULE)), 'must be a list, one "- name" a line')
    .max(20, 'has more than 20 entries')
    .optional(),
  name: text('is missing: it is the name that people see').pipe(z.string().max(255, 'is longer than 255 characters')),
  language: language.default('en'),
  description: text('must be text')
    .pipe(z.string().max(500, 'is longer than 500 characters; the body of profile.md is the place for more'))
    .optional(),
  avatar: picture.optional(),
  header: picture.optional(),
  fields: z
    .array(field, 'must be a list of lines "- name: …" with "value: …" under each')
    .max(50, 'has more than 50 entries, which Mastodon does not read')
    .default([]),
  rules: z.array(text('must be text'), 'must be a list, one "- rule" a line').default([]),
  showFollowers: flag.default(false),
  teaser: flag.default(false),
  discoverable: flag.default(true),
  indexable: flag.default(true),
  since: since.optional(),
  alsoKnownAs: z.array(address, 'must be a list of addresses').default([]),
  movedTo: address.optional(),
  blogroll: flag.optional(),
  sendAfter: duration.default(sendAfterMs),
  holds: holds.default(limits),
  timezone: timezone.default('UTC'),
  ...ruleShape,
  approveFollowers: flag.default(false),
  permalinks: pattern.optional(),
  // For the posts of another generator: what its themes alone know, and what was lost over the years.
  otherKeys: z.enum(['refuse', 'ignore'], 'must be refuse or ignore').default('refuse'),
  missingPictures: z.enum(['refuse', 'warn'], 'must be refuse or warn').default('refuse'),
});

/** The front matter of `profile.md`, checked. */
export type ProfileFields = Omit<z.output<typeof profileSchema>, keyof ProfileRules>;

export interface ProfileSchemaResult {
  readonly fields?: ProfileFields;
  /** What it says about others. */
  readonly rules?: ProfileRules;
  readonly faults: readonly KeyFault[];
}

const KEYS = Object.keys(profileSchema.shape);

/** The keys under some keys. */
const KEYS_UNDER: Readonly<Record<string, readonly string[]>> = {
  ...RULE_KEYS,
  reading: READING_KEYS,
  holds: Object.keys(limits),
  fields: ['name', 'value'],
};

/** Checks the settings file. An unknown key is a fault that names the nearest known one. */
export function readProfileFields(data: Readonly<Record<string, unknown>>, allowHttp: boolean): ProfileSchemaResult {
  const faults: KeyFault[] = [];
  const input: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(data)) {
    if (!KEYS.includes(key)) faults.push({ path: [key], message: `unknown key "${key}"${suggest(key, KEYS)}` });
    else if (value !== null && value !== '') input[key] = value;
  }
  const parsed = profileSchema.safeParse(input);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) faults.push(...asKeyFaults(issue));
    return { faults };
  }
  const { origin, replies, quotes, approveFollowers, avatars, keep, reading, ...fields } = parsed.data;
  const rules = { replies, quotes, approveFollowers, avatars, keep, ...(reading === undefined ? {} : { reading }) };
  if (origin === undefined) return { fields, rules, faults };
  const checked = checkOrigin(origin, allowHttp);
  if (checked.ok) return { fields: { ...fields, origin: checked.origin }, rules, faults };
  return { fields, rules, faults: [...faults, { path: ['origin'], message: `origin: ${checked.message}` }] };
}

function suggest(key: string, keys: readonly string[]): string {
  const nearest = nearestName(key, keys);
  return nearest && nearest.edits <= 3 ? `; did you mean "${nearest.name}"?` : `; known are ${keys.join(', ')}`;
}

function asKeyFaults(issue: z.core.$ZodIssue): KeyFault[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  const place = path.join('.');
  if (issue.code !== 'unrecognized_keys')
    return [{ path, message: `${place}${issue.message.startsWith(':') ? '' : ' '}${issue.message}` }];
  const known = KEYS_UNDER[String(path[0])] ?? [];
  return issue.keys.map((key) => ({
    path: [...path, key],
    message: `${place}: unknown key "${key}"${suggest(key, known)}`,
  }));
}
