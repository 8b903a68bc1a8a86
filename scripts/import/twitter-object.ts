import { z } from 'zod';

/** A field that is not as it should be is as if it were not there: a tweet is more than one field of it. */
const text = z.string().optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);

/** Leaves out what is no such thing, and keeps the rest. */
function listOf<T extends z.ZodType>(item: T) {
  return z
    .preprocess(
      (value) => (Array.isArray(value) ? value.filter((each) => item.safeParse(each).success) : []),
      z.array(item),
    )
    .default([]);
}

/** The longest have 25,000 letters, of which an `&` takes five. */
const LONGEST = 200_000;

const ID = z.string().regex(/^\d{1,20}$/);

const variant = z.object({ url: z.string(), content_type: text, bitrate: z.coerce.number().catch(0).default(0) });

const media = z.object({
  url: text,
  media_url_https: text,
  media_url: text,
  expanded_url: text,
  type: text,
  ext_alt_text: text,
  source_status_id_str: ID.optional().catch(undefined),
  video_info: z
    .object({ variants: listOf(variant) })
    .optional()
    .catch(undefined),
});

export type TwitterMedia = z.output<typeof media>;

const noEntities = { urls: [], user_mentions: [], hashtags: [], media: [] };

const entities = z
  .object({
    urls: listOf(z.object({ url: z.string().min(1), expanded_url: text })),
    user_mentions: listOf(z.object({ screen_name: z.string().regex(/^\w{1,20}$/) })),
    hashtags: listOf(z.object({ text: z.string().min(1) })),
    media: listOf(media),
  })
  .catch(noEntities)
  .default(noEntities);

const edits = z.object({ editTweetIds: listOf(ID) });

const editInfo = z
  .object({
    initial: edits.optional().catch(undefined),
    edit: z
      .object({ initialTweetId: text, editControlInitial: edits.optional().catch(undefined) })
      .optional()
      .catch(undefined),
  })
  .optional()
  .catch(undefined);

/** A tweet as `tweets.js` has it: numbers are texts there. */
const tweetFields = z.object({
  id_str: ID,
  created_at: z.string(),
  full_text: z.string().max(LONGEST),
  lang: text,
  possibly_sensitive: flag,
  in_reply_to_status_id_str: ID.optional().catch(undefined),
  in_reply_to_user_id_str: ID.optional().catch(undefined),
  in_reply_to_screen_name: text,
  entities,
  extended_entities: z
    .object({ media: listOf(media) })
    .optional()
    .catch(undefined),
  edit_info: editInfo,
});

export type Tweet = z.output<typeof tweetFields>;

/** Archives of 2018 and 2019 have tweets as they are, later ones each in an object of its own. */
const wrapped = z.preprocess(
  (value) => (typeof value === 'object' && value !== null && 'tweet' in value ? value.tweet : value),
  tweetFields,
);

export function readTweet(item: unknown): Tweet | undefined {
  const read = wrapped.safeParse(item);
  return read.success ? read.data : undefined;
}

/** The ids of its versions, the oldest first, where it was edited. */
export function versionsOf({ edit_info: info }: Tweet): readonly string[] {
  return info?.edit?.editControlInitial?.editTweetIds ?? info?.initial?.editTweetIds ?? [];
}

export const accountSchema = z.object({
  account: z.object({
    username: z.string().regex(/^\w{1,20}$/),
    accountId: ID,
    accountDisplayName: text,
  }),
});

export type TwitterAccount = z.output<typeof accountSchema>['account'];

export const profileSchema = z.object({
  profile: z.object({
    description: z.object({ bio: text, website: text, location: text }).catch({}).default({}),
    avatarMediaUrl: text,
    headerMediaUrl: text,
  }),
});

/** `protected-history.js`: when the account was closed to all but its followers, and opened again. */
export const protectionSchema = z.object({
  protectedHistory: z.object({ protectedAt: z.string(), action: z.string() }),
});

/** `screen-name-change.js`: names under which the account was known before. */
export const renameSchema = z.object({
  screenNameChange: z.object({
    screenNameChange: z.object({ changedFrom: z.string().regex(/^\w{1,20}$/) }),
  }),
});

/** `note-tweet.js`: what was longer than 280 letters, of which the tweet has the beginning. */
export const noteTweetSchema = z.object({
  noteTweet: z.object({
    createdAt: z.string(),
    core: z.object({
      text: z.string().max(LONGEST),
      urls: listOf(z.object({ shortUrl: z.string().min(1), expandedUrl: text })),
      mentions: listOf(z.object({ screenName: z.string().regex(/^\w{1,20}$/) })),
      hashtags: listOf(z.object({ text: z.string().min(1) })),
    }),
  }),
});

export type NoteTweet = z.output<typeof noteTweetSchema>['noteTweet'];
