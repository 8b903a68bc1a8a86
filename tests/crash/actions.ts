import type { JsonObject } from '../../federation/vocabulary.ts';
import { importFollowers } from '../../scripts/import-followers.ts';
import { deleteAccount, finishAccountDeletion } from '../../server/account.ts';
import { approve } from '../../server/approve.ts';
import { deliverDue } from '../../server/deliver.ts';
import { applyPlan, preparePlan } from '../../server/publish.ts';
import { receive } from '../../server/receive.ts';
import { sweepOnce } from '../../server/sweep.ts';
import { keepUp } from '../../server/upkeep.ts';
import { signedRequest } from '../remote/fake-remote.ts';
import { ADDRESSES } from '../server/publish-world.ts';
import type { Running } from './process.ts';

const HALF_AN_HOUR_MS = 30 * 60_000;

type Action = (running: Running) => Promise<JsonObject | undefined>;

/** What a child can be told to do. */
export const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['publish', publish],
  ['deliver', deliver],
  ['deliver-now', deliverNow],
  ['publish-and-deliver', publishAndDeliver],
  ['publish-and-deliver-now', publishAndDeliverNow],
  ['receive', receiveFollows],
  ['approve', approveAndApply],
  ['sweep', sweep],
  ['delete-account', deleteTheAccount],
  ['finish-account', finishTheAccount],
  ['import', importAll],
  ['keep-up', keepUpLater],
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
    // The same bytes for half an hour: a request that is repeated must not be taken for a replay.
    const signing = { at: deps.clock() - (deps.clock() % HALF_AN_HOUR_MS), keyId: `${actor}#main-key`, key };
    const outcome = await receive(deps, signedRequest(JSON.stringify(follow), signing));
    if (outcome.kind === 'accepted') say({ said: 'accepted', actor });
    else if (outcome.kind === 'refused') say({ said: 'refused', actor, status: outcome.status });
    else throw new Error(`The Follow of ${actor} came to ${JSON.stringify(outcome)}.`);
  }
}

/** The owner publishes: from now on the running server sends what is left to send. */
async function approveAndApply({ deps }: Running): Promise<undefined> {
  const prepared = await preparePlan(deps);
  await applyPlan(deps, prepared.plan.baseline ? prepared : await approve(deps, prepared));
}

/** The running server looks for what is due, as it does each minute. */
async function sweep({ deps }: Running): Promise<undefined> {
  await sweepOnce(deps);
}

async function deleteTheAccount({ deps }: Running): Promise<undefined> {
  await deleteAccount(deps);
}

async function finishTheAccount({ deps }: Running): Promise<undefined> {
  await finishAccountDeletion(deps);
}

/** Followers of an export come in. */
async function importAll({ deps, job }: Running): Promise<undefined> {
  const since = '2026-11-01T00:00:00Z';
  const followers = (job.follows ?? []).map((each) => ({ ...each, followId: `${each.actor}#follow`, since }));
  await importFollowers(deps.store.followers, followers);
}

/** Old receipts become counts, two months later. */
async function keepUpLater(running: Running): Promise<undefined> {
  running.advanceTo(running.deps.clock() + 60 * 86_400_000);
  await keepUp(running.deps);
}
