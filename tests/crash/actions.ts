import type { JsonObject } from '../../federation/vocabulary.ts';
import { deliverDue } from '../../server/deliver.ts';
import { applyPlan, preparePlan } from '../../server/publish.ts';
import { receive } from '../../server/receive.ts';
import { signedRequest } from '../remote/fake-remote.ts';
import { ADDRESSES } from '../server/publish-world.ts';
import type { Running } from './process.ts';

type Action = (running: Running) => Promise<JsonObject | undefined>;

/** What a child can be told to do. */
export const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['publish', publish],
  ['deliver', deliver],
  ['deliver-now', deliverNow],
  ['publish-and-deliver', publishAndDeliver],
  ['publish-and-deliver-now', publishAndDeliverNow],
  ['receive', receiveFollows],
]);

/** Plans and applies, as `npm run publish` does. */
async function publish({ deps }: Running): Promise<JsonObject> {
  const { activities, deliveries, baseline } = await applyPlan(deps, await preparePlan(deps));
  return { activities: [...activities], deliveries, baseline };
}

/** Delivers until the queue is empty, at a later time whenever there is something to wait for. */
async function deliver(running: Running): Promise<undefined> {
  for (;;) {
    await deliverNow(running);
    const due = await running.deps.store.deliveries.nextDue();
    if (due === undefined) return;
    running.advanceTo(due);
  }
}

/** Delivers what is due, without waiting for anything. */
async function deliverNow({ deps, job }: Running): Promise<undefined> {
  await deliverDue(deps, { owner: job.run, random: () => 0 });
}

async function publishAndDeliver(running: Running): Promise<JsonObject> {
  const result = await publish(running);
  await deliver(running);
  return result;
}

async function publishAndDeliverNow(running: Running): Promise<JsonObject> {
  const result = await publish(running);
  await deliverNow(running);
  return result;
}

/** Those who want to follow ask for it; who is answered 202 does not ask again. */
async function receiveFollows({ deps, job, key, say }: Running): Promise<undefined> {
  for (const { actor } of job.follows ?? []) {
    const follow = { id: `${actor}#follow`, type: 'Follow', actor, object: ADDRESSES.actor };
    const signing = { at: deps.clock(), keyId: `${actor}#main-key`, key };
    const outcome = await receive(deps, signedRequest(JSON.stringify(follow), signing));
    if (outcome.kind === 'accepted') say({ said: 'accepted', actor });
    else if (outcome.kind === 'refused') say({ said: 'refused', actor, status: outcome.status });
    else throw new Error(`The Follow of ${actor} came to ${JSON.stringify(outcome)}.`);
  }
}
