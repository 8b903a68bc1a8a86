import { PosternError } from '../../server/errors.ts';
import { damaged } from './entry-name.ts';
import type { ImportEntry, ImportedProfile, ImportFormat, ImportOptions, ImportSource, LeftOut } from './source.ts';
import { besideTweets } from './twitter-beside.ts';
import { findTwitterFiles, firstItem, type TwitterFiles, twitterItems } from './twitter-files.ts';
import { type NoteTweets, readNoteTweets } from './twitter-notes.ts';
import {
  accountSchema,
  profileSchema,
  protectionSchema,
  readTweet,
  renameSchema,
  type Tweet,
  type TwitterAccount,
  versionsOf,
} from './twitter-object.ts';
import { dateOf, postOf, profilePicture, type TwitterNames, tweetUrl } from './twitter-post.ts';
import { decode, tweetMarkdown } from './twitter-text.ts';
import { readThreads, type TwitterThreads } from './twitter-threads.ts';

/** Archives of Twitter and X: a zip file or the folder that it was unpacked into. */
export const twitter: ImportFormat = {
  name: 'twitter',
  recognises: (input) => input.kind === 'archive' && findTwitterFiles(input.archive, input.path) !== undefined,
  async open(input, options) {
    const files = input.kind === 'archive' ? findTwitterFiles(input.archive, input.path) : undefined;
    if (files === undefined) {
      throw new PosternError(
        'unknown-export',
        `${input.path} is no archive of Twitter: it lacks tweets.js or account.js.`,
        {
          hint: 'Name the zip file that you downloaded, or the folder that it was unpacked into, with its folder data.',
          facts: { path: input.path },
        },
      );
    }
    const account = await readAccount(files);
    await assertOpen(files, account);
    const names = { username: account.username, former: await readFormerNames(files) };
    const threads = await readThreads(files, account.accountId);
    return sourceOf({ files, account, names, threads, options });
  },
};

interface Opened {
  readonly files: TwitterFiles;
  readonly account: TwitterAccount;
  readonly names: TwitterNames;
  readonly threads: TwitterThreads;
  readonly options: ImportOptions;
}

function sourceOf(opened: Opened): ImportSource {
  const { files, account, threads } = opened;
  return {
    title: `Twitter archive of @${account.username}`,
    total: threads.total,
    async *entries() {
      yield { type: 'profile', profile: await readProfile(files, account) };
      const notes = await readNoteTweets(files);
      for (const file of files.tweets) {
        let n = 0;
        for await (const item of twitterItems(files, file)) {
          n += 1;
          const tweet = readTweet(item);
          yield tweet === undefined ? left(BROKEN, `${file}, entry ${n}`) : sort(tweet, notes, opened);
        }
      }
      yield* besideTweets(files);
    },
    close: () => files.archive.close(),
  };
}

async function readAccount(files: TwitterFiles): Promise<TwitterAccount> {
  const read = accountSchema.safeParse(await firstItem(files, 'account'));
  if (read.success) return read.data.account;
  throw damaged(files.path, `its file ${files.folder}account.js does not say whose it is`);
}

/** Who closed an account wanted to be read by those let in: its archive is not for everybody. */
async function assertOpen(files: TwitterFiles, { username }: TwitterAccount): Promise<void> {
  let last: { readonly at: number; readonly action: string } | undefined;
  for await (const item of twitterItems(files, `${files.folder}protected-history.js`)) {
    const read = protectionSchema.safeParse(item);
    if (!read.success) continue;
    const { protectedAt, action } = read.data.protectedHistory;
    const at = Date.parse(protectedAt);
    if (!(at < (last?.at ?? Number.NEGATIVE_INFINITY))) last = { at, action };
  }
  if (last === undefined || !/^protect/i.test(last.action)) return;
  throw new PosternError(
    'account-protected',
    `The tweets of @${username} are protected: they were for approved followers alone.`,
    {
      hint: 'Nothing was imported, for files here are for everybody. If that is what you want, make the account public there, and download the archive again.',
      facts: { path: files.path },
    },
  );
}

async function readFormerNames(files: TwitterFiles): Promise<string[]> {
  const names = new Set<string>();
  for await (const item of twitterItems(files, `${files.folder}screen-name-change.js`)) {
    const read = renameSchema.safeParse(item);
    if (read.success) names.add(read.data.screenNameChange.screenNameChange.changedFrom);
  }
  return [...names];
}

const NO_WORDS = { addresses: new Map<string, string>(), names: new Set<string>(), hashtags: new Set<string>() };

async function readProfile(files: TwitterFiles, account: TwitterAccount): Promise<ImportedProfile> {
  const read = profileSchema.safeParse(await firstItem(files, 'profile'));
  const { description, avatarMediaUrl, headerMediaUrl } = read.success ? read.data.profile : { description: {} };
  const bio = tweetMarkdown({ ...NO_WORDS, text: description.bio ?? '' });
  const avatar = profilePicture(avatarMediaUrl, account.accountId, files);
  const header = profilePicture(headerMediaUrl, account.accountId, files);
  const fields = [
    // A short address leads nowhere once its service is gone.
    ...(description.website && !/^https?:\/\/t\.co\//.test(description.website)
      ? [{ name: 'Website', value: description.website }]
      : []),
    ...(description.location ? [{ name: 'Location', value: decode(description.location) }] : []),
  ];
  return {
    ...(account.accountDisplayName ? { name: decode(account.accountDisplayName) } : {}),
    ...(bio === '' ? {} : { bio }),
    ...(avatar === undefined ? {} : { avatar }),
    ...(header === undefined ? {} : { header }),
    fields,
    account: `https://twitter.com/${account.username}`,
  };
}

const BROKEN: LeftOut = { kind: 'broken entry', reason: 'it lacks what a tweet has: an id, a date, a text' };
const REPLY: LeftOut = {
  kind: 'reply to others',
  reason: 'it is part of a conversation elsewhere; --include-replies takes these',
};
const RETWEET: LeftOut = { kind: 'retweet', reason: 'the archive does not say which tweet it shares' };
const EARLIER: LeftOut = { kind: 'earlier version', reason: 'it was edited: its last version is taken' };

function left(leftOut: LeftOut, where: string): ImportEntry {
  return { type: 'left-out', leftOut: { ...leftOut, where } };
}

function sort(tweet: Tweet, notes: NoteTweets, { files, names, threads, options }: Opened): ImportEntry {
  const where = tweetUrl(names.username, tweet.id_str);
  if (/^RT @\w{1,20}:/.test(tweet.full_text)) return retweetOf(tweet, where);
  if (threads.isSuperseded(tweet)) return left(EARLIER, where);
  if (threads.isOthers(tweet) && !options.includeReplies) return left(REPLY, where);
  const versions = versionsOf(tweet);
  const parts = {
    note: notes.of(tweet),
    inReplyTo: parentOf(tweet, names, threads),
    isThread: threads.ownParent(tweet) !== undefined,
    earlier: versions.filter((id) => id !== tweet.id_str),
  };
  const post = postOf(tweet, parts, names, files);
  return post === undefined ? left(BROKEN, where) : { type: 'post', post };
}

/** An answer to a tweet of one's own that is gone answers nothing. */
function parentOf(tweet: Tweet, { username }: TwitterNames, threads: TwitterThreads): string | undefined {
  const own = threads.ownParent(tweet);
  if (own !== undefined) return tweetUrl(username, own);
  const { in_reply_to_status_id_str: id, in_reply_to_screen_name: name } = tweet;
  if (id === undefined || name === undefined || !/^\w{1,20}$/.test(name)) return undefined;
  return name.toLowerCase() === username.toLowerCase() ? undefined : tweetUrl(name, id);
}

/** Which tweet it was is known by its pictures alone, which say where they come from. */
function retweetOf(tweet: Tweet, where: string): ImportEntry {
  const media = tweet.extended_entities?.media ?? tweet.entities.media;
  const id = media.find(({ source_status_id_str: source }) => source !== undefined)?.source_status_id_str;
  const name = /^RT @(\w{1,20}):/.exec(tweet.full_text)?.[1];
  const published = dateOf(tweet.created_at);
  if (id === undefined || name === undefined || published === undefined) return left(RETWEET, where);
  return {
    type: 'post',
    post: {
      kind: 'note',
      originalUrl: where,
      repostOf: tweetUrl(name, id),
      published,
      tags: [],
      markdown: '',
      visibility: 'public',
      media: [],
    },
  };
}
