import { closedGate } from '../gate.ts';
import type { HostWork } from '../host-work.ts';
import { type StartingDeps, start, type Workplace, wakeDelivery } from '../start-work.ts';
import type { NetlifyContext } from './netlify.ts';

/**
 * What the owner has functions do in the background, which are started when the answer is out. They look at the gate once
 * more, and the schedule makes good what did not begin.
 */
export function netlifyHostWork(place: Workplace<StartingDeps>, context: NetlifyContext): HostWork {
  const begin = async (work: string, begun: () => Promise<void>): Promise<void> => {
    const working = begun().catch((fault: unknown) => {
      const reason = fault instanceof Error ? fault.message : String(fault);
      place.deps.log({ event: 'work.not-started', level: 'error', work, reason });
    });
    // A platform that cannot go on after the answer holds it back for as long as a start takes.
    if (context.waitUntil) context.waitUntil(working);
    else await working;
  };
  return {
    closed: () => closedGate({ ...place, site: place.deps.site }),
    publish: () => begin('reconcile', () => start(place, 'reconcile')),
    deliver: () => begin('deliver', () => wakeDelivery(place)),
  };
}
