import type { Hold } from '../federation/plan.ts';
import type { ShownActivity } from '../server/shown-plan.ts';
import { addresseesText, deedText, laterText, namedText, typeText, undoneText, verbOf } from './deed-text.ts';
import { type PlanView, releaseCommands, releaseText, sendTime, summaryOf, whomText } from './plan-view.ts';
import { oneLine } from './printable.ts';
import { shownUtc } from './times.ts';

/** Nobody reads a thousand lines. */
const MOST_LISTED = 50;

/** A comment of GitHub ends at 65,536 characters, and a longer one is refused. */
const MOST_CHARACTERS = 60_000;

/**
 * Puts foreign text into a comment as code: neither Markdown, HTML, mentions nor references mean anything there. The
 * fence is longer than every run of backticks in it (CommonMark 0.31 §6.1), and the text has one line.
 */
export function asCode(text: string): string {
  const line = oneLine(text);
  if (line === '') return '`(untitled)`';
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/**
 * Puts prose that may quote foreign text into a comment: what Markdown and HTML read is escaped, and what a site makes of
 * the text afterwards, mentions, references and links, is broken by a letter without width.
 */
export function asProse(text: string): string {
  return oneLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_{}[\]()|~!$]/g, '\\$&')
    .replaceAll('@', '\u2060@\u2060')
    .replaceAll('#', '#\u2060')
    .replace(/:(?=\/\/)/g, ':\u2060')
    .replace(/www\./gi, (www) => `${www.slice(0, 3)}\u2060.`);
}

const SHOW = { title: asCode, plain: asCode };

function itemOf(planned: ShownActivity, view: PlanView): string {
  switch (planned.type) {
    case 'Create':
    case 'Update': {
      const { type, entry, why } = planned;
      const to = addresseesText(entry, view, SHOW);
      const more = [to, laterText(planned, view, shownUtc)]
        .filter((text) => text !== undefined)
        .map((text) => `; ${text}`);
      return item(type, entry.type, entry.title, entry.source, why) + more.join('');
    }
    case 'Delete':
      return item('Delete', planned.formerType, planned.title, planned.id, planned.why);
    case 'UpdateActor':
      return item('Update', 'Person', 'the blog itself', 'profile.md', planned.why);
    case 'Like':
    case 'Announce':
    case 'Follow':
    case 'QuoteRequest': {
      const what = `${deedText(planned, SHOW)} in ${asCode(planned.entry.source)}`;
      const later = laterText(planned, view, shownUtc);
      return `- **${verbOf(planned.type)}** ${what}: ${asProse(planned.why)}${later === undefined ? '' : `; ${later}`}`;
    }
    case 'Undo':
      return `- **Undo** ${undoneText(planned, SHOW)}: ${asProse(planned.why)}`;
    case 'Move':
      return `- **Move** to ${asCode(planned.target)}: ${asProse(planned.why)}`;
    default:
      return planned satisfies never;
  }
}

function item(activity: string, type: string, title: string, source: string, why: string): string {
  return `- **${activity}** ${type} ${asCode(title)} in ${asCode(source)}: ${asProse(why)}`;
}

function section(title: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const more = items.length > MOST_LISTED ? [`- … and ${items.length - MOST_LISTED} more`] : [];
  return ['', `#### ${title}`, '', ...items.slice(0, MOST_LISTED), ...more];
}

function holdItem(hold: Hold, view: PlanView): string {
  const { nameOf } = view;
  const posts = hold.ids.slice(0, MOST_LISTED).map((id) => {
    const { title, source } = nameOf(id);
    return `  - ${namedText({ id, title }, SHOW)} in ${asCode(source || id)}`;
  });
  if (hold.ids.length > MOST_LISTED) posts.push(`  - … and ${hold.ids.length - MOST_LISTED} more`);
  const { whole } = releaseCommands(hold, view);
  const release = `  - Release: ${adviceOf(releaseText(hold, view))}${whole ? ` (${asCode(whole)})` : ''}`;
  return [`- **${hold.code}**: ${asProse(hold.why)}`, ...posts, release].join('\n');
}

/** What is to be typed stays as it is, so that it can be copied. */
function adviceOf(text: string): string {
  const parts = oneLine(text).split(/(npm run publish -- (?:--at \S+ )?--confirm [\w-]+)/);
  const prose = (part: string) => part.replace(/\S(?:.*\S)?/s, asProse);
  return parts.map((part, at) => (at % 2 === 1 ? asCode(part) : prose(part))).join('');
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** Writes a plan as Markdown, for a comment of a pull request or the log of a deploy. Times are UTC. */
export function markdownPlan(view: PlanView): string {
  const { plan, queue, now } = view;
  const whom = capital(whomText(view, asCode));
  const lines = [`### Plan for ${asCode(plan.origin)}`, '', `**${summaryOf(plan)}**. ${whom}.`];
  if (plan.baseline) {
    const { follows = [] } = plan;
    const next =
      follows.length > 0
        ? ` The one after it follows ${follows.slice(0, 3).map(asCode).join(', ')}${follows.length > 3 ? ` and ${follows.length - 3} more` : ''}.`
        : '';
    lines[2] = `Federation has not begun there: the first publish takes what exists as the baseline and announces nothing.${next} ${whom}.`;
  }
  const sendsAt = sendTime(view);
  if (sendsAt !== undefined) lines.push('', `Sends at ${shownUtc(sendsAt)}, the profile's sendAfter later.`);
  if (queue && queue.pending > 0) {
    const next = queue.nextDue !== undefined && queue.nextDue > now ? `, next at ${shownUtc(queue.nextDue)}` : '';
    lines.push('', `${queue.pending} deliveries of earlier publishes wait${next}.`);
  }
  lines.push(
    ...section(
      'To finish',
      plan.unfinished.map(({ id, title, activityId }) => `- ${namedText({ id, title }, SHOW)} (${asCode(activityId)})`),
    ),
    ...section(
      'To send',
      plan.activities.map((planned) => itemOf(planned, view)),
    ),
    ...section(
      'Quiet: only the ledger takes it',
      plan.quiet.map(({ entry, why }) => item('Quiet', typeText(entry.type), entry.title, entry.source, why)),
    ),
    ...section(
      'Held',
      plan.holds.map((hold) => holdItem(hold, view)),
    ),
    ...section(
      'Waiting for its date',
      plan.waiting.map(
        ({ title, source, until }) => `- ${asCode(title)} in ${asCode(source)}: ${shownUtc(Date.parse(until))}`,
      ),
    ),
  );
  return `${withinComment(lines.join('\n'))}\n`;
}

/** Cuts at a line end, so that no code span is left open. */
function withinComment(text: string): string {
  if (text.length <= MOST_CHARACTERS) return text;
  const end = text.lastIndexOf('\n', MOST_CHARACTERS);
  return `${text.slice(0, end)}\n\nThe rest is too long for a comment: npm run plan shows all of it.`;
}
