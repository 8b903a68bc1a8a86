import pc from 'picocolors';
import { addressesOf } from '../federation/addresses.ts';
import type { InteractionState } from '../federation/interaction.ts';
import { keyOfId } from '../federation/rename.ts';
import type { Decided, Decision } from '../server/moderate.ts';
import type { ReplyView } from '../server/owner-access.ts';
import { count } from './command.ts';
import { shortName } from './find-reply.ts';
import { oneLine, printable } from './printable.ts';
import { shownTime } from './times.ts';

/** As much of a reply as a list shows. */
const MOST_LETTERS = 240;

const COLOURS: Readonly<Record<InteractionState, (text: string) => string>> = {
  shown: pc.green,
  held: pc.yellow,
  hidden: pc.dim,
  removed: pc.dim,
};

/** Why the rules hold something, for who reads it. */
const REASONS: Readonly<Record<string, string>> = {
  'first-time': 'their first',
  word: 'a word',
  limited: 'limited',
  asks: 'asks to quote',
  'not-asked': 'quotes without asking',
  'not-a-follower': 'no follower',
  'not-replied-to': 'you never replied to them',
  'replies-closed': 'nobody may reply',
  'thread-closed': 'too late to reply',
  'parent-not-shown': 'answers what is not shown',
};

/** Lines for a list: what it is, who said it, and how it begins. */
export function replyLines(reply: ReplyView, now: number, origin: string): string[] {
  const text = oneLine([reply.title, reply.text].filter(Boolean).join(': '));
  const cut = text.length > MOST_LETTERS ? `${[...text].slice(0, MOST_LETTERS).join('')}…` : text;
  const warning = reply.contentWarning === undefined ? [] : [pc.dim(`[${oneLine(reply.contentWarning)}]`)];
  const said = [...warning, ...(cut === '' ? [] : [cut])].join(' ');
  return [headLine(reply, now, origin), `        ${whoText(reply)}`, ...(said === '' ? [] : [`        ${said}`])];
}

/** Everything that is known of one, the whole text included. */
export function wholeReplyLines(reply: ReplyView, now: number, origin: string): string[] {
  const facts: [string, string | undefined][] = [
    ['title', reply.title],
    ['warning', reply.contentWarning],
    ['page', reply.url],
    ['id', reply.id],
    ['actor', reply.actor],
    ['answers', reply.inReplyTo],
    ...reply.attachments.map((url): [string, string] => ['attached', url]),
  ];
  const text = reply.text === '' ? [] : ['', ...reply.text.split('\n').map((line) => `  ${printable(line)}`), ''];
  const lines = facts.flatMap(([label, value]) =>
    value === undefined ? [] : [`  ${pc.dim(label.padEnd(8))} ${printable(value)}`],
  );
  return [headLine(reply, now, origin), `  ${whoText(reply)}`, ...text, ...lines];
}

function headLine({ id, kind, state, reason, target, at }: ReplyView, now: number, origin: string): string {
  const why = reason === undefined ? '' : pc.dim(` (${printable(REASONS[reason] ?? reason)})`);
  const about =
    target === addressesOf(origin).actor ? '' : ` ${kind === 'quote' ? 'of' : 'to'} ${printable(postName(target))}`;
  const when = pc.dim(shownTime(Date.parse(at), now));
  return `${pc.bold(shortName(id))}  ${COLOURS[state](state)}${why}  ${kind}${about}  ${when}`;
}

/** `posts/hello`, as its object is called. */
function postName(target: string): string {
  const folder = /\/ap\/(posts|notes)\//.exec(target)?.[1];
  return folder === undefined ? target : `${folder}/${keyOfId(target)}`;
}

function whoText({ name, handle }: Pick<ReplyView, 'name' | 'handle'>): string {
  return name === undefined ? printable(handle) : `${oneLine(name)}  ${pc.dim(printable(handle))}`;
}

const DONE: Readonly<Record<Decision, string>> = { approve: 'approved', hide: 'hidden', remove: 'removed' };

/** What came of a decision, in one line. */
export function decidedText(decision: Decision, { id, result, others, sent }: Decided): string {
  const name = pc.bold(shortName(id));
  const more = [
    ...(others > 0 ? [`with ${count(others, 'answer')} to it`] : []),
    ...(sent > 0 ? [`${count(sent, 'server')} to be told`] : []),
  ];
  const rest = more.length > 0 ? `, ${more.join(', ')}` : '';
  switch (result) {
    case 'changed':
      return `${pc.green(DONE[decision])} ${name}${rest}`;
    case 'unchanged':
      return `${pc.dim('as it was')} ${name}: ${DONE[decision]} already${rest}`;
    case 'unknown':
      return `${pc.red('gone')} ${name}: whoever said it took it back`;
    case 'removed':
      return `${pc.red('too late')} ${name}: it was removed, and nothing of it is left to show`;
    case 'unreachable':
      return `${pc.red('not now')} ${name}: the server of who asks does not answer, so nothing was changed; try again later`;
    default:
      return result satisfies never;
  }
}
