import { type TwitterFiles, twitterItems } from './twitter-files.ts';
import { readTweet, type Tweet, versionsOf } from './twitter-object.ts';

/** What one tweet cannot say of itself. Two ids for each answer are kept, and one for each tweet. */
export interface TwitterThreads {
  readonly total: number;
  /** True when it belongs to a conversation that began with others. */
  isOthers(tweet: Tweet): boolean;
  /** The tweet of the same account that it answers, if the archive has it. */
  ownParent(tweet: Tweet): string | undefined;
  /** True when a later version of it is there. */
  isSuperseded(tweet: Tweet): boolean;
}

/**
 * Reads the archive once for who answers whom: its tweets are in no order, so what a thread hangs from may come after it.
 */
export async function readThreads(files: TwitterFiles, accountId: string): Promise<TwitterThreads> {
  const ids = new Set<string>();
  const parents = new Map<string, string>();
  const others = new Set<string>();
  for (const file of files.tweets) {
    for await (const item of twitterItems(files, file)) {
      const tweet = readTweet(item);
      if (tweet === undefined) continue;
      ids.add(tweet.id_str);
      const parent = tweet.in_reply_to_status_id_str;
      if (answersOthers(tweet, accountId)) others.add(tweet.id_str);
      else if (parent !== undefined) parents.set(tweet.id_str, parent);
    }
  }
  const rootOf = (id: string): string => {
    let at = id;
    // Ids grow with time; what answers something newer than itself is no answer, and would go in circles.
    for (let next = parents.get(at); next !== undefined && isOlder(next, at); next = parents.get(at)) at = next;
    return at;
  };
  return {
    total: ids.size,
    isOthers: (tweet) => answersOthers(tweet, accountId) || others.has(rootOf(tweet.id_str)),
    ownParent(tweet) {
      const parent = tweet.in_reply_to_status_id_str;
      return parent !== undefined && ids.has(parent) && isOlder(parent, tweet.id_str) ? parent : undefined;
    },
    isSuperseded(tweet) {
      const versions = versionsOf(tweet);
      return versions.slice(versions.indexOf(tweet.id_str) + 1).some((id) => id !== tweet.id_str && ids.has(id));
    },
  };
}

function isOlder(id: string, than: string): boolean {
  return BigInt(id) < BigInt(than);
}

/** An answer, or words to somebody: both begin with a name and were shown to nobody but those who follow both. */
function answersOthers(
  { in_reply_to_user_id_str: user, in_reply_to_status_id_str: status }: Tweet,
  own: string,
): boolean {
  return user === undefined ? status !== undefined : user !== own;
}
