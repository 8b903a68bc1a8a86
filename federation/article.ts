import type { Addresses } from './addresses.ts';
import { pictureObject } from './picture.ts';
import {
  askMembers,
  contentMembers,
  footMembers,
  headMembers,
  isSensitive,
  type ObjectOptions,
  objectContext,
  type PeerContent,
  type PostFacts,
  teaserOf,
} from './post-object.ts';
import type { JsonObject } from './vocabulary.ts';

/**
 * Builds the Article of a post: title in `name`, the whole text in `content`, the pictures of the text in `attachment`,
 * the featured picture in `image`. Takes a checked post and, as `content`, HTML that is fit for peers; never fails. The size limit is
 * kept by {@link limitObject}. (Activity Vocabulary, Article; FEP-b2b8)
 *
 * The title is not repeated in `content`. GoToSocial shows it as the fold over the text and Mastodon, Misskey, snac,
 * Ghost and Lemmy print `name` themselves, so that only Akkoma and Hollo would gain and the others would show it twice.
 * There is no `preview`: no reader of it is known, and it costs bytes in every delivery.
 */
export function buildArticle(
  post: PostFacts,
  addresses: Addresses,
  content: string | PeerContent,
  options: ObjectOptions = {},
): JsonObject {
  const summary = summaryOf(post);
  const pictures = post.image === undefined ? post.pictures : [post.image, ...post.pictures];
  return {
    '@context': objectContext(post, pictures, options),
    ...headMembers(post, addresses),
    sensitive: isSensitive(post),
    ...(summary === undefined ? {} : { summary }),
    ...contentMembers(post, addresses, typeof content === 'string' ? { html: content } : content),
    ...askMembers(post),
    // In `attachment` it would suppress the link card of Mastodon, which shows it anyway (og:image).
    ...(post.image === undefined ? {} : { image: featuredImage(post.image, addresses.origin) }),
    ...footMembers(post, addresses, post.pictures, options),
  } satisfies JsonObject;
}

/**
 * Plain text: GoToSocial, snac, Hollo and Misskey take it for a content warning, and most of them show tags literally.
 * So it is a warning, or nothing, unless the author asked for a teaser.
 */
function summaryOf(post: PostFacts): string | undefined {
  return post.contentWarning ?? teaserOf(post);
}

/** Ghost shows the featured picture only when it has an id. */
function featuredImage(image: NonNullable<PostFacts['image']>, origin: string): JsonObject {
  const { url, ...rest } = pictureObject(image, origin);
  return { id: url ?? null, ...rest, url: url ?? null };
}
