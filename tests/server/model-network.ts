import { expect } from 'vitest';
import { isDeedId } from '../../federation/deeds.ts';
import type { OutgoingActivity } from '../../federation/outcome.ts';
import { isJsonObject, type JsonObject } from '../../federation/vocabulary.ts';
import type { Store } from '../../server/store/store.ts';
import { meaningOf } from './model-blog.ts';

/** What the server of a follower holds, by the rules of Mastodon. */
export interface View {
  readonly shown: Map<string, { meaning: string; seen: number }>;
  readonly deleted: Set<string>;
  /** Ids of the activities that stand, by what they do. */
  readonly deeds: Map<string, string>;
  readonly undone: Set<string>;
}

/** Everything that arrived anywhere, and what was ever told. */
export interface Network {
  readonly views: Map<string, View>;
  /** The JSON that stands for an activity's id, wherever it arrived. */
  readonly saidBy: Map<string, string>;
  /** Activities in the order in which they were first queued. */
  readonly told: Told[];
  /** Ids of activities that were stored, queued or not. */
  readonly stored: Set<string>;
}

export interface Told {
  readonly activity: OutgoingActivity;
  readonly now: number;
}

export function createNetwork(): Network {
  return { views: new Map(), saidBy: new Map(), told: [], stored: new Set() };
}

/** Takes an activity in at an inbox, and checks what may never happen there. */
export function receive(network: Network, inbox: string, activity: JsonObject): void {
  const view = network.views.get(inbox) ?? {
    shown: new Map(),
    deleted: new Set(),
    deeds: new Map(),
    undone: new Set(),
  };
  network.views.set(inbox, view);
  const id = String(activity.id);
  const said = JSON.stringify(activity);
  expect(network.saidBy.get(id) ?? said, 'an activity id stands for two meanings').toBe(said);
  network.saidBy.set(id, said);
  const { object } = activity;
  if (typeof object === 'string') {
    if (activity.type !== 'Delete') receiveDeed(view, activity, object);
    return;
  }
  if (!isJsonObject(object) || object.type === 'Person') return;
  if (activity.type === 'Undo') {
    view.undone.add(String(object.id));
    view.deeds.delete(`${object.type} ${object.object}`);
    return;
  }
  const objectId = String(object.id);
  expect([...view.deleted], 'a deleted id is used again').not.toContain(objectId);
  if (activity.type === 'Delete') {
    view.deleted.add(objectId);
    view.shown.delete(objectId);
    return;
  }
  const seen = Date.parse(String(object.updated ?? object.published));
  const before = view.shown.get(objectId);
  if (activity.type === 'Create') expect(before, 'a post is announced twice').toBeUndefined();
  else if (before) expect(seen, 'an Update that Mastodon ignores').toBeGreaterThan(before.seen);
  expect(seen, 'updated before published (GoToSocial)').toBeGreaterThanOrEqual(Date.parse(String(object.published)));
  view.shown.set(objectId, { meaning: meaningOf(object), seen });
}

function receiveDeed(view: View, activity: JsonObject, object: string): void {
  const id = String(activity.id);
  expect([...view.undone], 'a deed is done again under the id that was undone').not.toContain(id);
  view.deeds.set(`${activity.type} ${object}`, id);
}

/** The store, with an ear at the two calls by which something comes to be told. */
export function overheard(
  store: Store,
  network: Network,
  hear: { readonly clock: () => number; readonly onNew: (activity: OutgoingActivity) => Promise<void> },
): Store {
  return {
    ...store,
    close: () => store.close(),
    activities: {
      get: (id) => store.activities.get(id),
      put: async (activity, options) => {
        if (!network.stored.has(activity.id)) await hear.onNew(activity);
        network.stored.add(activity.id);
        return store.activities.put(activity, options);
      },
    },
    deliveries: new Proxy(store.deliveries, {
      get(target, name) {
        if (name !== 'enqueue') {
          const member: unknown = Reflect.get(target, name);
          return typeof member === 'function' ? member.bind(target) : member;
        }
        return async (activityId: string, inboxes: readonly string[], options: { now: number }) => {
          const queued = await target.enqueue(activityId, inboxes, options);
          const activity = await store.activities.get(activityId);
          if (activity && !network.told.some((each) => each.activity.id === activityId)) {
            network.told.push({ activity, now: hear.clock() });
          }
          return queued;
        };
      },
    }),
  };
}

/** Checks the order in which things were told of each object; `quiet` are ids of which the ledger took something quietly. */
export function checkTold(network: Network, quiet: ReadonlySet<string>): void {
  const last = new Map<string, string>();
  for (const { activity, now } of network.told) {
    const { object } = activity.json;
    const before = last.get(activity.object);
    if (isDeedId(activity.object)) {
      const isUndo = activity.type === 'Undo';
      expect(before ?? 'undone', 'a deed is done, or undone, twice').toBe(isUndo ? 'done' : 'undone');
      last.set(activity.object, isUndo ? 'undone' : 'done');
      continue;
    }
    if (!isJsonObject(object)) continue;
    expect(before, `${activity.object} was deleted, and is told again`).not.toBe('deleted');
    if (activity.type === 'Delete') {
      last.set(activity.object, 'deleted');
      continue;
    }
    const meaning = object.type === 'Person' ? JSON.stringify([object.text, object.username]) : meaningOf(object);
    if (!quiet.has(activity.object)) expect(before, 'a meaning is told again under another id').not.toBe(meaning);
    last.set(activity.object, meaning);
    if (activity.type === 'Create') {
      expect(Date.parse(String(object.published)), 'a post is sent before its date').toBeLessThanOrEqual(now);
    }
  }
}
