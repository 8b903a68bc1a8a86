import { shortenText } from '../html-text.ts';
import type { KnownActor, KnownObject } from '../reference.ts';
import { plainRichText } from '../rich-text.ts';
import { isJsonObject, type JsonObject, PUBLIC } from '../vocabulary.ts';
import { own } from './bounds.ts';
import { pageOf, readAuthor } from './read-author.ts';
import { readContent } from './read-content.ts';
import { readRichText } from './read-html.ts';
import { idsOf, sameOrigin, stringsOf } from './references.ts';
import { readRemoteActor } from './remote-actor.ts';
import { isPublic } from './thing.ts';

/** Characters of a post of somebody else that a page shows. */
const LONGEST_EXCERPT = 300;
const LONGEST_TYPE = 50;

/** What is somebody, and no post (Activity Vocabulary §3.2). */
const ACTORS: ReadonlySet<string> = new Set(['Person', 'Service', 'Application', 'Group', 'Organization']);

/** What tells of a post, and is none (Activity Vocabulary §3.1). */
const ACTIVITIES: ReadonlySet<string> = new Set([
  'Create',
  'Update',
  'Announce',
  'Like',
  'Follow',
  'Delete',
  'Add',
  'Move',
]);

export type ActorRead =
  | { readonly kind: 'actor'; readonly actor: KnownActor }
  | { readonly kind: 'fault'; readonly reason: string };

/**
 * Reads who is behind the document of an actor that was fetched from `id`, under the handle that was asked for or the one
 * of its own server. A document without a name or a usable inbox is a fault, as `readRemoteActor` has it (ActivityPub §4.1).
 */
export function readKnownActor(document: JsonObject, id: string, asked?: string): ActorRead {
  const read = readRemoteActor(document, id);
  if (read.kind === 'fault') return read;
  const { inbox, sharedInbox, handle = asked } = read.actor;
  if (handle === undefined) return { kind: 'fault', reason: 'no-name' };
  const { name, url } = readAuthor(document, id, '');
  return {
    kind: 'actor',
    actor: {
      id,
      // The same name in the case in which its owner writes it.
      handle: asked === undefined || asked.toLowerCase() === handle.toLowerCase() ? handle : asked,
      ...(name === undefined ? {} : { name }),
      url,
      inbox,
      ...(sharedInbox === undefined ? {} : { sharedInbox }),
    },
  };
}

/** Why a document can be no reference. */
export type ObjectFault = 'not-public' | 'actor' | 'activity' | 'tombstone' | 'no-author';

export type AuthorOfObject =
  | { readonly kind: 'author'; readonly id: string }
  | { readonly kind: 'fault'; readonly reason: ObjectFault };

/**
 * Gives the id of who wrote a post, by the document that was fetched from `id`: the first that is of the same origin. What is not
 * for everybody is a fault, so that nothing of it is kept (FEP-fe34; invariant 10).
 */
export function authorOfObject(document: JsonObject, id: string): AuthorOfObject {
  const fault = (reason: ObjectFault): AuthorOfObject => ({ kind: 'fault', reason });
  const types = stringsOf(own(document, 'type'));
  if (types.includes('Tombstone')) return fault('tombstone');
  if (types.some((type) => ACTORS.has(type))) return fault('actor');
  if (types.some((type) => ACTIVITIES.has(type))) return fault('activity');
  if (!isPublic(document)) return fault('not-public');
  const author = idsOf(own(document, 'attributedTo')).find((each) => sameOrigin(each, id));
  return author === undefined ? fault('no-author') : { kind: 'author', id: author };
}

export interface KnownObjectOptions {
  /** RFC 3339 UTC. */
  readonly now: string;
  /** The actor who would quote it. */
  readonly quoting: string;
}

/**
 * Reads what a page shows of a post: plain text, at most 300 characters; behind a content warning the warning alone. The document was fetched
 * from `id` and is by `author`. Never fails: what is not usable is left out.
 */
export function readKnownObject(
  document: JsonObject,
  { id, author }: { readonly id: string; readonly author: KnownActor },
  { now, quoting }: KnownObjectOptions,
): KnownObject {
  const content = readContent(document, id, { now, readText: readRichText });
  const excerpt = content.contentWarning ?? plainRichText(content.text).replace(/\s+/g, ' ').trim();
  const [type = 'Note'] = stringsOf(own(document, 'type'));
  return {
    id,
    url: pageOf(document, id),
    type: shortenText(type, LONGEST_TYPE),
    author,
    ...(content.title === undefined ? {} : { name: content.title }),
    ...(excerpt === '' ? {} : { excerpt: shortenText(excerpt, LONGEST_EXCERPT) }),
    ...(typeof own(document, 'published') === 'string' ? { published: content.published } : {}),
    ...(refusesQuotes(document, author.id, quoting) ? { refusesQuotes: true } : {}),
  };
}

/**
 * Says whether the policy of a post lets nobody quote it, or only others than `quoting`. Who follows whom is not known here, so a
 * policy that names a collection may let us. An empty list means no policy. (FEP-044f)
 */
function refusesQuotes(document: JsonObject, author: string, quoting: string): boolean {
  const policy = own(document, 'interactionPolicy');
  const canQuote = isJsonObject(policy) ? own(policy, 'canQuote') : undefined;
  if (!isJsonObject(canQuote)) return false;
  const allowed = (['automaticApproval', 'manualApproval'] as const).flatMap((key) =>
    stringsOf(own(canQuote, key)).concat(idsOf(own(canQuote, key))),
  );
  if (allowed.length === 0) return false;
  return allowed.every((each) => each !== PUBLIC && each !== quoting && (each === author || !sameOrigin(each, author)));
}
