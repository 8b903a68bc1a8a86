import { createWriteStream } from 'node:fs';
import { copyFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { plainRichText } from '../../federation/rich-text.ts';
import type { InboxRecord } from '../../server/store/store.ts';
import type { KeptDelivery, KeptSaying, PortableStore } from '../../server/store/transfer-store.ts';
import { toFollowerFile, toFollowersCsv } from '../follower-files.ts';
import { toLedgerFile } from '../ledger-file.ts';

export interface ReadableCounts {
  readonly posts: number;
  readonly followers: number;
  readonly replies: number;
  readonly receipts: number;
  /** Deliveries that wait in the queue. */
  readonly pending: number;
  /** Posts of which not every follower is asked for yet. */
  readonly unfinished: number;
}

export interface ReadableFrom {
  readonly contentFolder: string;
  /** The built site whose actor is shown; undefined where there is none. */
  readonly actorFile: string | undefined;
}

/** Writes what a store holds as files that people and other programs read, into a folder; gives what they hold. */
export async function writeReadableFiles(
  store: PortableStore,
  folder: string,
  { contentFolder, actorFile }: ReadableFrom,
): Promise<ReadableCounts> {
  const at = (name: string): string => join(folder, name);
  if (actorFile !== undefined) await copyFile(actorFile, at('actor.json'));
  for (const name of ['following.csv', 'blocks.csv'])
    if (await stat(join(contentFolder, name)).catch(() => undefined))
      await copyFile(join(contentFolder, name), at(name));
  const known = await store.ledger.read();
  const followers = await listed(store.followers.all());
  await writeFile(at('followers.csv'), toFollowersCsv(followers), { mode: 0o600 });
  const origin = known?.ledger.origin ?? '';
  await writeFile(at('followers.json'), toFollowerFile({ origin, followers }), { mode: 0o600 });
  if (known) {
    const inboxes: InboxRecord[] = await listed(store.inboxes.all());
    await writeFile(at('ledger.json'), toLedgerFile({ ledger: known.ledger, inboxes }), { mode: 0o600 });
  }
  const replies = await writeRecords(at('replies.json'), 'replies', origin, store.transfer.interactions(), sayingOf);
  const receipts = await writeReceipts(store, at('receipts.json'), origin);
  const told = known ? [known.ledger.actor, ...known.ledger.objects.values()] : [];
  return {
    posts: known?.ledger.objects.size ?? 0,
    followers: followers.length,
    replies,
    receipts,
    pending: (await store.deliveries.counts()).pending,
    unfinished: told.filter(({ sending }) => sending !== undefined).length,
  };
}

/** What somebody said, with the words as plain text beside their tree. */
function sayingOf({ interaction, isApproved, author }: KeptSaying): unknown {
  const { content } = interaction;
  return {
    ...interaction,
    ...(isApproved ? { approved: true } : {}),
    ...(content === undefined ? {} : { words: plainRichText(content.text) }),
    author,
  };
}

async function writeReceipts(store: PortableStore, file: string, origin: string): Promise<number> {
  const about = new Map<string, { readonly object: string; readonly type: string }>();
  for await (const { activity } of store.transfer.activities())
    about.set(activity.id, { object: activity.object, type: activity.type });
  const both = async function* () {
    for await (const each of store.transfer.deliveries()) yield receiptOf(each, about.get(each.activityId));
    for await (const each of store.transfer.folded()) yield each;
  };
  return writeRecords(file, 'receipts', origin, both(), (each) => each);
}

function receiptOf(
  { activityId, inbox, state, attempts, createdAt, finishedAt, lastStatus, lastError }: KeptDelivery,
  about: { readonly object: string; readonly type: string } | undefined,
): unknown {
  return {
    ...about,
    activity: activityId,
    inbox,
    state,
    attempts,
    asked: timeText(createdAt),
    ...(finishedAt === undefined ? {} : { ended: timeText(finishedAt) }),
    ...(lastStatus === undefined ? {} : { status: lastStatus }),
    ...(lastError === undefined ? {} : { error: lastError }),
  };
}

function timeText(time: number): string {
  return new Date(time).toISOString();
}

/** Writes a list as JSON, one record a line, as they come; gives how many. */
async function writeRecords<Item>(
  file: string,
  what: string,
  origin: string,
  items: AsyncIterable<Item>,
  recordOf: (item: Item) => unknown,
): Promise<number> {
  let count = 0;
  const text = async function* () {
    yield `${JSON.stringify({ postern: what, version: 1, origin }).slice(0, -1)},"${what}":[\n`;
    for await (const item of items) {
      yield `${count === 0 ? '' : ',\n'}${JSON.stringify(recordOf(item))}`;
      count += 1;
    }
    yield '\n]}\n';
  };
  await pipeline(Readable.from(text()), createWriteStream(file, { flags: 'wx', mode: 0o600 }));
  return count;
}

async function listed<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
