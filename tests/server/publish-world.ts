import { addressesOf, objectId } from '../../federation/addresses.ts';
import { comesAt as firstInstant } from '../../federation/dates.ts';
import type { Attempt } from '../../federation/delivery.ts';
import { DEFAULT_POLICY, type Manifest, type ManifestObject } from '../../federation/manifest.ts';
import type { Follower } from '../../federation/outcome.ts';
import { type JsonObject, PUBLIC } from '../../federation/vocabulary.ts';
import { sha256Hex } from '../../server/crypto.ts';
import type { Deps, LogLine, Site } from '../../server/ports.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import type { Store } from '../../server/store/store.ts';
import { signingKeys } from '../remote/signing-keys.ts';
import { siteWithParts } from './site-with-parts.ts';

export const ORIGIN = 'https://blog.example';
export const NOW = Date.parse('2026-11-23T12:00:00Z');
export const ADDRESSES = addressesOf(ORIGIN);

/** A Markdown file, as far as a publish sees it. */
export interface File {
  readonly text: string;
  readonly title: string;
  readonly published: string;
  readonly dateOnly?: boolean;
  readonly updated?: string;
  readonly federate?: 'silent' | 'update';
  /** The folder of its page, when it is not the key. */
  readonly slug?: string;
  /** An Article unless given. */
  readonly type?: 'Question';
  /** Whom it names. */
  readonly addressees?: ManifestObject['addressees'];
}

/** A request that reached an inbox. */
export interface Posted {
  readonly inbox: string;
  readonly json: JsonObject;
}

/** A blog before and after its builds: change `files` and publish. */
export interface World {
  readonly store: Store;
  readonly deps: Omit<Deps, 'documents' | 'media' | 'webfinger'>;
  readonly files: Map<string, File>;
  /** What is done to what others said, as the build has it. */
  readonly deeds: Map<string, ManifestObject>;
  readonly lines: LogLine[];
  readonly posted: Posted[];
  profile: string;
  movedTo: string | undefined;
  source: Manifest['source'];
  policy: Manifest['policy'];
  now: number;
  /** What peers answer; 202 unless it is changed. */
  answer: (inbox: string, json: JsonObject) => Attempt | Promise<Attempt>;
}

export function createWorld(options: { store?: Store; files?: Map<string, File> } = {}): World {
  const store = options.store ?? openMemoryStore();
  const lines: LogLine[] = [];
  const posted: Posted[] = [];
  const files = options.files ?? new Map<string, File>();
  const world: World = {
    store,
    files,
    deeds: new Map(),
    lines,
    posted,
    profile: 'first',
    movedTo: undefined,
    source: undefined,
    policy: DEFAULT_POLICY,
    now: NOW,
    answer: () => ({ kind: 'response', status: 202 }),
    deps: {
      store,
      site: siteOf(() => world),
      inboxes: {
        async post(inbox, body) {
          const json = JSON.parse(new TextDecoder().decode(body));
          posted.push({ inbox, json });
          return world.answer(inbox, json);
        },
        close: async () => {},
      },
      keys: signingKeys(`${ORIGIN}/ap/actor.json`),
      clock: () => world.now,
      log: (line) => lines.push(line),
    },
  };
  return world;
}

export function post(text: string, more: Partial<File> = {}): File {
  return { text, title: `About ${text}`, published: '2026-11-23T11:00:00Z', ...more };
}

export function idOf(key: string): string {
  return objectId(ORIGIN, 'posts', key);
}

export function followerAt(host: string, name = 'ann'): Follower {
  const actor = `https://${host}/users/${name}`;
  return {
    actor,
    inbox: `${actor}/inbox`,
    sharedInbox: `https://${host}/inbox`,
    followId: `${actor}#follow`,
    since: '2026-11-01T00:00:00Z',
  };
}

/** What is dated ahead is in later layers alone, as a build has it. */
function siteOf(world: () => World): Site {
  return siteWithParts({
    manifest: async () => manifestOf(world()),
    scheduled: async () => {
      const { files, now } = world();
      const ahead = [...files.values()].map(comesAt).filter((at) => at > now);
      const instants = [...new Set(ahead)].sort((a, b) => a - b);
      return instants.map((at) => ({ at, manifest: manifestOf({ ...world(), now: at }) }));
    },
    document: async (url) => {
      if (url === ADDRESSES.actor) return { id: url, type: 'Person', summary: world().profile };
      for (const [key, file] of world().files) {
        if (idOf(key) === url && comesAt(file) <= world().now) return documentOf(key, file);
      }
      return undefined;
    },
  });
}

type Built = Pick<World, 'files' | 'profile' | 'source'> & Partial<Pick<World, 'policy' | 'now' | 'deeds' | 'movedTo'>>;

/** What a build says is public; without `now`, also what is dated ahead. */
export function manifestOf(world: Built): Manifest {
  const { now = Number.POSITIVE_INFINITY, policy = DEFAULT_POLICY } = world;
  const all = [...[...world.files].map(([key, file]) => entryOf(key, file)), ...(world.deeds?.values() ?? [])];
  const { movedTo } = world;
  const digest = sha256Hex(world.profile + (movedTo ?? ''));
  return {
    version: 1,
    origin: ORIGIN,
    ...(world.source ? { source: world.source } : {}),
    content: sha256Hex(JSON.stringify([digest, policy, all])),
    policy,
    actor: {
      id: ADDRESSES.actor,
      username: 'blog',
      digest,
      keyDigest: sha256Hex('keys'),
      showFollowers: false,
      ...(movedTo ? { movedTo } : {}),
    },
    objects: all.filter((entry) => comesAt(entry) <= now),
  };
}

export function entryOf(key: string, file: File): ManifestObject {
  return {
    id: idOf(key),
    type: file.type ?? 'Article',
    url: pageOf(key, file),
    title: file.title,
    source: `posts/${key}.md`,
    digest: sha256Hex(JSON.stringify([key, file.slug, file.title, file.text])),
    bodyDigest: sha256Hex(JSON.stringify([file.title, file.text])),
    published: file.published,
    dateOnly: file.dateOnly ?? false,
    ...(file.updated === undefined ? {} : { updated: file.updated }),
    visibility: 'public',
    ...(file.addressees ? { addressees: file.addressees } : {}),
    ...(file.federate === undefined ? {} : { federate: file.federate }),
  };
}

function pageOf(key: string, { slug = key }: File): string {
  return `${ORIGIN}/posts/${slug}/`;
}

function comesAt(file: Pick<File, 'published' | 'dateOnly'>): number {
  return firstInstant({ published: file.published, dateOnly: file.dateOnly ?? false });
}

function documentOf(key: string, file: File): JsonObject {
  return {
    '@context': 'https://www.w3.org/ns/activitystreams',
    id: idOf(key),
    type: file.type ?? 'Article',
    attributedTo: ADDRESSES.actor,
    to: [PUBLIC],
    cc: [ADDRESSES.followers],
    name: file.title,
    content: `<p>${file.text}</p>`,
    url: pageOf(key, file),
    published: file.published,
    ...(file.updated === undefined ? {} : { updated: file.updated }),
  };
}
