import type { BodyResult } from './body.ts';
import type { DocumentHead } from './document.ts';
import type { Page, Post } from './model.ts';
import { plainText } from './plain-text.ts';
import { uniqueTags } from './slugs.ts';

/** Makes the post of its front matter and its rendered body. */
export function toPost(head: DocumentHead, body: BodyResult, teaserDefault: boolean): Post {
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
