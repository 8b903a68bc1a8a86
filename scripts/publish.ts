import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import pc from 'picocolors';
import { readSettings } from '../build/settings.ts';
import type { DeliveryState } from '../federation/delivery.ts';
import { type DrainProgress, type DrainReport, drain } from '../server/drain.ts';
import type { Deps } from '../server/ports.ts';
import { applyPlan, type PreparedPlan, type PublishReport, preparePlan } from '../server/publish.ts';
import { openSite } from '../server/site.ts';
import { build, isOfAnotherOrigin, mayFederate, openBlog, siteFolder } from './blog.ts';
import { command, count, EXIT, printJson, run } from './command.ts';
import { readConfirmed } from './confirm.ts';
import { createErrorLog } from './log.ts';
import { audienceText, printPlan } from './print-plan.ts';
import { putLive } from './put-live.ts';
import { STOP_GRACE_MS } from './stop-signal.ts';

interface PublishCommandOptions {
  readonly confirm?: string;
  readonly json?: true;
}

/** One line that is written over on a terminal; elsewhere only the end is told. */
function showProgress({ delivered, pending, failed, gone, byServer }: DrainProgress): void {
  if (!process.stdout.isTTY) return;
  const total = delivered + pending + failed + gone;
  const who = byServer ? ' by the running server' : '';
  process.stdout.write(
    `\r\u001B[Kdelivered ${delivered} of ${total}${who}${failed + gone > 0 ? `, ${failed + gone} refused` : ''}`,
  );
}

async function deliver(deps: Deps, activities: readonly string[], quiet: boolean): Promise<DrainReport> {
  const controller = new AbortController();
  const abort = (): void => {
    controller.abort();
    // A slow server is not waited for: the delivery is tried again.
    setTimeout(() => deps.inboxes.close(), STOP_GRACE_MS).unref();
  };
  process.once('SIGINT', abort).once('SIGTERM', abort);
  const before = await deps.store.deliveries.counts();
  // A publish that only finishes what waited watches the whole queue; what was final before is not of its making.
  const ofThisRun = <P extends DrainProgress>(progress: P): P =>
    activities.length > 0 ? progress : since(before, progress);
  const owner = `publish-${process.pid}-${randomBytes(4).toString('hex')}`;
  const report = await drain(deps, {
    owner,
    activities,
    signal: controller.signal,
    ...(quiet ? {} : { onProgress: (progress: DrainProgress) => showProgress(ofThisRun(progress)) }),
  });
  if (!quiet && process.stdout.isTTY) process.stdout.write('\r\u001B[K');
  process.removeListener('SIGINT', abort).removeListener('SIGTERM', abort);
  return ofThisRun(report);
}

function since<P extends DrainProgress>(before: Readonly<Record<DeliveryState, number>>, progress: P): P {
  const { delivered, failed, gone } = progress;
  return {
    ...progress,
    delivered: delivered - before.delivered,
    failed: failed - before.failed,
    gone: gone - before.gone,
  };
}

function tell(report: PublishReport, drained: DrainReport | undefined): void {
  if (report.baseline) {
    console.log(
      `${pc.green('begun')} What exists now is the baseline and was not announced; posts from now on will be.`,
    );
    return;
  }
  // The plan has said already that there is nothing to send.
  if (report.activities.length === 0 && !drained) return;
  if (report.activities.length > 0 && report.deliveries === 0 && report.followers === 0) {
    console.log(
      `${pc.green('done')} ${count(report.activities.length, 'activity is', 'activities are')} in the ledger; nobody follows yet, so nothing was delivered`,
    );
    return;
  }
  const parts = [`${count(drained?.delivered ?? 0, 'delivery', 'deliveries')} made`];
  if (drained && drained.failed + drained.gone > 0) parts.push(`${drained.failed + drained.gone} refused for good`);
  if (drained && drained.pending > 0) {
    const next = drained.nextDue === undefined ? '' : `, next at ${new Date(drained.nextDue).toISOString()}`;
    parts.push(`${drained.pending} to be tried again${next}`);
  }
  const what =
    report.activities.length === 0
      ? 'what waited in the queue'
      : `${count(report.activities.length, 'activity', 'activities')} to ${audienceText(report)}`;
  console.log(`${pc.green('sent')} ${what}: ${parts.join(', ')}`);
  if (drained && drained.pending > 0)
    console.log(pc.dim('next  a running server (npm start) goes on with them; npm run publish does too'));
}

/**
 * Builds beside the live site. A build for another origin than the one that was told to the network stays there: put
 * live, it would change the id of the actor and of every object under their readers (invariant 4).
 */
async function publish(options: PublishCommandOptions): Promise<void> {
  const settings = readSettings(process.env, process.cwd());
  const confirm = readConfirmed(options.confirm);
  const live = siteFolder(settings);
  const staged = `${live}.staged-${process.pid}`;
  try {
    const facts = await build(staged);
    const blog = await openBlog(settings, staged, createErrorLog(process.stderr));
    try {
      const prepared = await preparePlan(blog.deps, { confirm });
      const isElsewhere = isOfAnotherOrigin(prepared.plan);
      if (!isElsewhere) putLive(staged, live);
      if (isElsewhere || mayFederate(settings, facts)) {
        await send({ ...blog.deps, site: openSite(isElsewhere ? staged : live) }, prepared, options);
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

/** Sends what the plan shows, and sees the queue to its end. */
async function send(deps: Deps, prepared: PreparedPlan, options: PublishCommandOptions): Promise<void> {
  const { plan, known } = prepared;
  const isElsewhere = isOfAnotherOrigin(plan);
  if (!options.json && !plan.baseline) printPlan(prepared);
  const report = await applyPlan(deps, prepared);
  const waiting = !isElsewhere && (await deps.store.deliveries.counts()).pending > 0;
  const drained =
    report.activities.length > 0 || waiting ? await deliver(deps, report.activities, options.json === true) : undefined;
  if (options.json) printJson({ federates: true, ...report, holds: plan.holds, deliveriesNow: drained });
  else tell(report, drained);
  if (!options.json && isElsewhere)
    console.log(`The site of ${known?.ledger.origin} stays live; this build was not put in its place.`);
  if (plan.holds.length > 0) process.exitCode = EXIT.held;
}

const program = command('publish', 'Build the site, put it live, and send what changed to the followers.')
  .option('-c, --confirm <holds>', 'release these holds of the plan, separated by commas')
  .option('--json', 'print what was done as JSON')
  .addHelpText(
    'after',
    '\nExit codes: 0 done, 1 failed, 2 wrong usage, 3 something is held (npm run plan tells what and why).\n',
  )
  .action(publish);

await run(program);
