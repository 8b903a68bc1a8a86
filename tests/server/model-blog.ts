import { addressesOf } from '../../federation/addresses.ts';
import { comesAt } from '../../federation/dates.ts';
import type { Manifest, ManifestObject, PublishPolicy } from '../../federation/manifest.ts';
import { type KnownIds, renewKeys } from '../../federation/restores.ts';
import { type JsonObject, PUBLIC } from '../../federation/vocabulary.ts';
import { sha256Hex } from '../../server/crypto.ts';
import type { Site } from '../../server/ports.ts';
import type { Store } from '../../server/store/store.ts';
import { ANN, deed, NOTE } from '../federation/plan-samples.ts';
import type { ModelDate } from './model-history.ts';
import { siteWithParts } from './site-with-parts.ts';

export const ORIGIN = 'https://blog.example';
const ADDRESSES = addressesOf(ORIGIN);

/** A Markdown file, as far as a publish sees it. */
export interface ModelFile {
  readonly slug: string;
  /** The `id` of the front matter. */
  readonly id?: string;
  readonly text: string;
  readonly title: string;
  readonly date: string;
  readonly dateOnly: boolean;
  readonly visibility: 'public' | 'unlisted';
  readonly federate: boolean | 'silent' | 'update';
}

export interface ModelProfile {
  readonly text: string;
  readonly username: string;
}

/** What one run of the build made: it does not change when the files do. */
export interface Build {
  readonly number: number;
  readonly site: Site;
  readonly content: string;
  readonly entries: readonly ManifestObject[];
}

export interface BuildInput {
  readonly number: number;
  readonly files: readonly ModelFile[];
  readonly deeds: readonly ManifestObject[];
  readonly profile: ModelProfile;
  readonly policy: PublishPolicy;
  /** What the build was told of the ledger. */
  readonly known: KnownIds;
  readonly clock: () => number;
}

/** Builds as the build does: what is dated ahead comes with a layer of its own, and a retired id is given up. */
export function build(input: BuildInput): Build {
  const posts = renewKeys(
    input.files.map((file) => ({ ...file, kind: 'article' as const, key: keyOf(file), source: sourceOf(file) })),
    ORIGIN,
    input.known,
  ).filter(({ federate }) => federate !== false);
  const entries = [...posts.map(entryOf), ...input.deeds];
  const documents = new Map(posts.map((post, n) => [entries[n]?.id ?? '', documentOf(post)]));
  const content = sha256Hex(JSON.stringify([input.profile, input.policy, entries]));
  const manifests = new Map<number, Manifest>();
  const instants = [...new Set(entries.map(comesAt))].sort((a, b) => a - b);
  // One manifest for each layer: a build that did not change is known by it.
  const manifestAt = (now: number): Manifest => {
    const layer = instants.findLast((at) => at <= now) ?? 0;
    const manifest =
      manifests.get(layer) ??
      manifestOf(
        input,
        content,
        entries.filter((each) => comesAt(each) <= layer),
      );
    manifests.set(layer, manifest);
    return manifest;
  };
  const site = siteWithParts({
    manifest: async () => manifestAt(input.clock()),
    scheduled: async () => {
      const now = input.clock();
      return instants.filter((at) => at > now).map((at) => ({ at, manifest: manifestAt(at) }));
    },
    document: async (url) => {
      if (url === ADDRESSES.actor) return { id: url, type: 'Person', ...input.profile };
      const entry = entries.find(({ id }) => id === url);
      return entry && comesAt(entry) <= input.clock() ? documents.get(url) : undefined;
    },
  });
  return { number: input.number, site, content, entries };
}

/** What the owner may do: a like, a boost, a follow, and a like that is told to nobody. */
export function deedAt(n: number, now: number, inSeconds: number): ManifestObject {
  const [type, object] = DEEDS[n] ?? DEEDS[0];
  // A line of a list has no date.
  const at = type === 'Follow' ? 0 : now + inSeconds * 1000;
  const published = `${new Date(at).toISOString().slice(0, 19)}Z`;
  return deed(type, object, { published, ...(n === 3 ? { federate: 'silent' } : {}) });
}

const DEEDS = [
  ['Like', NOTE],
  ['Announce', NOTE],
  ['Follow', ANN.actor],
  ['Like', `${NOTE}2`],
] as const;

/** A file with the date that `date` is at `now`. */
export function written(file: Omit<ModelFile, 'date' | 'dateOnly'>, date: ModelDate, now: number): ModelFile {
  const instant = new Date(now + date.inSeconds * 1000).toISOString();
  const { dateOnly } = date;
  return { ...file, date: dateOnly ? `${instant.slice(0, 10)}T00:00:00Z` : `${instant.slice(0, 19)}Z`, dateOnly };
}

export function keyOf({ id, slug }: ModelFile): string {
  return id ?? slug;
}

/** What `scripts/build-site` reads from the ledger. */
export async function knownIds(store: Store): Promise<KnownIds> {
  const known = await store.ledger.read();
  const objects = [...(known?.ledger.objects.values() ?? [])];
  return {
    retired: new Set(objects.filter(({ state }) => state === 'deleted').map(({ id }) => id)),
    live: new Map(objects.filter(({ state }) => state !== 'deleted').map(({ id, source }) => [id, source])),
  };
}

/** What a reader sees of a post: what counts as its meaning. */
export function meaningOf(object: JsonObject): string {
  return JSON.stringify([object.name, object.content, object.url, object.to]);
}

/** The same of what a build has. */
export async function siteMeanings(site: Site): Promise<Map<string, string>> {
  const meanings = new Map<string, string>();
  for (const { id } of (await site.manifest()).objects) {
    const document = await site.document(id);
    if (document) meanings.set(id, meaningOf(document));
  }
  return meanings;
}

function sourceOf({ slug }: ModelFile): string {
  return `posts/${slug}.md`;
}

function manifestOf(input: BuildInput, content: string, objects: readonly ManifestObject[]): Manifest {
  const { username } = input.profile;
  const digest = sha256Hex(JSON.stringify(input.profile));
  return {
    version: 1,
    origin: ORIGIN,
    source: commitOf(input.number),
    content,
    policy: input.policy,
    actor: { id: ADDRESSES.actor, username, digest, keyDigest: 'keys', showFollowers: false },
    objects,
  };
}

/** Each build is of a later commit than the one before. */
function commitOf(number: number): { commit: string; committedAt: string } {
  return {
    commit: `c${number}`,
    committedAt: new Date(Date.parse('2026-01-01T00:00:00Z') + number * 1000).toISOString(),
  };
}

type BuiltPost = ModelFile & { readonly key: string; readonly source: string; readonly restores?: string };

function entryOf(post: BuiltPost): ManifestObject {
  const { title, text, visibility, date, dateOnly, federate, source } = post;
  const bodyDigest = sha256Hex(JSON.stringify([title, text, visibility]));
  const url = pageOf(post);
  return {
    id: objectIdOf(post.key),
    type: 'Article',
    url,
    title,
    source,
    digest: sha256Hex(JSON.stringify([bodyDigest, url])),
    bodyDigest,
    published: date,
    dateOnly,
    visibility,
    ...(federate === 'silent' || federate === 'update' ? { federate } : {}),
    ...(post.restores === undefined ? {} : { restores: post.restores }),
  };
}

function documentOf(post: BuiltPost): JsonObject {
  const { key, title, text, visibility, date } = post;
  return {
    '@context': 'https://www.w3.org/ns/activitystreams',
    id: objectIdOf(key),
    type: 'Article',
    attributedTo: ADDRESSES.actor,
    to: visibility === 'public' ? [PUBLIC] : [ADDRESSES.followers],
    cc: visibility === 'public' ? [ADDRESSES.followers] : [PUBLIC],
    name: title,
    content: `<p>${text}</p>`,
    url: pageOf(post),
    published: date,
  };
}

function objectIdOf(key: string): string {
  return `${ORIGIN}/ap/posts/${key}.json`;
}

function pageOf({ slug }: ModelFile): string {
  return `${ORIGIN}/posts/${slug}/`;
}
