import pc from 'picocolors';
import type { Enforced } from '../server/enforce-blocks.ts';
import type { BlockedNow } from './blocked-now.ts';
import { count } from './command.ts';

/** Says what a publish or a running server dropped because of blocks. */
export function tellBlocked(gone: Enforced): void {
  console.log(`${pc.red('blocked')} ${goneText(gone)}`);
}

/** `1 follower and 3 replies and reactions of 2 accounts are gone`. */
export function goneText({
  followers,
  requests,
  interactions,
  messages,
  read,
  deliveries,
  accounts,
}: Enforced): string {
  const theirs = partsOf({ followers, requests, interactions, messages, read });
  const waited = `${count(deliveries, 'delivery', 'deliveries')} to them`;
  if (theirs.length === 0) return `${waited} ${deliveries === 1 ? 'is' : 'are'} given up`;
  const is = followers + requests + interactions + messages + read === 1 ? 'is' : 'are';
  const more = deliveries === 0 ? '' : `; ${waited} ${deliveries === 1 ? 'is' : 'are'} given up`;
  return `${joined(theirs)} of ${count(accounts, 'account')} ${is} gone${more}`;
}

/** What the next publish drops, in one line. */
export function goingText(found: BlockedNow): string {
  return `${describeGoing(found)} with the next publish; nobody is told`;
}

/** Whether the blocks find nothing to drop. */
export function isNobody({ followers, requests, interactions }: BlockedNow): boolean {
  return followers.length + requests.length + interactions === 0;
}

/** What a command that changed the blocks says of those who are there now. */
export function effectText(found: BlockedNow): string {
  if (!isNobody(found)) return `With the next npm start or npm run publish ${describeGoing(found)}; nobody is told.`;
  return 'It holds from the next npm start or npm run publish. Nobody who follows or replied so far is affected, and nobody is told.';
}

/** `1 follower and 3 replies and reactions of 2 people go`, of somebody. */
export function describeGoing(found: BlockedNow): string {
  const { followers, requests, authors, interactions } = found;
  const parts = partsOf({ followers: followers.length, requests: requests.length, interactions, messages: 0, read: 0 });
  const from = interactions > 0 ? ` of ${count(authors.length, 'person', 'people')}` : '';
  return `${joined(parts)}${from} ${followers.length + requests.length + interactions === 1 ? 'goes' : 'go'}`;
}

type Counts = Pick<Enforced, 'followers' | 'requests' | 'interactions' | 'messages' | 'read'>;

function partsOf({ followers, requests, interactions, messages, read }: Counts): string[] {
  return [
    ...(followers > 0 ? [count(followers, 'follower')] : []),
    ...(requests > 0 ? [count(requests, 'request to follow', 'requests to follow')] : []),
    ...(interactions > 0 ? [count(interactions, 'reply or reaction', 'replies and reactions')] : []),
    ...(messages > 0 ? [count(messages, 'message')] : []),
    ...(read > 0 ? [count(read, 'post kept to be read', 'posts kept to be read')] : []),
  ];
}

function joined(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${last}` : last;
}
