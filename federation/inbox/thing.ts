import { isJsonObject, type Json, type JsonObject } from '../vocabulary.ts';
import type { Activity, Thing } from './activity.ts';
import { own } from './bounds.ts';
import { idOf, idsOf, listOf, stringsOf } from './references.ts';

const RECIPIENTS = ['to', 'cc', 'bto', 'bcc', 'audience'] as const;
const QUOTES = ['quote', 'quoteUrl', 'quoteUri', '_misskey_quote'] as const;

/** The public collection as peers write it; activitypub-bot says `as:Public` (ActivityPub §5.6). */
const PUBLIC_SPELLINGS: ReadonlySet<string> = new Set([
  'https://www.w3.org/ns/activitystreams#Public',
  'as:Public',
  'Public',
]);

/** A link to an ActivityPub object, not to a page (FEP-e232). */
const OBJECT_LINK = /^application\/(?:activity\+json|ld\+json)\s*(?:;|$)/i;

/** Reads what an activity is about: an id, a Link or an embedded object, own properties alone. Never throws. */
export function readThing(value: Json): Thing {
  const json = isJsonObject(value) ? value : undefined;
  const read = (key: string): Json | undefined => (json === undefined ? undefined : own(json, key));
  const types = stringsOf(read('type'));
  const tags = listOf(read('tag'));
  return {
    id: idOf(value),
    types,
    actor: idOf(listOf(read('actor'))[0]),
    object: idOf(listOf(read('object'))[0]),
    attributedTo: idsOf(read('attributedTo')),
    inReplyTo: idsOf(read('inReplyTo')),
    mentions: tags.flatMap(mentionOf),
    quotes: [...QUOTES.flatMap((key) => idsOf(read(key))), ...tags.flatMap(objectLinkOf)],
    recipients: json === undefined ? [] : recipientsOf(json),
    isPublic: json !== undefined && isPublic(json),
    vote: types.includes('Note') && isText(read('name')) && !isText(read('content')),
    embedded: json,
  };
}

/** Gives the recipients of an object or activity, from every field that may hold one. */
export function recipientsOf(json: JsonObject): readonly string[] {
  return RECIPIENTS.flatMap((key) => idsOrNames(own(json, key)));
}

/** Says whether an object or activity is for everybody: the public collection is in `to` or `cc` (ActivityPub §5.6). */
export function isPublic(json: JsonObject): boolean {
  return [own(json, 'to'), own(json, 'cc')].some((value) => {
    return idsOrNames(value).some((each) => PUBLIC_SPELLINGS.has(each));
  });
}

/**
 * Gives the activity with a document in the place of the object or instrument that it only named. The document must have
 * been fetched from that id: nothing here proves that it belongs there.
 */
export function withDocument(activity: Activity, part: 'object' | 'instrument', document: JsonObject): Activity {
  const thing = readThing(document);
  return part === 'object' ? { ...activity, object: thing, objects: [thing] } : { ...activity, instrument: thing };
}

/** Recipients may be embedded collections; the public one may be written as a name that is no URL. */
function idsOrNames(value: Json | undefined): readonly string[] {
  return listOf(value)
    .map((item) => (isJsonObject(item) ? own(item, 'id') : item))
    .filter((name): name is string => typeof name === 'string' && name !== '');
}

function mentionOf(tag: Json): readonly string[] {
  if (!isJsonObject(tag) || !stringsOf(own(tag, 'type')).includes('Mention')) return [];
  return idsOf(own(tag, 'href'));
}

function objectLinkOf(tag: Json): readonly string[] {
  if (!isJsonObject(tag) || !stringsOf(own(tag, 'type')).includes('Link')) return [];
  const mediaType = own(tag, 'mediaType');
  return typeof mediaType === 'string' && OBJECT_LINK.test(mediaType) ? idsOf(own(tag, 'href')) : [];
}

function isText(value: Json | undefined): boolean {
  return typeof value === 'string' && value.trim() !== '';
}
