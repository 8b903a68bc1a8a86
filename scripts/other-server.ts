import type { Settings } from '../build/settings.ts';
import { PosternError } from '../server/errors.ts';
import { shownPath } from './command.ts';
import { lookIntoStore } from './store-file.ts';

/** How a server names itself in the store: by its process. */
const SERVER = /^server-(\d+)-/;

/**
 * Two servers on one data folder would put their sites in each other's place. One that was killed is still named in the store for
 * half a minute: it is known by its process, which is gone; in a container, where all have the same number, by that.
 *
 * @throws PosternError `already-running`.
 */
export async function assertNoOtherServer(
  settings: Settings,
  isAlive: (pid: number) => boolean = isProcess,
): Promise<void> {
  const names = (await lookIntoStore(settings, (store) => store.workers.alive(Date.now()))) ?? [];
  const pid = names.map((name) => Number(SERVER.exec(name)?.[1])).find((each) => each !== process.pid && isAlive(each));
  if (pid === undefined) return;
  throw new PosternError(
    'already-running',
    `Another server (process ${pid}) is at work on ${shownPath(settings.dataFolder)}.`,
    {
      hint: 'Stop that one first, or give this one a data folder of its own (POSTERN_DATA); npm run publish needs no restart.',
      facts: { pid, dataFolder: settings.dataFolder },
    },
  );
}

function isProcess(pid: number): boolean {
  if (!Number.isInteger(pid)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, as another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
