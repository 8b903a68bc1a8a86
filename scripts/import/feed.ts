import { createReadStream } from 'node:fs';
import { readRedirect } from '../../build/permalinks.ts';
import { PosternError } from '../../server/errors.ts';
import { type BlogReader, createBlogReader } from './blog-html.ts';
import { BROKEN, left, MISSING, otherLanguage } from './blog-post.ts';
import type { FeedHead, FeedItem } from './feed-item.ts';
import { jsonHead, jsonItem } from './feed-json.ts';
import { atomHead, atomItem, rssHead, rssItem } from './feed-xml.ts';
import { escapeHtml, lastOf, plainText } from './html-nodes.ts';
import { jsonItems } from './json-items.ts';
import { urnOf } from './known-posts.ts';
import type { ImportEntry, ImportedPost, ImportFormat, ImportOptions, ImportSource, LeftOut } from './source.ts';
import { type XmlElement, xmlElements } from './xml-elements.ts';

/** A file that is an RSS, Atom or JSON feed; backups of Blogger are one, too. */
export const feed: ImportFormat = {
  name: 'feed',
  recognises: (input) => input.kind === 'file' && kindOf(input.head) !== undefined,
  async open(input, options) {
    const kind = input.kind === 'file' ? kindOf(input.head) : undefined;
    if (kind === undefined || input.kind !== 'file') {
      throw new PosternError('unknown-export', `${input.path} is no feed: neither RSS nor Atom nor JSON Feed.`, {
        hint: 'Save the feed to a file first, as the address of the feed gives it.',
        facts: { path: input.path },
      });
    }
    const file = { path: input.path, head: input.head, kind };
    const head = await readHead(file);
    return sourceOf(file, head, options);
  },
};

type Kind = 'rss' | 'rdf' | 'atom' | 'json';

interface FeedFile {
  readonly path: string;
  readonly head: string;
  readonly kind: Kind;
}

/** By the first element, or the address of its version that each JSON feed has. */
function kindOf(written: string): Kind | undefined {
  // UTF-16, read as UTF-8, has a NUL for every other letter.
  const head = written
    .replaceAll('\0', '')
    .replace(/^[\uFEFF\uFFFD]+/, '')
    .trimStart();
  if (head.startsWith('{'))
    return /"version"\s*:\s*"https?:(?:\\?\/){2}jsonfeed\.org(?:\\?\/)version(?:\\?\/)1/.test(head)
      ? 'json'
      : undefined;
  if (!head.startsWith('<') || /xmlns:wp\s*=\s*["']https?:\/\/wordpress\.org\/export\//.test(head)) return undefined;
  const root = /<([A-Za-z][\w:.-]*)/.exec(
    head.replace(/<!--[\s\S]*?-->/g, '').replace(/<!DOCTYPE[^>[]*(?:\[[^\]]*\]\s*)?>/i, ''),
  )?.[1];
  const kinds: Readonly<Record<string, Kind>> = { rss: 'rss', 'rdf:RDF': 'rdf', feed: 'atom', 'atom:feed': 'atom' };
  return kinds[root ?? ''];
}

/** Elements of a feed that hold no items. */
const HEADS = new Set(['title', 'link', 'description', 'language', 'dc:language', 'subtitle', 'tagline']);

async function readHead({ path, head, kind }: FeedFile): Promise<FeedHead> {
  if (kind === 'json') return jsonHead(head);
  const parts: XmlElement[] = [];
  const depth = kind === 'atom' ? 2 : 3;
  const isWanted = (at: readonly string[]) =>
    at.length === depth && HEADS.has((at.at(-1) ?? '').replace(/^atom:/, '')) && at[1] !== 'item';
  // To the end, though it stands first: a file that breaks off is refused before anything is written.
  for await (const part of xmlElements(createReadStream(path), isWanted, { archive: path, file: path }))
    if (parts.length < 100) parts.push(part);
  const language = /<(?:atom:)?feed\b[^>]*?\sxml:lang\s*=\s*["']([\w-]+)["']/.exec(head)?.[1] ?? '';
  return kind === 'atom' ? atomHead(parts, language) : rssHead(parts);
}

async function* itemsOf({ path, kind }: FeedFile): AsyncGenerator<FeedItem | undefined> {
  const where = { archive: path, file: path };
  if (kind === 'json') {
    for await (const value of jsonItems(createReadStream(path), '$.items.*', where)) yield jsonItem(value);
    return;
  }
  const [name, depth, read] =
    kind === 'atom' ? (['entry', 2, atomItem] as const) : (['item', kind === 'rdf' ? 2 : 3, rssItem] as const);
  const isItem = (at: readonly string[]) => at.length === depth && (at.at(-1) ?? '').replace(/^atom:/, '') === name;
  for await (const element of xmlElements(createReadStream(path), isItem, where)) yield read(element);
}

const TITLES: Readonly<Record<Kind, string>> = {
  rss: 'RSS feed',
  rdf: 'RSS feed',
  atom: 'Atom feed',
  json: 'JSON Feed',
};

function sourceOf(file: FeedFile, head: FeedHead, { language }: ImportOptions): ImportSource {
  const reader = createBlogReader({ find: () => undefined }, head.link === undefined ? {} : { baseUrl: head.link });
  const name = head.title === '' ? TITLES[file.kind] : `${TITLES[file.kind]} of ${head.title}`;
  return {
    title: `${name} (most feeds have the newest posts alone)`,
    async *entries() {
      const bio = reader.read(escapeHtml(head.description))?.markdown ?? '';
      const profile = { ...(head.title ? { name: head.title } : {}), ...(bio ? { bio } : {}) };
      yield { type: 'profile', profile: { ...profile, ...(head.link ? { account: head.link } : {}) } };
      let n = 0;
      for await (const item of itemsOf(file)) {
        n += 1;
        const place = item?.link ?? `${file.path}, entry ${n}`;
        yield* item === undefined ? [left(BROKEN, place)] : sort(item, place, { reader, head, language });
      }
    },
    close: async () => {},
  };
}

interface Reading {
  readonly reader: BlogReader;
  readonly head: FeedHead;
  readonly language: string;
}

const OTHER: LeftOut = { kind: 'other entry', reason: 'it is no post' };

function* sort(item: FeedItem, place: string, { reader, head, language }: Reading): Generator<ImportEntry> {
  if (item.against !== undefined) {
    yield left(OTHER, `${item.against}: ${place}`);
    return;
  }
  const body = reader.read(`${item.html}${enclosures(item)}`);
  if (body === undefined || item.published === undefined) {
    yield left(BROKEN, place);
    return;
  }
  const said = otherLanguage(item.language || head.language, language);
  const post: ImportedPost = {
    ...placeOf(item),
    kind: item.title === '' ? 'note' : 'article',
    ...(item.title === '' ? {} : { title: item.title }),
    published: item.published,
    ...(item.updated !== undefined && item.updated > item.published ? { updated: item.updated } : {}),
    ...(said === undefined ? {} : { language: said }),
    ...(item.title === '' || !saysMore(item) ? {} : { description: item.summary }),
    tags: [...new Set(item.tags)].filter((tag) => tag !== ''),
    markdown: body.markdown,
    visibility: 'public',
    ...(item.isDraft ? { draft: true } : {}),
    media: [],
  };
  yield { type: 'post', post };
  for (const address of body.missing) yield left(MISSING, address);
}

/** Many feeds have the beginning of the text for its summary. */
function saysMore({ summary, html }: FeedItem): boolean {
  const beginning = summary.replace(/\s*(?:\[(?:…|\.{3})\]|…|\.{3})(?:\s.*)?$/, '');
  return beginning !== '' && !plainText(html).startsWith(beginning);
}

/** Links to its files, unless the text shows them itself. */
function enclosures({ html, enclosures: addresses }: FeedItem): string {
  return addresses
    .filter((address) => !html.includes(address) && !html.includes(escapeHtml(address)))
    .map((address) => `<p><a href="${escapeHtml(address)}">${escapeHtml(lastOf(address))}</a></p>`)
    .join('');
}

function placeOf(item: FeedItem): Pick<ImportedPost, 'originalUrl' | 'aliases' | 'slug' | 'redirects'> {
  const { id, link, title, published = '', html, isDraft } = item;
  const originalUrl = link ?? urnOf('feed', 'item', ...(id === '' ? [title, published, html] : [id]));
  const aliases = /^https?:\/\/\S+$/i.test(id) && id !== originalUrl ? [id] : [];
  const path = link === undefined ? '/' : new URL(link).pathname;
  const isPath = path !== '/' && link !== undefined && new URL(link).search === '' && readRedirect(path) !== undefined;
  const slug = lastOf(path).replace(/\.\w{1,5}$/, '');
  const hasSlug = title !== '' && isPath && !/^\d*$/.test(slug) && !/^index$/i.test(slug);
  return { originalUrl, aliases, ...(hasSlug ? { slug } : {}), redirects: isPath && !isDraft ? [path] : [] };
}
