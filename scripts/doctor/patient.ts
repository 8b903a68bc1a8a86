import type { Settings } from '../../build/settings.ts';
import type { Addresses } from '../../federation/addresses.ts';
import { own } from '../../federation/inbox/bounds.ts';
import { isJsonObject, type JsonObject } from '../../federation/vocabulary.ts';
import type { Resolve } from '../../server/http/addresses.ts';
import { jsonOf } from './answers.ts';
import type { Answer, Ask, NoAnswer } from './ask.ts';
import { MASTODON } from './voices.ts';

/** The blog that is looked at, and what it is looked at with. */
export interface Patient {
  readonly origin: string;
  readonly addresses: Addresses;
  readonly ask: Ask;
  readonly resolve: Resolve;
  readonly clock: () => number;
  readonly allowPrivate: boolean;
  /** Where it is the blog of this folder: its keys and settings are looked at too. */
  readonly settings?: Settings;
}

/** A post as the blog itself names it. */
export interface Post {
  readonly id: string;
  readonly url: string;
  readonly type: string;
}

/** What the blog says of itself, as far as it could be read. */
export interface Met {
  readonly answer: Answer | NoAnswer;
  readonly actor?: JsonObject;
  /** Whether other servers take it for the actor: its type and its id are right. */
  readonly isReadable: boolean;
  readonly username?: string;
  /** The newest of each type. */
  readonly posts: readonly Post[];
  /** What the site was built for. */
  readonly builtFor?: string | undefined;
}

const MAX_MANIFEST = 16 * 1_048_576;

/** Reads the actor and the manifest once, for what the other checks need to know. Redirects are followed by nobody here. */
export async function meet({ origin, addresses, ask }: Patient): Promise<Met> {
  const answer = await ask(addresses.actor, { voice: MASTODON });
  if (answer.kind === 'none') return { answer, isReadable: false, posts: [] };
  const actor = objectOf(answer);
  const username = actor && stringOf(actor, 'preferredUsername');
  const manifest = objectOf(await ask(addresses.manifest, { maxBytes: MAX_MANIFEST }));
  const builtFor = manifest && stringOf(manifest, 'origin');
  return {
    answer,
    ...(actor ? { actor } : {}),
    isReadable: actor?.id === addresses.actor && MASTODON.takes(answer.headers['content-type']),
    ...(username === undefined ? {} : { username }),
    posts: manifest ? newestPosts(manifest, origin) : [],
    ...(builtFor === undefined ? {} : { builtFor }),
  };
}

function objectOf(answer: Answer | NoAnswer): JsonObject | undefined {
  if (answer.kind === 'none' || answer.status !== 200) return undefined;
  const read = jsonOf(answer);
  return 'json' in read ? read.json : undefined;
}

/** Of another origin they would be another site's. */
function newestPosts(manifest: JsonObject, origin: string): Post[] {
  const objects = Array.isArray(manifest.objects) ? manifest.objects : [];
  const posts = objects.filter(isJsonObject).flatMap((object) => {
    const id = stringOf(object, 'id');
    const url = stringOf(object, 'url');
    const type = stringOf(object, 'type');
    if (id === undefined || url === undefined || type === undefined) return [];
    if (!id.startsWith(`${origin}/`) || !URL.canParse(url)) return [];
    return [{ id, url, type, published: stringOf(object, 'published') ?? '' }];
  });
  posts.sort((a, b) => (a.published < b.published ? 1 : -1));
  return ['Article', 'Note'].flatMap((type) => posts.filter((post) => post.type === type).slice(0, 1));
}

export function stringOf(object: JsonObject, name: string): string | undefined {
  const value = own(object, name);
  return typeof value === 'string' ? value : undefined;
}

/** Names and numbers of this machine, which no other server reaches. */
export function isLocalHost(hostname: string): boolean {
  return /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
