import { hostOf } from '../audience.ts';
import { isJsonObject, type JsonObject } from '../vocabulary.ts';
import { own } from './bounds.ts';
import { idOf, sameOrigin } from './references.ts';

/** What is needed of a remote actor in order to answer it. */
export interface RemoteActor {
  readonly id: string;
  readonly inbox: string;
  readonly sharedInbox?: string;
  /** `@user@host`, where the document has a name that can stand in a handle. */
  readonly handle?: string;
}

export type RemoteActorRead =
  | { readonly kind: 'actor'; readonly actor: RemoteActor }
  | { readonly kind: 'fault'; readonly reason: 'actor-id-differs' | 'no-usable-inbox' | 'inbox-on-another-host' };

/**
 * Reads where an actor can be answered from its document.
 *
 * The document must say that it is `id`; the inbox must be on the actor's own host, so that a follower cannot aim our
 * deliveries at somebody else. A shared inbox elsewhere is left out, not refused: the personal one does as well
 * (ActivityPub §4.1; GoToSocial ignores such shared inboxes too).
 */
export function readRemoteActor(document: JsonObject, id: string): RemoteActorRead {
  if (own(document, 'id') !== id) return { kind: 'fault', reason: 'actor-id-differs' };
  const inbox = idOf(own(document, 'inbox'));
  if (inbox === undefined) return { kind: 'fault', reason: 'no-usable-inbox' };
  if (!sameOrigin(inbox, id)) return { kind: 'fault', reason: 'inbox-on-another-host' };
  const endpoints = own(document, 'endpoints');
  const shared = isJsonObject(endpoints) ? idOf(own(endpoints, 'sharedInbox')) : undefined;
  const handle = handleOf(document, id);
  return {
    kind: 'actor',
    actor: {
      id,
      inbox,
      ...(shared !== undefined && sameOrigin(shared, id) ? { sharedInbox: shared } : {}),
      ...(handle === undefined ? {} : { handle }),
    },
  };
}

/** Mastodon's pattern for remote names: a handle is printed, so it must not carry anything else. */
const USERNAME = /^[a-z0-9_]+([.-]+[a-z0-9_]+)*$/i;

/** Gives `@user@host`, or undefined when the document has no name that can stand in a handle. */
export function handleOf(document: JsonObject, id: string): string | undefined {
  const name = own(document, 'preferredUsername');
  if (typeof name !== 'string' || name.length > 128 || !USERNAME.test(name)) return undefined;
  return `@${name}@${hostOf(id)}`;
}
