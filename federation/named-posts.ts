import { isDeedId } from './deeds.ts';
import type { Ledger, LedgerObject } from './ledger.ts';
import { keyOfId } from './rename.ts';

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

/** The profile goes to every follower as posts do, and is held and released as they are. Never fails. */
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
 * Finds posts by key, slug, title, source file, id or page address; `names` are spellings of one name. Of several ways the
 * surest one counts, and within it every post that fits, each once; none when nothing fits. Never fails.
 */
export function findNamed<P extends NamedPost>(posts: Iterable<P>, names: readonly string[]): P[] {
  const all = [...new Map([...posts].map((post) => [post.id, post])).values()];
  for (const fits of WAYS) {
    const found = all.filter((post) => names.some((each) => fits(post, each)));
    if (found.length > 0) return found;
  }
  return [];
}

/** What a name means where one post is asked for. */
export type OneNamed<P> =
  | { readonly kind: 'one'; readonly post: P }
  | { readonly kind: 'none' }
  | { readonly kind: 'several'; readonly posts: readonly P[] };

/**
 * Gives the one post that a name is of. Of several the one that was not deleted is meant: what came back after its Delete has
 * file, title and page of the one before, which its id names still. Of a post and what its file does, such as the request to
 * quote, the post is. Never fails.
 */
export function findOneNamed<P extends NamedPost>(posts: Iterable<P>, names: readonly string[]): OneNamed<P> {
  const [first, ...others] = findNamed(posts, names);
  if (first === undefined) return { kind: 'none' };
  if (others.length === 0) return { kind: 'one', post: first };
  const kept = [first, ...others].filter(({ state }) => state !== 'deleted');
  const said = kept.filter(({ id }) => !isDeedId(id));
  const [one, ...more] = said.length > 0 ? said : kept;
  return one && more.length === 0 ? { kind: 'one', post: one } : { kind: 'several', posts: [first, ...others] };
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
