import type { DocumentHead } from './document.ts';
import type { Fault } from './model.ts';
import { mediaFile } from './references.ts';

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
    const identity = `${head.file.kind} ${head.key.toLowerCase()}`;
    const sameKey = keys.get(identity);
    if (!sameKey) keys.set(identity, head);
    else if (sameKey !== samePath) {
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
