import { ledgerDocument } from '../../federation/ledger-document.ts';
import type { Deps } from '../ports.ts';
import type { LedgerStore } from '../store/store.ts';
import { etagOf, type WrittenAnswer, writtenAnswer } from './respond.ts';

interface Written extends WrittenAnswer {
  readonly version: number;
}

const written = new WeakMap<LedgerStore, Written>();
const underWay = new WeakMap<LedgerStore, Promise<Written | undefined>>();

/**
 * Answers with the public part of the ledger, so that a plan can be made anywhere: what the network was told is public
 * already, and titles and names of deleted posts are left out. Of an account that is gone it comes with 410: a build goes by
 * it, for the pages stay, and so does where they moved to.
 *
 * The text is written once for each version of the ledger, and one at a time, however many ask: for 10,000 posts it has
 * some megabytes, of which those who read slowly must not hold one copy each.
 */
export async function ledger({ store }: Pick<Deps, 'store'>, request: Request): Promise<Response> {
  return writtenAnswer(request, async () => (await currentText(store.ledger)) ?? NONE);
}

const NONE: WrittenAnswer = noLedger();

function noLedger(): WrittenAnswer {
  const error = 'This blog has not begun to federate: there is no ledger yet.';
  return { status: 404, type: 'application/json', text: JSON.stringify({ error }), cacheControl: 'no-cache' };
}

async function currentText(store: LedgerStore): Promise<Written | undefined> {
  const head = await store.head();
  if (!head) return undefined;
  const known = written.get(store);
  if (known?.version === head.version) return known;
  const begun = underWay.get(store) ?? write(store).finally(() => underWay.delete(store));
  underWay.set(store, begun);
  return begun;
}

async function write(store: LedgerStore): Promise<Written | undefined> {
  const known = await store.read();
  if (!known) return undefined;
  const text = new TextEncoder().encode(JSON.stringify(ledgerDocument(known.ledger, { public: true })));
  // The text as well: a ledger that was restored may count anew.
  const etag = `"${known.version}-${etagOf(text).slice(1)}`;
  const { version, ledger } = known;
  const found = ledger.actor.gone === undefined ? { status: 200, etag } : { status: 410 };
  const made = { ...found, version, type: 'application/json', text, cacheControl: 'no-cache' };
  written.set(store, made);
  return made;
}
