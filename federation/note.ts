import type { PictureFacts } from './picture.ts';
import {
  contentMembers,
  footMembers,
  headMembers,
  isSensitive,
  type ObjectOptions,
  objectContext,
  type PostContext,
  type PostFacts,
} from './post-object.ts';
import type { JsonObject } from './vocabulary.ts';

/**
 * Builds the Note of a post. Its `summary` is a content warning everywhere, so it is never a teaser. A featured picture
 * leads the attachments: a Note has no link card to lose, and Mastodon keeps the first four. Takes a checked post and
 * HTML that is fit for peers; never fails. The size limit is kept by {@link limitObject}. (Activity Vocabulary, Note)
 */
export function buildNote(post: PostFacts, context: PostContext, options: ObjectOptions): JsonObject {
  const attached = attachedPictures(post);
  return {
    '@context': objectContext(post, attached),
    ...headMembers(post, context),
    sensitive: isSensitive(post),
    ...(post.contentWarning === undefined ? {} : { summary: post.contentWarning }),
    ...contentMembers(post, options.content),
    ...footMembers(post, context, options, attached),
  } satisfies JsonObject;
}

function attachedPictures(post: PostFacts): readonly PictureFacts[] {
  const { image } = post;
  if (image === undefined) return post.pictures;
  return [image, ...post.pictures.filter((picture) => picture.path !== image.path)];
}
