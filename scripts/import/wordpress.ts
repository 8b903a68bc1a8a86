import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { PosternError } from '../../server/errors.ts';
import { createBlogReader } from './blog-html.ts';
import { BROKEN, left, MISSING, otherLanguage, PAGE } from './blog-post.ts';
import { plainText } from './html-nodes.ts';
import type { ImportEntry, ImportFormat, ImportInput, ImportOptions, ImportSource, LeftOut } from './source.ts';
import { itemOf, metaOf, type WordPressItem } from './wordpress-item.ts';
import { isForMembers } from './wordpress-members.ts';
import { postOf, type WordPressBlog } from './wordpress-post.ts';
import type { WordPressAttachment } from './wordpress-shortcodes.ts';
import { openUploads } from './wordpress-uploads.ts';
import { textOf, xmlElements } from './xml-elements.ts';

/** What WordPress exports: one XML file, or the zip file of several that WordPress.com makes of a large blog. */
export const wordpress: ImportFormat = {
  name: 'wordpress',
  recognises: async (input) => (input.kind === 'file' ? isWxr(input.head) : (await exportsIn(input)).length > 0),
  async open(input, options) {
    const files = input.kind === 'file' ? [fileOf(input.path)] : await exportsIn(input);
    if (files.length === 0 || (input.kind === 'file' && !isWxr(input.head))) {
      throw new PosternError('unknown-export', `${input.path} is no export of WordPress.`, {
        hint: 'Name the XML file that Tools → Export made, or the zip file that it came in.',
        facts: { path: input.path },
      });
    }
    const library = await readLibrary(files, input.path);
    return sourceOf(input, files, library, options);
  },
};

interface XmlFile {
  readonly name: string;
  readonly open: () => Promise<Readable>;
}

function fileOf(path: string): XmlFile {
  return { name: path, open: async () => createReadStream(path) };
}

/** All versions so far, 1.0 to 1.2, name their namespace so. */
function isWxr(head: string): boolean {
  return /<rss\b/.test(head) && /xmlns:wp\s*=\s*["']https?:\/\/wordpress\.org\/export\/\d/.test(head);
}

/** An archive may be a whole site: only so many files are looked into. */
const MOST_LOOKED_AT = 200;

async function exportsIn({ archive }: Extract<ImportInput, { kind: 'archive' }>): Promise<XmlFile[]> {
  const names = [...archive.files.keys()].filter((name) => /\.(?:xml|wxr)$/i.test(name) && name.split('/').length <= 3);
  const found: XmlFile[] = [];
  for (const name of names.slice(0, MOST_LOOKED_AT))
    if (isWxr(await headOf(await archive.open(name)))) found.push({ name, open: () => archive.open(name) });
  return found;
}

async function headOf(stream: Readable): Promise<string> {
  let head = '';
  try {
    for await (const chunk of stream) {
      head += String(chunk);
      if (head.length >= 4_096) break;
    }
  } finally {
    stream.destroy();
  }
  return head;
}

interface Library {
  readonly title: string;
  readonly description: string;
  readonly url: string;
  readonly language: string;
  readonly items: number;
  readonly attachments: ReadonlyMap<string, WordPressAttachment>;
}

const CHANNEL = new Set(['title', 'link', 'description', 'language', 'wp:base_blog_url', 'item']);

/** Reads the export once for its pictures: a post may show one that comes after it. Some hundred bytes each are kept. */
async function readLibrary(files: readonly XmlFile[], archive: string): Promise<Library> {
  const channel = new Map<string, string>();
  const attachments = new Map<string, WordPressAttachment>();
  let items = 0;
  for (const { name, open } of files) {
    const isWanted = (path: readonly string[]) => path.length === 3 && CHANNEL.has(path[2] ?? '');
    for await (const element of xmlElements(await open(), isWanted, { archive, file: name })) {
      if (element.name !== 'item') {
        if (!channel.has(element.name)) channel.set(element.name, textOf(element).trim());
        continue;
      }
      items += 1;
      const item = itemOf(element);
      if (item.type === 'attachment') attachments.set(item.id, attachmentOf(item));
    }
  }
  const url = channel.get('wp:base_blog_url') ?? channel.get('link') ?? '';
  return {
    title: plainText(channel.get('title') ?? ''),
    description: plainText(channel.get('description') ?? ''),
    url: URL.canParse(url) ? url.replace(/\/+$/, '') : '',
    language: channel.get('language') ?? '',
    items,
    attachments,
  };
}

function attachmentOf(item: WordPressItem): WordPressAttachment {
  return {
    id: item.id,
    url: item.attachmentUrl || item.guid,
    alt: plainText(metaOf(item, '_wp_attachment_image_alt') ?? ''),
    caption: item.excerpt,
    parent: item.parent,
    order: item.order,
  };
}

function sourceOf(
  input: ImportInput,
  files: readonly XmlFile[],
  library: Library,
  options: ImportOptions,
): ImportSource {
  const blog = blogOf(input, library, options);
  return {
    title: library.title === '' ? 'WordPress export' : `WordPress export of ${library.title}`,
    total: library.items,
    async *entries() {
      const { title, description, url } = library;
      const bio = blog.reader.read(description)?.markdown ?? '';
      const profile = { ...(title ? { name: title } : {}), ...(bio ? { bio } : {}), ...(url ? { account: url } : {}) };
      yield { type: 'profile', profile };
      for (const { name, open } of files) {
        const isItem = (path: readonly string[]) => path.length === 3 && path[2] === 'item';
        for await (const element of xmlElements(await open(), isItem, { archive: input.path, file: name }))
          yield* sort(itemOf(element), blog);
      }
    },
    close: async () => {
      if (input.kind === 'archive') await input.archive.close();
    },
  };
}

function blogOf(input: ImportInput, library: Library, { timezone, language }: ImportOptions): WordPressBlog {
  const { attachments, url } = library;
  const files = openUploads(input);
  const byPost = new Map<string, WordPressAttachment[]>();
  for (const one of attachments.values()) {
    if (!/\.(?:avif|gif|jpe?g|png|webp)$/i.test(one.url)) continue;
    byPost.set(one.parent, [...(byPost.get(one.parent) ?? []), one]);
  }
  const attachment = (id: string): WordPressAttachment | undefined => attachments.get(id);
  return {
    reader: createBlogReader(files, url === '' ? {} : { baseUrl: `${url}/` }),
    files,
    attachment,
    shortcodes: ({ id }) => ({
      attachment,
      own: (byPost.get(id) ?? []).toSorted((a, b) => a.order - b.order || Number(a.id) - Number(b.id)),
    }),
    url,
    language: otherLanguage(library.language, language),
    timezone,
  };
}

const PRIVATE: LeftOut = {
  kind: 'private post',
  reason: 'it was for its authors alone, and files here are for everybody',
};
const PASSWORD: LeftOut = {
  kind: 'post with a password',
  reason: 'it was for those who know it, and files here are for everybody',
};
const MEMBERS: LeftOut = {
  kind: 'post for members',
  reason: 'it was for members alone, and files here are for everybody',
};
const MEMBERS_PART: LeftOut = { ...MEMBERS, kind: 'part for members' };
const TRASH: LeftOut = { kind: 'post in the trash', reason: 'you threw it away there' };
const OTHER: LeftOut = { kind: 'other entry', reason: 'it is neither a post nor a page' };
const COMMENT: LeftOut = { kind: 'comment', reason: 'it is the words of others, who said them there' };
const SHORTCODE: LeftOut = { kind: 'shortcode', reason: 'a plugin made something of it: it stays as text' };

const STATUSES = new Set(['publish', 'draft', 'pending', 'future']);

function* sort(item: WordPressItem, blog: WordPressBlog): Generator<ImportEntry> {
  if (item.type === 'attachment') return;
  const where = item.link || item.guid || item.title;
  const against = kindAgainst(item);
  const read = against === undefined ? postOf(item, blog) : undefined;
  if (read === undefined) {
    yield leftOf(item, against ?? BROKEN, where);
    return;
  }
  yield { type: 'post', post: read.post };
  for (let n = 0; n < item.comments; n += 1) yield { type: 'left-out', leftOut: COMMENT };
  for (const address of read.missing) yield left(MISSING, address);
  for (let n = 0; n < read.gated; n += 1) yield left(MEMBERS_PART, where);
  for (const name of read.shortcodes) yield left(SHORTCODE, `[${name}] in ${where}`);
}

/** No address of private words: where they are is told nowhere. */
function leftOf(item: WordPressItem, leftOut: LeftOut, where: string): ImportEntry {
  if ([PRIVATE, PASSWORD, MEMBERS].includes(leftOut)) return { type: 'left-out', leftOut };
  return left(leftOut, leftOut === OTHER ? `${item.type}: ${plainText(item.title) || where}` : where);
}

function kindAgainst(item: WordPressItem): LeftOut | undefined {
  const { type, status, hasPassword } = item;
  if (type !== 'post' && type !== 'page') return OTHER;
  if (status === 'private') return PRIVATE;
  if (hasPassword) return PASSWORD;
  if (isForMembers(item)) return MEMBERS;
  if (!STATUSES.has(status)) return TRASH;
  return type === 'page' ? PAGE : undefined;
}
