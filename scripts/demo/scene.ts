import type { StartedPeer } from './forked-peer.ts';
import type { Blog } from './loopback-blog.ts';
import { readPage } from './page-view.ts';
import type { PeerActivity } from './peer-messages.ts';

/** One thing that happened, for the terminal and for the test. */
export interface Step {
  readonly text: string;
  readonly milliseconds: number;
  readonly detail?: unknown;
}

/** Who takes part, and how what happens is told. */
export interface Scene {
  readonly blog: Blog;
  readonly reader: StartedPeer;
  /** On a server of its own. */
  readonly neighbour: StartedPeer;
  tell(text: string, detail?: unknown): void;
}

export function actorOf({ origin }: Blog): string {
  return `${origin}/ap/actor.json`;
}

/** Ends the story when something is not as it is told. */
export function must(holds: boolean, what: string, found: unknown): asserts holds {
  if (!holds) throw new Error(`It is not true that ${what}. Found: ${JSON.stringify(found, null, 2)}`);
}

/** What the blog sent must carry its integrity proof, verified by Fedify. */
export function mustBeProven(blog: Blog, activity: PeerActivity): void {
  const key = `${actorOf(blog)}#ed25519-key`;
  must(activity.provenBy === key, `Fedify verified the integrity proof of the ${activity.type} by ${key}`, activity);
}

/** Tells what is below the old post now; it must say each of `shown` and none of `gone`. */
export async function tellPage(
  { blog, tell }: Scene,
  text: string,
  { shown = [], gone = [] }: { readonly shown?: readonly string[]; readonly gone?: readonly string[] },
): Promise<void> {
  const page = await readPage(blog, '/posts/old/');
  for (const words of shown) must(page.includes(words), `the page says "${words}"`, page);
  for (const words of gone) must(!page.includes(words), `the page does not say "${words}"`, page);
  tell(`${text} On the page:\n${indent(page)}`, { page });
}

export function indent(text: string): string {
  return text.trimEnd().replace(/^/gm, '    ');
}
