import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import pc from 'picocolors';
import { readProfileHead } from '../build/profile.ts';
import { readSettings, type Settings } from '../build/settings.ts';
import { addressesOf } from '../federation/addresses.ts';
import { type AccountDeletion, deleteAccount, finishAccountDeletion, planAccountDeletion } from '../server/account.ts';
import { PosternError } from '../server/errors.ts';
import type { Deps } from '../server/ports.ts';
import { build, openBlog, plannedFolder, siteFolder } from './blog.ts';
import { command, count, printJson, run } from './command.ts';
import { drainQueue } from './drain-queue.ts';
import { createErrorLog } from './log.ts';
import { howItBegins } from './own-origin.ts';
import { printable } from './printable.ts';
import { lookIntoStore } from './store-file.ts';

interface AccountOptions {
  readonly json?: true;
}

interface DeleteOptions extends AccountOptions {
  readonly yes?: string;
}

async function show(options: AccountOptions): Promise<void> {
  const settings = readSettings(process.env, process.cwd());
  const found = await lookIntoStore(settings, async (store) => ({
    known: await store.ledger.read(),
    followers: await store.followers.count(),
  }));
  if (!found?.known) {
    if (options.json) printJson({ state: 'not-begun' });
    else console.log(`No account yet: ${howItBegins(settings)}.`);
    return;
  }
  const { known, followers } = found;
  const { origin, begun, actor } = known.ledger;
  const handle = `@${actor.username ?? usernameOf(settings)}@${addressesOf(origin).host}`;
  const state = actor.gone !== undefined ? 'gone' : actor.deleted !== undefined ? 'deleted' : 'live';
  const { deleted, gone } = actor;
  if (options.json) {
    printJson({
      state,
      handle,
      actor: actor.id,
      since: begun,
      followers,
      ...(deleted ? { deleted } : {}),
      ...(gone ? { gone } : {}),
    });
    return;
  }
  console.log(`${pc.bold(printable(handle))}  ${pc.dim(actor.id)}`);
  const left = deleted ? ' on record, following nobody here any more' : '';
  console.log(`  since ${begun.slice(0, 10)}, ${count(followers, 'follower')}${left}`);
  if (deleted) console.log(`  ${pc.red('deleted')} from the network at ${deleted}: nothing new is sent any more`);
  if (gone) console.log(`  ${pc.red('gone')} since ${gone}: every document of the account answers 410`);
  if (deleted && !gone)
    console.log(
      pc.dim(
        'next  npm start or npm run account -- delete goes on until every server was told; npm run deliveries lists who is left',
      ),
    );
}

/** What the profile says: a ledger from before the name was kept has none. */
function usernameOf({ contentFolder, origin }: Settings): string {
  return readProfileHead(contentFolder, origin).fields?.username ?? 'unknown';
}

/** Deletes from the live site, whose keys and name the network knows; only without one it is built. */
async function remove(options: DeleteOptions): Promise<void> {
  const settings = readSettings(process.env, process.cwd());
  const live = siteFolder(settings);
  const folder = existsSync(join(live, 'ap/manifest.json')) ? live : plannedFolder(settings);
  if (folder !== live) await build(folder);
  const blog = await openBlog(settings, folder, createErrorLog(process.stderr));
  try {
    await deleteFrom(blog.deps, options);
  } finally {
    await blog.close();
  }
}

async function deleteFrom(deps: Deps, options: DeleteOptions): Promise<void> {
  const planned = await planAccountDeletion(deps);
  if (planned.gone !== undefined) {
    if (options.json) printJson({ ...planned, state: 'gone' });
    else console.log(`${printable(planned.handle)} is gone since ${planned.gone}: there is nothing left to do.`);
    return;
  }
  if (planned.deleted === undefined) {
    if (!options.json) tellPlan(planned);
    await confirm(planned.handle, options.yes);
  }
  const { activityId, deleted } = await deleteAccount(deps);
  const drained = await drainQueue(deps, [activityId], options.json === true);
  const finished = await finishAccountDeletion(deps);
  const gone = finished?.gone === true;
  if (options.json) {
    printJson({
      handle: planned.handle,
      activityId,
      deleted,
      state: gone ? 'gone' : 'deleted',
      deliveriesNow: drained,
    });
    return;
  }
  const refused = drained.failed + drained.gone;
  const parts = [`${count(drained.delivered, 'inbox was', 'inboxes were')} told`];
  if (refused > 0) parts.push(`${refused} could not be`);
  if (drained.pending > 0) parts.push(`${drained.pending} to be tried again`);
  console.log(`${pc.green('deleted')} ${printable(planned.handle)}: ${parts.join(', ')}`);
  console.log(pc.dim(`next  ${gone ? afterGone(planned) : beforeGone()}`));
}

function tellPlan({ handle, actor, posts, followers, servers, deliveries, waiting }: AccountDeletion): void {
  console.log(`${pc.bold('Deleting')} ${printable(handle)}  ${pc.dim(actor)}`);
  console.log(
    `  ${count(deliveries, 'inbox', 'inboxes')} on ${count(servers, 'server')} ${deliveries === 1 ? 'is' : 'are'} told; they remove the account, its ${count(posts, 'post')} and what belongs to them`,
  );
  console.log(`  ${count(followers, 'follower')} will follow nobody here any more`);
  if (waiting > 0)
    console.log(
      `  ${count(waiting, 'delivery', 'deliveries')} that still ${waiting === 1 ? 'waits' : 'wait'} will not be sent`,
    );
  console.log(
    '  This cannot be taken back: the handle and every id at this origin stay dead on other servers for ever.',
  );
  console.log('  The pages of the site stay as they are; the files in content/ too.');
}

/** The handle, typed: nothing shorter proves that this very account is meant. */
async function confirm(handle: string, yes: string | undefined): Promise<void> {
  if (yes === undefined && !(process.stdin.isTTY && process.stdout.isTTY)) {
    throw notConfirmed(
      'Nobody is here to confirm it, so nothing was deleted.',
      `For a script: npm run account -- delete --yes ${handle}`,
    );
  }
  const typed = yes ?? (await ask(`\nType ${handle} to delete it for ever: `));
  if (typed.trim().replace(/^@/, '') === handle.replace(/^@/, '')) return;
  throw notConfirmed(
    `"${printable(typed.trim())}" is not ${handle}, so nothing was deleted.`,
    `Write exactly ${handle}.`,
  );
}

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const ended = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  try {
    return await Promise.race([terminal.question(question), ended]);
  } finally {
    terminal.close();
  }
}

function notConfirmed(message: string, hint: string): PosternError {
  return new PosternError('not-confirmed', message, { hint });
}

function afterGone({ origin }: AccountDeletion): string {
  return `everything of the account at ${origin} answers 410 now; let npm start answer so for some months, then the server can go`;
}

function beforeGone(): string {
  return 'keep npm start running: it tries the others again for three days, and then answers 410; npm run deliveries lists them';
}

const program = command('account', 'Show the account; delete it from the network.')
  .enablePositionalOptions()
  .option('--json', 'print it as JSON')
  .addHelpText(
    'after',
    `
Examples:
  npm run account
  npm run account -- delete
  npm run account -- delete --yes @blog@blog.example

Exit codes: 0 done, 1 failed, 2 wrong usage or not confirmed.
`,
  )
  .action(show);
program
  .command('delete')
  .description('Tell every server that knows the account to delete it, and answer 410 from then on. Final.')
  .option('-y, --yes <handle>', 'the handle that is deleted, instead of typing it')
  .option('--json', 'print what was done as JSON')
  .action(remove);

await run(program);
