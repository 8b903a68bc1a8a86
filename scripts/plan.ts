import { readSettings } from '../build/settings.ts';
import { preparePlan } from '../server/publish.ts';
import { openSite } from '../server/site.ts';
import { build, mayFederate, openStore, plannedFolder } from './blog.ts';
import { command, EXIT, printJson, run } from './command.ts';
import { readConfirmed } from './confirm.ts';
import { createErrorLog } from './log.ts';
import { printPlan } from './print-plan.ts';

interface PlanCommandOptions {
  readonly confirm?: string;
  readonly json?: true;
  readonly exitCode?: true;
}

/** Needs no private key: nothing is signed, so a machine that only checks may plan too. */
async function plan(options: PlanCommandOptions): Promise<void> {
  const settings = readSettings(process.env, process.cwd());
  const confirm = readConfirmed(options.confirm);
  const federates = mayFederate(settings, await build(plannedFolder(settings)));
  const store = openStore(settings);
  try {
    const log = createErrorLog(process.stderr);
    const deps = { store, site: openSite(plannedFolder(settings)), clock: Date.now, log };
    const prepared = await preparePlan(deps, { confirm });
    const { plan, audience } = prepared;
    if (options.json) printJson({ ...plan, federates, followers: audience.followers, servers: audience.servers });
    else if (federates) printPlan(prepared);
    else
      console.log(
        `${plan.origin} is a local look that no other server can follow, so there is nothing to send.\nSet \`origin\` in content/profile.md to federate.`,
      );
    if (!options.exitCode || !federates) return;
    if (plan.holds.length > 0) process.exitCode = EXIT.held;
    else if (plan.activities.length > 0 || plan.unfinished.length > 0) process.exitCode = EXIT.waiting;
  } finally {
    await store.close();
  }
}

const program = command('plan', 'Show what the next publish would send, before it is sent.')
  .option('-c, --confirm <holds>', 'plan as if these holds were released, separated by commas')
  .option('--exit-code', 'end with 4 when there is something to send, and 3 when something is held')
  .option('--json', 'print the plan as JSON')
  .addHelpText(
    'after',
    '\nExit codes: 0 done, 1 failed, 2 wrong usage; with --exit-code also 3 something is held, 4 something to send.\n',
  )
  .action(plan);

await run(program);
