import type { JsonObject } from '../../federation/vocabulary.ts';
import { BLOG, POST } from './fake-blog.ts';
import type { Peer } from './fake-remote.ts';

export const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';

let sent = 0;

/** An activity of a peer, with an id of its own unless `more` gives one. */
export function act(peer: Peer, type: string, object: JsonObject[string], more: JsonObject = {}): JsonObject {
  sent += 1;
  return { id: peer.id(`${type.toLowerCase()}-${sent}`), type, actor: peer.actor, object, ...more };
}

/** The id of something that a peer wrote. */
export function noteId(peer: Peer, name: string): string {
  return `${new URL(peer.actor).origin}/notes/${name}`;
}

/** A public reply of a peer to the first post, unless `more` says otherwise. */
export function note(peer: Peer, name: string, more: JsonObject = {}): JsonObject {
  return {
    id: noteId(peer, name),
    type: 'Note',
    attributedTo: peer.actor,
    inReplyTo: POST,
    content: `<p>${name}</p>`,
    published: '2026-11-23T11:59:00Z',
    to: [PUBLIC],
    cc: [`${peer.actor}/followers`, BLOG.actor],
    ...more,
  };
}

export const create = (peer: Peer, object: JsonObject, more: JsonObject = {}): JsonObject =>
  act(peer, 'Create', object, { to: object.to ?? [], cc: object.cc ?? [], ...more });

export const follow = (peer: Peer, more: JsonObject = {}): JsonObject => act(peer, 'Follow', BLOG.actor, more);

export const like = (peer: Peer, more: JsonObject = {}): JsonObject => act(peer, 'Like', POST, more);

export const boost = (peer: Peer, more: JsonObject = {}): JsonObject =>
  act(peer, 'Announce', POST, { to: [PUBLIC], cc: [`${peer.actor}/followers`, BLOG.actor], ...more });

export const undo = (peer: Peer, object: JsonObject[string], more: JsonObject = {}): JsonObject =>
  act(peer, 'Undo', object, more);
