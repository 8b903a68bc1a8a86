import { comesAt, endsAt, toSeconds, toTime } from './dates.ts';
import { findDeedChanges } from './deed-changes.ts';
import { isDeed } from './deeds.ts';
import type { Ledger, LedgerObject } from './ledger.ts';
import type { Manifest, ManifestObject } from './manifest.ts';
import type { Blocks } from './rules.ts';

/** An object of a later layer of the site. */
export interface ScheduledObject extends ManifestObject {
  /** When its layer begins, in milliseconds since the epoch; absent: when its date comes. */
  readonly comesAt?: number;
}

/** An object that the network knows and the build has not. */
export interface Removal {
  readonly told: LedgerObject;
  readonly why: string;
  /** True when the build has it at a later time or under another id: it is not missing. */
  readonly isElsewhere?: boolean;
}

export interface QuietEntry {
  readonly entry: ManifestObject;
  readonly told?: LedgerObject;
  readonly why: string;
}

/** How a manifest differs from a ledger. A hold takes what it holds out of it. */
export interface Changes {
  /** Posts that are new, and deeds that are done. */
  readonly added: readonly ManifestObject[];
  readonly changed: readonly { readonly entry: ManifestObject; readonly told: LedgerObject }[];
  /** Posts that are gone, and deeds that are undone. */
  readonly removed: readonly Removal[];
  /** Deeds that are gone without a word to anybody. */
  readonly forgotten: readonly Removal[];
  /** New or changed, and told to nobody; without `told` it is new. */
  readonly quiet: readonly QuietEntry[];
  /** In the build again under an id that was deleted. */
  readonly restored: readonly ManifestObject[];
  /** Told, and now in a later layer alone. */
  readonly postponed: readonly { readonly told: LedgerObject; readonly entry: ScheduledObject }[];
  /** New, with a date that has not come. */
  readonly waiting: readonly ScheduledObject[];
  /** Of what is added: the ids of what was another post's file before. */
  readonly renamed: ReadonlySet<string>;
  /** Ids that the owner released by name. */
  readonly released: ReadonlySet<string>;
  /** Ids of the pairs that the owner released by one of their names: they are in no amount. */
  readonly paired: ReadonlySet<string>;
}

/** The objects of a build, each once, by when they come. */
export interface Places {
  readonly present: ReadonlyMap<string, ManifestObject>;
  /** In a later layer alone, though the ledger knows them. */
  readonly later: ReadonlyMap<string, ScheduledObject>;
  /** New, and dated ahead; soonest first. */
  readonly waiting: readonly ScheduledObject[];
}

/**
 * Gives the objects of a build and its layers by when they come. What is new and dated later than `now`, in milliseconds
 * since the epoch, waits, whether a layer has it or, without layers, the build itself. Linear; never fails.
 */
export function placeObjects(
  manifest: Manifest,
  ledger: Ledger | undefined,
  options: { readonly now: number; readonly scheduled: readonly ScheduledObject[] },
): Places {
  const present = new Map<string, ManifestObject>();
  const later = new Map<string, ScheduledObject>();
  const waiting = new Map<string, ScheduledObject>();
  for (const entry of manifest.objects) {
    if (present.has(entry.id) || waiting.has(entry.id)) continue;
    const waits = !isKnown(entry, ledger) && entry.type !== 'Follow' && comesAt(entry) > options.now;
    (waits ? waiting : present).set(entry.id, entry);
  }
  for (const entry of options.scheduled) {
    if (present.has(entry.id) || waiting.has(entry.id) || later.has(entry.id)) continue;
    (isKnown(entry, ledger) ? later : waiting).set(entry.id, entry);
  }
  return { present, later, waiting: [...waiting.values()].sort((a, b) => arrivalOf(a) - arrivalOf(b)) };
}

/** A deed that was undone is new once more. */
function isKnown(entry: ManifestObject, ledger: Ledger | undefined): boolean {
  const told = ledger?.objects.get(entry.id);
  return told !== undefined && !(isDeed(entry) && told.state === 'deleted');
}

/**
 * Gives how a build differs from `ledger`, before any hold. What is dated before `freshFrom`, in milliseconds since the
 * epoch, is no news; `released` are ids that the owner named, and nobody in `blocks` is followed. Linear; never fails.
 * (CONTRIBUTING, Publish)
 */
export function findChanges(
  places: Places,
  ledger: Ledger,
  options: { readonly freshFrom: number; readonly released: ReadonlySet<string>; readonly blocks?: Blocks | undefined },
): Changes {
  const { present, later, waiting } = places;
  const added: ManifestObject[] = [];
  const changed: { entry: ManifestObject; told: LedgerObject }[] = [];
  const quiet: QuietEntry[] = [];
  const isDeleted = (entry: ManifestObject) => !isDeed(entry) && ledger.objects.get(entry.id)?.state === 'deleted';
  const restored = [...present.values(), ...later.values()].filter(isDeleted);
  for (const entry of present.values()) {
    const told = ledger.objects.get(entry.id);
    if (isDeed(entry)) continue;
    if (told?.state === 'deleted' || told?.digest === entry.digest) continue;
    if (told && entry.federate === 'silent')
      quiet.push({ entry, told, why: 'changed, and told to nobody: federate: silent' });
    else if (told) changed.push({ entry, told });
    else {
      const why = whyQuiet(entry, ledger, options.freshFrom);
      if (why === undefined) added.push(entry);
      else quiet.push({ entry, why });
    }
  }
  const removed: Removal[] = [];
  const postponed: { told: LedgerObject; entry: ScheduledObject }[] = [];
  for (const told of ledger.objects.values()) {
    if (told.state === 'deleted' || isDeed(told) || present.has(told.id)) continue;
    const entry = later.get(told.id);
    if (entry) postponed.push({ told, entry });
    else removed.push({ told, why: `${told.source} is no longer in the build` });
  }
  const deeds = findDeedChanges(places, ledger, {
    whyQuiet: (entry) => whyQuiet(entry, ledger, options.freshFrom),
    blocks: options.blocks,
  });
  return settleRequests(
    {
      added: [...added, ...deeds.done],
      changed,
      removed: [...removed, ...deeds.undone],
      forgotten: deeds.forgotten,
      quiet: [...quiet, ...deeds.quiet],
      restored,
      postponed,
      waiting,
      renamed: new Set(),
      released: options.released,
      paired: new Set(),
    },
    ledger,
  );
}

/** Nobody is asked about a quote in a post that nobody is told of: its request is as quiet as it is. */
function settleRequests(changes: Changes, ledger: Ledger): Changes {
  const requests = changes.added.filter(({ type }) => type === 'QuoteRequest');
  if (requests.length === 0) return changes;
  const told = new Set([...changes.added, ...changes.changed.map(({ entry }) => entry)].map(({ id }) => id));
  const quietly = new Set(changes.quiet.map(({ entry }) => entry.id));
  const isTold = ({ instrument = '' }: ManifestObject) =>
    told.has(instrument) || (!quietly.has(instrument) && ledger.objects.get(instrument)?.state === 'announced');
  const quiet = requests.filter((entry) => !isTold(entry));
  const isQuiet = new Set(quiet.map(({ id }) => id));
  return {
    ...changes,
    added: changes.added.filter(({ id }) => !isQuiet.has(id)),
    quiet: [...changes.quiet, ...quiet.map((entry) => ({ entry, why: 'its post is told to nobody' }))],
  };
}

/**
 * Gives the objects that the layers of a site add to its base, each with the time of the first layer that has it.
 * `layers` is what `Site.scheduled` gives. Never fails.
 */
export function scheduledObjects(
  base: Pick<Manifest, 'objects'>,
  layers: readonly { readonly at: number; readonly manifest: Pick<Manifest, 'objects'> }[],
): ScheduledObject[] {
  const known = new Set(base.objects.map(({ id }) => id));
  const found: ScheduledObject[] = [];
  for (const { at, manifest } of layers.toSorted((a, b) => a.at - b.at)) {
    for (const entry of manifest.objects) {
      if (known.has(entry.id)) continue;
      known.add(entry.id);
      found.push({ ...entry, comesAt: at });
    }
  }
  return found;
}

/** Gives when a scheduled object comes: with its layer, else with its date. Milliseconds since the epoch. */
export function arrivalOf(entry: ScheduledObject): number {
  return entry.comesAt ?? comesAt(entry);
}

/** Whether an object's date is earlier than `instant`; a date without a time is until its day is over everywhere on Earth. */
export function isDatedBefore(entry: ManifestObject, instant: number): boolean {
  return endsAt(entry) < instant;
}

/**
 * Says why a new object is told to nobody, if so. What is dated before federation began is a later import (invariant 6);
 * but what is fresh is news even on the first day, an hour before the baseline or after it.
 */
function whyQuiet(entry: ManifestObject, ledger: Ledger, freshFrom: number): string | undefined {
  if (entry.federate === 'silent') return 'new, and told to nobody: federate: silent';
  // A line of a list has no date.
  if (entry.type === 'Follow') return undefined;
  const begun = toTime(ledger.begun);
  if (begun === undefined || !isDatedBefore(entry, Math.min(begun, freshFrom))) return undefined;
  return `dated ${entry.published}, before the blog began to federate (${toSeconds(begun)}): told to nobody; give it today's date to announce it`;
}
