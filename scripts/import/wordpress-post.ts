import { readRedirect } from '../../build/permalinks.ts';
import type { BlogFiles, BlogReader } from './blog-html.ts';
import { plainText } from './html-nodes.ts';
import type { ImportedMedia, ImportedPost } from './source.ts';
import { withParagraphs } from './wordpress-autop.ts';
import { publishedOf, updatedOf } from './wordpress-dates.ts';
import { metaOf, type WordPressItem } from './wordpress-item.ts';
import { withoutGated } from './wordpress-members.ts';
import { readShortcodes, type ShortcodeOptions } from './wordpress-shortcodes.ts';

export interface WordPressBlog {
  readonly reader: BlogReader;
  readonly files: BlogFiles;
  readonly shortcodes: (item: WordPressItem) => ShortcodeOptions;
  /** The picture library, by id. */
  readonly attachment: ShortcodeOptions['attachment'];
  /** The address of the blog, without `/` at its end; empty where the export does not say. */
  readonly url: string;
  readonly language: string | undefined;
  readonly timezone: string;
}

export interface ReadPost {
  readonly post: ImportedPost;
  /** Addresses of files that the export does not have. */
  readonly missing: readonly string[];
  readonly shortcodes: readonly string[];
  /** How many parts of its text were for members alone. */
  readonly gated: number;
}

/** Makes a post of an item that its author published, or will. Undefined when it has no date or no text that can be read. */
export function postOf(item: WordPressItem, blog: WordPressBlog): ReadPost | undefined {
  const isDraft = item.status !== 'publish';
  const published = publishedOf(item, blog.timezone);
  const { html, unknown, gated } = htmlOf(item, blog);
  const body = blog.reader.read(html);
  if (published === undefined || body === undefined) return undefined;
  const title = plainText(item.title);
  const updated = updatedOf(item);
  const { image, missing } = imageOf(item, blog);
  const description = plainText(item.excerpt);
  const [originalUrl, ...aliases] = addressesOf(item, blog);
  if (originalUrl === undefined) return undefined;
  const slug = decoded(item.slug);
  return {
    post: {
      kind: title === '' ? 'note' : 'article',
      originalUrl,
      aliases,
      ...(slug === '' ? {} : { slug }),
      ...(title === '' ? {} : { title }),
      published,
      ...(updated !== undefined && updated > published && !isDraft ? { updated } : {}),
      ...(blog.language === undefined ? {} : { language: blog.language }),
      ...(description === '' ? {} : { description }),
      tags: tagsOf(item),
      markdown: body.markdown,
      visibility: 'public',
      ...(isDraft ? { draft: true } : {}),
      ...(item.isSticky ? { pinned: true } : {}),
      redirects: isDraft ? [] : redirectsOf(item),
      // The text may show it as well, or another of the same name: its own name tells them apart.
      media: [...(image === undefined ? [] : [image]), ...body.media],
      ...(image === undefined ? {} : { image: image.name }),
    },
    missing: [...missing, ...body.missing],
    shortcodes: unknown,
    gated,
  };
}

function htmlOf(
  item: WordPressItem,
  blog: WordPressBlog,
): { readonly html: string; readonly unknown: readonly string[]; readonly gated: number } {
  // The block editor marks its blocks, and WordPress makes no paragraphs then.
  const hasBlocks = item.content.includes('<!-- wp:');
  const open = withoutGated(item.content);
  const { html, unknown } = readShortcodes(open.html, blog.shortcodes(item));
  return { html: hasBlocks ? html : withParagraphs(html), unknown, gated: open.gated };
}

/** Where it stood, then by what else it may be known: its address by number stays when others change. */
function addressesOf({ link, guid, id }: WordPressItem, { url }: WordPressBlog): string[] {
  const byNumber = url === '' || id === '' ? [] : [`${url}/?p=${id}`];
  const all = [link, guid, ...byNumber].filter((address) => /^https?:\/\/\S+$/i.test(address) && URL.canParse(address));
  return [...new Set(all)];
}

function tagsOf({ terms }: WordPressItem): string[] {
  const names = terms
    .filter(({ domain }) => domain === 'category' || domain === 'post_tag')
    .filter(({ slug }) => slug !== 'uncategorized')
    .map(({ name }) => plainText(name))
    .filter((name) => name !== '');
  return [...new Set(names)];
}

function redirectsOf({ link, meta }: WordPressItem): string[] {
  if (!URL.canParse(link)) return [];
  const { pathname, search } = new URL(link);
  if (pathname === '/' || search !== '') return [];
  const old = meta.flatMap(([key, value]) =>
    key === '_wp_old_slug' && /^[^/?#\s]+$/.test(value) ? [pathname.replace(/[^/]+(\/?)$/, () => `${value}/`)] : [],
  );
  return [...new Set([pathname, ...old])].filter((path) => readRedirect(path) !== undefined);
}

function imageOf(
  item: WordPressItem,
  { attachment, files }: WordPressBlog,
): { readonly image: ImportedMedia | undefined; readonly missing: readonly string[] } {
  const found = attachment(metaOf(item, '_thumbnail_id') ?? '');
  if (found === undefined) return { image: undefined, missing: [] };
  const file = files.find(found.url);
  if (file === undefined) return { image: undefined, missing: [found.url] };
  return { image: { name: `featured-${file.name}`, alt: found.alt, open: file.open, url: found.url }, missing: [] };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
