import { rmSync } from 'node:fs';
import pc from 'picocolors';
import { readSettings } from '../build/settings.ts';
import { approve } from '../server/approve.ts';
import type { DrainReport } from '../server/drain.ts';
import { besideFolder } from '../server/mend-folder.ts';
import type { Deps } from '../server/ports.ts';
import { applyPlan, type PreparedPlan, type PublishReport, preparePlan } from '../server/publish.ts';
import { openSite } from '../server/site.ts';
import { tellBlocked } from './blocked-text.ts';
import { build, isOfAnotherIdentity, isOfAnotherOrigin, mayFederate, openBlog, siteFolder } from './blog.ts';
import { command, count, EXIT, printJson, run } from './command.ts';
import { confirmPrepared, readNames } from './confirm.ts';
import { drainQueue } from './drain-queue.ts';
import { createErrorLog } from './log.ts';
import { audienceText, viewOf } from './plan-view.ts';
import { printPlan } from './print-plan.ts';
import { hostLines } from './print-queue.ts';
import { printable } from './printable.ts';
import { publishAt } from './publish-at.ts';
import { putLive } from './put-live.ts';
import { shownTime } from './times.ts';

interface PublishCommandOptions {
  readonly confirm?: string;
  readonly now?: true;
  readonly at?: string;
  readonly json?: true;
}

/** What this publish did, and who goes on when something is left to do. */
interface Published {
  readonly report: PublishReport;
  readonly drained: DrainReport | undefined;
  /** The posts that wait for their dates, soonest first, by when they come. Milliseconds since the epoch. */
  readonly waiting: readonly number[];
  readonly byServer: boolean;
  readonly now: number;
}

function tell(published: Published): void {
  const { report, drained, waiting, now } = published;
  if (report.baseline) {
    console.log(
      `${pc.green('begun')} What exists now is the baseline and was not announced; posts from now on will be.`,
    );
  }
  if (report.blocked) tellBlocked(report.blocked);
  if (report.quiet.length > 0) {
    console.log(
      `${pc.green('noted')} ${count(report.quiet.length, 'quiet change')}: nobody was told, and the ledger knows`,
    );
  }
  tellSent(report, drained, now);
  const next = [
    ...(report.sendAt === undefined
      ? []
      : [`what is planned goes out at ${shownTime(Date.parse(report.sendAt), now)}`]),
    ...(waiting[0] === undefined
      ? []
      : [
          `${count(waiting.length, 'post')} ${waiting.length === 1 ? 'waits' : 'wait'} until ${shownTime(waiting[0], now)}`,
        ]),
    ...(drained && drained.pending > 0
      ? [`${count(drained.pending, 'delivery', 'deliveries')} to be tried again`]
      : []),
  ];
  if (next.length > 0) tellWho(next, published);
}

/** Who does what is left: nothing goes out by itself while no server runs. */
function tellWho(what: readonly string[], { byServer }: Published): void {
  const who = byServer ? 'the running server does that' : 'a server does that (npm start), or the next npm run publish';
  console.log(pc.dim(`next  ${what.join(', ')}; ${who}`));
}

function tellSent(report: PublishReport, drained: DrainReport | undefined, now: number): void {
  // The plan has said already that there is nothing to send.
  if (report.baseline || (report.activities.length === 0 && !drained)) return;
  if (report.activities.length > 0 && report.deliveries === 0 && report.followers === 0) {
    console.log(
      `${pc.green('done')} ${count(report.activities.length, 'activity is', 'activities are')} in the ledger; nobody follows yet, so nothing was delivered`,
    );
    return;
  }
  const parts = [`${count(drained?.delivered ?? 0, 'delivery', 'deliveries')} made`];
  if (drained && drained.failed + drained.gone > 0) parts.push(`${drained.failed + drained.gone} refused for good`);
  if (drained && drained.pending > 0) {
    const next = drained.nextDue === undefined ? '' : `, next at ${shownTime(drained.nextDue, now)}`;
    parts.push(`${drained.pending} to be tried again${next}`);
  }
  const what =
    report.activities.length === 0
      ? 'what waited in the queue'
      : count(report.activities.length, 'activity', 'activities') +
        // Whoever is named hears of it also where nobody follows.
        (report.followers === 0 ? '' : ` to ${audienceText(report)}`);
  console.log(`${pc.green('sent')} ${what}: ${parts.join(', ')}`);
  for (const host of drained?.waiting ?? []) for (const line of hostLines(host, now)) console.log(line);
}

/**
 * Builds beside the live site. A build for another origin than the one that was told to the network stays there: put
 * live, it would change the id of the actor and of every object under their readers (invariant 4). So does one that calls
 * the blog by another name, or has other keys while the known ones are held, until that is confirmed. What is to be released is looked up first, so that a slip of the pen
 * changes nothing.
 */
async function publish(options: PublishCommandOptions): Promise<void> {
  const settings = readSettings(process.env, process.cwd());
  const names = readNames(options.confirm);
  if (options.at !== undefined) return publishAt(settings, options.at, { ...options, names });
  const live = siteFolder(settings);
  const staged = besideFolder(live, 'staged');
  try {
    const facts = await build(staged, { scheduled: true });
    const blog = await openBlog(settings, staged, createErrorLog(process.stderr));
    try {
      const found = await preparePlan(blog.deps, { whole: names.length > 0 });
      const { prepared, idle } = confirmPrepared(found, names, settings.contentFolder);
      const isElsewhere = isOfAnotherOrigin(prepared.plan);
      const isAside = isElsewhere || isOfAnotherIdentity(prepared, blog);
      if (!isAside) putLive(staged, live);
      if (isElsewhere || mayFederate(settings, facts)) {
        for (const name of idle) console.error(`${pc.dim('note ')} nothing is held for ${printable(name)}`);
        await send({ ...blog.deps, site: openSite(isAside ? staged : live) }, prepared, { ...options, isAside });
      } else tellLocal(facts.origin, options);
    } finally {
      await blog.close();
    }
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
}

function tellLocal(origin: string, options: PublishCommandOptions): void {
  if (options.json) printJson({ federates: false, origin });
  else
    console.log(
      `${pc.green('built')} ${origin} is a local look that no other server can follow, so nothing was sent.\nSet \`origin\` in content/profile.md to federate.`,
    );
}

/** Approves the build, sends what is due of what the plan shows, and sees the queue to its end. */
async function send(
  deps: Deps,
  prepared: PreparedPlan,
  options: PublishCommandOptions & { readonly isAside: boolean },
): Promise<void> {
  const { plan, manifest, known } = prepared;
  const sendNow = options.now === true;
  const isElsewhere = isOfAnotherOrigin(plan);
  const view = viewOf(
    { plan, manifest, ledger: known?.ledger, options: prepared.options },
    { audience: prepared.audience, sendNow },
  );
  if (!options.json && !plan.baseline) printPlan(view);
  const report = await applyPlan(deps, await approve(deps, prepared), { sendNow });
  const isQueued = !isElsewhere && (await deps.store.deliveries.counts()).pending > 0;
  const drained =
    report.activities.length > 0 || isQueued
      ? await drainQueue(deps, report.activities, options.json === true)
      : undefined;
  const now = deps.clock();
  const waiting = isElsewhere ? [] : plan.waiting.map(({ until }) => Date.parse(until)).toSorted((a, b) => a - b);
  const byServer = (await deps.store.workers.alive(now)).length > 0;
  if (options.json) {
    printJson({
      federates: true,
      ...report,
      holds: plan.holds,
      waiting: plan.waiting,
      byServer,
      deliveriesNow: drained,
    });
  } else tell({ report, drained, waiting, byServer, now });
  if (!options.json && options.isAside)
    console.log(`The site of ${known?.ledger.origin} stays live; this build was not put in its place.`);
  if (plan.holds.length > 0) process.exitCode = EXIT.held;
}

const program = command('publish', 'Build the site, put it live, and send what changed to the followers.')
  .option('-c, --confirm <what>', 'release these: holds, and posts by file or key, separated by commas')
  .option('-n, --now', "send at once, without waiting for the profile's sendAfter")
  .option('--at <origin>', 'publish what is live there already, of the blog that runs there; nothing is built')
  .option('--json', 'print what was done as JSON')
  .addHelpText(
    'after',
    `
Examples:
  npm run publish
  npm run publish -- --now
  npm run publish -- --confirm many-creates
  npm run publish -- --confirm posts/an-old-one.md,posts/another.md
  npm run publish -- --at https://blog.example --confirm many-creates

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 something is held (npm run plan tells what and why).
`,
  )
  .action(publish);

await run(program);
