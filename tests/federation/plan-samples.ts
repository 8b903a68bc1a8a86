import type { Ledger, LedgerObject } from '../../federation/ledger.ts';
import { DEFAULT_POLICY, type Manifest, type ManifestObject } from '../../federation/manifest.ts';
import { type HoldCode, type Plan, type PlanOptions, planPublish } from '../../federation/plan.ts';

export const ORIGIN = 'https://blog.example';
export const NOW = Date.parse('2026-11-23T12:00:00.500Z');
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
  const { id, type, url, title, source, digest, published } = entry(key);
  return {
    id,
    type,
    url,
    title,
    source,
    digest,
    published,
    bodyDigest: `body of ${key}`,
    state: 'announced',
    revision: 0,
    ...more,
  };
}

export function manifest(objects: ManifestObject[], more: Partial<Manifest> = {}): Manifest {
  const id = `${ORIGIN}/ap/actor.json`;
  const actor = { id, username: 'blog', digest: 'profile', keyDigest: 'keys', showFollowers: false };
  return { version: 1, origin: ORIGIN, content: 'content', policy: DEFAULT_POLICY, actor, objects, ...more };
}

export function ledger(objects: LedgerObject[], more: Partial<Ledger> = {}): Ledger {
  const actor = { id: `${ORIGIN}/ap/actor.json`, digest: 'profile', revision: 0 };
  return { origin: ORIGIN, actor, objects: new Map(objects.map((object) => [object.id, object])), ...more };
}

export const plan = (built: Manifest, known: Ledger | undefined, options: Partial<PlanOptions> = {}): Plan =>
  planPublish(built, known, { now: NOW, ...options });
export const confirm = (...codes: HoldCode[]) => ({ confirm: new Set(codes) });
export const keys = (count: number, prefix = 'p') =>
  Array.from({ length: count }, (_, n) => `${prefix}${String(n).padStart(3, '0')}`);
