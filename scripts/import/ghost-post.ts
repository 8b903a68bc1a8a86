import type { BlogFiles, BlogReader } from './blog-html.ts';
import { BROKEN, left, MISSING, otherLanguage, PAGE } from './blog-post.ts';
import { lexicalHtml } from './ghost-lexical.ts';
import { mobiledocHtml } from './ghost-mobiledoc.ts';
import type { GhostMeta, GhostPost } from './ghost-object.ts';
import { plainText } from './html-nodes.ts';
import { urnOf } from './known-posts.ts';
import type { ImportEntry, ImportedMedia, LeftOut } from './source.ts';

/** What the export has beside its posts. */
export interface GhostTables {
  readonly posts: number;
  readonly settings: ReadonlyMap<string, string>;
  readonly meta: ReadonlyMap<string, GhostMeta>;
  /** Names of tags, by post, in order. */
  readonly tags: ReadonlyMap<string, readonly string[]>;
}

export interface GhostBlog {
  readonly reader: BlogReader;
  readonly files: BlogFiles;
  readonly tables: GhostTables;
  readonly language: string;
}

/** Stands for the address of the blog, which the export does not say. */
const SITE = '__GHOST_URL__';

const MEMBERS: LeftOut = {
  kind: 'post for members',
  reason: 'it was for members alone, and files here are for everybody',
};
const MAIL: LeftOut = { kind: 'newsletter', reason: 'it was a mail to subscribers, and never on the site' };
const STATE: LeftOut = { kind: 'other entry', reason: 'it is neither published nor a draft' };

function kindAgainst({ status, visibility, type, page }: GhostPost, meta: GhostMeta | undefined): LeftOut | undefined {
  if ((visibility ?? 'public') !== 'public') return MEMBERS;
  if (status === 'sent' || meta?.email_only === true) return MAIL;
  if (status !== 'published' && status !== 'draft' && status !== 'scheduled') return STATE;
  return type === 'page' || page ? PAGE : undefined;
}

/** Gives a post, what of it stays out, or why all of it does. */
export function* ghostEntries(post: GhostPost, blog: GhostBlog): Generator<ImportEntry> {
  const where = post.slug ?? post.id;
  const meta = blog.tables.meta.get(post.id);
  const against = kindAgainst(post, meta);
  if (against !== undefined) {
    yield against === MEMBERS || against === MAIL ? { type: 'left-out', leftOut: against } : left(against, where);
    return;
  }
  const html = htmlOf(post);
  const body = html === undefined ? undefined : blog.reader.read(html.replaceAll(SITE, ''));
  const published = (post.status === 'draft' ? undefined : post.published_at) ?? post.created_at ?? post.updated_at;
  if (body === undefined || published === undefined) {
    yield left(BROKEN, where);
    return;
  }
  const { image, missing } = imageOf(post, meta, blog.files);
  const media = [...(image === undefined ? [] : [image]), ...body.media];
  const facts = factsOf(post, meta, published, blog);
  yield {
    type: 'post',
    post: { ...facts, markdown: body.markdown, media, ...(image === undefined ? {} : { image: image.name }) },
  };
  for (const address of [...missing, ...body.missing]) yield left(MISSING, address);
}

/** Ghost keeps the page that it made of a post; where an export was made for an import, there is the editor's text alone. */
function htmlOf({ html, lexical, mobiledoc }: GhostPost): string | undefined {
  const made =
    html ?? (lexical ? lexicalHtml(lexical) : undefined) ?? (mobiledoc ? mobiledocHtml(mobiledoc) : undefined);
  if (made === undefined) return lexical || mobiledoc ? undefined : '';
  // A part may be for members while the rest is for all.
  return made
    .split('<!--kg-gated-block:begin')
    .map((part, index) => (index === 0 ? part : gatedPart(part)))
    .join('');
}

function gatedPart(part: string): string {
  const [inside = '', ...after] = part.split('<!--kg-gated-block:end-->');
  const rule = inside.slice(0, inside.indexOf('-->'));
  const isForAll = /nonMember:\s*true/.test(rule);
  return (isForAll ? inside.slice(rule.length + 3) : '') + after.join('');
}

function factsOf(post: GhostPost, meta: GhostMeta | undefined, published: string, { tables, language }: GhostBlog) {
  const title = plainText(post.title ?? '');
  const hasTitle = title !== '' && title !== '(Untitled)';
  const isDraft = post.status !== 'published';
  const description = plainText(post.custom_excerpt || meta?.meta_description || post.meta_description || '');
  const said = otherLanguage(
    post.locale ?? tables.settings.get('locale') ?? tables.settings.get('lang') ?? '',
    language,
  );
  const updated = isDraft ? undefined : post.updated_at;
  return {
    kind: hasTitle ? 'article' : 'note',
    // The export does not say at which address the blog was.
    originalUrl: urnOf('ghost', 'post', post.uuid ?? post.id),
    ...(post.slug ? { slug: post.slug } : {}),
    ...(hasTitle ? { title } : {}),
    published,
    ...(updated !== undefined && updated > published ? { updated } : {}),
    ...(said === undefined ? {} : { language: said }),
    ...(description === '' ? {} : { description }),
    tags: tables.tags.get(post.id) ?? [],
    visibility: 'public',
    ...(isDraft ? { draft: true } : {}),
    ...(post.featured ? { pinned: true } : {}),
    redirects: isDraft || !post.slug ? [] : [`/${post.slug}/`],
  } as const;
}

function imageOf(
  { feature_image: written }: GhostPost,
  meta: GhostMeta | undefined,
  files: BlogFiles,
): { readonly image: ImportedMedia | undefined; readonly missing: readonly string[] } {
  const url = (written ?? '').replaceAll(SITE, '');
  if (url === '') return { image: undefined, missing: [] };
  const file = files.find(url);
  if (file === undefined) return { image: undefined, missing: [url] };
  return {
    image: { name: `featured-${file.name}`, alt: plainText(meta?.feature_image_alt ?? ''), open: file.open },
    missing: [],
  };
}
