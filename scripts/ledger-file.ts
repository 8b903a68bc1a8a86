import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Ledger } from '../federation/ledger.ts';
import { ledgerDocument, parseLedgerDocument } from '../federation/ledger-document.ts';
import { PosternError } from '../server/errors.ts';
import type { InboxRecord, Store } from '../server/store/store.ts';
import { parseRecords, placeOf } from './exported-files.ts';
import { oneLine } from './printable.ts';

/** All that another machine needs in order to go on where this one stopped, but for the followers and the keys. */
export interface LedgerFile {
  readonly ledger: Ledger;
  /** Where something was ever delivered to: a later Delete must go there. */
  readonly inboxes: readonly InboxRecord[];
}

const SEAL = /,"sha256":"([0-9a-f]{64})"\}\s*$/;

/** Writes the export: one object or inbox a line, and last the digest of all before it, so that no damage goes unseen. */
export function toLedgerFile({ ledger, inboxes }: LedgerFile): string {
  const { objects, ...head } = ledgerDocument(ledger, { public: false });
  const opening = JSON.stringify({ postern: 'ledger', version: 1, ledger: head }).slice(0, -2);
  const records = (list: readonly unknown[]): string => `[\n${list.map((each) => JSON.stringify(each)).join(',\n')}\n]`;
  const body = `${opening},"objects":${records(Array.isArray(objects) ? objects : [])}},\n"inboxes":${records(inboxes)}`;
  return `${body},"sha256":"${digestOf(body)}"}\n`;
}

/** A transfer as text may have changed the line ends, which say nothing. */
function digestOf(body: string): string {
  return createHash('sha256').update(body.replaceAll('\r\n', '\n')).digest('hex');
}

const time = z.int().min(0);
const inboxSchema = z.strictObject({
  inbox: z.url({ protocol: /^https?$/ }).max(2048),
  deliveredAt: time.optional(),
  missingSince: time.optional(),
});
const fileSchema = z.strictObject({
  postern: z.literal('ledger'),
  version: z.literal(1),
  ledger: z.unknown(),
  inboxes: z.array(z.unknown()),
  sha256: z.string(),
});

/** Reads an export. Throws `ledger-file-damaged` with the place; a file that is nearly right is refused as well. */
export function readLedgerFile(text: string): LedgerFile {
  const parsed = parseRecords(text);
  if ('fault' in parsed) throw damaged(parsed.fault);
  const file = fileSchema.safeParse(parsed.value);
  if (!file.success) throw damaged(`it is no export of a ledger (${placeOf(file.error)})`);
  const read = parseLedgerDocument(file.data.ledger);
  if ('fault' in read) throw damaged(oneLine(read.fault));
  const inboxes = file.data.inboxes.map((each, index): InboxRecord => {
    const record = inboxSchema.safeParse(each);
    if (!record.success) throw damaged(`inboxes[${index}] ${placeOf(record.error)}`);
    const { inbox, deliveredAt, missingSince } = record.data;
    return {
      inbox,
      ...(deliveredAt === undefined ? {} : { deliveredAt }),
      ...(missingSince === undefined ? {} : { missingSince }),
    };
  });
  const seal = SEAL.exec(text);
  if (!seal || digestOf(text.slice(0, seal.index)) !== seal[1])
    throw damaged('what it says is not what was written: the digest at its end is another');
  return { ledger: read.ledger, inboxes };
}

/** Puts an export into a store that has no ledger yet; false, and nothing is changed, when it has one. */
export async function restoreLedger(
  store: Pick<Store, 'ledger' | 'inboxes'>,
  { ledger, inboxes }: LedgerFile,
): Promise<boolean> {
  if (await store.ledger.head()) return false;
  // The ledger last: while there is none, a restore that was interrupted can be run again.
  await store.inboxes.put(inboxes);
  return store.ledger.begin(ledger);
}

function damaged(what: string): PosternError {
  return new PosternError('ledger-file-damaged', `The file cannot be restored: ${what}.`, {
    hint: 'Nothing was restored. Copy the file again, or export it anew with: npm run ledger -- export <file>',
  });
}
