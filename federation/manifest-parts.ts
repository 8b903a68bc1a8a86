import { toTime } from './dates.ts';
import type { Manifest, ManifestObject } from './manifest.ts';
import type { EmittedFile } from './object-emission.ts';
import { keyOfId } from './rename.ts';

interface HashDeps {
  /** Hex SHA-256 of a text's UTF-8. */
  readonly sha256: (text: string) => string;
}

/** Where the head of a manifest is, and the folder of its buckets. */
export const HEAD_PATH = '/ap/manifest/head.json';

/**
 * A manifest without its objects. They fall into 256 buckets by their ids, and so do those of the ledger: a plan looks
 * only at the buckets in which the two differ, so that a large blog is published as fast as a small one.
 */
export interface ManifestHead extends Omit<Manifest, 'objects'> {
  /** By name of the bucket; one without objects has none. */
  readonly buckets: Readonly<Record<string, BucketDigests>>;
}

export interface BucketDigests {
  /** What the network is to know of it, see `digestTold`: compared with the ledger. */
  readonly told: string;
  /** Hex SHA-256 of the file's text: says whether a file is of the same build as the head. */
  readonly file: string;
}

/** A manifest that is read by its parts. */
export interface ManifestParts {
  readonly head: ManifestHead;
  /** The objects of some buckets, newest first. Rejects with `build-changed` once another build has taken its place. */
  objects(buckets: ReadonlySet<string>): Promise<readonly ManifestObject[]>;
}

/** Gives the bucket of an object: the first byte of the SHA-256 of its id, as two hex digits. Never fails. */
export function bucketOf({ sha256 }: HashDeps, id: string): string {
  return sha256(id).slice(0, 2);
}

/** Gives the path of a bucket's file on the site. */
export function bucketPath(bucket: string): string {
  return `/ap/manifest/${bucket}.json`;
}

/**
 * Gives what a bucket says, hex SHA-256: equal exactly when as many objects have the same ids and digests, in any order. A
 * plan finds nothing in such a bucket, for an object of equal digest is told already; deleted ones are no part of it.
 * Never fails. (CONTRIBUTING, Publish)
 */
export function digestTold(
  { sha256 }: HashDeps,
  objects: readonly { readonly id: string; readonly digest: string }[],
): string {
  return sha256(JSON.stringify(objects.map(({ id, digest }) => JSON.stringify([id, digest])).sort()));
}

/** Gives the names of the buckets that differ. Takes what `digestTold` gives, by name; never fails. */
export function differingBuckets(head: ManifestHead, told: ReadonlyMap<string, string>): Set<string> {
  const names = new Set([...Object.keys(head.buckets), ...told.keys()]);
  return new Set([...names].filter((name) => head.buckets[name]?.told !== told.get(name)));
}

/**
 * Gives the names of the buckets whose objects may not be the same in two builds of the blog. Never fails.
 */
export function changedBuckets(one: ManifestHead, other: ManifestHead): Set<string> {
  const names = new Set([...Object.keys(one.buckets), ...Object.keys(other.buckets)]);
  return new Set([...names].filter((name) => one.buckets[name]?.file !== other.buckets[name]?.file));
}

/** Whether two heads are of builds with the same manifest. Never fails. */
export function isSameHead(one: ManifestHead, other: ManifestHead): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

/**
 * Writes a manifest as it is public, whole, and the same by its parts: buckets and head. A bucket's file stays the same as
 * long as its objects do, whatever else the blog says. Never fails.
 */
export function* emitManifest(deps: HashDeps, manifest: Manifest): Generator<EmittedFile> {
  yield { path: '/ap/manifest.json', json: JSON.stringify(manifest) };
  const { head, buckets } = splitManifest(deps, manifest);
  for (const [name, { json }] of buckets) yield { path: bucketPath(name), json };
  yield { path: HEAD_PATH, json: JSON.stringify(head) };
}

/** Gives the parts of a manifest that is known whole. Never fails. */
export function partsOf(deps: HashDeps, manifest: Manifest): ManifestParts {
  const { head, buckets } = splitManifest(deps, manifest);
  return {
    head,
    objects: async (names) => [...names].flatMap((name) => buckets.get(name)?.entries ?? []).sort(newestFirst),
  };
}

interface Bucket {
  readonly entries: ManifestObject[];
  readonly json: string;
}

function splitManifest(
  deps: HashDeps,
  { objects, ...rest }: Manifest,
): {
  head: ManifestHead;
  buckets: ReadonlyMap<string, Bucket>;
} {
  const found = new Map<string, ManifestObject[]>();
  for (const entry of objects) {
    const name = bucketOf(deps, entry.id);
    const entries = found.get(name);
    if (entries) entries.push(entry);
    else found.set(name, [entry]);
  }
  const buckets = new Map<string, Bucket>();
  const digests: Record<string, BucketDigests> = {};
  for (const [name, entries] of [...found].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const json = JSON.stringify(entries);
    buckets.set(name, { entries, json });
    digests[name] = { told: digestTold(deps, entries), file: deps.sha256(json) };
  }
  return { head: { ...rest, buckets: digests }, buckets };
}

/** The order of posts in a build. */
export function newestFirst(a: ManifestObject, b: ManifestObject): number {
  const byTime = (toTime(b.published) ?? 0) - (toTime(a.published) ?? 0);
  if (byTime !== 0) return byTime;
  const [one, other] = [keyOfId(a.id), keyOfId(b.id)];
  return one < other ? -1 : one > other ? 1 : a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
