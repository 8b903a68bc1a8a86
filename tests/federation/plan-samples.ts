import { deedOf } from '../../federation/deeds.ts';
import type { Ledger, LedgerObject } from '../../federation/ledger.ts';
import { DEFAULT_POLICY, type DeedType, type Manifest, type ManifestObject } from '../../federation/manifest.ts';
import { type Plan, type PlanOptions, planPublish } from '../../federation/plan.ts';
import { sha256Hex } from '../../server/crypto.ts';

export const ORIGIN = 'https://blog.example';
export const NOW = Date.parse('2026-11-23T12:00:00.500Z');
/** When the ledgers here began. */
export const BEGUN = '2026-10-01T00:00:00Z';
export const id = (key: string, folder = 'posts') => `${ORIGIN}/ap/${folder}/${key}.json`;

export function entry(key: string, more: Partial<ManifestObject> = {}): ManifestObject {
  return {
    id: id(key),
    type: 'Article',
    url: `${ORIGIN}/posts/${key}/`,
    title: `Title of ${key}`,
    source: `posts/${key}.md`,
    digest: `digest of ${key}`,
    bodyDigest: `body of ${key}`,
    published: '2026-11-23T10:00:00Z',
    dateOnly: false,
    visibility: 'public',
    ...more,
  };
}

export function told(key: string, more: Partial<LedgerObject> = {}): LedgerObject {
  const { id, type, url, title, source, digest, published, visibility } = entry(key);
  return {
    id,
    type,
    url,
    title,
    source,
    digest,
    published,
    visibility,
    bodyDigest: `body of ${key}`,
    state: 'announced',
    revision: 0,
    ...more,
  };
}

/** Ann of another server, who wrote what the deeds here are done to. */
export const ANN = {
  actor: 'https://there.example/users/ann',
  inbox: 'https://there.example/users/ann/inbox',
  handle: '@ann@there.example',
};
export const NOTE = 'https://there.example/notes/1';

/** A like of `object`, or what `more` makes of it. */
export function deed(type: DeedType, object: string, more: Partial<ManifestObject> = {}): ManifestObject {
  const instrument = type === 'QuoteRequest' ? (more.instrument ?? id('quoting')) : undefined;
  const key = object.split('/').at(-1) ?? '';
  return {
    ...deedOf({ sha256: sha256Hex }, ORIGIN, { type, object, instrument }),
    type,
    url: type === 'Follow' ? `${ORIGIN}/` : `${ORIGIN}/notes/${key}/`,
    title: type === 'Follow' ? `@${key}@there.example` : `What ${key} says`,
    source: type === 'Follow' ? 'following.csv' : `notes/${type.toLowerCase()}-${key}.md`,
    published: '2026-11-23T10:00:00Z',
    dateOnly: false,
    visibility: 'public',
    object,
    ...(instrument === undefined ? {} : { instrument }),
    addressees: [ANN],
    ...more,
  };
}

/** What the ledger says of a deed. */
export function toldDeed(type: DeedType, object: string, more: Partial<LedgerObject> = {}): LedgerObject {
  const {
    addressees,
    dateOnly: _,
    federate: __,
    url: ___,
    ...entry
  } = deed(type, object, more.instrument ? { instrument: more.instrument } : {});
  const inboxes = (addressees ?? []).map(({ inbox }) => inbox);
  return { ...entry, url: '', state: 'announced', revision: 0, inboxes, ...more };
}

export function manifest(objects: ManifestObject[], more: Partial<Manifest> = {}): Manifest {
  const id = `${ORIGIN}/ap/actor.json`;
  const actor = { id, username: 'blog', digest: 'profile', keyDigest: 'keys', showFollowers: false };
  return { version: 1, origin: ORIGIN, content: 'content', policy: DEFAULT_POLICY, actor, objects, ...more };
}

export function ledger(objects: LedgerObject[], more: Partial<Ledger> = {}): Ledger {
  const actor = { id: `${ORIGIN}/ap/actor.json`, digest: 'profile', revision: 0 };
  const byId = new Map(objects.map((object) => [object.id, object]));
  return { origin: ORIGIN, actor, begun: BEGUN, objects: byId, ...more };
}

export const plan = (built: Manifest, known: Ledger | undefined, options: Partial<PlanOptions> = {}): Plan =>
  planPublish(built, known, { now: NOW, ...options });
export const confirm = (...what: string[]) => ({ confirm: new Set(what) });
export const keys = (count: number, prefix = 'p') =>
  Array.from({ length: count }, (_, n) => `${prefix}${String(n).padStart(3, '0')}`);
