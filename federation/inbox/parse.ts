import type { JsonObject } from '../vocabulary.ts';
import { ACTIVITY_TYPES, type Activity, type ActivityType } from './activity.ts';
import { own, readBounded } from './bounds.ts';
import { idOf, listOf, sameOrigin, stringsOf } from './references.ts';
import { isPublic, readThing, recipientsOf } from './thing.ts';

const KNOWN: ReadonlySet<string> = new Set(ACTIVITY_TYPES);
/** A term, a compact IRI or a URL: a type goes into the log, so it is nothing else. */
const TYPE = /^[\w:/#.-]{1,128}$/;

/** What is known of an activity even when nothing can be done with it: for the log. */
export interface Envelope {
  readonly id?: string;
  readonly type?: string;
  readonly actor?: string;
}

export type Parsed =
  | { readonly kind: 'activity'; readonly activity: Activity; readonly envelope: Envelope }
  /** Well-formed, of a type that Postern has no use for: ignored, so that nobody has to find out who sent it. */
  | { readonly kind: 'unsupported'; readonly actor: string; readonly envelope: Envelope }
  | { readonly kind: 'fault'; readonly reason: string; readonly message: string; readonly envelope: Envelope };

/**
 * Makes a known activity of what `JSON.parse` gave.
 *
 * Peers write one value or a list of one, an id or an embedded object, and leave out what they please; all of these are
 * read, from own properties only. An activity needs an id on its actor's host, one type, one actor and, but for a Flag,
 * one object. Gives a tagged fault otherwise, with the reason and what the peer may read; never throws (ActivityPub §3, §7).
 */
export function parseActivity(value: unknown): Parsed {
  const bounded = readBounded(value);
  if (bounded.kind === 'fault') return fault({}, bounded.reason, 'The body is not an activity of acceptable shape.');
  const json = bounded.document;
  const types = stringsOf(own(json, 'type')).filter((type) => TYPE.test(type));
  const known = [...new Set(types)].filter(isKnown);
  const actors = listOf(own(json, 'actor'));
  const id = idOf(own(json, 'id'));
  const actor = actors.length === 1 ? idOf(actors[0]) : undefined;
  const envelope = envelopeOf(id, known[0] ?? types[0], actor);

  if (types.length === 0) return fault(envelope, 'no-type', 'The activity has no type.');
  if (known.length > 1) return fault(envelope, 'ambiguous-type', 'The activity has more than one type.');
  if (actors.length > 1) return fault(envelope, 'ambiguous-actor', 'The activity has more than one actor.');
  if (actor === undefined) return fault(envelope, 'no-actor', 'The activity has no actor, or its actor is not a URL.');
  if (id === undefined) return fault(envelope, 'no-id', 'The activity has no id, or its id is not a URL.');
  // Misskey drops such an activity too: only its own server may name it.
  if (!sameOrigin(id, actor)) return fault(envelope, 'id-on-another-host', "The id is not on the actor's host.");

  const type = known[0];
  if (type === undefined) return { kind: 'unsupported', actor, envelope };
  const objects = listOf(own(json, 'object')).map(readThing);
  const object = objects[0];
  if (object === undefined) return fault(envelope, 'no-object', 'The activity has no object.');
  if (objects.length > 1 && type !== 'Flag') {
    return fault(envelope, 'ambiguous-object', 'The activity has more than one object.');
  }
  return { kind: 'activity', activity: activityOf(json, { id, type, actor, object, objects }), envelope };
}

type Checked = Pick<Activity, 'id' | 'type' | 'actor' | 'object' | 'objects'>;

function activityOf(json: JsonObject, checked: Checked): Activity {
  const instrument = listOf(own(json, 'instrument'))[0];
  return {
    target: idOf(listOf(own(json, 'target'))[0]),
    recipients: recipientsOf(json),
    isPublic: isPublic(json),
    json,
    ...checked,
    ...(instrument === undefined ? {} : { instrument: readThing(instrument) }),
  };
}

function isKnown(type: string): type is ActivityType {
  return KNOWN.has(type);
}

function envelopeOf(id: string | undefined, type: string | undefined, actor: string | undefined): Envelope {
  return {
    ...(id === undefined ? {} : { id }),
    ...(type === undefined ? {} : { type }),
    ...(actor === undefined ? {} : { actor }),
  };
}

function fault(envelope: Envelope, reason: string, message: string): Parsed {
  return { kind: 'fault', reason, message, envelope };
}
