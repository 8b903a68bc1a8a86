import { expect } from 'vitest';
import { comesAt, toTime } from '../../federation/dates.ts';
import { isDeedId } from '../../federation/deeds.ts';
import type { ManifestObject } from '../../federation/manifest.ts';
import type { Hold, PlannedActivity } from '../../federation/plan.ts';
import { isJsonObject } from '../../federation/vocabulary.ts';
import { approve } from '../../server/approve.ts';
import { deliverDue } from '../../server/deliver.ts';
import { applyPlan, type PreparedPlan, type PublishDeps, preparePlan } from '../../server/publish.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import type { Store } from '../../server/store/store.ts';
import { sweepOnce } from '../../server/sweep.ts';
import { signingKeys } from '../remote/signing-keys.ts';
import { Crash, crashingStore } from './crashing-store.ts';
import { type Build, build, deedAt, knownIds, type ModelFile, type ModelProfile, written } from './model-blog.ts';
import type { CrashPoint, History } from './model-history.ts';
import { createNetwork, type Network, overheard, receive, type Told } from './model-network.ts';
import { followerAt, NOW } from './publish-world.ts';

/** Who follows from the beginning to the end. */
export const FAITHFUL = 'faithful.example';

export interface World {
  readonly store: Store;
  readonly network: Network;
  readonly files: Map<string, ModelFile>;
  readonly deeds: Map<string, ManifestObject>;
  /** Files that were removed. */
  readonly attic: ModelFile[];
  readonly builds: Build[];
  readonly policy: Pick<History, 'limits' | 'sendAfterMs'>;
  profile: ModelProfile;
  live: Build;
  now: number;
  /** Digests that the ledger took while nobody was told, by id. */
  readonly quiet: Map<string, Set<string>>;
  /** What the last publish of `content` held. */
  held: { content: string; holds: Map<string, Hold> };
  sendNow: boolean;
}

export async function createWorld({ before, deeds, limits, sendAfterMs }: History): Promise<World> {
  const network = createNetwork();
  const store = overheard(openMemoryStore(), network, {
    clock: () => world.now,
    onNew: async () => expectApproved(world),
  });
  const first = before.map(({ file, date }) => written(file, date, NOW));
  const done = deeds.map((n) => deedAt(n, NOW, -3_600));
  const files = new Map(first.map((file) => [file.slug, file]));
  const policy = { limits, sendAfterMs };
  const profile = { text: 'x', username: 'ann' };
  const live = build({
    number: 0,
    files: first,
    deeds: done,
    profile,
    policy,
    known: { retired: new Set() },
    clock: () => world.now,
  });
  const world: World = {
    store,
    network,
    files,
    deeds: new Map(done.map((each) => [each.id, each])),
    attic: [],
    builds: [live],
    policy,
    profile,
    live,
    now: NOW,
    quiet: new Map(),
    held: { content: '', holds: new Map() },
    sendNow: false,
  };
  await store.followers.put(followerAt(FAITHFUL));
  return world;
}

/** Nothing comes to be told but what the owner published, and not before its delay is over. */
async function expectApproved(world: World): Promise<void> {
  const approved = (await world.store.ledger.read())?.ledger.approved;
  expect(approved?.content, 'a build is told that was not published').toBe(world.live.content);
  if (world.sendNow) return;
  const due = (toTime(approved?.at) ?? 0) + world.policy.sendAfterMs;
  expect(world.now, 'sent before the delay was over').toBeGreaterThanOrEqual(due);
}

/** Builds the files as they are and puts them live. A blind build knows nothing of the ledger. */
export async function buildLive(world: World, { isBlind }: { isBlind: boolean }): Promise<void> {
  const known = isBlind ? { retired: new Set<string>() } : await knownIds(world.store);
  const { files, deeds, profile, policy } = world;
  const number = world.builds.length;
  world.live = build({
    number,
    files: [...files.values()],
    deeds: [...deeds.values()],
    profile,
    policy,
    known,
    clock: () => world.now,
  });
  world.builds.push(world.live);
}

function depsOf(world: World, crash?: CrashPoint | undefined): PublishDeps {
  const store = crash ? crashingStore(world.store, crash.call, crash.when).store : world.store;
  return { store, site: world.live.site, clock: () => world.now, log: () => undefined };
}

export const preview = (world: World, confirm: ReadonlySet<string> = new Set()): Promise<PreparedPlan> =>
  preparePlan(depsOf(world), { confirm });

/** Publishes what is live, and checks that nothing is told but what was shown, and nothing that is held. */
export async function publish(
  world: World,
  options: { confirm: ReadonlySet<string>; sendNow: boolean; crash?: CrashPoint | undefined },
): Promise<void> {
  const prepared = await preview(world, options.confirm);
  if (prepared.plan.baseline) noteBaseline(world);
  world.sendNow = options.sendNow;
  const deps = depsOf(world, options.crash);
  await watched(world, prepared, async () => {
    await applyPlan(deps, await approve(deps, prepared), { sendNow: options.sendNow });
  });
  world.sendNow = false;
  const { content } = world.live;
  if (world.held.content !== content) world.held = { content, holds: new Map() };
  for (const hold of prepared.plan.holds) for (const id of hold.ids) world.held.holds.set(id, hold);
}

/** What the running server does by itself. */
export async function sweep(world: World, crash?: CrashPoint | undefined): Promise<void> {
  const prepared = await preview(world);
  if (prepared.plan.baseline) return;
  await watched(world, prepared, () => sweepOnce(depsOf(world, crash)));
}

async function watched(world: World, prepared: PreparedPlan, act: () => Promise<unknown>): Promise<void> {
  const { network, live, store } = world;
  const { plan, known, options } = prepared;
  checkPlan(prepared);
  const told = network.told.length;
  const stored = network.stored.size;
  await act().catch((error: unknown) => {
    if (!(error instanceof Crash)) throw error;
  });
  const shown = new Set([...plan.activities.map(idOf), ...plan.unfinished.map(({ activityId }) => activityId)]);
  const confirm = options.confirm ?? new Set<string>();
  for (const { activity } of network.told.slice(told)) {
    const isShown = shown.has(activity.id) || shown.has(`${activity.type} ${activity.object}`);
    expect(isShown, `${activity.type} ${activity.object} was not shown`).toBe(true);
    if (!shown.has(activity.id) && world.held.content === live.content) checkReleased(world, activity.object, confirm);
  }
  checkAsked(
    world,
    network.told.slice(told).filter(({ activity }) => !shown.has(activity.id)),
    confirm,
  );
  const after = await store.ledger.read();
  for (const change of plan.quiet) {
    if (change.gone !== undefined) continue;
    const { entry } = change;
    if (after?.ledger.objects.get(entry.id)?.digest === entry.digest) noteQuiet(world, entry);
  }
  const applied = Number(known?.ledger.source?.commit.slice(1) ?? 0);
  const isSame = known?.ledger.approved?.content === live.content;
  if (live.number < applied && !confirm.has('older-build') && !isSame) {
    expect(network.stored.size, 'an older build sends something').toBe(stored);
  }
  const now = Number(after?.ledger.source?.commit.slice(1) ?? 0);
  if (!confirm.has('older-build')) expect(now, 'the newest that was applied goes back').toBeGreaterThanOrEqual(applied);
}

function idOf(planned: PlannedActivity): string {
  if (planned.type === 'UpdateActor') return 'Update https://blog.example/ap/actor.json';
  if (planned.type === 'Move') return `Move ${planned.target}`;
  return `${planned.type} ${'entry' in planned ? planned.entry.id : planned.id}`;
}

/** What was held of this very build is told only when the owner said so: its code, or it by name. */
function checkReleased(world: World, id: string, confirm: ReadonlySet<string>): void {
  const hold = world.held.holds.get(id);
  if (!hold) return;
  const isPresent = world.live.entries.some((entry) => entry.id === id && comesAt(entry) <= world.now);
  // Its new date has come, and its text had changed.
  if (hold.code === 'postponed' && isPresent) return;
  const isNew = (each: string) => world.live.entries.some((entry) => entry.id === each);
  const isShrunk = hold.code === 'shrunk' || hold.code === 'many-deletes';
  // What is new waits for the Deletes; each of them was released by its name.
  if (isShrunk && isNew(id) && hold.ids.every((each) => isNew(each) || confirm.has(each))) return;
  const names = hold.code === 'rename-without-id' ? hold.ids : [id];
  const words = [hold.code, ...names, ...(hold.code === 'many-deletes' ? ['shrunk'] : [])];
  expect(
    words.some((word) => confirm.has(word)),
    `${id} was held (${hold.code}) and is told unasked`,
  ).toBe(true);
}

/** No unusual amount, no visibility that nobody asked to change, and no Delete of what is only dated ahead. */
function checkAsked(world: World, told: readonly Told[], confirm: ReadonlySet<string>): void {
  const entries = new Map(world.live.entries.map((entry) => [entry.id, entry]));
  const unnamed = told.filter(({ activity }) => !confirm.has(activity.object));
  const count = (...types: string[]) =>
    unnamed.filter(
      ({ activity }) =>
        types.includes(activity.type) && entries.get(activity.object)?.federate !== 'update' && isTold(activity.object),
    ).length;
  const { creates, updates, deletes } = world.policy.limits;
  // A rename that is released by one of its names has another.
  const names = [...confirm].filter(isTold).length;
  const most = (limit: number, ...codes: string[]) =>
    codes.some((code) => confirm.has(code)) ? Number.POSITIVE_INFINITY : limit + names;
  expect(count('Create', 'Like', 'Announce', 'Follow'), 'too many Creates').toBeLessThanOrEqual(
    most(creates, 'many-creates'),
  );
  expect(count('Update'), 'too many Updates').toBeLessThanOrEqual(most(updates, 'many-updates'));
  expect(count('Delete', 'Undo'), 'too many Deletes').toBeLessThanOrEqual(most(deletes, 'many-deletes', 'shrunk'));
  for (const { activity } of unnamed) {
    const entry = entries.get(activity.object);
    if (activity.type === 'Delete' && !confirm.has('postponed')) {
      expect(entry, 'a Delete of what is dated ahead').toBeUndefined();
    }
    if (activity.type !== 'Update' || entry?.federate === 'update' || confirm.has('visibility-changed')) continue;
    const before = world.network.told.findLast(
      (each) => each.activity.object === activity.object && each.activity.id !== activity.id,
    );
    const [is, was] = [activity, before?.activity].map(
      (each) => isJsonObject(each?.json.object) && each.json.object.to,
    );
    if (before && isPost(activity.object)) expect(is, 'a changed visibility').toEqual(was);
  }
}

const isTold = (id: string): boolean => isPost(id) || isDeedId(id);
const isPost = (id: string): boolean => id.includes('/ap/posts/');

function checkPlan({ plan, known }: PreparedPlan): void {
  const ids = [
    ...plan.activities.map((each) => ('entry' in each ? each.entry.id : 'id' in each ? each.id : 'actor')),
    ...plan.quiet.map(({ entry }) => entry.id),
    ...plan.holds.flatMap((hold) => hold.ids),
  ];
  expect(new Set(ids).size, 'an object is in two places of the plan').toBe(ids.length);
  for (const change of plan.quiet) {
    if (change.gone !== undefined) continue;
    const { entry } = change;
    const isOld = known !== undefined && entry.published < known.ledger.begun;
    expect(entry.federate === 'silent' || isOld, `${entry.id} is quiet for no reason`).toBe(true);
  }
}

function noteBaseline(world: World): void {
  for (const entry of world.live.entries) {
    if (entry.type !== 'Follow' && comesAt(entry) <= world.now) noteQuiet(world, entry);
  }
}

function noteQuiet(world: World, { id, digest }: { id: string; digest: string }): void {
  world.quiet.set(id, (world.quiet.get(id) ?? new Set()).add(digest));
}

const KEYS = signingKeys('https://blog.example/ap/actor.json');

export async function deliver(world: World): Promise<void> {
  const inboxes = {
    post: async (inbox: string, body: Uint8Array) => {
      receive(world.network, inbox, JSON.parse(new TextDecoder().decode(body)));
      return { kind: 'response' as const, status: 202 };
    },
    close: async () => undefined,
  };
  await deliverDue({ ...depsOf(world), inboxes, keys: KEYS }, { owner: 'model' });
}
