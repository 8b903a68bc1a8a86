import { parseActivity } from '../federation/inbox/parse.ts';
import { ignored, type Outcome, type Received, refused } from '../federation/outcome.ts';
import { decideAndApply } from './carry-out.ts';
import { logOutcome, type Trace } from './log-outcome.ts';
import type { Deps } from './ports.ts';
import { openRemoteActors } from './remote-actors.ts';
import { inTurn } from './turns.ts';

export type AdoptDeps = Pick<Deps, 'store' | 'site' | 'documents' | 'clock' | 'log'>;

const PAGE = 100;

/** A server that could not be asked for this long is not waited for any more. */
const WAITED_FOR_MS = 30 * 86_400_000;

/**
 * Handles what versions before this one kept as it was received: each is decided and applied as if it came now, oldest
 * first, then dropped. Gives how many were dropped.
 *
 * All of it was verified when it came. What cannot be decided yet, because its author's server does not answer, waits for
 * the next time, and what its actor sent after it too, so that no Undo comes before its Like. Rejects when the store does.
 */
export async function adoptReceived(deps: AdoptDeps): Promise<number> {
  // Another blog's site in the same place, for a look: what was sent to the one is not the other's.
  const told = (await deps.store.ledger.head())?.actor.id;
  if (told === undefined || told !== (await deps.site.parts()).head.actor.id) return 0;
  const waiting = new Set<string>();
  let dropped = 0;
  for (let stays = 0; ; ) {
    const limit = PAGE + stays;
    const page = await deps.store.inbound.kept(limit);
    let adopted = 0;
    for (const received of page) if (await adopt(deps, received, waiting)) adopted += 1;
    dropped += adopted;
    // What waits is in the next page again, before what comes after it.
    stays = page.length - adopted;
    if (page.length < limit) return dropped;
  }
}

/** False when it waits. */
async function adopt(deps: AdoptDeps, received: Received, waiting: Set<string>): Promise<boolean> {
  const { id, actor, at } = received;
  if (waiting.has(actor)) return false;
  const trace: Trace = { envelope: { id, type: received.type, actor } };
  const outcome = await inTurn(deps.store, actor, () => decideReceived(deps, received));
  const isOld = Date.parse(at) < deps.clock() - WAITED_FOR_MS;
  if (outcome.kind === 'refused' && outcome.status === 503 && !isOld) {
    waiting.add(actor);
    return false;
  }
  logOutcome((line) => deps.log({ ...line, event: line.event.replace('inbox.', 'adopted.') }), outcome, trace);
  await deps.store.inbound.dropKept(id);
  return true;
}

async function decideReceived(deps: AdoptDeps, { json }: Received): Promise<Outcome> {
  const parsed = parseActivity(json);
  if (parsed.kind === 'fault') return refused(parsed.reason, 400, parsed.message);
  if (parsed.kind === 'unsupported') return ignored('unsupported-type');
  return decideAndApply(deps, openRemoteActors(deps), parsed.activity);
}
