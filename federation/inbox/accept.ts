import { type Addresses, activityId } from '../addresses.ts';
import type { OutgoingActivity } from '../outcome.ts';
import type { JsonObject } from '../vocabulary.ts';

export interface AnswerDeps {
  readonly addresses: Addresses;
  /** Hex SHA-256. */
  readonly sha256: (text: string) => string;
}

/** The Follow that is answered: its own id, and who sent it. */
export interface FollowReference {
  readonly id: string;
  readonly actor: string;
}

/**
 * Builds the Accept of a Follow.
 *
 * Its id depends on the Follow alone, so that the same Follow is answered by the same Accept. The Follow is embedded in
 * full with its original id: Mastodon looks for the id first and for `object.actor` next, Misskey resolves the object
 * (ActivityPub §7.5).
 */
export function buildAccept(deps: AnswerDeps, follow: FollowReference): OutgoingActivity {
  return buildAnswer(deps, 'Accept', follow);
}

/** Builds the Reject of a Follow, in the shape of its Accept; Mastodon also ends an existing follow (ActivityPub §7.7). */
export function buildReject(deps: AnswerDeps, follow: FollowReference): OutgoingActivity {
  return buildAnswer(deps, 'Reject', follow);
}

function buildAnswer(deps: AnswerDeps, type: 'Accept' | 'Reject', follow: FollowReference): OutgoingActivity {
  const { origin, actor } = deps.addresses;
  const digest = deps.sha256(`${type}\n${follow.actor}\n${follow.id}`).slice(0, 32);
  const id = activityId(origin, type, digest);
  const json = {
    '@context': 'https://www.w3.org/ns/activitystreams',
    id,
    type,
    actor,
    object: { id: follow.id, type: 'Follow', actor: follow.actor, object: actor },
    to: [follow.actor],
  } satisfies JsonObject;
  return { id, type, object: follow.id, json };
}
