import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { putLive } from '../../scripts/put-live.ts';

/*
 * A process that puts a site live and is killed before or after one of its renames and removals:
 * `live-child.mjs <built> <folder> <step>`; 0 is none.
 */
const [built = '', folder = '', step = '0'] = process.argv.slice(2);
let steps = 0;

function counted<T extends (...args: never[]) => void>(work: T): (...args: Parameters<T>) => void {
  const pass = (): void => {
    steps += 1;
    if (steps === Number(step)) process.kill(process.pid, 'SIGKILL');
  };
  return (...args) => {
    pass();
    work(...args);
    pass();
  };
}

fs.renameSync = counted(fs.renameSync);
fs.rmSync = counted(fs.rmSync);
syncBuiltinESMExports();
fs.renameSync(`${built}.made`, `${built}.staged-${process.pid}`);
putLive(`${built}.staged-${process.pid}`, folder);
