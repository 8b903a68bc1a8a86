import { resolve } from 'node:path';
import { Option } from 'commander';
import pc from 'picocolors';
import { readSettings, type Settings } from '../build/settings.ts';
import { preparePlan } from '../server/publish.ts';
import { openSite } from '../server/site.ts';
import { type BlockedNow, findBlocked } from './blocked-now.ts';
import { goingText, isNobody } from './blocked-text.ts';
import { build, isOfAnotherOrigin, mayFederate, openStore, plannedFolder } from './blog.ts';
import { command, EXIT, printJson, run } from './command.ts';
import { confirmPrepared, readNames } from './confirm.ts';
import { createErrorLog } from './log.ts';
import { markdownPlan } from './markdown-plan.ts';
import { isOtherSide, planAgainst } from './plan-against.ts';
import { type PlanView, queueOf, viewOf } from './plan-view.ts';
import { printPlan } from './print-plan.ts';

interface PlanCommandOptions {
  readonly against?: string;
  readonly site?: string;
  readonly confirm?: string;
  readonly markdown?: true;
  readonly json?: true;
  readonly exitCode?: true;
  readonly lenient?: true;
}

/** A plan, and whether anybody could ever get it. */
interface Planned {
  readonly view: PlanView;
  readonly federates: boolean;
  /** What the next publish drops because of blocks, when there is something. */
  readonly drops?: BlockedNow;
}

/** Needs no private key: nothing is signed, so a machine that only checks may plan too. */
async function plan(options: PlanCommandOptions): Promise<void> {
  const settings = readSettings(process.env, process.cwd());
  const names = readNames(options.confirm);
  const { against, site } = options;
  try {
    const planned =
      against === undefined
        ? await planHere(settings, site, names)
        : {
            view: await planAgainst(settings, { against, ...(site === undefined ? {} : { site }) }, names),
            federates: true,
          };
    print(planned, options);
  } catch (error) {
    if (!options.lenient || !isOtherSide(error)) throw error;
    if (options.json) printJson({ federates: false, fault: error.code, message: error.message });
    else console.log(`No plan: ${error.message}\n${error.hint}`);
  }
}

/** Plans against the store of this machine. */
async function planHere(settings: Settings, folder: string | undefined, names: readonly string[]): Promise<Planned> {
  const facts = folder === undefined ? await build(plannedFolder(settings), { scheduled: true }) : undefined;
  const site = openSite(folder === undefined ? plannedFolder(settings) : resolve(folder));
  // Of a site that was built before only its manifest is known.
  const { origin } = (await site.parts()).head;
  const originFrom = facts?.originFrom ?? (origin === settings.origin.fallback ? 'local' : 'profile');
  const store = openStore(settings);
  try {
    const deps = { store, site, clock: Date.now, log: createErrorLog(process.stderr) };
    const { prepared } = confirmPrepared(
      await preparePlan(deps, { whole: names.length > 0 }),
      names,
      settings.contentFolder,
    );
    const { manifest, known, audience, options } = prepared;
    const more = { audience, queue: await queueOf(store) };
    const view = viewOf({ plan: prepared.plan, manifest, ledger: known?.ledger, options }, more);
    const federates = mayFederate(settings, { originFrom });
    // The first publish only begins, and one of another origin does nothing.
    if (prepared.plan.baseline || isOfAnotherOrigin(prepared.plan)) return { view, federates };
    const drops = await findBlocked(store, (await site.rules()).blocks);
    return { view, federates, ...(isNobody(drops) ? {} : { drops }) };
  } finally {
    await store.close();
  }
}

function print({ view, federates, drops }: Planned, options: PlanCommandOptions): void {
  const { plan, audience, against, queue } = view;
  if (options.json) {
    const whom = audience ? { followers: audience.followers, servers: audience.servers } : { against };
    printJson({ ...plan, federates, ...whom, ...(queue ? { queue } : {}), ...(drops ? { drops } : {}) });
  } else if (!federates) {
    console.log(
      `${plan.origin} is a local look that no other server can follow, so there is nothing to send.\nSet \`origin\` in content/profile.md to federate.`,
    );
  } else if (options.markdown) process.stdout.write(markdownPlan(view));
  else {
    printPlan(view);
    if (drops) console.log(`${pc.red('blocked')} ${goingText(drops)}`);
  }
  if (!options.exitCode || !federates) return;
  if (plan.holds.length > 0) process.exitCode = EXIT.held;
  else if (plan.activities.length > 0 || plan.unfinished.length > 0) process.exitCode = EXIT.waiting;
}

const program = command('plan', 'Show what the next publish would send, before it is sent.')
  .option('-a, --against <origin>', "compare with the ledger of a server, by its origin; live is the blog's own")
  .option('-s, --site <folder>', 'plan a site that was built already')
  .option('-c, --confirm <what>', 'plan as if these holds or posts were released, separated by commas')
  .addOption(new Option('-m, --markdown', 'print the plan as Markdown, for a comment or a log').conflicts('json'))
  .option('--json', 'print the plan as JSON')
  .option('--exit-code', 'end with 4 when there is something to send, and 3 when something is held')
  .option('--lenient', 'end with 0 when the ledger of --against cannot be had')
  .addHelpText(
    'after',
    `
Examples:
  npm run plan
  npm run plan -- --against live
  npm run plan -- --against https://blog.example --site _site --markdown
  npm run plan -- --confirm many-deletes

Exit codes: 0 done, 1 failed, 2 wrong usage; with --exit-code also 3 something
is held, 4 something to send.
`,
  )
  .action(plan);

await run(program);
