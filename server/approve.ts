import type { Approval } from '../federation/ledger.ts';
import type { Manifest } from '../federation/manifest.ts';
import { planPublish } from '../federation/plan.ts';
import { isHeldWhole } from '../federation/whole-holds.ts';
import { compare, conflictError, MOST_CONFLICTS, sameBuild } from './compare.ts';
import { PosternError } from './errors.ts';
import { shownBy } from './plan-keys.ts';
import { type PreparedPlan, type PublishDeps, sourceChange } from './publish.ts';

export interface ApproveOptions {
  /** What the owner releases with it: codes of holds, ids of objects. By default what the plan was made with. */
  readonly confirmed?: Iterable<string>;
}

/**
 * Writes down that the owner publishes the build of `prepared`, so that the running server sends what it still owes:
 * what is delayed, dated ahead, or was interrupted. Gives the plan to apply next.
 *
 * The same build again keeps its time, from which `sendAfter` counts, and adds what is released now. A build that is
 * held as a whole is not approved: the approval would release it. Nor is one whose place another build took meanwhile: its
 * approval would undo that of the other, and what that one still owes would never be sent. Sends nothing. Rejects with
 * `publish-conflict` or `build-changed`.
 */
export async function approve(
  deps: PublishDeps,
  prepared: PreparedPlan,
  options: ApproveOptions = {},
): Promise<PreparedPlan> {
  const { manifest } = prepared;
  const confirmed = [...(options.confirmed ?? prepared.options.confirm ?? [])];
  let current = prepared;
  for (let conflicts = 0; conflicts <= MOST_CONFLICTS; conflicts += 1) {
    const { known, plan } = current;
    if (!known || isHeldWhole(plan)) return current;
    const approved = approvalAfter(known.ledger.approved, manifest.content, confirmed, current.options.now);
    if (approved === known.ledger.approved) return current;
    await assertLive(deps, manifest);
    // From now on an older build is one, also while all that this one tells is delayed.
    const change = { approved, ...sourceChange(manifest, known.ledger, new Set(confirmed)) };
    const version = await deps.store.ledger.compareAndSwap(known.version, change);
    if (version !== undefined) {
      deps.log({ event: 'publish.approved', level: 'info', origin: manifest.origin, content: manifest.content });
      const approvedAt = Date.parse(approved.at);
      const ledger = { ...known.ledger, ...change };
      return { ...current, known: { ledger, version }, options: { ...current.options, approvedAt } };
    }
    current = await planAgain(deps, current);
  }
  throw conflictError(manifest.origin);
}

async function assertLive({ site }: Pick<PublishDeps, 'site'>, { origin, content }: Manifest): Promise<void> {
  const live = (await site.parts()).head;
  if (live.origin === origin && live.content === content) return;
  throw new PosternError('build-changed', 'Another build took the place of the one that was to be published.', {
    hint: 'Nothing was sent. Run npm run publish again, if what is live now was not published.',
    facts: { origin, content, live: live.content },
  });
}

/** Another process changed the ledger: what is left of the plan is made anew, and no more than was shown is sent. */
async function planAgain(deps: PublishDeps, prepared: PreparedPlan): Promise<PreparedPlan> {
  const { build, options } = prepared;
  const parts = await sameBuild(deps.site, build.parts);
  const { manifest, known } = await compare(deps.store, { ...build, parts }, options);
  const plan = planPublish(manifest, known?.ledger, options);
  return { ...prepared, manifest, known, plan, shown: prepared.shown ?? shownBy(prepared.plan) };
}

/** The same object when nothing changes. */
function approvalAfter(
  before: Approval | undefined,
  content: string,
  confirmed: readonly string[],
  now: number,
): Approval {
  if (before?.content !== content)
    return { content, at: new Date(now).toISOString(), confirmed: [...new Set(confirmed)] };
  const added = confirmed.filter((what) => !before.confirmed.includes(what));
  return added.length === 0 ? before : { ...before, confirmed: [...new Set([...before.confirmed, ...added])] };
}
