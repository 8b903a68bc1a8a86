import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { PosternError } from '../../server/errors.ts';
import { findFiles, safePath } from './blog-files.ts';
import { type BlogFiles, createBlogReader } from './blog-html.ts';
import { BROKEN, left } from './blog-post.ts';
import { type GhostMeta, metaSchema, postSchema, postTagSchema, settingSchema, tagSchema } from './ghost-object.ts';
import { type GhostTables, ghostEntries } from './ghost-post.ts';
import { ghostRows } from './ghost-rows.ts';
import { plainText } from './html-nodes.ts';
import type { ImportFormat, ImportInput, ImportOptions, ImportSource } from './source.ts';

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

/** Reads all but the posts, which the export may have before what belongs to them. */
async function readTables(file: JsonFile, archive: string): Promise<GhostTables> {
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

function sourceOf(input: ImportInput, file: JsonFile, tables: GhostTables, { language }: ImportOptions): ImportSource {
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
        if (post.success) yield* ghostEntries(post.data, blog);
        else yield left(BROKEN, file.name);
      }
    },
    close: async () => {
      if (input.kind === 'archive') await input.archive.close();
    },
  };
}

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
