import { join, posix } from 'node:path';
import { stampOf } from './content-files.ts';
import { dateOfFolders } from './dates.ts';
import { toSlug } from './slugs.ts';

/** Where a picture of a document lies. */
export type PicturePlace =
  | { readonly kind: 'file' /** Relative to the content folder. */; readonly path: string }
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'missing'; readonly message: string };

/** Where a link of a document leads. */
export type LinkPlace =
  | { readonly kind: 'document'; readonly href: string; readonly source: string }
  | { readonly kind: 'file'; readonly path: string; readonly href: string }
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'missing'; readonly message: string };

/** Finds what the addresses in Markdown mean: files of the content folder, other documents, or places elsewhere. */
export interface References {
  picture(source: string, src: string): PicturePlace;
  link(source: string, href: string): LinkPlace;
}

/** Folders that other generators serve from the root of the site. */
const ROOTS = ['', 'media/', 'static/', 'public/', 'assets/'];
const HAS_SCHEME = /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i;

/** A document as links name it. */
export interface Named {
  readonly source: string;
  readonly path: string;
  /** The slug of its own file, whatever its neighbours made of it. */
  readonly slug: string;
  readonly day?: string;
}

export function createReferences(contentFolder: string, documents: readonly Named[]): References {
  const paths = new Map(documents.map(({ source, path }) => [source, path]));
  const findMoved = createMoved(documents);
  const known = new Map<string, boolean>();
  const exists = (path: string): boolean => {
    let answer = known.get(path);
    if (answer === undefined) {
      answer = stampOf(join(contentFolder, path)) !== '';
      known.set(path, answer);
    }
    return answer;
  };
  return {
    picture(source, src) {
      if (src === '' || HAS_SCHEME.test(src)) return { kind: 'elsewhere' };
      const name = plainPath(src);
      const places = candidates(source, name);
      const path = places.find(exists);
      if (path !== undefined) return { kind: 'file', path };
      if (places.length === 0)
        return {
          kind: 'missing',
          message: `picture "${src}" lies outside the content folder; copy it beside the post or into media/`,
        };
      return {
        kind: 'missing',
        message: `picture "${src}" is not there; put it beside the post or into media/`,
      };
    },
    link(source, href) {
      if (href === '' || href.startsWith('#') || (HAS_SCHEME.test(href) && !href.startsWith('@/')))
        return { kind: 'elsewhere' };
      const name = plainPath(href);
      const tail = /[?#].*$/.exec(href)?.[0] ?? '';
      if (/\.(?:md|markdown)$/i.test(name)) return findDocument(source, name, tail, paths);
      const moved = name.startsWith('/') ? findMoved(name) : undefined;
      if (moved) return { kind: 'document', href: moved.path + tail, source: moved.source };
      if (name.startsWith('/') || !/\.[a-z0-9]{1,5}$/i.test(name)) return { kind: 'elsewhere' };
      const path = candidates(source, name).find(exists);
      return path === undefined ? { kind: 'elsewhere' } : { kind: 'file', path, href: mediaPath(path) + tail };
    },
  };
}

/** The address that a file of the content folder has on the site: `media/x` keeps its own, others go under `/media/`. */
export function mediaPath(path: string): string {
  return `/${mediaFile(path).split('/').map(encodeURIComponent).join('/')}`;
}

/** The same as a file's place in the site's folder. */
export function mediaFile(path: string): string {
  return path.startsWith('media/') ? path : `media/${path}`;
}

function findDocument(source: string, name: string, tail: string, paths: ReadonlyMap<string, string>): LinkPlace {
  // Zola writes `@/posts/x.md` for a path from the content folder.
  const rooted = name.replace(/^@\//, '/');
  const tries = rooted.startsWith('/')
    ? [rooted.slice(1), `posts${rooted}`, rooted.replace(/^\/(?:_posts|blog|post)\//, 'posts/')]
    : [posix.join(posix.dirname(source), rooted), posix.join('posts', rooted)];
  for (const target of tries.flatMap((path) => [
    path,
    path.replace(/(\.\w+)$/, '/index$1'),
    path.replace(/\.md$/i, '.markdown'),
  ])) {
    const path = paths.get(target);
    if (path !== undefined) return { kind: 'document', href: path + tail, source: target };
  }
  return {
    kind: 'missing',
    message: `link to "${name}": no such document, or it is a draft; the link is left as it is`,
  };
}

/** First parts of the addresses of posts, in the generators' defaults and by habit. */
const BLOGS = new Set(['article', 'articles', 'blog', 'news', 'post', 'posts']);

/**
 * Posts link to one another by the addresses that their former generator gave: `/2019/01/21/slug/`, `/blog/slug.html`.
 * Such an address leads to the post of that slug, when there is one alone, and no document is at the address itself.
 */
function createMoved(documents: readonly Named[]): (name: string) => Named | undefined {
  const addresses = new Set(documents.map(({ path }) => path));
  const bySlug = new Map<string, Named[]>();
  for (const document of documents) {
    const slug = document.slug.toLowerCase();
    const same = bySlug.get(slug);
    if (same) same.push(document);
    else bySlug.set(slug, [document]);
  }
  return (name) => {
    const parts = name
      .replace(/\/(?:index\.html?)?$/, '')
      .split('/')
      .slice(1);
    if (parts.length < 2 || addresses.has(`/${parts.map(encodeURI).join('/')}/`)) return undefined;
    const slug = toSlug((parts.at(-1) ?? '').replace(/\.html?$/, ''));
    const candidates = bySlug.get(slug) ?? [];
    const day = dateOfFolders(name)?.instant.slice(0, 10);
    // A day may be the next one in another zone; the year tells posts of one name apart well enough, else the day.
    const dated = candidates.filter((candidate) => candidate.day?.slice(0, 4) === day?.slice(0, 4));
    const found = day === undefined ? candidates : dated.length > 1 ? dated.filter((one) => one.day === day) : dated;
    return found.length === 1 && (day !== undefined || BLOGS.has(parts[0] ?? '')) ? found[0] : undefined;
  };
}

/** The places where a picture may lie, nearest first; none when all are outside the content folder. */
function candidates(source: string, name: string): string[] {
  if (name.startsWith('/')) return unique(ROOTS.map((root) => posix.normalize(root + name.slice(1))));
  const folder = posix.dirname(source);
  const stem = source.replace(/\.[^./]+$/, '');
  return unique([
    posix.join(folder, name),
    posix.join(stem, name),
    ...ROOTS.slice(0, 3).map((root) => posix.join(root, name)),
  ]);
}

function unique(paths: readonly string[]): string[] {
  return [...new Set(paths)].filter((path) => !path.startsWith('../') && path !== '..');
}

function plainPath(address: string): string {
  const path = address.replace(/[?#].*$/, '');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
