import type { DocumentHead } from './document.ts';
import type { References } from './references.ts';
import { partKey } from './thread-parts.ts';

/** What a reference names. */
export type Target =
  | { readonly kind: 'elsewhere' }
  /** A document of this blog; `part` is 1 but for a later part of a thread. */
  | { readonly kind: 'own'; readonly head: DocumentHead; readonly part: number }
  | { readonly kind: 'missing'; readonly message: string };

/** Finds what the reference of a file names. */
export type FindTarget = (source: string, written: string) => Target;

const FILE = /^[^:?#]+\.(?:md|markdown|mdown)$/i;

/**
 * Own is a Markdown file, a page by its path or address, the address that a page had before, and the id of an object; any
 * other address at one of `origins` is missing.
 */
export function createTargets(
  heads: readonly DocumentHead[],
  origins: ReadonlySet<string>,
  references: References,
): FindTarget {
  const bySource = new Map(heads.map((head) => [head.file.source, head]));
  const byPath = new Map<string, DocumentHead>();
  for (const head of heads) for (const path of head.redirects) byPath.set(plainPath(path), head);
  for (const head of heads) byPath.set(plainPath(head.path), head);
  const byKey = keysOf(heads);
  const own = (head: DocumentHead | undefined, part: number, message: string): Target => {
    if (!head) return { kind: 'missing', message };
    return { kind: 'own', head, part: part >= 1 && part <= (head.parts?.length ?? 1) ? part : 1 };
  };
  return (source, written) => {
    if (FILE.test(written) && !/^https?:/i.test(written)) {
      const place = references.link(source, written);
      const head = place.kind === 'document' ? bySource.get(place.source) : undefined;
      return own(head, 1, `there is no ${written} beside it, or it is a draft`);
    }
    const url = new URL(written, [...origins][0]);
    if (!origins.has(url.origin)) return { kind: 'elsewhere' };
    const object = /^\/ap\/(posts|notes)\/([^/]+)\.json$/.exec(url.pathname);
    if (object) {
      const found = byKey(`${object[1]} ${decoded(object[2] ?? '')}`);
      return own(found?.head, found?.part ?? 1, `no post of this blog has the id ${written}`);
    }
    return own(byPath.get(plainPath(url.pathname)), Number(url.hash.slice(1)), `nothing of this blog is at ${written}`);
  };
}

/** A post that came back under a new id has a number behind its key (invariant 3). */
function keysOf(heads: readonly DocumentHead[]): (name: string) => { head: DocumentHead; part: number } | undefined {
  const byKey = new Map<string, { head: DocumentHead; part: number }>();
  for (const head of heads) {
    if (head.file.kind === 'page') continue;
    const folder = head.file.kind === 'note' ? 'notes' : 'posts';
    for (let part = head.parts?.length ?? 1; part >= 1; part -= 1)
      byKey.set(`${folder} ${partKey(head.key, part)}`, { head, part });
  }
  return (name) => byKey.get(name) ?? byKey.get(name.replace(/-\d+$/, ''));
}

function plainPath(path: string): string {
  return decoded(path).replace(/(?:\/index\.html)?\/*$/, '/');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
