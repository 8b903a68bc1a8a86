import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import { readProfileHead } from '../build/profile.ts';
import { readSettings, type Settings } from '../build/settings.ts';
import { addressesOf } from '../federation/addresses.ts';
import { type AccountDeletion, deleteAccount, finishAccountDeletion, planAccountDeletion } from '../server/account.ts';
import type { Deps } from '../server/ports.ts';
import { asking, confirmDeletion, tellDeletion } from './account-deletion.ts';
import { deleteElsewhere, showElsewhere } from './account-elsewhere.ts';
import { stateOf, tellAccount } from './account-view.ts';
import { build, openBlog, plannedFolder, siteFolder } from './blog.ts';
import { command, count, printJson, run } from './command.ts';
import { drainQueue } from './drain-queue.ts';
import { offerExport } from './export/offer-export.ts';
import { createErrorLog } from './log.ts';
import { howItBegins } from './own-origin.ts';
import { AT_OPTION } from './owner-access.ts';
import { printable } from './printable.ts';
import { lookIntoStore } from './store-file.ts';

interface AccountOptions {
  readonly at?: string;
  readonly json?: true;
}

interface DeleteOptions extends AccountOptions {
  readonly yes?: string;
}

async function show(options: AccountOptions): Promise<void> {
  if (options.at !== undefined) return showElsewhere({ ...options, at: options.at });
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
  const { deleted, gone } = actor;
  const when = { ...(deleted ? { deleted } : {}), ...(gone ? { gone } : {}) };
  const shown = { state: stateOf(when), handle, actor: actor.id, since: begun, followers, ...when };
  if (options.json) return printJson(shown);
  tellAccount(shown);
  if (shown.state === 'deleted')
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
  if (options.at !== undefined) return deleteElsewhere({ ...options, at: options.at });
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
    if (!options.json) {
      tellDeletion(planned);
      await offerExport(planned.handle, options.yes === undefined ? asking() : undefined);
    }
    await confirmDeletion(planned.handle, options.yes);
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

function afterGone({ origin }: AccountDeletion): string {
  return `everything of the account at ${origin} answers 410 now; let npm start answer so for some months, then the server can go`;
}

function beforeGone(): string {
  return 'keep npm start running: it tries the others again for three days, and then answers 410; npm run deliveries lists them';
}

const program = command('account', 'Show the account; delete it from the network.')
  .enablePositionalOptions()
  .option(...AT_OPTION)
  .option('--json', 'print it as JSON')
  .addHelpText(
    'after',
    `
Examples:
  npm run account
  npm run account -- delete
  npm run account -- delete --yes @blog@blog.example
  npm run account -- delete --at https://blog.example

Exit codes: 0 done, 1 failed, 2 wrong usage or not confirmed.
`,
  )
  .action(show);
program
  .command('show')
  .description('Show the account, as without a command.')
  .option(...AT_OPTION)
  .option('--json', 'print it as JSON')
  .action((_: unknown, own: Command) => show(own.optsWithGlobals()));
program
  .command('delete')
  .description('Tell every server that knows the account to delete it, and answer 410 from then on. Final.')
  .option('-y, --yes <handle>', 'the handle that is deleted, instead of typing it')
  .option(...AT_OPTION)
  .option('--json', 'print what was done as JSON')
  .action((_: unknown, own: Command) => remove(own.optsWithGlobals()));

await run(program);
