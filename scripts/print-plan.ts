import pc from 'picocolors';
import { releaseAt } from '../federation/hold-text.ts';
import type { Hold } from '../federation/plan.ts';
import { type PlanCounts, planCounts, type ShownActivity } from '../server/shown-plan.ts';
import { count } from './command.ts';
import { type PlanView, releaseCommands, releaseText, sendTime, summaryOf, whomText } from './plan-view.ts';
import { printable, quoted } from './printable.ts';
import { shownTime } from './times.ts';
import { widthOf, wrapped } from './wrap.ts';

/** A hold lists this many of its posts; `--json` has them all. */
const MOST_LISTED = 20;
/** Below the word of a hold. */
const INDENT = ' '.repeat(6);

export const BASELINE = 'Federation begins with this publish: what exists now is not announced. New posts will be.';

/** What one planned activity looks like to people: sign, name, title, file. */
function lineOf(planned: ShownActivity): string {
  switch (planned.type) {
    case 'Create':
      return line(pc.green('+'), 'Create', planned.entry.type, planned.entry.title, planned.entry.source, planned.why);
    case 'Update':
      return line(pc.yellow('~'), 'Update', planned.entry.type, planned.entry.title, planned.entry.source, planned.why);
    case 'Delete':
      return line(pc.red('-'), 'Delete', planned.formerType, planned.title, planned.id, planned.why);
    case 'UpdateActor':
      return line(pc.yellow('~'), 'Update', 'Person', 'the blog itself', 'profile.md', planned.why);
    default:
      return planned satisfies never;
  }
}

function line(sign: string, activity: string, type: string, title: string, source: string, why: string): string {
  return `  ${sign} ${pc.bold(activity)} ${type} ${quoted(title)}  ${pc.dim(printable(source))}\n      ${pc.dim(printable(why))}`;
}

function holdLines(hold: Hold, view: PlanView): string[] {
  const { nameOf } = view;
  const total = view.heldIn?.(hold) ?? hold.ids.length;
  const width = widthOf(process.stdout);
  // Its first line begins three columns further right than the others.
  const [first = '', ...rest] = wrapped(`${hold.code}: ${printable(hold.why)}`, '  ! held ', INDENT, width - 3);
  const lines = [first.replace('! held', `${pc.magenta('!')} ${pc.bold('held')}`), ...rest];
  for (const id of hold.ids.slice(0, MOST_LISTED)) {
    lines.push(`      ${quoted(nameOf(id).title)}  ${pc.dim(printable(id))}`);
  }
  const listed = Math.min(hold.ids.length, MOST_LISTED);
  if (total > listed)
    lines.push(`      and ${total - listed} more${total > hold.ids.length ? '' : ' (--json lists all)'}`);
  lines.push(...wrapped(printable(releaseText(hold, view)), INDENT, INDENT, width));
  const { whole, one } = releaseCommands(hold, view);
  if (whole) lines.push(`      ${whole}`);
  if (one) lines.push(`      ${one}   ${pc.dim('(one of them alone)')}`);
  return lines;
}

/** Gives the lines in which a terminal shows what the next publish would send, take quietly, hold, and what waits. */
export function planLines(view: PlanView): string[] {
  const { plan, now, against, counts = planCounts(plan) } = view;
  const lines = [`${pc.bold('plan')} for ${printable(plan.origin)}, ${whomText(view)}`];
  if (plan.baseline) {
    const where = against === undefined ? '' : `${against} has no ledger yet. `;
    return [...lines, ...wrapped(where + BASELINE, '  ', '  ', widthOf(process.stdout)), ...waitingLines(view)];
  }
  for (const { title, activityId } of plan.unfinished) {
    lines.push(
      `  ${pc.cyan('…')} ${pc.bold('finish')} ${quoted(title)}  ${pc.dim(printable(activityId))}\n      ${pc.dim('an interrupted publish had begun to send it')}`,
    );
  }
  lines.push(...plan.activities.map(lineOf));
  for (const { entry, why } of plan.quiet) {
    lines.push(line('=', 'quiet', entry.type, entry.title, entry.source, why));
  }
  lines.push(...leftOut(view, counts));
  lines.push(...plan.holds.flatMap((hold) => holdLines(hold, view)), ...waitingLines(view), summaryOf(plan, counts));
  const sendsAt = sendTime(view);
  if (sendsAt !== undefined) {
    lines.push(`sends at ${shownTime(sendsAt, now)} (sendAfter in the profile); ${publishNow(against)} does not wait`);
  }
  return [...lines, ...queueLines(view)];
}

function publishNow(against: string | undefined): string {
  const now = 'npm run publish -- --now';
  return against === undefined ? now : releaseAt(now, against);
}

/** A plan that came from elsewhere lists no more than one answer carries. */
function leftOut({ plan }: PlanView, { creates, updates, deletes, quiet }: PlanCounts): string[] {
  const more = [
    [creates + updates + deletes - plan.activities.length, 'more to send'],
    [quiet - plan.quiet.length, 'more quiet'],
  ] as const;
  return more.filter(([n]) => n > 0).map(([n, what]) => `  and ${n.toLocaleString('en')} ${what}`);
}

function waitingLines({ plan, now }: PlanView): string[] {
  return plan.waiting.map(
    ({ title, source, until }) =>
      `  ${pc.dim('·')} waits until ${shownTime(Date.parse(until), now)}: ${quoted(title)}  ${pc.dim(printable(source))}`,
  );
}

function queueLines({ queue, now }: PlanView): string[] {
  if (!queue || queue.pending === 0) return [];
  const { pending, nextDue } = queue;
  const what = `${count(pending, 'delivery', 'deliveries')} of earlier publishes ${pending === 1 ? 'waits' : 'wait'}`;
  if (nextDue === undefined || nextDue <= now) return [`${what}, due now`];
  return [`${what} for a retry, next at ${shownTime(nextDue, now)}`];
}

/** Prints a plan on standard output. */
export function printPlan(view: PlanView): void {
  for (const each of planLines(view)) console.log(each);
}
