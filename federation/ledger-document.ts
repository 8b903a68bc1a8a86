import { isDeedType } from './deeds.ts';
import type { Approval, Ledger, LedgerActor, LedgerObject } from './ledger.ts';
import { type Reading, shorten, startReading } from './strict-reading.ts';
import { isJsonObject, type JsonObject } from './vocabulary.ts';

/** The only version there is. A change that an older Postern would read wrongly makes it 2. */
const VERSION = 1;

const STATES = ['baseline', 'announced', 'deleted'] as const;
const TYPES = ['Article', 'Note', 'Question', 'Like', 'Announce', 'Follow', 'QuoteRequest'] as const;
const VISIBILITIES = ['public', 'unlisted'] as const;

/**
 * Gives the ledger as a JSON document; `parseLedgerDocument` reads it. The whole of it is a backup. The public one, for a
 * plan made elsewhere, leaves out what a Delete or an Undo took back (title, page addresses, file and what a deed was done
 * to), whom the owner follows, to which inboxes something went, what the owner released, and what is being sent; all else in
 * it can be read from the site and its activities. Never fails.
 */
export function ledgerDocument(ledger: Ledger, options: { readonly public: boolean }): JsonObject {
  const { origin, actor, source, begun, approved, objects } = ledger;
  const isPublic = options.public;
  return {
    version: VERSION,
    origin,
    begun,
    ...(source ? { source: { commit: source.commit, committedAt: source.committedAt } } : {}),
    ...(approved
      ? {
          approved: {
            content: approved.content,
            at: approved.at,
            ...(isPublic ? {} : { confirmed: [...approved.confirmed] }),
          },
        }
      : {}),
    actor: actorDocument(actor, isPublic),
    objects: [...objects.values()].map((object) => objectDocument(object, isPublic)),
  };
}

function actorDocument(actor: LedgerActor, isPublic: boolean): JsonObject {
  const { id, digest, revision, username, keyDigest, movedTo, deleted, gone, sending } = actor;
  const told = { username, keyDigest, movedTo, deleted, gone };
  return { id, digest, revision, ...present({ ...told, ...(isPublic ? {} : { sending }) }) };
}

function objectDocument(object: LedgerObject, isPublic: boolean): JsonObject {
  const { id, state, type, digest, bodyDigest, revision, published, updated, deleted, visibility } = object;
  const { title, url, formerUrls, source, instrument, pollDigest, inboxes, sending } = object;
  const told = {
    id,
    state,
    type,
    digest,
    revision,
    published,
    visibility,
    ...present({ bodyDigest, updated, deleted, pollDigest }),
  };
  // Whom the blog follows is told where its profile shows it, and not here.
  if (isPublic && (state === 'deleted' || type === 'Follow')) return told;
  return {
    ...told,
    title,
    url,
    ...(formerUrls ? { formerUrls: [...formerUrls] } : {}),
    source,
    ...present({ object: object.object, instrument }),
    ...(isPublic || !inboxes ? {} : { inboxes: [...inboxes] }),
    ...(isPublic ? {} : present({ sending })),
  };
}

function present(members: Record<string, string | undefined>): JsonObject {
  const document: JsonObject = {};
  for (const [name, value] of Object.entries(members)) if (value !== undefined) document[name] = value;
  return document;
}

/**
 * Reads what {@link ledgerDocument} wrote, in either form: what the public one leaves out is empty. Takes any JSON value.
 * A ledger that is nearly right would send wrong things for ever, so every member must be known and of its kind, ids
 * must be of the origin and stand once; `fault` says where it is not so, and how. Never throws.
 */
export function parseLedgerDocument(value: unknown): { ledger: Ledger } | { fault: string } {
  const reading = startReading();
  const top = reading.members(value, 'the document', {
    required: ['version', 'origin', 'begun', 'actor', 'objects'],
    optional: ['source', 'approved'],
  });
  if (top.get('version') !== VERSION) {
    reading.note('version', `is not ${VERSION}, so this is no ledger, or one of a newer Postern`);
  }
  const origin = readOrigin(reading, top.get('origin'));
  const source = top.has('source') ? readSource(reading, top.get('source')) : undefined;
  const approved = top.has('approved') ? readApproval(reading, top.get('approved')) : undefined;
  const ledger: Ledger = {
    origin,
    actor: readActor(reading, top.get('actor'), origin),
    ...(source ? { source } : {}),
    begun: reading.date(top.get('begun'), 'begun'),
    ...(approved ? { approved } : {}),
    objects: readObjects(reading, top.get('objects'), origin),
  };
  const fault = reading.fault();
  return fault === undefined ? { ledger } : { fault };
}

function readOrigin(reading: Reading, value: unknown): string {
  const origin = reading.text(value, 'origin');
  const isOrigin = /^https?:/.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin;
  if (!isOrigin) reading.note('origin', 'is no origin such as https://blog.example');
  return origin;
}

function readSource(reading: Reading, value: unknown): NonNullable<Ledger['source']> {
  const members = reading.members(value, 'source', { required: ['commit', 'committedAt'], optional: [] });
  return {
    commit: reading.text(members.get('commit'), 'source.commit'),
    committedAt: reading.date(members.get('committedAt'), 'source.committedAt'),
  };
}

function readApproval(reading: Reading, value: unknown): Approval {
  const members = reading.members(value, 'approved', { required: ['content', 'at'], optional: ['confirmed'] });
  return {
    content: reading.text(members.get('content'), 'approved.content'),
    at: reading.date(members.get('at'), 'approved.at'),
    confirmed: members.has('confirmed') ? reading.texts(members.get('confirmed'), 'approved.confirmed') : [],
  };
}

function readActor(reading: Reading, value: unknown, origin: string): LedgerActor {
  const members = reading.members(value, 'actor', {
    required: ['id', 'digest', 'revision'],
    optional: ['username', 'keyDigest', 'movedTo', 'deleted', 'gone', 'sending'],
  });
  const id = reading.text(members.get('id'), 'actor.id');
  if (id !== `${origin}/ap/actor.json`) reading.note('actor.id', `is not ${shorten(`${origin}/ap/actor.json`)}`);
  return {
    id,
    digest: reading.text(members.get('digest'), 'actor.digest'),
    revision: reading.count(members.get('revision'), 'actor.revision'),
    ...reading.optional(members, 'actor', {
      texts: ['username', 'keyDigest', 'movedTo', 'sending'],
      dates: ['deleted', 'gone'],
    }),
  };
}

function readObjects(reading: Reading, value: unknown, origin: string): ReadonlyMap<string, LedgerObject> {
  const objects = new Map<string, LedgerObject>();
  if (!Array.isArray(value)) {
    reading.note('objects', 'is no list');
    return objects;
  }
  for (const [index, each] of value.entries()) {
    const path = `objects[${index}]`;
    const object = readObject(reading, each, path, origin);
    if (objects.has(object.id)) reading.note(`${path}.id`, `stands twice: ${shorten(object.id)}`);
    objects.set(object.id, object);
    // One fault is told; a hostile list is not read to its end.
    if (reading.fault() !== undefined) break;
  }
  return objects;
}

const DESCRIBING = ['title', 'url', 'source'];
const OPTIONAL = ['bodyDigest', 'updated', 'deleted', 'formerUrls', 'pollDigest', 'inboxes', 'sending'];
const OF_DEEDS = ['object', 'instrument'];
const DEED_TYPES: ReadonlySet<unknown> = new Set(TYPES.filter(isDeedType));

function readObject(reading: Reading, value: unknown, path: string, origin: string): LedgerObject {
  const isDeedHere = isJsonObject(value) && DEED_TYPES.has(value.type);
  const isBrief = isJsonObject(value) && (value.state === 'deleted' || value.type === 'Follow');
  const required = ['id', 'state', 'type', 'digest', 'revision', 'published', 'visibility'];
  const optional = [...OPTIONAL, ...(isDeedHere ? OF_DEEDS : [])];
  const members = reading.members(value, path, {
    required: isBrief ? required : [...required, ...DESCRIBING, ...(isDeedHere ? ['object'] : [])],
    optional: isBrief ? [...optional, ...DESCRIBING] : optional,
  });
  const describing = (name: string) => (members.has(name) ? reading.text(members.get(name), `${path}.${name}`) : '');
  const ofOrigin = (text: string, at: string) => {
    if (!text.startsWith(`${origin}/`)) reading.note(at, `is not below ${shorten(origin)}`);
    return text;
  };
  const url = describing('url');
  const formerUrls = members.has('formerUrls')
    ? reading.texts(members.get('formerUrls'), `${path}.formerUrls`)
    : undefined;
  for (const [n, former] of formerUrls?.entries() ?? []) ofOrigin(former, `${path}.formerUrls[${n}]`);
  return {
    id: ofOrigin(reading.text(members.get('id'), `${path}.id`), `${path}.id`),
    state: reading.oneOf(members.get('state'), `${path}.state`, STATES),
    type: reading.oneOf(members.get('type'), `${path}.type`, TYPES),
    digest: reading.text(members.get('digest'), `${path}.digest`),
    revision: reading.count(members.get('revision'), `${path}.revision`),
    published: reading.date(members.get('published'), `${path}.published`),
    visibility: reading.oneOf(members.get('visibility'), `${path}.visibility`, VISIBILITIES),
    ...reading.optional(members, path, {
      texts: ['bodyDigest', 'object', 'instrument', 'pollDigest', 'sending'],
      dates: ['updated', 'deleted'],
    }),
    title: describing('title'),
    url: (isBrief || isDeedHere) && url === '' ? '' : ofOrigin(url, `${path}.url`),
    ...(formerUrls ? { formerUrls } : {}),
    source: describing('source'),
    ...(members.has('inboxes') ? { inboxes: reading.texts(members.get('inboxes'), `${path}.inboxes`) } : {}),
  };
}
