import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { isJsonObject, type JsonObject } from '../../federation/vocabulary.ts';
import { preparePlan } from '../../server/publish.ts';
import { idOf, manifestOf, NOW, type World } from '../server/publish-world.ts';
import { openBlog } from './blogs.ts';
import type { Following } from './job.ts';
import { inStore, lookAt } from './leftovers.ts';
import type { Posted } from './recording-peer.ts';
import type { Trial } from './trial.ts';

/** Everything that a crash may not break, of a trial whose last process came to its end. */
export async function expectNothingBroken(trial: Trial, posted: readonly Posted[], blog: string): Promise<void> {
  expectOneIdPerMeaning(posted);
  expectNoNeedlessRepeats(trial, posted);
  for (const { left } of trial.runs) expect(left.integrity).toBe('ok');
  await expectFinished(trial, blog);
}

/** By id one body, and by what is said one id, whichever process said it and however often (invariant 2). */
export function expectOneIdPerMeaning(posted: readonly Posted[]): void {
  const bodies = new Map<string, Set<string>>();
  const ids = new Map<string, Set<string>>();
  for (const { activity, body } of posted) {
    add(bodies, String(activity.id), body);
    add(ids, meaningOf(activity), String(activity.id));
  }
  for (const [id, different] of bodies) expect([...different], `bodies of ${id}`).toHaveLength(1);
  for (const [meaning, different] of ids) expect([...different], `ids of ${meaning}`).toHaveLength(1);
}

/** What an activity says, without its own id and the times of this publish. */
function meaningOf({ id: _, type, object }: Posted['activity']): string {
  const said = JSON.stringify(object, (key, value) => (['updated', 'published', 'deleted'].includes(key) ? '' : value));
  return `${String(type)} ${createHash('sha256').update(said).digest('hex')}`;
}

/**
 * Of a delivery that was written down as delivered, no later process makes another request; and of all that a process, or
 * several side by side, deliver, they post nothing twice. So a kill repeats what was in flight at that instant, once.
 */
export function expectNoNeedlessRepeats({ runs }: Trial, posted: readonly Posted[]): void {
  const runOf = new Map(runs.flatMap(({ names }, index) => names.map((name) => [name, index] as const)));
  const done = runs.map(({ left }) => new Set(left.deliveries.filter(isDelivered).map(keyOf)));
  const taken = new Set<string>();
  for (const { inbox, activity, run, answered = 202 } of posted) {
    // Whoever asks to follow again is answered again.
    if (activity.type === 'Accept') continue;
    const key = keyOf({ inbox, activityId: String(activity.id) });
    const at = runOf.get(run) ?? -1;
    const before = done.slice(0, at).some((delivered) => delivered.has(key));
    expect(before, `${run} posted ${key}, which was written down as delivered by then`).toBe(false);
    expect(taken.has(`${at} ${key}`), `${key} was posted twice, the last time by ${run}`).toBe(false);
    // A refusal is tried again by right.
    if (answered < 300) taken.add(`${at} ${key}`);
  }
}

/** How many requests repeated one that may have arrived. */
export function countRepeats(posted: readonly Posted[]): number {
  const seen = new Set<string>();
  let repeats = 0;
  for (const { inbox, activity, answered = 202 } of posted) {
    const key = keyOf({ inbox, activityId: String(activity.id) });
    if (seen.has(key)) repeats += 1;
    if (answered < 300) seen.add(key);
  }
  return repeats;
}

/** The queue is empty, the ledger says what the files say, and publishing again sends nothing. */
async function expectFinished({ file }: Trial, blog: string): Promise<void> {
  const { deliveries } = lookAt(file);
  const states = new Set(deliveries.map(({ state }) => state));
  expect([...states].filter((state) => state !== 'delivered' && state !== 'superseded')).toEqual([]);
  await inStore(file, async (store) => {
    const world = openBlog(blog, store);
    world.now = NOW + 365 * 86_400_000;
    const known = await store.ledger.read();
    const manifest = manifestOf(world);
    const live = [...(known?.ledger.objects.values() ?? [])].filter(({ state }) => state !== 'deleted');
    const digests = (objects: readonly { id: string; digest: string }[]) =>
      new Map(objects.map(({ id, digest }) => [id, digest]));
    expect(digests(live)).toEqual(digests(manifest.objects));
    expect(known?.ledger.actor.digest).toBe(manifest.actor.digest);
    const { plan } = await preparePlan(world.deps);
    expect(plan).toMatchObject({ baseline: false, activities: [], holds: [], unfinished: [] });
  });
}

/** Each of these inboxes got exactly these activities, by type and object, though perhaps more than once. */
export function expectArrived(
  posted: readonly Posted[],
  inboxes: readonly string[],
  expected: readonly string[],
): void {
  for (const inbox of inboxes) {
    const arrived = posted.filter((each) => each.inbox === inbox && each.answered !== undefined);
    expect([...new Set(arrived.map(describe))].toSorted(), inbox).toEqual([...expected].toSorted());
  }
}

/** What each inbox heard last of a post is what its file says, or that it is gone. */
export function expectView(posted: readonly Posted[], inboxes: readonly string[], blog: World): void {
  const texts = new Map([...blog.files].map(([key, { text }]) => [idOf(key), `<p>${text}</p>`]));
  for (const inbox of inboxes) {
    const last = new Map<string, JsonObject>();
    for (const each of posted) {
      const { object } = each.activity;
      if (each.inbox === inbox && isJsonObject(object)) last.set(String(object.id), object);
    }
    for (const [id, { type, content }] of last) {
      if (type === 'Person') continue;
      const said = type === 'Tombstone' ? undefined : content;
      expect(said, `what ${inbox} heard last of ${id}`).toBe(texts.get(id));
    }
  }
}

/** Everybody who asked is a follower and was told so. */
export async function expectFollowers(
  { file, accepted }: Trial,
  posted: readonly Posted[],
  follows: readonly Following[],
): Promise<void> {
  expect([...accepted].toSorted()).toEqual(follows.map(({ actor }) => actor).toSorted());
  for (const { actor, inbox } of follows) {
    const accepts = posted.filter((each) => each.inbox === inbox && each.activity.type === 'Accept');
    expect(
      accepts.map(({ answered }) => answered),
      `Accepts at ${inbox}`,
    ).toContain(202);
    expect(await inStore(file, (store) => store.followers.get(actor))).toMatchObject({ inbox });
  }
}

/** What was told to anybody, answers to Follows apart. */
export function toldBy(posted: readonly Posted[]): string[] {
  return [...new Set(posted.filter(({ activity }) => activity.type !== 'Accept').map(describe))];
}

/** Such as `Create https://blog.example/ap/posts/new.json`. */
function describe({ activity: { type, object } }: Posted): string {
  const id = typeof object === 'object' && object !== null && 'id' in object ? object.id : object;
  return `${String(type)} ${String(id)}`;
}

function isDelivered({ state }: { readonly state: string }): boolean {
  return state === 'delivered';
}

function keyOf({ inbox, activityId }: { readonly inbox: string; readonly activityId: string }): string {
  return `${inbox} ${activityId}`;
}

function add(map: Map<string, Set<string>>, key: string, value: string): void {
  map.set(key, (map.get(key) ?? new Set()).add(value));
}
