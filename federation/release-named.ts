import { RELEASABLE } from './holds.ts';
import type { Ledger } from './ledger.ts';
import type { Manifest, ManifestObject } from './manifest.ts';
import { blogItself, findNamed, type NamedPost } from './named-posts.ts';
import { type Hold, type HoldCode, type Plan, type PlanOptions, planPublish } from './plan.ts';

/** Holds of the build itself: their words stay words. */
const WHOLE: ReadonlySet<HoldCode> = new Set(['older-build', 'identity-changed']);

/** What a plan is made from again, with more and more released. */
export interface ReleasedFrom {
  readonly manifest: Manifest;
  readonly ledger: Ledger | undefined;
  readonly options: PlanOptions;
  /** The spellings that a name may have in the ledger, such as that of a file which a shell completed. */
  readonly spell?: (name: string) => readonly string[];
}

/** A hold that a word would release, with the files that are in it. */
export interface HeldFiles {
  readonly code: HoldCode;
  readonly sources: readonly string[];
}

/** Why a name releases nothing. */
export type NotReleased =
  | { readonly kind: 'unknown'; readonly name: string; readonly held: readonly HeldFiles[] }
  /** The hold wants a change of the content or of the settings. */
  | { readonly kind: 'not-by-word'; readonly name: string; readonly hold: Pick<Hold, 'code' | 'why' | 'release'> };

export type Released =
  | {
      readonly kind: 'released';
      readonly plan: Plan;
      readonly options: PlanOptions;
      /** Names of something that nothing holds now. */
      readonly idle: readonly string[];
    }
  | NotReleased;

/**
 * Releases what the names say: all that is in a hold now, by its code, and posts by key, file, slug, id or page. A hold of
 * the build as a whole hides the others, so the plan is made again until no name finds anything more. A name of nothing, and
 * a hold that no word releases, release nothing at all. Pure; never fails.
 */
export function releaseNamed(from: ReleasedFrom, names: readonly string[]): Released {
  const { manifest, ledger } = from;
  let options = from.options;
  let plan = planPublish(manifest, ledger, options);
  const held: Hold[] = [];
  const open = new Set(names);
  for (;;) {
    held.push(...plan.holds);
    const confirm = new Set(options.confirm);
    for (const name of [...open]) {
      const released = releasedBy(name, plan, from);
      if (released.length > 0) open.delete(name);
      for (const what of released) confirm.add(what);
    }
    if (confirm.size === (options.confirm?.size ?? 0)) break;
    options = { ...options, confirm };
    plan = planPublish(manifest, ledger, options);
  }
  for (const name of open) {
    const fault = whyNot(name, held, from);
    if (fault) return fault;
  }
  return { kind: 'released', plan, options, idle: [...open] };
}

function isReleasable(code: HoldCode): boolean {
  return RELEASABLE.includes(code);
}

function releasedBy(name: string, plan: Plan, from: ReleasedFrom): readonly string[] {
  const hold = plan.holds.find(({ code }) => code === name);
  // What the owner saw is released, not what the same hold might have in it by the time that it is sent.
  if (hold) return isReleasable(hold.code) ? (WHOLE.has(hold.code) ? [hold.code] : hold.ids) : [];
  return findIn(
    plan.holds.flatMap((each) => (isReleasable(each.code) ? each.ids : [])),
    name,
    from,
  ).map(({ id }) => id);
}

function* postsOf({ manifest, ledger, options }: ReleasedFrom): Generator<NamedPost> {
  // A renamed post is named as it is now.
  if (ledger) {
    yield blogItself(ledger);
    yield* ledger.objects.values();
  }
  const scheduled: readonly ManifestObject[] = options.scheduled ?? [];
  yield* scheduled;
  yield* manifest.objects;
}

/** A hold that does not apply, and a post that nothing holds, may be named: the same command can be run again. */
function whyNot(name: string, held: readonly Hold[], from: ReleasedFrom): NotReleased | undefined {
  const hold = held.find(
    ({ code, ids }) => code === name || (!isReleasable(code) && findIn(ids, name, from).length > 0),
  );
  if (hold) return { kind: 'not-by-word', name, hold };
  const isHold = RELEASABLE.some((code) => code === name);
  if (isHold || findNamed(postsOf(from), spellings(name, from)).length > 0) return undefined;
  return { kind: 'unknown', name, held: heldNow(held, from) };
}

function findIn(ids: readonly string[], name: string, from: ReleasedFrom): NamedPost[] {
  const among = new Set(ids);
  const posts = [...postsOf(from)].filter(({ id }) => among.has(id));
  return findNamed(posts, spellings(name, from));
}

function spellings(name: string, { spell }: ReleasedFrom): readonly string[] {
  return spell?.(name) ?? [name.trim()];
}

function heldNow(held: readonly Hold[], from: ReleasedFrom): HeldFiles[] {
  const releasable = held.filter(({ code }) => isReleasable(code));
  const posts = new Map([...postsOf(from)].map((post) => [post.id, post.source]));
  const list = new Map(releasable.map(({ code, ids }) => [code, ids.map((id) => posts.get(id) ?? id)]));
  return [...list].map(([code, sources]) => ({ code, sources }));
}
