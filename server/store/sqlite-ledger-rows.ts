import type { Approval, Ledger, LedgerActor, LedgerObject } from '../../federation/ledger.ts';
import { integer, maybeText, oneOf, type Row, text, textList, type Value } from './sqlite-rows.ts';

/** The columns of `ledger_objects`, in the order in which `objectValues` gives them. */
export const OBJECT_COLUMNS = [
  'id',
  'state',
  'type',
  'digest',
  'body_digest',
  'revision',
  'published',
  'updated',
  'deleted',
  'title',
  'visibility',
  'url',
  'source',
  'object',
  'instrument',
  'poll_digest',
  'inboxes',
  'sending',
] as const;

const TYPES: readonly LedgerObject['type'][] = [
  ...(['Article', 'Note', 'Question'] as const),
  ...(['Like', 'Announce', 'Follow', 'QuoteRequest'] as const),
];

export function objectValues(object: LedgerObject): Value[] {
  return [
    object.id,
    object.state,
    object.type,
    object.digest,
    object.bodyDigest ?? null,
    object.revision,
    object.published,
    object.updated ?? null,
    object.deleted ?? null,
    object.title,
    object.visibility,
    object.url,
    object.source,
    object.object ?? null,
    object.instrument ?? null,
    object.pollDigest ?? null,
    object.inboxes ? JSON.stringify(object.inboxes) : null,
    object.sending ?? null,
  ];
}

export function objectOf(row: Row, formerUrls: readonly string[]): LedgerObject {
  return {
    id: text(row, 'id'),
    state: oneOf(row, 'state', ['baseline', 'announced', 'deleted']),
    type: oneOf(row, 'type', TYPES),
    digest: text(row, 'digest'),
    ...maybeText(row, 'body_digest', 'bodyDigest'),
    revision: integer(row, 'revision'),
    published: text(row, 'published'),
    ...maybeText(row, 'updated', 'updated'),
    ...maybeText(row, 'deleted', 'deleted'),
    title: text(row, 'title'),
    visibility: oneOf(row, 'visibility', ['public', 'unlisted']),
    url: text(row, 'url'),
    ...(formerUrls.length === 0 ? {} : { formerUrls }),
    source: text(row, 'source'),
    ...maybeText(row, 'object', 'object'),
    ...maybeText(row, 'instrument', 'instrument'),
    ...maybeText(row, 'poll_digest', 'pollDigest'),
    ...(row.inboxes === null ? {} : { inboxes: textList(row, 'inboxes') }),
    ...maybeText(row, 'sending', 'sending'),
  };
}

/** The columns of `ledger` that tell of the actor, in the order in which `actorValues` gives them. */
export const ACTOR_COLUMNS = [
  'actor_id',
  'actor_digest',
  'actor_revision',
  'actor_username',
  'actor_key_digest',
  'actor_moved_to',
  'actor_deleted',
  'actor_gone',
  'actor_sending',
] as const;

export function actorValues(actor: LedgerActor): Value[] {
  const { id, digest, revision, username, keyDigest, movedTo, deleted, gone, sending } = actor;
  return [
    id,
    digest,
    revision,
    ...[username, keyDigest, movedTo, deleted, gone, sending].map((value) => value ?? null),
  ];
}

export function actorOf(row: Row): LedgerActor {
  return {
    id: text(row, 'actor_id'),
    digest: text(row, 'actor_digest'),
    revision: integer(row, 'actor_revision'),
    ...maybeText(row, 'actor_username', 'username'),
    ...maybeText(row, 'actor_key_digest', 'keyDigest'),
    ...maybeText(row, 'actor_moved_to', 'movedTo'),
    ...maybeText(row, 'actor_deleted', 'deleted'),
    ...maybeText(row, 'actor_gone', 'gone'),
    ...maybeText(row, 'actor_sending', 'sending'),
  };
}

/** The columns of what is known once a build was applied or approved, in the order in which their values are given. */
export const SOURCE_COLUMNS = ['source_commit', 'source_committed_at'] as const;
export const APPROVAL_COLUMNS = ['approved_content', 'approved_at', 'approved_confirmed'] as const;

export function sourceValues(source: Ledger['source']): Value[] {
  return source ? [source.commit, source.committedAt] : [null, null];
}

export function approvalValues(approved: Approval | undefined): Value[] {
  return approved ? [approved.content, approved.at, JSON.stringify(approved.confirmed)] : [null, null, null];
}

/** Reads the row of `ledger` and what belongs to it. */
export function ledgerOf(row: Row, objects: Iterable<LedgerObject>): Ledger {
  return {
    origin: text(row, 'origin'),
    actor: actorOf(row),
    ...(row.source_commit === null
      ? {}
      : { source: { commit: text(row, 'source_commit'), committedAt: text(row, 'source_committed_at') } }),
    begun: text(row, 'begun'),
    ...(row.approved_content === null ? {} : { approved: approvalOf(row) }),
    objects: new Map([...objects].map((object) => [object.id, object])),
  };
}

function approvalOf(row: Row): Approval {
  return {
    content: text(row, 'approved_content'),
    at: text(row, 'approved_at'),
    confirmed: textList(row, 'approved_confirmed'),
  };
}
