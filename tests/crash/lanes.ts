import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { applyPlan, preparePlan } from '../../server/publish.ts';
import { NOW } from '../server/publish-world.ts';
import { openBlog } from './blogs.ts';
import { bundleChildren, type Children } from './children.ts';
import type { Following } from './job.ts';
import { inStore } from './leftovers.ts';
import { type RecordingPeer, startRecordingPeer } from './recording-peer.ts';
import { beginTrial, type Trial } from './trial.ts';

const DAY_MS = 86_400_000;

/** Where trials take place one after the other: a peer, and the store of a blog that its servers follow. */
export interface Lane {
  readonly peer: RecordingPeer;
  /** The inboxes of the blog's followers. */
  readonly inboxes: readonly string[];
  /** Begins a life of the blog; what was posted before is forgotten. */
  begin(name: string, options?: LifeOptions): Trial;
}

export interface LifeOptions {
  /** Who asks to follow until they are answered. */
  readonly follows?: readonly Following[];
  /** Set to undefined: without a file, as on the very first day. */
  readonly template?: undefined;
}

export interface LaneOptions {
  readonly folder: string;
  readonly children: Children;
  readonly servers: number;
  /** Inboxes at each server. */
  readonly inboxes: number;
}

export async function openLane(options: LaneOptions): Promise<Lane> {
  const { children } = options;
  const peer = await startRecordingPeer(options.servers);
  const folder = join(options.folder, new URL(peer.servers[0] ?? '').port);
  mkdirSync(folder, { recursive: true });
  const template = join(folder, 'template.db');
  const inboxes = peer.servers.flatMap((server) =>
    Array.from({ length: options.inboxes }, (_, n) => `${server}/users/${n}/inbox`),
  );
  await makeTemplate(template, inboxes);
  let begun = 0;
  return {
    peer,
    inboxes,
    begin(name, { follows = [], ...more } = {}) {
      peer.posted.length = 0;
      begun += 1;
      const from = 'template' in more ? {} : { template };
      return beginTrial({ folder, name: `${begun}-${name}`, children, peer, follows, ...from });
    },
  };
}

const LANES = 3;

/** Lanes for the tests of one file: there from its first test to its last. */
export function useLanes(options: Pick<LaneOptions, 'servers' | 'inboxes'>): readonly Lane[] {
  const lanes: Lane[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'postern-kill-'));
  let children: Children | undefined;
  beforeAll(async () => {
    children = await bundleChildren();
    for (let n = 0; n < LANES; n += 1) lanes.push(await openLane({ ...options, folder, children }));
  });
  afterAll(async () => {
    await children?.close();
    for (const { peer } of lanes) await peer.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return lanes;
}

/** A blog that began to federate a day ago. */
async function makeTemplate(file: string, inboxes: readonly string[]): Promise<void> {
  await inStore(file, async (store) => {
    for (const inbox of inboxes) {
      const actor = inbox.replace(/\/inbox$/, '');
      await store.followers.put({ actor, inbox, followId: `${actor}#follow`, since: '2026-11-01T00:00:00Z' });
    }
    const world = openBlog('before', store);
    world.now = NOW - DAY_MS;
    await applyPlan(world.deps, await preparePlan(world.deps));
  });
}

/** Takes `tasks` in turns over some lanes, each lane one at a time. */
export async function inLanes<T>(
  lanes: readonly Lane[],
  tasks: Iterable<T>,
  work: (lane: Lane, task: T) => Promise<void>,
): Promise<void> {
  const queue = tasks[Symbol.iterator]();
  await Promise.all(
    lanes.map(async (lane) => {
      for (let next = queue.next(); !next.done; next = queue.next()) await work(lane, next.value);
    }),
  );
}
