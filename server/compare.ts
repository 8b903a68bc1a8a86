import { type ScheduledObject, scheduledObjects } from '../federation/changes.ts';
import { isDeed } from '../federation/deeds.ts';
import type { Ledger, LedgerObject, LedgerOutline } from '../federation/ledger.ts';
import type { Manifest, ManifestObject } from '../federation/manifest.ts';
import {
  bucketOf,
  changedBuckets,
  differingBuckets,
  isSameHead,
  type ManifestHead,
  type ManifestParts,
} from '../federation/manifest-parts.ts';
import { freeIdAfter } from '../federation/rename.ts';
import type { Blocks } from '../federation/rules.ts';
import { sha256Hex } from './crypto.ts';
import { PosternError } from './errors.ts';
import type { Deps, Site } from './ports.ts';
import type { Store } from './store/store.ts';

const DEPS = { sha256: sha256Hex };

/** Each conflict means that another publish got further, so a handful is many. */
export const MOST_CONFLICTS = 20;

export type KnownLedger = { readonly ledger: Ledger; readonly version: number };

/** A build by its parts, with what comes later. */
export interface Build {
  readonly parts: ManifestParts;
  readonly scheduled: readonly ScheduledObject[];
  /** Whom nobody follows; absent where the rules of the build are not at hand. */
  readonly blocks?: Blocks;
}

/** Of a build and of the ledger what a plan looks at. Planned from it is what would be planned from all. */
export interface Comparison {
  readonly manifest: Manifest;
  /** Undefined before the baseline: the manifest is whole then. */
  readonly known: KnownLedger | undefined;
}

export interface CompareOptions {
  /** What is released: of the objects among it the plan asks what was told. */
  readonly confirm?: ReadonlySet<string>;
  /** Compares all that there is, for whoever looks for a post by its name. */
  readonly whole?: boolean;
}

/** Compares the build that is there now. While another one takes its place, what was read may be of both: once more then. */
export async function compareNow(
  { site, store }: Pick<Deps, 'site' | 'store'>,
  options: CompareOptions,
): Promise<Comparison & { readonly build: Build }> {
  const once = async () => {
    const build = await readBuild(site);
    return { build, ...(await compare(store, build, options)) };
  };
  return once().catch((error: unknown) => {
    if (error instanceof PosternError && error.code === 'build-changed') return once();
    throw error;
  });
}

/** Reads what the build is and what its layers add, which is in the buckets that they do not have in common. */
async function readBuild(site: Site): Promise<Build> {
  const parts = await site.parts();
  const layers = [];
  for (const { at, parts: later } of await site.scheduledParts()) {
    const buckets = changedBuckets(parts.head, later.head);
    layers.push({ at, manifest: await manifestIn(later, buckets), base: await parts.objects(buckets) });
  }
  const base = layers.flatMap((layer) => layer.base);
  return { parts, scheduled: scheduledObjects({ objects: base }, layers), blocks: (await site.rules()).blocks };
}

/** The parts of the same build as they lie there now, for it may have been put into another place. */
export async function sameBuild(site: Site, { head }: ManifestParts): Promise<ManifestParts> {
  const parts = await site.parts();
  if (isSameHead(parts.head, head)) return parts;
  throw new PosternError('build-changed', 'The site was built anew while it was published.', {
    hint: 'What was sent by then is sent. Run npm run publish again for the rest, as the new build has it.',
    facts: { origin: head.origin },
  });
}

/**
 * Compares a build with the ledger by the digests of their buckets, and reads no others than those that differ and those
 * of objects that a plan asks for by their ids. In a bucket that is equal each object of the build was told as it is: there
 * is nothing to plan. Rejects with `publish-conflict` or `build-changed`.
 */
export async function compare(
  { ledger }: Pick<Store, 'ledger'>,
  { parts, scheduled }: Build,
  { confirm = new Set(), whole = false }: CompareOptions = {},
): Promise<Comparison> {
  const { head } = parts;
  for (let conflicts = 0; conflicts <= MOST_CONFLICTS; conflicts += 1) {
    const outline = await ledger.outline();
    if (!outline) return { manifest: await manifestIn(parts, ALL_BUCKETS), known: undefined };
    let buckets = whole ? ALL_BUCKETS : bucketsToRead(head, outline, confirm);
    for (;;) {
      const part = await ledger.part({ buckets, ids: scheduled.map(({ id }) => id) });
      if (part?.version !== outline.version) break;
      const manifest = await manifestIn(parts, buckets);
      const known = { ledger: ledgerWith(outline, part.objects), version: outline.version };
      const further = idsToRead(known.ledger, manifest.objects, scheduled).map((id) => bucketOf(DEPS, id));
      const wider = new Set([...buckets, ...further]);
      if (wider.size === buckets.size) return { manifest, known };
      buckets = wider;
    }
  }
  throw conflictError(head.origin);
}

/**
 * Compares anew what another process changed while it was published. Undefined when the owner published another build since:
 * the rest is that one's. Rejects as `compare`.
 */
export async function compareAgain(
  { site, store }: Pick<Deps, 'site' | 'store'>,
  { known, build }: { readonly known: KnownLedger; readonly build: Build },
  options: CompareOptions,
): Promise<Comparison | undefined> {
  const { head } = build.parts;
  const now = await store.ledger.outline();
  if (now && isTakenOver(known.ledger, now.ledger, head)) return undefined;
  const again = await compare(store, { ...build, parts: await sameBuild(site, build.parts) }, options);
  return again.known && isTakenOver(known.ledger, again.known.ledger, head) ? undefined : again;
}

/** The owner published another build since: what ours would still send may be what that one mends. */
function isTakenOver(
  before: Pick<Ledger, 'approved'>,
  after: Pick<Ledger, 'approved'>,
  { content }: Pick<Manifest, 'content'>,
): boolean {
  const approved = after.approved?.content;
  return approved !== before.approved?.content && approved !== content;
}

async function manifestIn(parts: ManifestParts, buckets: ReadonlySet<string>): Promise<Manifest> {
  const { buckets: _, ...rest } = parts.head;
  return { ...rest, objects: await parts.objects(buckets) };
}

function ledgerWith({ ledger, live }: LedgerOutline, objects: readonly LedgerObject[]): Ledger {
  const here = objects.filter((object) => object.state !== 'deleted' && !isDeed(object)).length;
  return { ...ledger, objects: new Map(objects.map((object) => [object.id, object])), elsewhere: live - here };
}

/** A bucket may have nothing but what was deleted. */
const ALL_BUCKETS: ReadonlySet<string> = new Set(
  Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0')),
);

/** Besides what differs, what is being sent: an interrupted publish is finished first. And what the owner named. */
function bucketsToRead(head: ManifestHead, outline: LedgerOutline, confirm: ReadonlySet<string>): Set<string> {
  const { approved } = outline.ledger;
  const named = [...confirm, ...(approved?.content === head.content ? approved.confirmed : [])];
  const ids = [...outline.sending, ...named.filter((what) => what.startsWith(`${head.origin}/`))];
  return new Set([...differingBuckets(head, outline.buckets), ...ids.map((id) => bucketOf(DEPS, id))]);
}

/** The ids outside of what was read that a plan asks for: what came back, and what it could be named when it may not. */
function idsToRead(
  { objects }: Ledger,
  present: readonly ManifestObject[],
  scheduled: readonly ManifestObject[],
): string[] {
  return [...present, ...scheduled].flatMap((entry) => {
    const { id, restores, instrument } = entry;
    const told = objects.get(id);
    // A request to quote is sent once its post is told.
    if (isDeed(entry)) return instrument === undefined || (told && told.state !== 'deleted') ? [] : instrument;
    if (told?.state === 'deleted') return freeIdAfter(id, (each) => objects.has(each));
    return told || restores === undefined ? [] : restores;
  });
}

export function conflictError(origin: string): PosternError {
  return new PosternError('publish-conflict', `the ledger of ${origin} kept changing while it was published`, {
    hint: 'another publish is running; wait for it to end, then publish again',
    facts: { origin },
  });
}
