import type { KnownActor } from '../federation/reference.ts';
import type { BodyResult } from './body.ts';
import type { DocumentHead } from './document.ts';
import type { FoundMention } from './markdown-mentions.ts';
import type { Page, Post, TranslatedPost } from './model.ts';
import { plainText } from './plain-text.ts';
import { uniqueTags } from './slugs.ts';
import { partKey } from './thread-parts.ts';

/** Makes the posts of a file: one, or each part of a thread. */
export function toPosts(head: DocumentHead, body: BodyResult, teaserDefault: boolean): Post[] {
  const { parts } = body;
  if (!parts || parts.length < 2) return [toPost(head, body, teaserDefault)];
  return parts.map((part, index) => {
    const number = index + 1;
    const markdown = head.parts?.[index]?.body ?? '';
    const post = { ...toPost(head, part, teaserDefault), markdown, part: { number, of: parts.length } };
    if (number === 1) return post;
    // What the file says of itself it says of the first; a second object of that title or with that picture would be another post.
    const { title: _title, description: _description, image: _image, ...rest } = post;
    const own = { key: partKey(head.key, number), path: `${head.path}#${number}`, redirects: [], pinned: false };
    return { ...rest, ...own, tags: uniqueTags(part.hashtags) };
  });
}

/** Makes the post of its front matter and its rendered body; what it refers to is added when all posts have their ids. */
function toPost(head: DocumentHead, body: BodyResult, teaserDefault: boolean): Post {
  const { fields } = head;
  return {
    ...documentOf(head, body),
    kind: head.file.kind === 'note' ? 'note' : 'article',
    key: head.key,
    ...(head.title === undefined ? {} : { title: head.title }),
    published: head.published ?? '',
    dateOnly: head.dateOnly,
    ...(head.updated === undefined ? {} : { updated: head.updated }),
    tags: uniqueTags([...(fields.tags ?? []), ...body.hashtags]),
    ...(body.image === undefined ? {} : { image: body.image }),
    pictures: body.pictures,
    ...(fields.contentWarning ? { contentWarning: fields.contentWarning } : {}),
    // Mastodon hides media only when the post says so, with a warning or without.
    sensitive: fields.sensitive ?? Boolean(fields.contentWarning),
    visibility: fields.visibility ?? 'public',
    federate: fields.federate ?? true,
    pinned: fields.pinned ?? false,
    teaser: fields.teaser ?? teaserDefault,
    ...mentionsOf(body.mentions),
    ...(fields.poll && head.pollEnds !== undefined
      ? { poll: { options: fields.poll.options, multiple: fields.poll.multiple, ends: head.pollEnds } }
      : {}),
    ...(fields.originalUrl === undefined ? {} : { originalUrl: fields.originalUrl }),
  };
}

/** Makes a post that is the translation of another, whose page is at `translationOf`. */
export function toTranslation(head: DocumentHead, body: BodyResult, translationOf: string): TranslatedPost {
  return {
    ...documentOf(head, body),
    kind: 'translation',
    ...(head.title === undefined ? {} : { title: head.title }),
    translationOf,
    published: head.published ?? '',
  };
}

/** Each once. Of whom nobody knows and of the blog itself nobody is told. */
export function mentionsOf(found: readonly FoundMention[]): Pick<Post, 'mentions' | 'unknownMentions'> {
  const known = new Map<string, KnownActor>();
  const unknown = new Set<string>();
  for (const { handle, person } of found) {
    if (!person) unknown.add(handle);
    else if (person.actor && !known.has(person.actor.id)) known.set(person.actor.id, person.actor);
  }
  return {
    ...(known.size > 0 ? { mentions: [...known.values()] } : {}),
    ...(unknown.size > 0 ? { unknownMentions: [...unknown] } : {}),
  };
}

/** Makes a page, which does not federate. */
export function toPage(head: DocumentHead, body: BodyResult): Page {
  return { ...documentOf(head, body), kind: 'page', title: head.title ?? head.slug };
}

function documentOf(head: DocumentHead, body: BodyResult) {
  const description = plain(head.fields.description);
  return {
    source: head.file.source,
    slug: head.slug,
    path: head.path,
    redirects: head.redirects,
    language: head.language,
    ...(description === '' ? {} : { description }),
    markdown: head.body,
    html: body.html,
  };
}

/** Descriptions of other generators hold line breaks and, now and then, a tag or two. */
function plain(text: string | undefined): string {
  if (text === undefined) return '';
  const untagged = text.includes('<') ? text.replace(/<\/?[a-z][^<>]*>/gi, '') : text;
  return plainText(untagged).replace(/\s+/g, ' ').trim();
}
