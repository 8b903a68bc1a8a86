import fc from 'fast-check';
import { expect, test } from 'vitest';
import { comesAt } from '../../federation/dates.ts';
import { deedActivityId, isDeed } from '../../federation/deeds.ts';
import { RELEASABLE } from '../../federation/holds.ts';
import { sha256Hex } from '../../server/crypto.ts';
import { ANN } from '../federation/plan-samples.ts';
import { deedAt, keyOf, type ModelFile, siteMeanings, written } from './model-blog.ts';
import { type Edit, type History, history, type Publish, type Step } from './model-history.ts';
import { checkTold } from './model-network.ts';
import { buildLive, createWorld, deliver, FAITHFUL, preview, publish, sweep, type World } from './model-world.ts';
import { followerAt } from './publish-world.ts';

const EVERYTHING = new Set<string>(RELEASABLE);

async function act(world: World, step: Step): Promise<void> {
  const { files, attic, store } = world;
  const chosen = 'pick' in step ? [...files.values()][step.pick % Math.max(1, files.size)] : undefined;
  switch (step.type) {
    case 'write':
      return put(world, written(step.draft.file, step.draft.date, world.now));
    case 'edit':
      if (chosen) files.set(chosen.slug, edited(world, chosen, step.edit));
      return;
    case 'rename':
      if (!chosen || files.has(step.slug)) return;
      files.delete(chosen.slug);
      return put(world, { ...edited(world, chosen, step.edit), slug: step.slug });
    case 'remove':
      for (const file of [...files.values()].slice(step.pick % Math.max(1, files.size)).slice(0, step.count)) {
        files.delete(file.slug);
        attic.push(file);
      }
      return;
    case 'restore': {
      const [file] = attic.splice(step.pick % Math.max(1, attic.length), 1);
      if (file) put(world, file);
      return;
    }
    case 'profile':
      world.profile = { ...world.profile, ...step.change };
      return;
    case 'wait':
      world.now += step.seconds * 1000;
      return;
    case 'follow':
      await store.followers.put(followerAt(step.host));
      return;
    case 'unfollow':
      await store.followers.remove(followerAt(step.host).actor);
      return;
    case 'deed': {
      const made = deedAt(step.n, world.now, step.inSeconds);
      if (!world.deeds.delete(made.id)) world.deeds.set(made.id, made);
      return;
    }
    case 'build':
      return buildLive(world, step);
    case 'rollback':
      world.live = world.builds[step.pick % world.builds.length] ?? world.live;
      return;
    case 'publish':
      return actPublish(world, step);
    case 'sweep':
      return sweep(world, step.crash);
    case 'deliver':
      return deliver(world);
    default:
      return step satisfies never;
  }
}

function edited({ now }: World, file: ModelFile, { change, date }: Edit): ModelFile {
  const after = { ...file, ...change };
  return date ? written(after, date, now) : after;
}

/** Two posts of one name or one id are a fault of the content, and there is no build. */
function put(world: World, file: ModelFile): void {
  const isTaken = [...world.files.values()].some((each) => each.slug === file.slug || keyOf(each) === keyOf(file));
  if (!isTaken) world.files.set(file.slug, file);
}

async function actPublish(world: World, step: Publish): Promise<void> {
  if (step.builds) await buildLive(world, { isBlind: false });
  const held = (await preview(world)).plan.holds.flatMap(({ ids }) => ids);
  const named = step.picks.map((pick) => held[pick % Math.max(1, held.length)] ?? 'nothing');
  const confirm = new Set([...step.codes, ...named]);
  await publish(world, { confirm, sendNow: step.sendNow, crash: step.crash });
  if (step.crash || world.policy.sendAfterMs > 0) return;
  const again = await preview(world, confirm);
  expect(again.plan, 'a second publish would do something').toMatchObject({
    activities: [],
    quiet: [],
    unfinished: [],
  });
}

/** Publishes the files as they are, with everything released, until there is nothing left to do. */
async function settle(world: World): Promise<void> {
  for (let round = 0; ; round += 1) {
    expect(round, 'a publish never comes to an end').toBeLessThan(5);
    await buildLive(world, { isBlind: false });
    await publish(world, { confirm: EVERYTHING, sendNow: false });
    world.now += world.policy.sendAfterMs;
    await sweep(world);
    await deliver(world);
    await buildLive(world, { isBlind: false });
    const { plan } = await preview(world, EVERYTHING);
    const left = [plan.activities, plan.holds, plan.quiet, plan.unfinished].flat();
    if (!plan.baseline && left.length === 0) return;
  }
}

/** The model: what is on the site is what the faithful follower sees; what was deleted nobody sees who ever did. */
async function compare(world: World): Promise<void> {
  const { network, live, store, quiet } = world;
  const shown = network.views.get(`https://${FAITHFUL}/inbox`)?.shown ?? new Map<string, { meaning: string }>();
  const meanings = await siteMeanings(live.site);
  for (const id of shown.keys()) expect(meanings.has(id), `${id} is seen, and not on the site`).toBe(true);
  await compareDeeds(world);
  for (const { id, digest } of (await live.site.manifest()).objects.filter((entry) => !isDeed(entry))) {
    if (quiet.get(id)?.has(digest)) continue;
    expect(shown.get(id)?.meaning, `${id} is seen as it is on the site`).toBe(meanings.get(id));
  }
  for (const [inbox, view] of network.views) {
    for (const id of view.shown.keys()) {
      expect((await store.ledger.object(id))?.state, `${id} was deleted, and ${inbox} shows it`).toBe('announced');
    }
  }
  checkTold(network, new Set(quiet.keys()));
}

/** Whom a deed concerns sees it exactly when the build has it, but for what was told to nobody. */
async function compareDeeds({ network, live, store, quiet, now }: World): Promise<void> {
  const stands = new Set(network.views.get(ANN.inbox)?.deeds.values());
  const ledger = (await store.ledger.read())?.ledger;
  const done = live.entries.filter((entry) => isDeed(entry) && comesAt(entry) <= now);
  for (const { id } of done) {
    const told = ledger?.objects.get(id);
    expect(told?.state, `${id} is in the ledger`).toBe(quiet.has(id) ? told?.state : 'announced');
    expect(['announced', 'baseline']).toContain(told?.state);
  }
  const announced = [...(ledger?.objects.values() ?? [])].filter((told) => isDeed(told) && told.state === 'announced');
  const ids = new Set(done.map(({ id }) => id));
  for (const { id } of announced) expect(ids, `${id} is done still`).toContain(id);
  const deps = { sha256: sha256Hex };
  expect(stands).toEqual(
    new Set(announced.map((told) => (isDeed(told) ? deedActivityId(deps, 'https://blog.example', told) : ''))),
  );
}

/** However long ago it was live, a build that says something else than the last one sends nothing. */
async function expectNothingFromOlder(world: World): Promise<void> {
  const { live, now } = world;
  for (const older of world.builds.filter(({ content }) => content !== live.content).slice(-3)) {
    world.live = older;
    const { plan } = await preview(world);
    expect(plan, 'an older build would send something').toMatchObject({ activities: [], quiet: [] });
    await publish(world, { confirm: new Set(), sendNow: true });
    await sweep(world);
  }
  world.live = live;
  world.now = now;
  await deliver(world);
}

async function live(given: History): Promise<void> {
  const world = await createWorld(given);
  await publish(world, { confirm: new Set(), sendNow: false });
  for (const step of given.steps) await act(world, step);
  await settle(world);
  await compare(world);
  await expectNothingFromOlder(world);
  await compare(world);
}

test('Whatever happens to files, builds and processes → followers see what the site says, and nothing unasked', async () => {
  await fc.assert(fc.asyncProperty(history, live), { numRuns: 150 });
});
