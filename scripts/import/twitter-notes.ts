import { partsOf, type TwitterFiles, twitterItems } from './twitter-files.ts';
import { type NoteTweet, noteTweetSchema, type Tweet } from './twitter-object.ts';
import { decode } from './twitter-text.ts';

/** The long tweets of an archive. */
export interface NoteTweets {
  /** The whole text of a tweet of which the archive has the beginning alone. */
  of(tweet: Tweet): NoteTweet | undefined;
}

/** Reads the long tweets: few of an account's are, and each is longer than the tweet that it belongs to by a few thousand letters. */
export async function readNoteTweets(files: TwitterFiles): Promise<NoteTweets> {
  const bySecond = new Map<number, NoteTweet[]>();
  for (const file of partsOf(files.archive, files.folder, 'note-tweet')) {
    for await (const item of twitterItems(files, file)) {
      const read = noteTweetSchema.safeParse(item);
      const second = read.success ? secondOf(read.data.noteTweet.createdAt) : undefined;
      if (!read.success || second === undefined) continue;
      bySecond.set(second, [...(bySecond.get(second) ?? []), read.data.noteTweet]);
    }
  }
  return {
    of(tweet) {
      const second = secondOf(tweet.created_at);
      if (second === undefined || bySecond.size === 0) return undefined;
      const beginning = beginningOf(tweet.full_text);
      // Neither names the other: they were made at one time, and begin alike.
      const near = [second, second - 1, second + 1].flatMap((each) => bySecond.get(each) ?? []);
      return near.find(({ core }) => beginning !== '' && same(core.text).startsWith(beginning));
    },
  };
}

function secondOf(date: string): number | undefined {
  const time = Date.parse(date);
  return Number.isNaN(time) ? undefined : Math.floor(time / 1_000);
}

/** Without the link to the whole, and the ellipsis before it. */
function beginningOf(text: string): string {
  return same(text.replace(/\s*https:\/\/t\.co\/\w+\s*$/, '').replace(/…\s*$/, ''));
}

function same(text: string): string {
  return decode(text).replace(/\s+/g, ' ').trim();
}
