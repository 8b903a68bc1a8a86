import render from 'dom-serializer';
import { DomUtils, parseDocument } from 'htmlparser2';
import type { Post } from '../../build/model.ts';
import { teaserOf, titleOf, warningOf } from '../entry.ts';
import { escapeHtml } from '../escape.ts';
import { pollOptions } from '../poll.ts';
import { objectIdOf } from '../post.ts';
import { relations } from '../relation.ts';
import { absolute, type Theme } from '../theme.ts';

/** How many posts a feed holds. */
const NEWEST = 20;

/** One post as all feeds show it. Texts are plain and not escaped, addresses are in full. */
export interface FeedEntry {
  /** The object's id: it stays when the page moves. */
  readonly id: string;
  readonly url: string;
  readonly post: Post;
  /** The title, or what stands for it where a feed cannot do without. */
  readonly title: string;
  readonly summary: string;
  readonly html: string;
  readonly image: string | undefined;
}

/** A feed's entries, newest first, and the latest moment any of them changed (RFC 3339). */
export interface FeedContent {
  readonly entries: readonly FeedEntry[];
  readonly updated: string;
}

/** Gathers the newest posts for the feeds. */
export function feedContent(theme: Theme): FeedContent {
  const posts = theme.listed.slice(0, NEWEST);
  const updated = posts
    .map((post) => post.updated ?? post.published)
    .sort()
    .at(-1);
  return {
    entries: posts.map((post) => feedEntry(theme, post)),
    // An empty blog too must give the same bytes on every build.
    updated: updated ?? theme.site.profile.since ?? '1970-01-01T00:00:00Z',
  };
}

/** Makes every address in HTML absolute: a feed reader has no page to resolve it against. */
export function absoluteHtml(html: string, base: string): string {
  const document = parseDocument(html);
  for (const element of DomUtils.findAll((node) => node.attribs !== undefined, document.children)) {
    for (const name of ['href', 'src', 'poster', 'cite']) {
      const value = element.attribs[name];
      if (value !== undefined && URL.canParse(value, base)) element.attribs[name] = new URL(value, base).href;
    }
    const { srcset } = element.attribs;
    if (srcset !== undefined) element.attribs.srcset = absoluteSources(srcset, base);
  }
  return render(document, { encodeEntities: 'utf8' });
}

function absoluteSources(sources: string, base: string): string {
  return sources
    .split(/,\s+/)
    .map((source) => {
      const [address = '', ...size] = source.trim().split(/\s+/);
      return [URL.canParse(address, base) ? new URL(address, base).href : address, ...size].join(' ');
    })
    .join(', ');
}

function feedEntry(theme: Theme, post: Post): FeedEntry {
  const url = absolute(theme, post.path);
  const warning = warningOf(theme, post);
  const picture = warning === undefined ? (post.image ?? post.pictures[0]) : undefined;
  const parts = theme.threads.get(post.source) ?? [];
  const said = [post, ...parts].map(({ html }) => html).join('<hr>\n') + pollOptions(post);
  const body = relations(theme, post) + featured(post) + said;
  const html =
    warning === undefined
      ? body
      : `<details><summary><strong>${escapeHtml(warning)}</strong></summary>\n${body}</details>`;
  return {
    id: objectIdOf(theme, post),
    url,
    post,
    title: titleOf(theme, post),
    summary: teaserOf(theme, post),
    html: absoluteHtml(html, url),
    image: picture && absolute(theme, picture.path),
  };
}

function featured(post: Post): string {
  const { image } = post;
  if (image === undefined || post.pictures.some((picture) => picture.path === image.path)) return '';
  return `<p><img src="${escapeHtml(image.path)}" alt="${escapeHtml(image.alt)}" width="${image.width}" height="${image.height}"></p>\n`;
}
