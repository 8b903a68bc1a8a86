import { z } from 'zod';
import { csvRow, parseCsv } from '../build/csv.ts';
import type { Follower } from '../federation/outcome.ts';
import { PosternError } from '../server/errors.ts';
import { parseRecords, placeOf } from './exported-files.ts';
import { oneLine } from './printable.ts';

/**
 * The one column of a list of accounts. Mastodon exports no followers, but every list of accounts has this header first,
 * and its import needs no other (mastodon `app/models/form/import.rb`, EXPECTED_HEADERS_BY_TYPE and default_csv_headers;
 * `app/models/export.rb`). GoToSocial exports followers in exactly this form (`internal/typeutils/csv.go`, FollowersToCSV).
 */
const ACCOUNT_ADDRESS = 'Account address';

/** A handle without its first `@`: a name as Mastodon takes it, and a host, with a port where it is not the usual one. */
const HANDLE = /^[a-z0-9_]+(?:[.-]+[a-z0-9_]+)*@[\p{L}\p{M}\p{N}.-]+(?::\d{1,5})?$/iu;

/** Writes the list of accounts: `user@host` a line, without the first `@`. Followers without a handle are left out. */
export function toFollowersCsv(followers: Iterable<Pick<Follower, 'handle'>>): string {
  let text = csvRow([ACCOUNT_ADDRESS]);
  for (const { handle } of followers) if (handle !== undefined) text += csvRow([handle.replace(/^@/, '')]);
  return text;
}

/** What a list of accounts holds. `faults` are rows that name nobody. */
export interface HandleList {
  /** `@user@host`, each once, in the order of the file. */
  readonly handles: readonly string[];
  readonly faults: readonly string[];
}

/**
 * Reads a list of accounts: with a header in any order of columns, or without one, as Mastodon writes its blocks. Throws
 * `csv-damaged` and `not-a-follower-list`.
 */
export function readFollowersCsv(text: string): HandleList {
  const [first, ...rest] = parseCsv(text);
  const handles = new Map<string, string>();
  const faults: string[] = [];
  if (first === undefined) return { handles: [], faults };
  const named = first.findIndex((cell) => cell.trim().toLowerCase() === ACCOUNT_ADDRESS.toLowerCase());
  const column = Math.max(0, named);
  if (named === -1 && toHandle(first[0]) === undefined) {
    throw new PosternError('not-a-follower-list', `No column of the file is named "${ACCOUNT_ADDRESS}".`, {
      hint: `Write ${ACCOUNT_ADDRESS} as the first line, and one user@host on each line below it.`,
    });
  }
  for (const row of named === -1 ? [first, ...rest] : rest) {
    const handle = toHandle(row[column]);
    if (handle === undefined) faults.push(`"${oneLine(row[column] ?? '').slice(0, 80)}" is not user@host`);
    else if (!handles.has(handle.toLowerCase())) handles.set(handle.toLowerCase(), handle);
  }
  return { handles: [...handles.values()], faults };
}

function toHandle(cell: string | undefined): string | undefined {
  const bare = (cell ?? '').trim().replace(/^@/, '');
  return bare.length <= 512 && HANDLE.test(bare) ? `@${bare}` : undefined;
}

const webUrl = z.url({ protocol: /^https?$/ }).max(2048);

const followerSchema = z.strictObject({
  actor: webUrl,
  inbox: webUrl,
  sharedInbox: webUrl.optional(),
  followId: z.string().min(1).max(2048),
  handle: z.string().regex(/^@/).max(512).optional(),
  since: z.iso.datetime(),
});

const fileSchema = z.object({ postern: z.literal('followers'), version: z.literal(1), origin: z.string() });

/** The full form of the followers: all that is known of each, inboxes too, so that nobody has to be asked. */
export interface FollowerFile {
  readonly origin: string;
  readonly followers: readonly Follower[];
}

/** Writes the full form: one follower a line, so that the file can be compared and searched. */
export function toFollowerFile({ origin, followers }: FollowerFile): string {
  const head = JSON.stringify({ postern: 'followers', version: 1, origin }).slice(0, -1);
  return `${head},"followers":[\n${followers.map((follower) => JSON.stringify(follower)).join(',\n')}\n]}\n`;
}

/** Reads the full form. Throws `followers-file-damaged` with the place: which follower, which member. */
export function readFollowerFile(text: string): FollowerFile {
  const parsed = parseRecords(text);
  if ('fault' in parsed) throw damaged(parsed.fault);
  const { value } = parsed;
  const head = fileSchema.safeParse(value);
  if (!head.success) throw damaged(`it does not begin as an export of followers does (${placeOf(head.error)})`);
  const list: unknown =
    typeof value === 'object' && value !== null && 'followers' in value ? value.followers : undefined;
  if (!Array.isArray(list)) throw damaged('it has no list of followers');
  const followers = list.map((each: unknown, index): Follower => {
    const read = followerSchema.safeParse(each);
    if (!read.success) throw damaged(`follower ${index + 1} of ${list.length}: ${placeOf(read.error)}`);
    const { sharedInbox, handle, ...rest } = read.data;
    return {
      ...rest,
      ...(sharedInbox === undefined ? {} : { sharedInbox }),
      ...(handle === undefined ? {} : { handle }),
    };
  });
  return { origin: head.data.origin, followers };
}

function damaged(what: string): PosternError {
  return new PosternError('followers-file-damaged', `The file cannot be read: ${what}.`, {
    hint: 'Nothing was imported. Copy the file again, or export it anew with: npm run followers -- export <file> --full',
  });
}
