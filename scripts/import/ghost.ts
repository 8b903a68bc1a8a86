import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { PosternError } from '../../server/errors.ts';
import { findFiles, safePath } from './blog-files.ts';
import { type BlogFiles, type BlogReader, createBlogReader, plainText } from './blog-html.ts';
import { BROKEN, left, MISSING, otherLanguage, PAGE } from './blog-post.ts';
import { lexicalHtml } from './ghost-lexical.ts';
import { mobiledocHtml } from './ghost-mobiledoc.ts';
import {
  type GhostMeta,
  type GhostPost,
  metaSchema,
  postSchema,
  postTagSchema,
  settingSchema,
  tagSchema,
} from './ghost-object.ts';
import { ghostRows } from './ghost-rows.ts';
import { urnOf } from './known-posts.ts';
import type {
  ImportEntry,
  ImportedMedia,
  ImportFormat,
  ImportInput,
  ImportOptions,
  ImportSource,
  LeftOut,
} from './source.ts';

/** What Ghost exports: one JSON file, or an archive with it and the folder `content`. */
export const ghost: ImportFormat = {
  name: 'ghost',
  recognises: async (input) => (await exportIn(input)) !== undefined,
  async open(input, options) {
    const file = await exportIn(input);
    if (file === undefined) {
      throw new PosternError('unknown-export', `${input.path} is no export of Ghost.`, {
        hint: 'Name the JSON file that Settings → Import/Export made, or an archive of it and the folder content.',
        facts: { path: input.path },
      });
    }
    const tables = await readTables(file, input.path);
    return sourceOf(input, file, tables, options);
  },
};

interface JsonFile {
  readonly name: string;
  readonly open: () => Promise<Readable>;
}

const HEAD = /^\uFEFF?\s*\{\s*(?:"db"\s*:\s*\[\s*\{\s*)?"meta"\s*:\s*\{[^{}]*"exported_on"/;

/** An archive may be a whole site: only so many files are looked into. */
const MOST_LOOKED_AT = 200;

async function exportIn(input: ImportInput): Promise<JsonFile | undefined> {
  if (input.kind === 'file')
    return HEAD.test(input.head) ? { name: input.path, open: async () => createReadStream(input.path) } : undefined;
  const { archive } = input;
  const names = [...archive.files.keys()].filter((name) => name.endsWith('.json') && name.split('/').length <= 4);
  for (const name of names.slice(0, MOST_LOOKED_AT)) {
    const open = () => archive.open(name);
    if (HEAD.test(await headOf(await open()))) return { name, open };
  }
  return undefined;
}

async function headOf(stream: Readable): Promise<string> {
  try {
    for await (const chunk of stream) return String(chunk).slice(0, 4_096);
    return '';
  } finally {
    stream.destroy();
  }
}

interface Tables {
  readonly posts: number;
  readonly settings: ReadonlyMap<string, string>;
  readonly meta: ReadonlyMap<string, GhostMeta>;
  /** Names of tags, by post, in order. */
  readonly tags: ReadonlyMap<string, readonly string[]>;
}

/** Reads all but the posts, which the export may have before what belongs to them. */
async function readTables(file: JsonFile, archive: string): Promise<Tables> {
  const settings = new Map<string, string>();
  const meta = new Map<string, GhostMeta>();
  const names = new Map<string, string>();
  const uses: { readonly post: string; readonly tag: string; readonly order: number }[] = [];
  let posts = 0;
  for await (const { table, row } of ghostRows(await file.open(), { archive, file: file.name })) {
    if (table === 'posts') posts += 1;
    const setting = table === 'settings' ? settingSchema.safeParse(row) : undefined;
    if (setting?.success) settings.set(setting.data.key, setting.data.value);
    const about = table === 'posts_meta' ? metaSchema.safeParse(row) : undefined;
    if (about?.success) meta.set(about.data.post_id, about.data);
    const tag = table === 'tags' ? tagSchema.safeParse(row) : undefined;
    // Tags that begin with # are for the theme alone.
    if (tag?.success && !tag.data.name.startsWith('#') && tag.data.visibility !== 'internal')
      names.set(tag.data.id, tag.data.name);
    const use = table === 'posts_tags' ? postTagSchema.safeParse(row) : undefined;
    if (use?.success) uses.push({ post: use.data.post_id, tag: use.data.tag_id, order: use.data.sort_order });
  }
  const tags = new Map<string, string[]>();
  for (const { post, tag } of uses.sort((a, b) => a.order - b.order)) {
    const name = names.get(tag);
    if (name !== undefined) tags.set(post, [...(tags.get(post) ?? []), name]);
  }
  return { posts, settings, meta, tags };
}

interface GhostBlog {
  readonly reader: BlogReader;
  readonly files: BlogFiles;
  readonly tables: Tables;
  readonly language: string;
}

function sourceOf(input: ImportInput, file: JsonFile, tables: Tables, { language }: ImportOptions): ImportSource {
  const files = openContent(input);
  const blog = { reader: createBlogReader(files), files, tables, language };
  const title = plainText(tables.settings.get('title') ?? '');
  return {
    title: title === '' ? 'Ghost export' : `Ghost export of ${title}`,
    total: tables.posts,
    async *entries() {
      const bio = blog.reader.read(tables.settings.get('description') ?? '')?.markdown ?? '';
      yield { type: 'profile', profile: { ...(title ? { name: title } : {}), ...(bio ? { bio } : {}) } };
      for await (const { table, row } of ghostRows(await file.open(), { archive: input.path, file: file.name })) {
        if (table !== 'posts') continue;
        const post = postSchema.safeParse(row);
        if (post.success) yield* sort(post.data, blog);
        else yield left(BROKEN, file.name);
      }
    },
    close: async () => {
      if (input.kind === 'archive') await input.archive.close();
    },
  };
}

const SITE = '__GHOST_URL__';

/** Pictures lie in `content/images`, files and films beside it. Sizes are made when they are asked for. */
function openContent(input: ImportInput): BlogFiles {
  const find = findFiles(input, { below: (path) => /(?:^|\/)content\/(.+)$/.exec(path)?.[1], beside: ['content'] });
  return {
    find(address) {
      const written = /\/content\/((?:images|media|files)\/.+)$/.exec(address)?.[1];
      const path = written === undefined ? undefined : safePath(written);
      return path === undefined
        ? undefined
        : (find(path.replace(/^images\/size\/[wh\d]+\/(?:format\/\w+\/)?/, 'images/')) ?? find(path));
    },
  };
}

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

function* sort(post: GhostPost, blog: GhostBlog): Generator<ImportEntry> {
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
