import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Child, Children, Ended, Limits } from './children.ts';
import type { Following, Job } from './job.ts';
import { copyStore, type Leftovers, lookAt } from './leftovers.ts';
import type { RecordingPeer } from './recording-peer.ts';

/** Longer than a lease, so that whoever comes next need not wait for the one who died. */
const NEXT_PROCESS_MS = 10 * 60_000;

/** Processes of a trial that worked side by side and have come to their end, and the file as they left it. */
export interface Run {
  readonly names: readonly string[];
  readonly kills: number;
  readonly left: Leftovers;
}

/** One life of a blog: processes that are killed, one after the other or side by side, and a last one that is not. */
export interface Trial {
  readonly file: string;
  /** In the order in which they ended. */
  readonly runs: readonly Run[];
  /** Those whose Follow was answered 202. */
  readonly accepted: ReadonlySet<string>;
  /** Starts a process that lives later than every lease of those that have ended. */
  start(job: Pick<Job, 'blog' | 'actions'> & Partial<Job>, limits?: Limits): Child;
  /** Waits for the end of all that run, and looks at what they left. */
  end(): Promise<readonly Ended[]>;
  remove(): void;
}

export interface TrialOptions {
  readonly folder: string;
  readonly name: string;
  /** The file to begin with; without it there is none. */
  readonly template?: string;
  readonly children: Children;
  readonly peer: RecordingPeer;
  /** Who asks to follow until they are answered. */
  readonly follows?: readonly Following[];
}

export function beginTrial({ folder, name, template, children, peer, follows = [] }: TrialOptions): Trial {
  const file = join(folder, name, 'postern.db');
  mkdirSync(dirname(file), { recursive: true });
  if (template !== undefined) copyStore(template, file);
  const runs: Run[] = [];
  const accepted = new Set<string>();
  const running = new Map<string, Child>();
  let started = 0;
  return {
    file,
    runs,
    accepted,
    start(job, limits) {
      started += 1;
      const run = `${name}/${started}`;
      const waiting = follows.filter(({ actor }) => !accepted.has(actor));
      const later = (runs.length + 1) * NEXT_PROCESS_MS;
      const child = children.start({ run, file, key: children.key, follows: waiting, later, ...job }, limits);
      running.set(run, child);
      return child;
    },
    async end() {
      const ended = await Promise.all([...running.values()].map((child) => child.ended));
      for (const { said } of ended) {
        for (const line of said) if (line.said === 'accepted') accepted.add(line.actor);
      }
      await peer.settled();
      const kills = ended.filter(({ killed }) => killed).length;
      runs.push({ names: [...running.keys()], kills, left: lookAt(file) });
      running.clear();
      return ended;
    },
    remove: () => rmSync(dirname(file), { recursive: true, force: true }),
  };
}
