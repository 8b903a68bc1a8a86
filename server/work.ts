import { closedGate } from './gate.ts';
import { tellLive } from './live-updates.ts';
import { publishLive, reconcile, whatIsOwed } from './publish-live.ts';
import { logRefused, refusedHere, type StartingDeps, start, type Workplace, wakeDelivery } from './start-work.ts';
import { markSweep } from './sweep-mark.ts';
import { beginUpkeep, keepUpDaily } from './upkeep.ts';

/** Publishes what went live, and has it delivered. Rejects as `publishLive`; the platform then tries again. */
export async function workOnPublish(
  place: Workplace<StartingDeps>,
  options: { readonly looks?: number; readonly pauseMs?: number } = {},
): Promise<void> {
  const closed = () => closedGate({ ...place, site: place.deps.site });
  if (await publishLive(place.deps, { closed, ...options })) await wakeDelivery(place);
}

/** Publishes what nobody announced, and finishes what was begun. Rejects as `reconcile`. */
export async function workOnReconcile(place: Workplace<StartingDeps>): Promise<void> {
  if (await reconcile(place.deps, () => closedGate({ ...place, site: place.deps.site }))) await wakeDelivery(place);
}

/** Drops what is of no more use, once a day, in minutes. Rejects when the store does; what was done by then is not done again. */
export async function workOnUpkeep(place: Workplace<StartingDeps>): Promise<void> {
  const refused = await refusedHere(place);
  if (refused) return logRefused(place.deps, 'upkeep', refused);
  await keepUpDaily(place.deps);
}

/**
 * Looks after everything that goes on by itself, in seconds: starts what is owed, tells what changed without a build, has what
 * waits delivered, and starts the upkeep once a day. Each is tried whatever came of the others; what fails is met again at the next sweep.
 */
export async function sweepOften(place: Workplace<StartingDeps>): Promise<void> {
  const { deps } = place;
  const refused = await refusedHere(place);
  if (refused) return logRefused(deps, 'sweep', refused);
  const steps: Readonly<Record<string, () => Promise<unknown>>> = {
    mark: () => markSweep(deps),
    reconcile: async () => (await whatIsOwed(deps)) !== 'nothing' && start(place, 'reconcile'),
    live: () => tellLive(deps, { closed: () => closedGate({ ...place, site: deps.site }) }),
    deliver: () => wakeDelivery(place),
    upkeep: async () => (await beginUpkeep(deps)) && start(place, 'upkeep'),
  };
  for (const [doing, step] of Object.entries(steps)) {
    await step().catch((fault: unknown) => logFault(deps, doing, fault));
  }
}

function logFault({ log }: StartingDeps, doing: string, fault: unknown): void {
  const error = fault instanceof Error ? fault.message : String(fault);
  log({ event: 'sweep.fault', level: 'error', doing, error });
}
