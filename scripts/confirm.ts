import type { Ledger } from '../federation/ledger.ts';
import type { Manifest } from '../federation/manifest.ts';
import type { Plan, PlanOptions } from '../federation/plan.ts';
import { type HeldFiles, type NotReleased, releaseNamed } from '../federation/release-named.ts';
import { PosternError } from '../server/errors.ts';
import type { PreparedPlan } from '../server/publish.ts';
import { spellingsOf } from './find-post.ts';
import { printable, quoted } from './printable.ts';

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
 * Releases what the names say, as `releaseNamed`. Throws `unknown-hold` for a name of nothing and for a hold that nothing
 * releases, and lists what is held.
 */
export function confirmPlan({ contentFolder, ...from }: ConfirmedFrom, names: readonly string[]): Confirmed {
  const released = releaseNamed({ ...from, spell: (name) => spellingsOf(name, contentFolder) }, names);
  if (released.kind !== 'released') throw notReleased(released);
  const { plan, options, idle } = released;
  return { plan, options, idle };
}

/** Says why a name releases nothing; `planCommand` is what shows what is held where the blog is. */
export function notReleased(fault: NotReleased, planCommand = 'npm run plan'): PosternError {
  const { name } = fault;
  if (fault.kind === 'not-by-word') {
    const { code, why, release } = fault.hold;
    return new PosternError('unknown-hold', `${code} is not released by a word: ${why}.`, {
      hint: `${release}.`,
      facts: { name },
    });
  }
  return new PosternError('unknown-hold', `${quoted(name)} is neither a hold nor a post.`, {
    hint: heldNow(fault.held, planCommand),
    facts: { name },
  });
}

function heldNow(held: readonly HeldFiles[], planCommand: string): string {
  if (held.length === 0)
    return `Nothing is held that a word would release: ${planCommand} shows what the next publish sends.`;
  const lines = held.map(({ code, sources }) => {
    const shown = sources.slice(0, 5).map(printable).join(', ');
    return sources.length === 0 ? code : `${code} (${shown}${sources.length > 5 ? ', …' : ''})`;
  });
  return `Held now: ${lines.join('; ')}. ${planCommand} tells why.`;
}
