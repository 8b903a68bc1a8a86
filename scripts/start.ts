import { randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import { expectLongRun } from '../build/engine.ts';
import { readSettings, type Settings } from '../build/settings.ts';
import type { BuildFacts } from '../eleventy.config.ts';
import { addressesOf } from '../federation/addresses.ts';
import type { Plan } from '../federation/plan.ts';
import { PosternError } from '../server/errors.ts';
import { ownWork } from '../server/host-work.ts';
import { assertFree } from '../server/hosts/listen.ts';
import { liveComments } from '../server/hosts/live-comments.ts';
import { type Serving, serve } from '../server/hosts/node.ts';
import { besideFolder } from '../server/mend-folder.ts';
import type { Deps, LogLine } from '../server/ports.ts';
import { applyPlan, type PreparedPlan, preparePlan } from '../server/publish.ts';
import { openSite } from '../server/site.ts';
import { runSweep } from '../server/sweep.ts';
import { runUpkeep } from '../server/upkeep.ts';
import { runWorker } from '../server/worker.ts';
import { renderComments } from '../templates/comments.ts';
import { tellBlocked } from './blocked-text.ts';
import {
  build,
  type ChildBuildOptions,
  isOfAnotherIdentity,
  isOfAnotherOrigin,
  lookFolder,
  mayFederate,
  type OpenBlog,
  openBlog,
  siteFolder,
} from './blog.ts';
import { command, count, run } from './command.ts';
import { countedLog } from './counted.ts';
import { FUNCTIONS } from './functions.ts';
import { assertNoOtherServer } from './other-server.ts';
import { summaryOf } from './plan-view.ts';
import { printable } from './printable.ts';
import { putLive } from './put-live.ts';
import { STOP_GRACE_MS, stopSignal } from './stop-signal.ts';
import { shownTime } from './times.ts';

/** Whether this process sends, and what a publish would send. */
interface Begun {
  readonly federates: boolean;
  /** What was not published yet. */
  readonly unpublished?: string;
  /** The account is no more: pages are served, and nothing is ever sent. */
  readonly isDeleted?: boolean;
  /** What is sent without a further word, and when. */
  readonly waits?: string | undefined;
}

/**
 * Federation begins when the blog is first served: what exists by then is the baseline. A local look, and a data folder
 * that belongs to another origin, send nothing, not even what waits in the queue (invariant 4).
 */
async function begin(deps: Deps, prepared: PreparedPlan, mayBegin: boolean): Promise<Begun> {
  const { plan } = prepared;
  if (!mayBegin) return { federates: false };
  if (plan.baseline) await applyPlan(deps, prepared);
  const isPublished = plan.baseline || prepared.known?.ledger.approved?.content === prepared.manifest.content;
  const federates = !isOfAnotherOrigin(plan);
  if (plan.holds.some(({ code }) => code === 'account-deleted')) return { federates, isDeleted: true };
  const waits = isPublished ? waitingText(prepared) : undefined;
  if (isPublished && plan.holds.length === 0) return { federates, waits };
  return { federates, waits, unpublished: isPublished ? summaryOf(plan) : unpublishedText(plan) };
}

/** What another build had been published for waits for this one's publish: nothing dated ahead goes out of it before. */
function unpublishedText(plan: Plan): string {
  const ahead = plan.waiting.length;
  if (ahead === 0) return summaryOf(plan);
  const posts = count(ahead, 'post dated ahead goes', 'posts dated ahead go');
  return `${summaryOf(plan)}; ${posts} out only once this build is published`;
}

/** `1 to create at 10:10`: what a sweep will send. */
function waitingText({ plan, options: { now } }: PreparedPlan): string | undefined {
  const at = (date: string): string => `at ${shownTime(Date.parse(date), now)}`;
  const delayed = plan.sendAt === undefined ? [] : [`${summaryOf(plan)} ${at(plan.sendAt)}`];
  const ahead = plan.waiting.map(({ until }) => until).toSorted();
  const [first] = ahead;
  const dated =
    first === undefined ? [] : [`${ahead.length} to create${ahead.length > 1 ? ', first' : ''} ${at(first)}`];
  return [...delayed, ...dated].join('; ') || undefined;
}

function welcome(settings: Settings, facts: BuildFacts, serving: Serving, begun: Begun): void {
  const shown = settings.host === '127.0.0.1' ? `http://localhost:${serving.port}` : serving.url;
  const say = (label: string, text: string): void => console.log(`  ${pc.dim(label.padEnd(9))} ${text}`);
  console.log(`\n${pc.bold('Postern')} serves ${count(facts.posts, 'post')} and ${count(facts.notes, 'note')}\n`);
  say('site', pc.cyan(shown));
  if (facts.origin !== shown) say('origin', facts.origin);
  say('handle', pc.bold(facts.handle));
  say('write', 'npm run new -- "A title"   or: npm run new -- --note "Some text"');
  const { unpublished, waits } = begun;
  if (begun.isDeleted) {
    say('account', `${pc.red('deleted')} from the network: nothing new is sent any more`);
  } else if (mayFederate(settings, facts)) {
    say('send', `npm run publish${unpublished ? `   (${unpublished})` : ''}`);
    if (waits) say('waits', waits);
  } else {
    say('federate', 'set `origin` in content/profile.md and put this behind TLS at that address');
  }
  say('stop', 'Ctrl-C\n');
}

interface StartOptions {
  readonly watch?: boolean;
  /** Shows what is dated ahead too; sends nothing, for the network must not learn of it. */
  readonly future?: boolean;
}

/** What is open closes in the reverse order, also when a later step fails: a busy port must not leave a build behind. */
async function start(options: StartOptions): Promise<void> {
  if (options.future && !options.watch) {
    throw new PosternError('future-without-watch', '--future is for a look while you write, with --watch.', {
      hint: 'Run npm start -- --watch --future; a site that is live shows no post before its date.',
    });
  }
  const settings = readSettings(process.env, process.cwd());
  const stopped = stopSignal();
  const ending = new AbortController();
  stopped.addEventListener('abort', () => ending.abort());
  try {
    await serveUntil(stopped, ending.signal, settings, options);
  } catch (error) {
    // Who stops a build that runs has no interest in how far it came.
    if (!stopped.aborted) throw error;
  } finally {
    ending.abort();
    process.disconnect?.();
  }
}

/** What this process serves, with what a publish of it would send. */
interface Opened {
  readonly facts: BuildFacts;
  readonly folder: string;
  readonly blog: OpenBlog;
  readonly prepared: PreparedPlan;
}

/**
 * Builds, opens the blog, and puts the site live. While watching, and for another origin than the one that was told to
 * the network, it is served from a folder of its own: half-written posts and other ids do not go live (invariant 4). Under
 * another name or key than others know it does not go live either while there is a site under the old one.
 */
async function open(
  settings: Settings,
  watch: boolean,
  { log, ...options }: ChildBuildOptions & { readonly log: (line: LogLine) => void },
): Promise<Opened> {
  const staged = watch ? lookFolder(settings) : besideFolder(siteFolder(settings), 'staged');
  try {
    const facts = await build(staged, { ...options, watch, scheduled: !watch });
    const blog = await openBlog(settings, staged, log);
    const prepared = await preparePlan(blog.deps);
    if (watch) return { facts, folder: staged, blog, prepared };
    const folder = isOfAnotherOrigin(prepared.plan) ? lookFolder(settings) : siteFolder(settings);
    const isKept = isOfAnotherIdentity(prepared, blog) && isSite(folder);
    if (isKept) tellKept(prepared.plan);
    else putLive(staged, folder);
    return {
      facts: isKept ? { ...facts, handle: toldHandle(prepared, facts) } : facts,
      folder,
      blog: { ...blog, deps: { ...blog.deps, site: openSite(folder) } },
      prepared,
    };
  } finally {
    if (!watch) rmSync(staged, { recursive: true, force: true });
  }
}

/** What goes on by itself, until `signal` aborts. */
async function workBeside(
  deps: Deps,
  { isDelivering, isSweeping, signal }: { isDelivering: boolean; isSweeping: boolean; signal: AbortSignal },
): Promise<void> {
  const owner = `server-${process.pid}-${randomBytes(4).toString('hex')}`;
  await Promise.all([
    isDelivering && runWorker(deps, { owner, signal }),
    isSweeping && runSweep(deps, { signal, onBlocked: tellBlocked }),
    runUpkeep(deps, { signal }),
  ]);
}

async function serveUntil(
  stopped: AbortSignal,
  ending: AbortSignal,
  settings: Settings,
  { watch = false, future = false }: StartOptions,
): Promise<void> {
  const { host, port } = settings;
  let serving: Serving | undefined;
  // Before the build, which would put its site in the place of the one that another server serves.
  await assertFree(settings);
  if (!watch) await assertNoOtherServer(settings);
  const counted = countedLog(settings);
  const { log, onAnswered } = counted;
  const options = { log, signal: ending, future, onBuilt: () => serving?.reload(), onLost: tellLost };
  const { facts, folder, blog, prepared } = await open(settings, watch, options);
  const { deps } = blog;
  try {
    await counted.listen(deps.store);
    const begun = await begin(deps, prepared, mayFederate(settings, facts) && !future);
    const livePart = liveComments(deps, renderComments);
    // While watching, what is looked at is not the site that was published.
    const isSweeping = begun.federates && !watch;
    serving = await serve({
      ...{
        functions: FUNCTIONS,
        siteFolder: folder,
        deps: isSweeping ? { ...deps, hostWork: ownWork } : deps,
        host,
        port,
        livePart,
        liveReload: watch,
      },
      ...(onAnswered ? { onAnswered } : {}),
    });
    // While watching, it still builds.
    if (!watch) expectLongRun();
    const working = workBeside(deps, { isDelivering: begun.federates, isSweeping, signal: ending });
    welcome(settings, facts, serving, begun);
    process.send?.('ready');
    await untilAborted(stopped);
    // A slow server is not waited for: the delivery is tried again.
    setTimeout(() => deps.inboxes.close(), STOP_GRACE_MS).unref();
    await serving.close();
    await working;
  } finally {
    await counted.close();
    await blog.close();
  }
}

function isSite(folder: string): boolean {
  return existsSync(join(folder, 'ap/manifest.json'));
}

/** The name that answers while a build under another one is held. */
function toldHandle({ known }: PreparedPlan, { origin, handle }: BuildFacts): string {
  const username = known?.ledger.actor.username;
  return username === undefined ? handle : `@${username}@${addressesOf(origin).host}`;
}

function tellKept({ holds }: Plan): void {
  for (const { why, release } of holds) {
    console.error(`${pc.yellow('held ')} ${printable(why)}; so the site is served as it was before.`);
    console.error(`${pc.dim('next ')} ${printable(release)}`);
  }
}

function tellLost(): void {
  console.error(`${pc.red('error')} The build that watches content/ ended, so edits no longer show.`);
  console.error(`${pc.dim('next ')} Stop with Ctrl-C and start again.`);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });
}

const program = command('start', 'Build the site and serve it with its inbox on one port, on an embedded SQLite file.')
  .option('-w, --watch', 'build again at every change and reload the open pages')
  .option('--future', 'with --watch: show what is dated ahead too, and send nothing')
  .addHelpText(
    'after',
    `
Environment:
  POSTERN_ORIGIN                      the public address; overrides \`origin\` in content/profile.md
  PORT, HOST                          where to listen (4321, 127.0.0.1)
  POSTERN_METRICS                     where Prometheus finds /metrics (9464, or 127.0.0.1:9464; none)
  POSTERN_DATA                        keys, database and served site (.postern)
  POSTERN_CONTENT                     what to build (content)
  POSTERN_PRIVATE_KEYS                the private keys, instead of the file in the data folder
  POSTERN_ALLOW_PRIVATE_ADDRESSES=1   development: reach loopback, take plain http
`,
  )
  .action(start);

await run(program);
