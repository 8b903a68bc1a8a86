import { INTERACTION_STATES } from '../federation/interaction.ts';
import { isJsonObject, type JsonObject } from '../federation/vocabulary.ts';
import type { OwnerAccess } from './owner-access.ts';
import type { OwnerAccount } from './owner-account.ts';
import type { OwnerSending } from './owner-sending.ts';
import type { PublishAnswer, PublishAsked } from './publish-asked.ts';

/** Who works on a blog from elsewhere may look, send, and publish what is live. */
export interface OwnerDesk extends OwnerAccess, OwnerAccount, OwnerSending {
  publish(asked: PublishAsked): Promise<PublishAnswer>;
}

/** What came of a request, for `POST /ap/owner`. */
export type CommandResult =
  | { readonly kind: 'done'; readonly command: OwnerCommand; readonly result: unknown }
  /** The message says what is wrong with it. */
  | { readonly kind: 'malformed'; readonly message: string };

/** As many as one request may name or ask for. */
export const MOST_ITEMS = 500;

/** Far longer than any id that the inbox takes. */
const MAX_ID = 2_048;

/** Longer than any name of a server (RFC 1035 §2.3.4) with its port. */
const MAX_HOST = 262;

type Handler = (access: OwnerDesk, args: JsonObject) => Promise<unknown> | undefined;

/**
 * The commands that can be given from elsewhere, each with its arguments read: `undefined` means that they are not as they
 * should be. Nothing else can be done with a token.
 */
const COMMANDS = {
  'replies.list': (access, args) => {
    const page = pageOf(args);
    const states = args.states === undefined ? undefined : listOf(args.states, isState);
    if (page === undefined || (args.states !== undefined && states === undefined)) return undefined;
    return access.replies({ ...page, ...(states ? { states } : {}) });
  },
  'replies.show': (access, { id }) => (isId(id) ? access.reply(id).then((reply) => reply ?? null) : undefined),
  'replies.approve': (access, { ids }) => withAll(listOf(ids, isId), (all) => access.moderate('approve', all)),
  'replies.hide': (access, { ids }) => withAll(listOf(ids, isId), (all) => access.moderate('hide', all)),
  'replies.remove': (access, { ids }) => withAll(listOf(ids, isId), (all) => access.moderate('remove', all)),
  'messages.list': (access, args) => withAll(pageOf(args), (page) => access.messages(page)),
  'messages.remove': (access, { objects }) => withAll(listOf(objects, isId), (all) => access.removeMessages(all)),
  'followers.requests': (access, args) => withAll(pageOf(args), ({ limit }) => access.followRequests(limit)),
  'followers.approve': (access, { actors }) =>
    withAll(listOf(actors, isId), (all) => access.moderateFollows('approve', all)),
  'followers.reject': (access, { actors }) =>
    withAll(listOf(actors, isId), (all) => access.moderateFollows('reject', all)),
  'followers.remove': (access, { actors }) =>
    withAll(listOf(actors, isId), (all) => access.moderateFollows('remove', all)),
  'followers.page': (access, args) => withAll(pageOf(args), (page) => access.followers(page)),
  'deliveries.list': (access, args) => withAll(pageOf(args), ({ limit }) => access.deliveries(limit)),
  'deliveries.retry': (access, { host }) => (host === undefined || isHost(host) ? access.retry(host) : undefined),
  'receipts.last': (access, args) => withAll(pageOf(args), ({ limit }) => access.lastReceipts(limit)),
  'receipts.of': (access, args) => {
    const { names, from } = args;
    const page = pageOf(args);
    const all = listOf(names, isId);
    return page && all && isIndex(from) ? access.receipts(all, { from, limit: page.limit }) : undefined;
  },
  publish: (access, args) => withAll(askedOf(args), (asked) => access.publish(asked)),
  'account.show': (access) => access.account().then((account) => account ?? null),
  'account.delete': (access, { handle }) => (isId(handle) ? access.deleteAccount(handle) : undefined),
  'store.sizes': (access) => access.sizes(),
  status: (access) => access.status(),
  'reading.list': (access, args) => withAll(pageOf(args), ({ limit }) => access.reading(limit)),
  'notifications.secret': (access, { renew }) => access.feedSecret(renew === true),
} as const satisfies Record<string, Handler>;

export type OwnerCommand = keyof typeof COMMANDS;

/**
 * Carries out a command that was read from a verified request: `{"command": "replies.hide", "arguments": {…}}`. What is no
 * command, or has other arguments, is `malformed`; rejects only for a fault of our own side.
 */
export async function runOwnerCommand(access: OwnerDesk, request: unknown): Promise<CommandResult> {
  const name = isJsonObject(request) ? request.command : undefined;
  if (!isJsonObject(request) || typeof name !== 'string' || !isCommand(name)) {
    const message = 'There is no such command here: the blog may run an older version.';
    return { kind: 'malformed', message };
  }
  const args = isJsonObject(request.arguments) ? request.arguments : {};
  const work = (COMMANDS[name] satisfies Handler)(access, args);
  if (work === undefined) return { kind: 'malformed', message: `The arguments of ${name} are not as they should be.` };
  return { kind: 'done', command: name, result: await work };
}

function isCommand(name: string): name is OwnerCommand {
  return Object.hasOwn(COMMANDS, name);
}

function withAll<T>(args: T | undefined, work: (args: T) => Promise<unknown>): Promise<unknown> | undefined {
  return args === undefined ? undefined : work(args);
}

function pageOf({ limit, before }: JsonObject): { limit: number; before?: string } | undefined {
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > MOST_ITEMS) return undefined;
  if (before === undefined) return { limit };
  return typeof before === 'string' && before.length <= MAX_ID ? { limit, before } : undefined;
}

function listOf<T extends string>(value: unknown, isItem: (item: unknown) => item is T): T[] | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_ITEMS) return undefined;
  const items: unknown[] = value;
  return items.every(isItem) ? items : undefined;
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_ID;
}

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

function isState(value: unknown): value is (typeof INTERACTION_STATES)[number] {
  return INTERACTION_STATES.some((state) => state === value);
}
