import { z } from 'zod';
import { isWebAddress } from '../../build/reference-schema.ts';

/** A field that is not as it should be is as if it were not there: a post is more than one field of it. */
const text = z.string().optional().catch(undefined);
const count = z.number().int().nonnegative().catch(0);
const names = z
  .union([z.string().transform((one) => [one]), z.array(z.string())])
  .catch([])
  .default([]);

const option = z.object({
  name: z.string(),
  replies: z.object({ totalItems: count }).catch({ totalItems: 0 }).default({ totalItems: 0 }),
});
const options = z.array(option).optional().catch(undefined);

/** Pleroma and Akkoma write a list of links where Mastodon writes an address. */
const address = z
  .union([z.string(), z.array(z.object({ href: z.string() })).transform(([first]) => first?.href)])
  .optional()
  .catch(undefined);

/** What our own export of this shape says of where a post was before: addresses here are then those of its blog. */
const originalUrl = z.string().refine(isWebAddress).optional().catch(undefined);

const attachment = z.object({ type: text, mediaType: text, url: address, name: z.string().nullish().catch(null) });
const tag = z.object({ type: text, name: text, href: text });

/** Leaves out what is no such thing, and keeps the rest. */
function listOf<T extends z.ZodType>(item: T) {
  return z
    .preprocess(
      (value) => (Array.isArray(value) ? value.filter((each) => item.safeParse(each).success) : []),
      z.array(item),
    )
    .default([]);
}

/** What the archive has of a post (mastodon `app/serializers/activitypub/note_serializer.rb`). */
export const noteSchema = z.object({
  id: z.string().min(1),
  type: z.enum(['Note', 'Question', 'Article', 'Page', 'Video', 'Audio', 'Image', 'Event']),
  name: text,
  summary: text,
  content: text,
  contentMap: z.record(z.string(), z.string()).optional().catch(undefined),
  published: z.string(),
  updated: text,
  url: address,
  originalUrl,
  to: names,
  cc: names,
  inReplyTo: text,
  sensitive: z.boolean().optional().catch(undefined),
  attachment: listOf(attachment),
  tag: listOf(tag),
  oneOf: options,
  anyOf: options,
  endTime: text,
  closed: text,
});

export type MastodonNote = z.output<typeof noteSchema>;

export const activitySchema = z.object({
  id: text,
  type: z.string(),
  actor: text,
  published: text,
  to: names,
  cc: names,
  originalUrl,
  object: z.unknown(),
});

/** Mastodon's likes are addresses; our own export has the activities too. */
export const likeSchema = z.preprocess(
  (value) => (typeof value === 'string' ? { type: 'Like', object: value } : value),
  z.object({ type: z.literal('Like'), object: z.string().regex(/^https?:\/\//), published: text, originalUrl }),
);

const picture = z.object({ url: address, summary: text, name: text }).optional().catch(undefined);

/** `actor.json` (mastodon `app/services/backup_service.rb`, dump_actor!). */
export const actorSchema = z.object({
  id: z.string().min(1),
  url: address,
  preferredUsername: text,
  name: text,
  summary: text,
  published: text,
  icon: picture,
  image: picture,
  attachment: listOf(z.object({ type: z.literal('PropertyValue'), name: z.string(), value: z.string() })),
});

export type MastodonActor = z.output<typeof actorSchema>;

const PUBLIC = new Set(['https://www.w3.org/ns/activitystreams#Public', 'as:Public', 'Public']);

export type Visibility = 'public' | 'unlisted' | 'followers' | 'direct';

/** Who may see it (mastodon `app/lib/activitypub/tag_manager.rb`, to and cc): whatever is not said to be for all is not for all. */
export function visibilityOf(
  { to, cc }: { readonly to: readonly string[]; readonly cc: readonly string[] },
  followers = /\/followers(?:$|[/?#])/,
): Visibility {
  if (to.some((one) => PUBLIC.has(one))) return 'public';
  if (cc.some((one) => PUBLIC.has(one))) return 'unlisted';
  return [...to, ...cc].some((one) => followers.test(one)) ? 'followers' : 'direct';
}
