import { isAbsolute, relative } from 'node:path';
import type { Ledger, LedgerObject } from '../federation/ledger.ts';
import { keyOfId } from '../federation/rename.ts';
import { PosternError } from '../server/errors.ts';
import { printable, quoted } from './printable.ts';

/** What a post can be named by; an object of the ledger and one of the manifest are such. */
export interface NamedPost {
  readonly id: string;
  readonly title: string;
  readonly url: string;
  readonly formerUrls?: readonly string[];
  /** Relative to the content folder. */
  readonly source: string;
  /** As the ledger has it; absent of what is in the build alone. */
  readonly state?: LedgerObject['state'];
}

/** The profile goes to every follower as posts do, and is held and released as they are. */
export function blogItself({ origin, actor }: Pick<Ledger, 'origin' | 'actor'>): NamedPost {
  return { id: actor.id, title: 'the blog itself', source: 'profile.md', url: `${origin}/` };
}

/** The ways to name a post, the surest first: the first by which any is found decides. */
const WAYS: readonly ((post: NamedPost, name: string) => boolean)[] = [
  ({ id, url }, name) => name === id || samePage(name, url),
  ({ formerUrls }, name) => (formerUrls ?? []).some((url) => samePage(name, url)),
  ({ source }, name) => name === source,
  ({ id }, name) => name === keyOfId(id),
  ({ url }, name) => name === slugOf(url),
  ({ source }, name) => name === source.replace(/^.*\//, '') || name === source.replace(/^.*\/|\.[^./]*$/g, ''),
  ({ title }, name) => name.toLowerCase() === title.toLowerCase(),
];

/**
 * Finds posts by key, slug, title, source file, id or page address; a file may be given as the shell completes it. Of
 * several ways the surest one counts, and within it every post that fits, each once.
 */
export function findPosts<P extends NamedPost>(posts: Iterable<P>, name: string, contentFolder: string): P[] {
  const all = [...new Map([...posts].map((post) => [post.id, post])).values()];
  const names = [name.trim(), ...fileNames(name.trim(), contentFolder)];
  for (const fits of WAYS) {
    const found = all.filter((post) => names.some((each) => fits(post, each)));
    if (found.length > 0) return found;
  }
  return [];
}

/**
 * One post, or an error that says which there are. Of several the one that was not deleted is meant: what came back after its
 * Delete has file, title and page of the one before, which its id names still.
 */
export function findPost<P extends NamedPost>(posts: Iterable<P>, name: string, contentFolder: string): P {
  const all = [...posts];
  const [first, ...others] = findPosts(all, name, contentFolder);
  if (first === undefined) {
    throw new PosternError('unknown-post', `No post that the network was told of is named ${quoted(name)}.`, {
      hint: 'Name it by its file, key, slug, title, id or page address. npm run receipts lists the last ones.',
      facts: { name },
    });
  }
  if (others.length === 0) return first;
  const [kept, ...more] = [first, ...others].filter(({ state }) => state !== 'deleted');
  if (kept && more.length === 0) return kept;
  const list = [first, ...others].map(({ id, source }) => `  ${printable(source)}  ${printable(id)}`).join('\n');
  throw new PosternError('ambiguous-post', `${quoted(name)} names ${others.length + 1} posts:\n${list}`, {
    hint: 'Name the one that you mean by its id.',
    facts: { name },
  });
}

function fileNames(name: string, contentFolder: string): string[] {
  if (/^[a-z]+:\/\//i.test(name)) return [];
  const inside = relative(contentFolder, isAbsolute(name) ? name : `${process.cwd()}/${name}`);
  return inside.startsWith('..') ? [] : [inside];
}

function samePage(name: string, url: string): boolean {
  return name === url || `${name}/` === url;
}

function slugOf(url: string): string | undefined {
  const last = URL.canParse(url) ? new URL(url).pathname.split('/').filter(Boolean).at(-1) : undefined;
  try {
    return last === undefined ? undefined : decodeURIComponent(last);
  } catch {
    return last;
  }
}
