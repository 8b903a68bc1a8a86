import type { JsonObject } from '../federation/vocabulary.ts';
import type { OwnerAccount } from './owner-account.ts';
import { type Commands, isId, listOf, pageOf, withAll } from './owner-commands.ts';
import type { OwnerSending } from './owner-sending.ts';
import type { PublishAnswer, PublishAsked } from './publish-asked.ts';

/** Who works on a blog from elsewhere may look what is sent, publish what is live, and end the account. */
export interface SendingDesk extends OwnerAccount, OwnerSending {
  publish(asked: PublishAsked): Promise<PublishAnswer>;
}

/** Longer than any name of a server (RFC 1035 §2.3.4) with its port. */
const MAX_HOST = 262;

/** What `POST /ap/owner/sending` takes: what the blog says, and to whom. */
export const SENDING_COMMANDS = {
  'followers.page': (desk, args) => withAll(pageOf(args), (page) => desk.followers(page)),
  'deliveries.list': (desk, args) => withAll(pageOf(args), ({ limit }) => desk.deliveries(limit)),
  'deliveries.retry': (desk, { host }) => (host === undefined || isHost(host) ? desk.retry(host) : undefined),
  'receipts.last': (desk, args) => withAll(pageOf(args), ({ limit }) => desk.lastReceipts(limit)),
  'receipts.of': (desk, args) => {
    const { names, from } = args;
    const page = pageOf(args);
    const all = listOf(names, isId);
    return page && all && isIndex(from) ? desk.receipts(all, { from, limit: page.limit }) : undefined;
  },
  publish: (desk, args) => withAll(askedOf(args), (asked) => desk.publish(asked)),
  'account.show': (desk) => desk.account().then((account) => account ?? null),
  'account.delete': (desk, { handle }) => (isId(handle) ? desk.deleteAccount(handle) : undefined),
} as const satisfies Commands<SendingDesk>;

export type SendingCommand = keyof typeof SENDING_COMMANDS;

function isHost(value: unknown): value is string {
  return isId(value) && value.length <= MAX_HOST;
}

function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** All of it has to be said: nothing is published by what was left out. */
function askedOf({ content, confirm, now }: JsonObject): PublishAsked | undefined {
  const names = Array.isArray(confirm) && confirm.length === 0 ? [] : listOf(confirm, isId);
  return isId(content) && names && typeof now === 'boolean' ? { content, confirm: names, now } : undefined;
}
