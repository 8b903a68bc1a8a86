/**
 * The frame of each receiver: it answers phases of requests over IPC and tells what they cost. A receiver is a process of
 * its own, takes requests that are signed before, and finds documents in memory: neither network nor signing is counted.
 */
import { readFileSync } from 'node:fs';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { documentOf, requestOf, type Sender, type Sent } from './requests.ts';

export interface Phase {
  readonly name: string;
  readonly file: string;
  /** How many are handled at once. */
  readonly atOnce: number;
}

export interface PhaseCost {
  readonly name: string;
  /** CPU milliseconds for each request, of all threads. */
  readonly each: number;
  /** Documents that were fetched. */
  readonly fetches: number;
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
}

export interface World {
  readonly senders: readonly Sender[];
  /** Gives a document and counts that it was asked for. */
  readonly document: (url: string) => JsonObject | undefined;
}

export type Receiver = (request: Request, sent: Sent) => Promise<Response>;

export async function runReceiver(make: (world: World) => Promise<Receiver>): Promise<void> {
  const senders: Sender[] = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
  const documents = new Map(senders.map((sender) => [sender.actor, documentOf(sender)]));
  let fetches = 0;
  const document = (url: string): JsonObject | undefined => {
    fetches += 1;
    const found = documents.get(url.split('#')[0] ?? '');
    return found && structuredClone(found);
  };
  const receive = await make({ senders, document });
  process.on('message', async ({ name, file, atOnce }: Phase) => {
    const sent: Sent[] = JSON.parse(readFileSync(file, 'utf8'));
    const requests = sent.map((each) => ({ each, request: requestOf(each) }));
    const statuses: Record<string, number> = {};
    fetches = 0;
    promote();
    const before = process.cpuUsage();
    for (let at = 0; at < requests.length; at += atOnce) {
      const answers = requests.slice(at, at + atOnce).map(({ request, each }) => receive(request, each));
      for (const { status } of await Promise.all(answers)) statuses[status] = (statuses[status] ?? 0) + 1;
    }
    const { user, system } = process.cpuUsage(before);
    const each = (user + system) / 1_000 / requests.length;
    process.send?.({ name, each, fetches, statuses } satisfies PhaseCost);
  });
  process.on('disconnect', () => process.exit());
  process.send?.('ready');
}

/**
 * Has what was made before out of the way, which is not the receiver's. The young alone: a full collection takes compiled
 * code with it, wherever a shape is held by nobody at that moment, so that what follows would measure the compiler. Full ones
 * come when they are due, as in a server: a handful in 50,000 requests.
 */
function promote(): void {
  for (let i = 0; i < 2; i += 1) global.gc?.({ type: 'minor' });
}
