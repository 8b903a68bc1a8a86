import type { DocumentHead } from './document.ts';
import type { Fault } from './model.ts';
import { defaultPath } from './permalinks.ts';
import { mediaFile } from './references.ts';
import { partKey } from './thread-parts.ts';

/** A post whose name another had first: it goes on under the new one. */
export interface Renamed {
  readonly head: DocumentHead;
  readonly warning: Fault;
}

/** Whether the network knows the post of this file under this key. */
export type IsKnown = (head: DocumentHead, key: string) => boolean;

/**
 * Tells posts of one name apart without asking, as the dated addresses of another generator did: the oldest keeps the
 * name, a newer one gets its day behind it. What was written down (`id`, `permalink`) stays, and so do posts of one
 * instant, of which none is the older: `findClashes` has the last word. The answer is by source.
 *
 * A post that was published keeps the name that it was published under, whatever older one comes or goes: its id is that
 * name, and readers would see it turn into another post.
 */
export function settleNames(heads: readonly DocumentHead[], isKnown: IsKnown = () => false): Map<string, Renamed> {
  const posts = heads.filter(({ file, published }) => file.kind !== 'page' && published !== undefined);
  const renamed = new Map<string, Renamed>();
  for (const head of posts) {
    const slug = datedSlug(head);
    if (head.fields.id !== undefined || isKnown(head, head.key) || !isKnown(head, slug)) continue;
    renamed.set(head.file.source, renameTo(head, slug, `it was published as "${slug}"`));
  }
  const nameNow = (head: DocumentHead): DocumentHead => renamed.get(head.file.source)?.head ?? head;
  const rename = (head: DocumentHead, first: DocumentHead): void => {
    if (head.published === first.published || renamed.has(head.file.source)) return;
    const which = (first.published ?? '') < (head.published ?? '') ? 'the older' : 'the published';
    const slug = datedSlug(head);
    renamed.set(
      head.file.source,
      renameTo(head, slug, `${which} ${first.file.source} has its name, so it is "${slug}"`),
    );
  };
  const inOrder = (nameOf: (head: DocumentHead) => string) => sameNames(posts.map(nameNow), nameOf, isKnown);
  for (const [first, ...others] of inOrder(({ file, key }) => `${file.kind} ${key.toLowerCase()}`))
    for (const head of others) if (head.fields.id === undefined) rename(head, first);
  for (const [first, ...others] of inOrder(({ path }) => path.toLowerCase()))
    for (const head of others) if (head.named) rename(head, first);
  return renamed;
}

function datedSlug({ slug, day }: DocumentHead): string {
  return `${slug}-${day}`;
}

function renameTo(head: DocumentHead, slug: string, why: string): Renamed {
  const line = head.named ? 'slug' : 'id';
  return {
    head: {
      ...head,
      slug,
      key: head.fields.id ?? slug,
      ...(head.named ? { path: defaultPath(head.file.kind, slug, []) } : {}),
    },
    warning: {
      file: head.file.source,
      line: head.lineOf(line),
      message: `${why}; with "${line}: ${slug}" it stays so whatever becomes of the other`,
    },
  };
}

/** The groups of two and more, what is known first, and then the oldest. */
function sameNames(
  heads: readonly DocumentHead[],
  nameOf: (head: DocumentHead) => string,
  isKnown: IsKnown,
): (readonly [DocumentHead, ...DocumentHead[]])[] {
  const groups = new Map<string, [DocumentHead, ...DocumentHead[]]>();
  for (const head of heads) {
    const group = groups.get(nameOf(head));
    if (group) group.push(head);
    else groups.set(nameOf(head), [head]);
  }
  const age = (head: DocumentHead): string =>
    `${isKnown(head, head.key) ? 0 : 1} ${head.published ?? ''} ${head.file.source}`;
  return [...groups.values()]
    .filter((group) => group.length > 1)
    .map((group) => group.sort((a, b) => (age(a) < age(b) ? -1 : 1)));
}

/** Finds documents that would be one another: the same address, or the same key among objects of one kind. */
export function findClashes(heads: readonly DocumentHead[]): Fault[] {
  const faults: Fault[] = [];
  const paths = new Map<string, DocumentHead>();
  const keys = new Map<string, DocumentHead>();
  for (const head of heads) {
    const { source } = head.file;
    // Compared without case: a file system may not tell such names apart.
    const path = head.path.toLowerCase();
    const samePath = paths.get(path);
    if (samePath) {
      const key = head.fields.permalink === undefined ? 'slug' : 'permalink';
      faults.push({
        file: source,
        line: head.lineOf(key),
        message: `its address ${head.path} is that of ${samePath.file.source} too; give one of them another "${key}: …"`,
      });
    } else paths.set(path, head);
    if (head.file.kind === 'page') continue;
    const [first, ...parts] = identitiesOf(head);
    const sameKey = keys.get(first);
    const samePart = parts.map((part) => keys.get(part)).find((other) => other !== undefined);
    for (const identity of [first, ...parts]) if (!keys.has(identity)) keys.set(identity, head);
    if (samePart) {
      const message = `its parts have the ids ${parts.length > 1 ? `"${head.key}-2", "${head.key}-3" …` : `"${head.key}-2"`}, and one of them is that of ${samePart.file.source}; give one of the files another id`;
      faults.push({ file: source, line: head.lineOf('thread'), message });
    }
    if (sameKey && sameKey !== samePath) {
      const key = head.fields.id === undefined ? 'slug' : 'id';
      faults.push({
        file: source,
        line: head.lineOf(key),
        message: `its id "${head.key}" is that of ${sameKey.file.source} too; an id names one post for ever: give the newer one another`,
      });
    }
  }
  return faults;
}

/** By which objects are told apart: a thread has one for each part. */
function identitiesOf({ file, key, parts = [] }: DocumentHead): [string, ...string[]] {
  const identity = `${file.kind} ${key.toLowerCase()}`;
  return [identity, ...parts.slice(1).map((_, index) => partKey(identity, index + 2))];
}

/** Places of the site's own pages and files, which an old address must not take. */
const SITE_FILES =
  /^\/(?:(?:ap|media|assets|tags|\.well-known)(?:\/.*)?|(?:posts|notes)\/|(?:feed|rss|sitemap)\.xml|feed\.json|robots\.txt|404\.html|index\.html)$/i;

/** Gives each document the old addresses that lead to it: none that is a page's own, each to the first that asks. */
export function keepRedirects(heads: readonly DocumentHead[]): Map<string, string[]> {
  const taken = new Set(heads.map(({ path }) => path));
  const kept = new Map<string, string[]>();
  for (const head of heads) {
    const mine = head.redirects.filter((path) => {
      const free = !taken.has(path) && !SITE_FILES.test(path);
      taken.add(path);
      return free;
    });
    kept.set(head.file.source, mine);
  }
  return kept;
}

/** Finds two files of the content folder that would be one file of the site. */
export function findCopyClashes(paths: readonly string[]): Fault[] {
  const places = new Map<string, string>();
  const faults: Fault[] = [];
  for (const path of paths) {
    const other = places.get(mediaFile(path));
    if (other === undefined) places.set(mediaFile(path), path);
    else
      faults.push({ file: path, line: 1, message: `it would be copied to the place of ${other}; rename one of them` });
  }
  return faults;
}
