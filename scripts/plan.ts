import { readSettings } from '../build/settings.ts';
import { preparePlan } from '../server/publish.ts';
import { build, mayFederate, openBlog, plannedFolder } from './blog.ts';
import { command, EXIT, printJson, run } from './command.ts';
import { readConfirmed } from './confirm.ts';
import { createErrorLog } from './log.ts';
import { printPlan } from './print-plan.ts';

interface PlanCommandOptions {
  readonly confirm?: string;
  readonly json?: true;
  readonly exitCode?: true;
}

const program = command('plan', 'Show what the next publish would send, before it is sent.')
  .option('-c, --confirm <holds>', 'plan as if these holds were released, separated by commas')
  .option('--exit-code', 'end with 1 when there is something to send, and 3 when something is held')
  .option('--json', 'print the plan as JSON')
  .action(async (options: PlanCommandOptions) => {
    const settings = readSettings(process.env, process.cwd());
    const confirm = readConfirmed(options.confirm);
    const facts = await build(plannedFolder(settings));
    const blog = await openBlog(settings, plannedFolder(settings), createErrorLog(process.stderr));
    try {
      const { plan, audience } = await preparePlan(blog.deps, { confirm });
      const federates = mayFederate(settings, facts);
      if (options.json) printJson({ ...plan, federates, followers: audience.followers, servers: audience.servers });
      else if (federates) printPlan(plan, audience);
      else
        console.log(
          `${plan.origin} is a local look that no other server can follow, so there is nothing to send.\nSet \`origin\` in content/profile.md to federate.`,
        );
      if (!options.exitCode) return;
      if (plan.holds.length > 0) process.exitCode = EXIT.held;
      else if (federates && (plan.activities.length > 0 || plan.unfinished.length > 0)) process.exitCode = EXIT.failed;
    } finally {
      await blog.close();
    }
  });

await run(program);
