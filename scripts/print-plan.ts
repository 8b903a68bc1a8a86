import pc from 'picocolors';
import { isDeedType } from '../federation/deeds.ts';
import { releaseAt } from '../federation/hold-text.ts';
import type { Hold } from '../federation/plan.ts';
import { type PlanCounts, planCounts, type ShownActivity } from '../server/shown-plan.ts';
import { count } from './command.ts';
import { addresseesText, deedText, laterText, namedText, typeText, undoneText, verbOf } from './deed-text.ts';
import {
  baselineText,
  type PlanView,
  releaseCommands,
  releaseText,
  sendTime,
  sentIn,
  summaryOf,
  whomText,
} from './plan-view.ts';
import { printable, quoted } from './printable.ts';
import { shownTime } from './times.ts';
import { widthOf, wrapped } from './wrap.ts';

/** A hold lists this many of its posts; `--json` has them all. */
const MOST_LISTED = 20;
/** Below the word of a hold. */
const INDENT = ' '.repeat(6);

const SHOW = { title: quoted, plain: printable };

/** What one planned activity looks like to people: sign, name, title, file. */
function linesOf(planned: ShownActivity, view: PlanView): string[] {
  switch (planned.type) {
    case 'Create':
    case 'Update': {
      const { type, entry, why } = planned;
      const sign = type === 'Create' ? pc.green('+') : pc.yellow('~');
      return [line(sign, type, entry.type, entry.title, entry.source, why), ...moreLines(planned, view)];
    }
    case 'Delete':
      return [line(pc.red('-'), 'Delete', planned.formerType, planned.title, planned.id, planned.why)];
    case 'UpdateActor':
      return [line(pc.yellow('~'), 'Update', 'Person', 'the blog itself', 'profile.md', planned.why)];
    case 'Like':
    case 'Announce':
    case 'Follow':
    case 'QuoteRequest': {
      const { type, entry, why } = planned;
      return [
        wordLine(pc.green('+'), verbOf(type), deedText(planned, SHOW), entry.source, why),
        ...moreLines(planned, view),
      ];
    }
    case 'Undo':
      return [wordLine(pc.red('-'), 'Undo', undoneText(planned, SHOW), planned.object, planned.why)];
    case 'Move':
      return [wordLine(pc.yellow('>'), 'Move', `to ${printable(planned.target)}`, 'profile.md', planned.why)];
    default:
      return planned satisfies never;
  }
}

function line(sign: string, activity: string, type: string, title: string, source: string, why: string): string {
  return wordLine(sign, activity, `${type} ${quoted(title)}`, source, why);
}

/** `what` is printable already. */
function wordLine(sign: string, activity: string, what: string, source: string, why: string): string {
  const where = source === '' ? '' : `  ${pc.dim(printable(source))}`;
  return `  ${sign} ${pc.bold(activity)} ${what}${where}\n      ${pc.dim(printable(why))}`;
}

/** Whom a post goes to besides the followers, and what comes later of it or of a deed. */
function moreLines(planned: Parameters<typeof laterText>[0], view: PlanView): string[] {
  const to = isDeedType(planned.entry.type) ? undefined : addresseesText(planned.entry, view, SHOW);
  const later = laterText(planned, view, (time) => shownTime(time, view.now));
  return [to, later]
    .filter((text) => text !== undefined)
    .flatMap((text) => wrapped(text, INDENT, INDENT, widthOf(process.stdout)));
}

function holdLines(hold: Hold, view: PlanView): string[] {
  const { nameOf } = view;
  const total = view.heldIn?.(hold) ?? hold.ids.length;
  const width = widthOf(process.stdout);
  // Its first line begins three columns further right than the others.
  const [first = '', ...rest] = wrapped(`${hold.code}: ${printable(hold.why)}`, '  ! held ', INDENT, width - 3);
  const lines = [first.replace('! held', `${pc.magenta('!')} ${pc.bold('held')}`), ...rest];
  for (const id of hold.ids.slice(0, MOST_LISTED)) {
    lines.push(`      ${namedText({ id, title: nameOf(id).title }, SHOW)}  ${pc.dim(printable(id))}`);
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
    return [
      ...lines,
      ...wrapped(where + baselineText(plan), '  ', '  ', widthOf(process.stdout)),
      ...waitingLines(view),
    ];
  }
  for (const { id, title, activityId } of plan.unfinished) {
    lines.push(
      `  ${pc.cyan('…')} ${pc.bold('finish')} ${namedText({ id, title }, SHOW)}  ${pc.dim(printable(activityId))}\n      ${pc.dim('an interrupted publish had begun to send it')}`,
    );
  }
  lines.push(...plan.activities.flatMap((planned) => linesOf(planned, view)));
  for (const { entry, why } of plan.quiet) {
    lines.push(line('=', 'quiet', typeText(entry.type), entry.title, entry.source, why));
  }
  lines.push(...leftOut(view, counts));
  lines.push(...plan.holds.flatMap((hold) => holdLines(hold, view)), ...waitingLines(view));
  lines.push(...wrapped(summaryOf(plan, counts), '', '', widthOf(process.stdout)));
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
function leftOut({ plan }: PlanView, counts: PlanCounts): string[] {
  const { quiet } = counts;
  const more = [
    [sentIn(counts) - plan.activities.length, 'more to send'],
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
