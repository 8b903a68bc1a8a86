import { objectId } from '../federation/addresses.ts';
import { shownTitle } from '../federation/object-emission.ts';
import type { Followed, Reference } from '../federation/reference.ts';
import type { BodyResult } from './body.ts';
import type { DocumentHead } from './document.ts';
import { FOLLOWING } from './following.ts';
import type { Fault, Post } from './model.ts';
import type { FindTarget } from './own-targets.ts';
import { REFERENCES, type ReferenceField, WRITTEN } from './relations.ts';
import type { RemoteCache } from './remote-cache.ts';

/** What posts refer to is found among these. */
export interface RelationTools {
  readonly origin: string;
  readonly find: FindTarget;
  readonly remote: RemoteCache;
}

/** A post and the file that it is of. */
export interface Filed {
  readonly head: DocumentHead;
  readonly post: Post;
}

/** Says where an unresolved reference can be had from. */
export const NOT_KNOWN = 'content/remote.json does not have it; a build with a network asks for it';

/**
 * Gives the posts with what they refer to, in their order. All have the ids that they keep. The first `shown` of them are
 * out; what one of these names may be among the others.
 */
export function relatePosts(filed: readonly Filed[], shown: number, tools: RelationTools): Post[] {
  const places = new Map(
    filed.map(({ post }, index) => [placeOf(post.source, post.part?.number), { post, isAhead: index >= shown }]),
  );
  return filed.map(({ head, post }, index) => {
    const find: FindPost = (source, part) => {
      const found = places.get(placeOf(source, part));
      return found && { post: found.post, isAhead: found.isAhead && index < shown };
    };
    return { ...post, ...referencesOf(head, post, find, tools) };
  });
}

type FindPost = (source: string, part: number) => { readonly post: Post; readonly isAhead: boolean } | undefined;

function referencesOf(head: DocumentHead, post: Post, findPost: FindPost, tools: RelationTools) {
  const number = post.part?.number ?? 1;
  if (number > 1) {
    const before = findPost(head.file.source, number - 1)?.post;
    return before ? { inReplyTo: ownReference(before, before.path, tools.origin) } : {};
  }
  const found: Partial<Record<ReferenceField, Reference>> = {};
  for (const field of REFERENCES) {
    const written = head.fields[field];
    if (written !== undefined) found[field] = referenceOf(head, written, findPost, tools);
  }
  return found;
}

function referenceOf(head: DocumentHead, written: string, findPost: FindPost, tools: RelationTools): Reference {
  const target = tools.find(head.file.source, written);
  if (target.kind !== 'own') {
    const object = tools.remote.objects.get(written);
    return object ? { kind: 'known', url: written, object } : { kind: 'unresolved', url: written, reason: NOT_KNOWN };
  }
  const found = findPost(target.head.file.source, target.part);
  if (found && !found.isAhead) return ownReference(found.post, written, tools.origin);
  const reason = found
    ? `${found.post.source} is dated ahead, and not out yet`
    : `${target.head.file.source} is no post of this site`;
  return { kind: 'unresolved', url: written, reason };
}

function ownReference(post: Post, url: string, origin: string): Reference {
  const id = objectId(origin, post.kind === 'article' ? 'posts' : 'notes', post.key);
  return { kind: 'own', url, id, path: post.path, title: shownTitle(post) };
}

function placeOf(source: string, part = 1): string {
  return `${source} ${part}`;
}

/** Tells the owner what is named and not known, with its place; what imported posts name is nobody's concern any more. */
export function warnOfUnknown(
  read: readonly { readonly head: DocumentHead; readonly body: BodyResult }[],
  filed: readonly Filed[],
): Fault[] {
  const isOurs = ({ head }: { readonly head: DocumentHead }) => head.fields.originalUrl === undefined;
  return [...filed.filter(isOurs).flatMap(unresolvedIn), ...read.filter(isOurs).flatMap(unknownIn)];
}

function unresolvedIn({ head, post }: Filed): Fault[] {
  return REFERENCES.flatMap((field): Fault[] => {
    const reference = post[field];
    if (reference?.kind !== 'unresolved') return [];
    const { url, reason } = reference;
    const message = `${WRITTEN[field]}: ${url} is not resolved: ${reason}`;
    const about = reason === NOT_KNOWN ? { about: url } : {};
    return [{ file: head.file.source, line: head.lineOf(field), message, ...about }];
  });
}

function unknownIn({ head, body }: { readonly head: DocumentHead; readonly body: BodyResult }): Fault[] {
  const unknown = body.mentions.filter(({ person }) => person === undefined);
  return unknown.map(({ handle, line }) => {
    return { file: head.file.source, line, message: `${handle} stays text: ${NOT_KNOWN}`, about: handle };
  });
}

/** The same of whom `following.csv` names. */
export function warnOfUnknownFollowed(followed: readonly Followed[]): Fault[] {
  return followed
    .filter(({ actor }) => actor === undefined)
    .map(({ handle, line }) => ({
      file: FOLLOWING,
      line,
      message: `${handle} is not resolved: ${NOT_KNOWN}`,
      about: handle,
    }));
}
