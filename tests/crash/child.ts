import { writeSync } from 'node:fs';
import { PosternError } from '../../server/errors.ts';
import { ACTIONS } from './actions.ts';
import type { Job, Said } from './job.ts';
import { openProcess } from './process.ts';

/*
 * A process that works on one SQLite file until it is done or killed: `node child.mjs <job as JSON>`. What it says is
 * written synchronously, so that what was said is what had happened when it is killed.
 */
const job: Job = JSON.parse(process.argv[2] ?? '');

const say = (said: Said): void => {
  writeSync(1, `${JSON.stringify(said)}\n`);
};

try {
  const running = openProcess(job, say);
  say({ said: 'ready' });
  for (const together of job.actions) await Promise.all(together.map((name) => act(name, running)));
  const steps = running.steps();
  await running.close();
  say({ said: 'done', steps });
} catch (error) {
  const { code, hint } = error instanceof PosternError ? error : { code: 'no-code', hint: '' };
  say({ said: 'fault', code, hint, message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  process.exitCode = 1;
}

async function act(name: string, running: ReturnType<typeof openProcess>): Promise<void> {
  const action = ACTIONS.get(name);
  if (!action) throw new Error(`There is no action "${name}".`);
  const result = await action(running);
  if (result) say({ said: 'result', action: name, result });
}
