import type { Addresses } from './addresses.ts';
import type { PictureFacts } from './picture.ts';
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
} from './post-object.ts';
import type { JsonObject } from './vocabulary.ts';

/**
 * Builds the Note of a post, or the Question of one with a poll. Its `summary` is a content warning everywhere, so it is never a teaser. A featured picture
 * leads the attachments: a Note has no link card to lose, and Mastodon keeps the first four. Takes a checked post and,
 * as `content`, HTML that is fit for peers; never fails. The size limit is kept by {@link limitObject}. (Activity Vocabulary, Note, Question)
 */
export function buildNote(
  post: PostFacts,
  addresses: Addresses,
  content: string | PeerContent,
  options: ObjectOptions = {},
): JsonObject {
  const attached = attachedPictures(post);
  return {
    '@context': objectContext(post, attached, options),
    ...headMembers(post, addresses),
    sensitive: isSensitive(post),
    ...(post.contentWarning === undefined ? {} : { summary: post.contentWarning }),
    ...contentMembers(post, addresses, typeof content === 'string' ? { html: content } : content),
    ...askMembers(post),
    ...footMembers(post, addresses, attached, options),
  } satisfies JsonObject;
}

function attachedPictures(post: PostFacts): readonly PictureFacts[] {
  const { image } = post;
  if (image === undefined) return post.pictures;
  return [image, ...post.pictures.filter((picture) => picture.path !== image.path)];
}
