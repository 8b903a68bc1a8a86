import { RELEASABLE } from '../federation/holds.ts';
import type { Ledger } from '../federation/ledger.ts';
import type { Manifest, ManifestObject } from '../federation/manifest.ts';
import { type Hold, type HoldCode, type Plan, type PlanOptions, planPublish } from '../federation/plan.ts';
import { PosternError } from '../server/errors.ts';
import type { PreparedPlan } from '../server/publish.ts';
import { blogItself, findPosts, type NamedPost } from './find-post.ts';
import { printable, quoted } from './printable.ts';

/** Holds of the build itself: their words stay words. */
const WHOLE: ReadonlySet<HoldCode> = new Set(['older-build', 'identity-changed']);

/** True when `--confirm` releases it; the others want a change of the content or of the settings. */
function isReleasable(code: HoldCode): boolean {
  return RELEASABLE.includes(code);
}

/** Reads what was typed after `--confirm`: names between commas. */
export function readNames(value: string | undefined): readonly string[] {
  return [
    ...new Set(
      value
        ?.split(',')
        .map((name) => name.trim())
        .filter(Boolean),
    ),
  ];
}

/**
 * Releases, in a plan that was made, what the owner released with this very build before and what `names` say now; see
 * `confirmPlan`.
 */
export function confirmPrepared(
  prepared: PreparedPlan,
  names: readonly string[],
  contentFolder: string,
): { readonly prepared: PreparedPlan; readonly idle: readonly string[] } {
  const { manifest, known } = prepared;
  const approved = known?.ledger.approved;
  const before = approved?.content === manifest.content ? approved.confirmed : [];
  const options = { ...prepared.options, confirm: new Set(before) };
  const from = { manifest, ledger: known?.ledger, options, contentFolder };
  const { idle, ...confirmed } = confirmPlan(from, names);
  return { prepared: { ...prepared, ...confirmed }, idle };
}

/** What a plan is made from again, with more and more released. */
export interface ConfirmedFrom {
  readonly manifest: Manifest;
  readonly ledger: Ledger | undefined;
  readonly options: PlanOptions;
  readonly contentFolder: string;
}

/** A plan with what was released, and the names that are of something which nothing holds now. */
export interface Confirmed {
  readonly plan: Plan;
  readonly options: PlanOptions;
  readonly idle: readonly string[];
}

/**
 * Releases what the names say: all that is in a hold now, by its code, and posts by key, file, slug, id or page. A hold of the build as a whole
 * hides the others, so the plan is made again until no name finds anything more. Throws `unknown-hold` for a name of
 * nothing and for a hold that nothing releases, and lists what is held.
 */
export function confirmPlan(from: ConfirmedFrom, names: readonly string[]): Confirmed {
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
  for (const name of open) assertKnown(name, held, from);
  return { plan, options, idle: [...open] };
}

function releasedBy(name: string, plan: Plan, from: ConfirmedFrom): readonly string[] {
  const hold = plan.holds.find(({ code }) => code === name);
  // What the owner saw is released, not what the same hold might have in it by the time that it is sent.
  if (hold) return isReleasable(hold.code) ? (WHOLE.has(hold.code) ? [hold.code] : hold.ids) : [];
  const ids = new Set(plan.holds.flatMap((each) => (isReleasable(each.code) ? each.ids : [])));
  return findPosts(
    [...postsOf(from)].filter(({ id }) => ids.has(id)),
    name,
    from.contentFolder,
  ).map(({ id }) => id);
}

function* postsOf({ manifest, ledger, options }: ConfirmedFrom): Generator<NamedPost> {
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
function assertKnown(name: string, held: readonly Hold[], from: ConfirmedFrom): void {
  const hold = held.find(({ code, ids }) => code === name || (!isReleasable(code) && findIn(ids, name, from)));
  if (hold) {
    throw new PosternError('unknown-hold', `${hold.code} is not released by a word: ${hold.why}.`, {
      hint: `${hold.release}.`,
      facts: { name },
    });
  }
  const isHold = RELEASABLE.some((code) => code === name);
  if (isHold || findPosts(postsOf(from), name, from.contentFolder).length > 0) return;
  throw new PosternError('unknown-hold', `${quoted(name)} is neither a hold nor a post.`, {
    hint: heldNow(held, from),
    facts: { name },
  });
}

function findIn(ids: readonly string[], name: string, from: ConfirmedFrom): boolean {
  const posts = [...postsOf(from)].filter(({ id }) => ids.includes(id));
  return findPosts(posts, name, from.contentFolder).length > 0;
}

function heldNow(held: readonly Hold[], from: ConfirmedFrom): string {
  const releasable = held.filter(({ code }) => isReleasable(code));
  if (releasable.length === 0)
    return 'Nothing is held that a word would release: npm run plan shows what the next publish sends.';
  const posts = new Map([...postsOf(from)].map((post) => [post.id, post.source]));
  const list = new Map(releasable.map(({ code, ids }) => [code, ids.map((id) => posts.get(id) ?? id)]));
  const lines = [...list].map(([code, sources]) => {
    const shown = sources.slice(0, 5).map(printable).join(', ');
    return sources.length === 0 ? code : `${code} (${shown}${sources.length > 5 ? ', …' : ''})`;
  });
  return `Held now: ${lines.join('; ')}. npm run plan tells why.`;
}
