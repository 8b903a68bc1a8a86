import { randomBytes } from 'node:crypto';
import { deliverRun, runName } from './deliver-run.ts';
import { logRefused, refusedHere, start, type Workplace } from './start-work.ts';

/**
 * Delivers what is due, and hands over to a new run before the platform ends this one. What was queued is delivered by a
 * deploy that is not live any more too: it was published when it was. Rejects when the store does.
 */
export async function workOnDeliveries(
  place: Workplace,
  options: { readonly leaseForMs?: number } = {},
): Promise<void> {
  const { deps } = place;
  const refused = await refusedHere(place);
  if (refused) return logRefused(deps, 'deliver', refused);
  const owner = runName(deps.clock(), randomBytes(6).toString('hex'));
  const run = await deliverRun(deps, { owner, ...options });
  if (run.kind === 'others') return;
  deps.log({ event: 'deliver.run', level: 'info', over: run.kind === 'over', ...run.report });
  if (run.kind === 'over') await start(place, 'deliver');
}
