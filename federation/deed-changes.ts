import { hostOf } from './audience.ts';
import type { Places, Removal } from './changes.ts';
import { isDeed } from './deeds.ts';
import { isBlocked } from './inbox/blocks.ts';
import type { Ledger, LedgerObject } from './ledger.ts';
import type { DeedType, ManifestObject } from './manifest.ts';
import type { Blocks } from './rules.ts';

/** How the deeds of a build differ from those that were done. */
export interface DeedChanges {
  /** To be done, or done again; those that are unresolved are held. Requests to quote are among them: see `settleRequests`. */
  readonly done: readonly ManifestObject[];
  readonly undone: readonly Removal[];
  readonly quiet: readonly QuietNew[];
  /** Gone, and nobody was told or is to be told. */
  readonly forgotten: readonly Removal[];
}

type QuietNew = { readonly entry: ManifestObject; readonly why: string };

interface DeedOptions {
  /** Says why a new deed is told to nobody, if so. */
  readonly whyQuiet: (entry: ManifestObject) => string | undefined;
  readonly blocks?: Blocks | undefined;
}

/**
 * Finds the deeds that are to be done and undone. What was undone may be done again, for its activity gets another id. What
 * the baseline has, or was done quietly, is forgotten without a word; so is a request to quote, which nothing takes back
 * (FEP-044f). Nobody is told that they are followed by themselves or by who
 * blocks them: the build says so. One that nobody could resolve this time stays done.
 * Linear; never fails.
 */
export function findDeedChanges({ present, later }: Places, ledger: Ledger, options: DeedOptions): DeedChanges {
  const done: ManifestObject[] = [];
  const quiet: QuietNew[] = [];
  const undone: Removal[] = [];
  const forgotten: Removal[] = [];
  const meant = [...present.values()].filter(isDeed);
  const isKept = keptBy(meant, ledger);
  const followed = new Set<string>();
  for (const told of ledger.objects.values()) {
    if (!isDeed(told) || told.state === 'deleted') continue;
    if (told.type === 'Follow') followed.add(told.title);
    if (present.has(told.id) || isKept(told)) continue;
    const isForgotten = told.state === 'baseline' || told.type === 'QuoteRequest';
    (isForgotten ? forgotten : undone).push(removalOf(told, later.has(told.id)));
  }
  for (const entry of meant) {
    const told = ledger.objects.get(entry.id);
    if (told && told.state !== 'deleted') {
      if (told.digest !== entry.digest) quiet.push({ entry, why: 'nothing of it is told' });
      continue;
    }
    if (isRefused(entry, ledger, options.blocks)) continue;
    const why = options.whyQuiet(entry);
    if (isUnresolved(entry)) {
      // What is told to nobody can wait for its id without a word.
      const isFollowed = entry.type === 'Follow' && followed.has(entry.title);
      if (why === undefined && !isFollowed) done.push(entry);
      continue;
    }
    if (why === undefined) done.push(entry);
    else quiet.push({ entry, why });
  }
  return { done, undone, quiet, forgotten };
}

/** Whether something names what nobody could resolve. Never fails. */
export function isUnresolved({ unresolved }: Pick<ManifestObject, 'unresolved'>): boolean {
  return unresolved !== undefined && unresolved.length > 0;
}

function isRefused(entry: ManifestObject, { actor }: Ledger, blocks: Blocks | undefined): boolean {
  if (entry.type !== 'Follow' || entry.object === undefined) return false;
  if (entry.object === actor.id) return true;
  return blocks !== undefined && isBlocked(blocks, { actor: entry.object, handle: entry.title });
}

function removalOf(told: LedgerObject, isLater: boolean): Removal {
  if (isLater) return { told, why: `${told.source} is now dated ahead: it is done again then`, isElsewhere: true };
  return { told, why: told.source === '' ? 'the build says so no more' : `${told.source} says so no more` };
}

/**
 * Says what an entry that nobody could resolve may have been before: whoever was followed, and whatever the file did. Of a
 * file that the ledger does not know, for it was renamed or another one said so first, whatever was done at that server.
 */
function keptBy(
  meant: readonly (ManifestObject & { readonly type: DeedType })[],
  ledger: Ledger,
): (told: LedgerObject) => boolean {
  const unresolved = meant.filter(isUnresolved);
  if (unresolved.length === 0) return () => false;
  const kept = new Set(unresolved.map(keeperOf));
  const known = new Set([...ledger.objects.values()].filter(({ state }) => state !== 'deleted').map(keeperOf));
  const moved = unresolved.filter((entry) => entry.type !== 'Follow' && !known.has(keeperOf(entry)));
  const places = new Set(moved.flatMap(({ type, unresolved: named = [] }) => named.map((each) => placeOf(type, each))));
  return (told) => kept.has(keeperOf(told)) || places.has(placeOf(told.type, told.object ?? ''));
}

function placeOf(type: string, url: string): string {
  return `${type} ${hostOf(url)}`;
}

function keeperOf({ type, title, source, instrument }: ManifestObject | LedgerObject): string {
  return JSON.stringify([type, type === 'Follow' ? title : (instrument ?? source)]);
}
