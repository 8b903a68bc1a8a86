import pc from 'picocolors';
import type { DeliveryState } from '../federation/delivery.ts';
import type { LedgerObject } from '../federation/ledger.ts';
import type { FoldedReceipts, ObjectDelivery } from '../server/store/delivery-store.ts';
import { namedText } from './deed-text.ts';
import { printable, quoted } from './printable.ts';
import { shownTime } from './times.ts';

export type Receipts = {
  readonly deliveries: readonly ObjectDelivery[];
  readonly folded: readonly FoldedReceipts[];
};

/** What the deliveries of a post come to; `dead` are those that were given up and those whose inbox is no more. */
export interface ReceiptTotals {
  readonly delivered: number;
  readonly waiting: number;
  readonly dead: number;
  readonly superseded: number;
}

const STATE = {
  delivered: 'delivered',
  pending: 'waiting',
  failed: 'dead',
  gone: 'dead',
  superseded: 'superseded',
} as const satisfies Record<DeliveryState, keyof ReceiptTotals>;

/** Counts receipts, the folded ones as well. */
export function totalsOf({ deliveries, folded }: Receipts): ReceiptTotals {
  const totals = { delivered: 0, waiting: 0, dead: 0, superseded: 0 };
  for (const { state } of deliveries) totals[STATE[state]] += 1;
  for (const { state, count } of folded) totals[STATE[state]] += count;
  return totals;
}

/** The same of what was counted where the blog runs. */
export function totalsOfCounts(counts: Readonly<Record<DeliveryState, number>>): ReceiptTotals {
  const { delivered, pending, failed, gone, superseded } = counts;
  return { delivered, waiting: pending, dead: failed + gone, superseded };
}

/** `12 delivered, 1 waiting, 2 dead`: what there is none of is left out, but for what was delivered. */
export function totalsText({ delivered, waiting, dead, superseded }: ReceiptTotals): string {
  if (delivered + waiting + dead + superseded === 0) return 'no delivery on record';
  const others = [
    [waiting, 'waiting'],
    [dead, 'dead'],
    [superseded, 'superseded'],
  ] as const;
  return [[delivered, 'delivered'] as const, ...others.filter(([n]) => n > 0)]
    .map(([n, what]) => `${n.toLocaleString('en')} ${what}`)
    .join(', ');
}

/** What became of one delivery: `delivered 202 at 10:10`, `waits, HTTP 503 after 3 attempts, next at 10:40`. */
function deliveryText(delivery: ObjectDelivery, now: number): string {
  const { state, attempts, dueAt, lastStatus, lastError, finishedAt } = delivery;
  const at = finishedAt === undefined ? '' : ` at ${shownTime(finishedAt, now)}`;
  const why = lastError === undefined ? '' : ` ${printable(lastError)}`;
  const tries = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  switch (state) {
    case 'delivered':
      return `delivered${lastStatus === undefined ? '' : ` ${lastStatus}`}${at}${attempts > 1 ? ` after ${tries}` : ''}`;
    case 'pending': {
      const next = dueAt <= now ? 'due now' : `next at ${shownTime(dueAt, now)}`;
      return attempts === 0 ? `waits for its turn, ${next}` : `waits,${why} after ${tries}, ${next}`;
    }
    case 'failed':
      return `given up${at}:${why}`;
    case 'gone':
      return `the inbox is no more${at}:${why}`;
    case 'superseded':
      return `superseded${at}: a later activity took its place`;
    default:
      return state satisfies never;
  }
}

function signOf(state: DeliveryState): string {
  if (state === 'delivered') return pc.green('✓');
  if (state === 'pending') return pc.yellow('…');
  return state === 'superseded' ? pc.dim('·') : pc.red('✗');
}

/** A post has one line for each server unless it went to more: then those where all went well are counted. */
const MOST_LISTED = 100;

/** What receipts are of: a post, or the blog itself. */
export type Told = Pick<LedgerObject, 'id' | 'title' | 'source' | 'url' | 'formerUrls'> & {
  readonly state?: LedgerObject['state'];
};

/** What receipts are of, in words: `"title"`, `Like "title"`. */
export function toldText(post: Pick<Told, 'id' | 'title'>): string {
  return namedText(post, { title: quoted, plain: printable });
}

/** Gives the lines that show one post's receipts, by server. */
export function receiptLines(post: Told, receipts: Receipts, now: number, all = false): string[] {
  const lines = [`${toldText(post)}  ${pc.dim(printable(post.source))}`, `  ${pc.dim(printable(post.id))}`];
  if (post.state === 'baseline')
    lines.push('  It was there before federation began, or joined quietly: it was not sent.');
  const servers = byServer(receipts.deliveries);
  const isWell = (sent: readonly ObjectDelivery[]): boolean => sent.every(({ state }) => state === 'delivered');
  const hidden = all || servers.size <= MOST_LISTED ? [] : [...servers].filter(([, sent]) => isWell(sent));
  const left = new Set(hidden.map(([host]) => host));
  for (const [host, sent] of servers) {
    if (left.has(host)) continue;
    lines.push(`  ${pc.bold(printable(host))}`);
    for (const each of sent) lines.push(`    ${signOf(each.state)} ${each.type}  ${deliveryText(each, now)}`);
  }
  if (left.size > 0)
    lines.push(`  and ${left.size.toLocaleString('en')} servers where all was delivered (--all lists them)`);
  for (const { type, state, count } of receipts.folded) {
    lines.push(`  ${pc.dim(`${type}: ${count.toLocaleString('en')} ${STATE[state]}, more than 30 days ago`)}`);
  }
  return [...lines, totalsText(totalsOf(receipts))];
}

function byServer(deliveries: readonly ObjectDelivery[]): Map<string, ObjectDelivery[]> {
  const servers = new Map<string, ObjectDelivery[]>();
  for (const delivery of deliveries) {
    const sent = servers.get(delivery.host) ?? [];
    sent.push(delivery);
    servers.set(delivery.host, sent);
  }
  return new Map([...servers].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
