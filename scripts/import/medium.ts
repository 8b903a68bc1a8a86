import { PosternError } from '../../server/errors.ts';
import { type BlogReader, createBlogReader } from './blog-html.ts';
import { BROKEN, left, MISSING } from './blog-post.ts';
import { damaged } from './entry-name.ts';
import { plainText } from './html-nodes.ts';
import { urnOf } from './known-posts.ts';
import { type MediumPost, readMedium, redirectsOf, slugOf } from './medium-post.ts';
import type { Archive, ImportEntry, ImportFormat, ImportOptions, ImportSource, LeftOut } from './source.ts';

/** Medium's archive: a page of HTML for each post. Of all else that it holds nothing is opened. */
export const medium: ImportFormat = {
  name: 'medium',
  async recognises(input) {
    if (input.kind === 'file') return false;
    const [first] = postsIn(input.archive);
    if (first === undefined) return false;
    return /<article class="h-entry">/.test((await readPage(input.archive, first, input.path)).slice(0, HEAD));
  },
  async open(input, options) {
    const files = input.kind === 'archive' ? postsIn(input.archive) : [];
    if (input.kind === 'file' || files.length === 0) {
      throw new PosternError('unknown-export', `${input.path} is no archive of Medium: it has no folder posts.`, {
        hint: 'Name the zip file that Medium sent you, or the folder that it was unpacked into.',
        facts: { path: input.path },
      });
    }
    return sourceOf(input.archive, input.path, files, options);
  },
};

const HEAD = 16_384;

/** Longer pages are nobody's. */
const LONGEST_PAGE = 8 * 1024 ** 2;

const POST = /(?:^|\/)(?:draft_|\d{4}-\d{2}-\d{2}_)[^/]*[0-9a-f]{6,14}\.html$/;

function postsIn({ files }: Archive): string[] {
  const all = [...files.keys()].filter((name) => POST.test(name)).sort();
  const inPosts = all.filter((name) => /(?:^|\/)posts\/[^/]+$/.test(name));
  // Somebody may name the folder of the posts itself.
  return inPosts.length > 0 ? inPosts : all.filter((name) => !name.includes('/'));
}

async function readPage(archive: Archive, file: string, path: string): Promise<string> {
  if ((archive.files.get(file)?.size ?? 0) > LONGEST_PAGE) throw damaged(path, `${file} is longer than any post`);
  const chunks: Buffer[] = [];
  for await (const chunk of await archive.open(file)) chunks.push(chunk);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw damaged(path, `${file} is not in UTF-8, as Medium writes it`, cause);
  }
}

function sourceOf(archive: Archive, path: string, files: readonly string[], options: ImportOptions): ImportSource {
  const reader = createBlogReader({ find: () => undefined }, { baseUrl: 'https://medium.com/' });
  return {
    title: 'Medium archive',
    total: files.length,
    async *entries() {
      for (const file of files) yield* sort(await readPost(archive, file, path), file, reader, options);
      yield* otherThings(archive, files);
    },
    close: () => archive.close(),
  };
}

async function readPost(archive: Archive, file: string, path: string): Promise<MediumPost | undefined> {
  const html = await readPage(archive, file, path);
  // HTML that breaks off is still HTML, but half a post is none.
  return html.includes('</article>') ? readMedium(html, file) : undefined;
}

const RESPONSE: LeftOut = {
  kind: 'reply to others',
  reason: 'it is part of a conversation elsewhere; --include-replies takes these',
};
const OTHER: LeftOut = { kind: 'other data', reason: 'it is no post: it is never read' };

function* sort(
  post: MediumPost | undefined,
  file: string,
  reader: BlogReader,
  { includeReplies }: ImportOptions,
): Generator<ImportEntry> {
  const body = post === undefined ? undefined : reader.read(post.html);
  if (post?.published === undefined || body === undefined) {
    yield left(BROKEN, file);
    return;
  }
  const isResponse = isAnswer(post, body.markdown);
  const byId = `https://medium.com/p/${post.id}`;
  const originalUrl = post.isDraft ? urnOf('medium', 'draft', post.id) : (post.canonical ?? byId);
  if (isResponse && !includeReplies && !post.isDraft) {
    yield left(RESPONSE, originalUrl);
    return;
  }
  const slug = slugOf(file);
  const isNote = isResponse || post.title === '';
  yield {
    type: 'post',
    post: {
      kind: isNote ? 'note' : 'article',
      originalUrl,
      aliases: post.isDraft || originalUrl === byId ? [] : [byId],
      ...(slug === '' || isNote ? {} : { slug }),
      ...(isNote ? {} : { title: post.title }),
      published: post.published,
      ...(post.description === '' ? {} : { description: post.description }),
      tags: [],
      markdown: body.markdown,
      visibility: 'public',
      ...(post.isDraft ? { draft: true } : {}),
      redirects: post.isDraft || post.canonical === undefined ? [] : redirectsOf(post.canonical),
      media: [],
    },
  };
  for (const address of body.missing) yield left(MISSING, address);
}

/** The archive does not say so, but an answer has no heading, and its own beginning for a title. */
function isAnswer({ hasHeading, title, html }: MediumPost, markdown: string): boolean {
  if (hasHeading || title === '' || markdown === '') return false;
  return plainText(html).startsWith(title.replace(/…$/, '').trim());
}

/** Claps, bookmarks, addresses of devices: by folder, for each holds one kind. */
function* otherThings({ files }: Archive, posts: readonly string[]): Generator<ImportEntry> {
  const read = new Set(posts);
  const folders = new Set<string>();
  for (const name of files.keys()) {
    if (read.has(name)) continue;
    const [folder = '', ...rest] = name.split('/');
    folders.add(rest.length === 0 ? folder : `${folder}/`);
  }
  for (const folder of folders) yield left(OTHER, folder);
}
