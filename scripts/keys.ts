import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import pc from 'picocolors';
import { readSettings, type Settings } from '../build/settings.ts';
import { addressesOf } from '../federation/addresses.ts';
import { digestKeys } from '../federation/emission.ts';
import { sha256Hex } from '../server/crypto.ts';
import { PosternError } from '../server/errors.ts';
import { filesOf, type Keys, loadKeys } from '../server/keys.ts';
import { keyState, retireKeys, rotateKeys, undoRotation } from '../server/rotate-keys.ts';
import { command, count, printJson, run, shownPath } from './command.ts';
import { variableSize } from './doctor/own-side.ts';
import { assertRetirable, lookAtUpdates, type UpdateState } from './key-updates.ts';
import { more, next, say } from './move/say.ts';
import { ownOrigin } from './own-origin.ts';
import { AT_OPTION } from './owner-access.ts';
import { keyLines, shownKeys } from './print-keys.ts';
import { openPrompt, Stopped } from './setup/ask.ts';
import { ENVIRONMENT_LIMIT } from './setup/checklist.ts';
import { lookIntoStore } from './store-file.ts';

interface KeysOptions {
  readonly at?: string;
  readonly json?: true;
  readonly yes?: true;
  readonly anyway?: true;
}

interface Opened {
  readonly settings: Settings;
  readonly actor: string;
  readonly keys: Keys;
}

/** Makes nothing: a blog without keys has none to show. */
async function open(): Promise<Opened> {
  const settings = readSettings(process.env, process.cwd());
  const { content } = filesOf(settings);
  if (!existsSync(content)) {
    throw new PosternError('keys-missing', `There is no ${shownPath(content)} yet: the blog has no keys.`, {
      hint: 'npm run setup makes them, and so does the first npm run build.',
      facts: { file: content },
    });
  }
  return { settings, actor: addressesOf(ownOrigin(settings)).actor, keys: await loadKeys(settings) };
}

async function show(options: KeysOptions): Promise<void> {
  const { settings, actor, keys } = await open();
  const state = keyState(keys);
  const begun = await lookIntoStore(settings, async (store) => (await store.ledger.outline())?.ledger.begun);
  const updates = state.kind === 'settled' ? undefined : await lookAtUpdates({ settings, actor, keys }, options.at);
  if (options.json) {
    printJson({ state: state.kind, keys: shownKeys(keys, actor), ...(updates ? { updates } : {}) });
    return;
  }
  for (const line of keyLines(keys, { actor, begun })) console.log(line);
  if (updates) tellChange(updates, options.at);
}

/** What is left to do while keys change. */
function tellChange(updates: UpdateState, at: string | undefined): void {
  const confirm = `npm run publish -- ${at === undefined ? '' : `--at ${at} `}--confirm identity-changed`;
  switch (updates.kind) {
    case 'untold':
      say(
        'held',
        'nobody was told of the change: what is sent is signed by the keys that the live site shows',
        pc.magenta,
      );
      next(`${confirm}   or: npm run keys -- undo`);
      return;
    case 'telling':
      say('told', `the change, signed by the keys of before: ${updates.delivered} of ${updates.total} inboxes took it`);
      next('npm start or npm run publish tries the others again; then npm run keys -- retire');
      return;
    case 'told':
      say('told', toldText(updates));
      next('npm run keys -- retire drops the private halves of before');
      return;
    case 'unknown':
      say('note', 'whether it was told is known where the blog runs', pc.yellow);
      next('npm run keys -- --at <origin> asks there');
      return;
    default:
      updates satisfies never;
  }
}

function toldText({ delivered, total }: { readonly delivered: number; readonly total: number }): string {
  if (total === 0) return 'the change is in the ledger; nobody follows, so nobody had to hear of it';
  const rest = total - delivered;
  return `the change, to ${count(delivered, 'inbox', 'inboxes')}${rest > 0 ? `; ${rest} refused it or are gone` : ', all there are'}`;
}

async function rotate(options: KeysOptions): Promise<void> {
  const { settings, actor, keys } = await open();
  const { generation } = keys.held.public;
  say(
    'plan',
    `new keys for ${actor}, under new ids; those of now are kept until everybody knows the new ones`,
    pc.bold,
  );
  more(
    `They sign nothing before you publish with --confirm identity-changed. Until then all is as it is, and undone by one command.`,
  );
  more(
    'The news goes to all followers, signed by the keys of now, so that each server can trust the new ones by the old.',
  );
  if (!(await isMeant(options, 'Make new keys?'))) return;
  const made = await rotateKeys(settings, Date.now());
  const { content, data } = filesOf(settings);
  const verb = made.held.public.generation > generation ? 'made' : 'set';
  say(verb, `${made.published.public.rsa.kid} and ${made.published.public.ed25519.kid}`);
  more(`Public halves: ${shownPath(content)}, which belongs in git. Private halves of both: ${shownPath(data)}.`);
  tellElsewhere(settings);
  next(
    'npm run plan holds the change; npm run publish -- --confirm identity-changed tells it; npm run keys says how far it is',
  );
}

async function undo(options: KeysOptions): Promise<void> {
  const opened = await open();
  const { settings, keys } = opened;
  const told = await toldDigest(settings);
  const state = keyState(keys);
  const newer = state.kind === 'settled' ? undefined : keys.pairs[keys.held.pairs.indexOf(state.to)];
  // Where nobody knows what was told, it may have been.
  const wasTold = newer !== undefined && (told === undefined || told === digestKeys({ sha256: sha256Hex }, newer));
  if (!(await isMeant(options, 'Put the keys of before back?'))) return;
  const { keys: now, dropped } = await undoRotation(settings, { wasTold, now: Date.now() });
  say('back', `${now.published.public.rsa.kid} and ${now.published.public.ed25519.kid} are the keys again`);
  if (dropped) {
    more('Nobody was told of the others, so they are dropped, and all is as it was.');
    tellElsewhere(settings);
    return;
  }
  more('Others may know the newer ones already: they are kept, and sign the news that the older ones count again.');
  tellElsewhere(settings);
  next('npm run publish -- --confirm identity-changed, and then npm run keys -- retire');
}

async function retire(options: KeysOptions): Promise<void> {
  const opened = await open();
  if (!options.anyway && keyState(opened.keys).kind !== 'settled') {
    assertRetirable(await lookAtUpdates(opened, options.at), opened);
  }
  if (!(await isMeant(options, 'Drop the private halves of before? Nobody can make them again.'))) return;
  const { published } = await retireKeys(opened.settings);
  say('gone', `only ${published.public.rsa.kid} and ${published.public.ed25519.kid} are held now`);
  tellElsewhere(opened.settings);
}

/** The digest of the keys that the followers were told, where the ledger is on this machine. */
async function toldDigest(settings: Settings): Promise<string | undefined> {
  return lookIntoStore(settings, async (store) => (await store.ledger.head())?.actor.keyDigest);
}

/** Functions have what is in their environment, within a bound. */
function tellElsewhere(settings: Settings): void {
  const { data } = filesOf(settings);
  const size = variableSize(readFileSync(data, 'utf8'));
  const limit = ENVIRONMENT_LIMIT.toLocaleString('en');
  say('note', 'where Netlify runs the blog, it needs this file before the next deploy:', pc.dim);
  console.log(
    `      npx netlify env:set POSTERN_PRIVATE_KEYS "$(cat ${shownPath(data)})" \\\n        --context production --secret`,
  );
  more(`It takes ${size.toLocaleString('en')} of the ${limit} bytes that all variables of a function have together.`);
  if (size < ENVIRONMENT_LIMIT) return;
  more('That is too much: deploy from a machine of your own, or ask for smaller keys, before you publish this change.');
}

async function isMeant({ yes }: KeysOptions, question: string): Promise<boolean> {
  if (yes) return true;
  if (process.stdin.isTTY !== true || process.stdout.isTTY !== true) {
    throw new PosternError('not-confirmed', 'Nobody is here to confirm it, so nothing was changed.', {
      hint: 'If it is meant: the same command with --yes.',
      facts: {},
    });
  }
  const prompt = openPrompt(process.stdin, process.stdout);
  try {
    if (await prompt.confirm(question)) return true;
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  } finally {
    prompt.close();
  }
  console.log('Nothing was changed.');
  return false;
}

const program = command('keys', 'Show the keys that the blog signs with; give it new ones.')
  .enablePositionalOptions()
  .option(...AT_OPTION)
  .option('--json', 'print them as JSON, without the private halves')
  .addHelpText(
    'after',
    `
Examples:
  npm run keys
  npm run keys -- rotate
  npm run keys -- retire
  npm run keys -- undo

Exit codes: 0 done, 1 failed, 2 wrong usage or not confirmed.
`,
  )
  .action(show);
program
  .command('show')
  .description('Show ids, fingerprints and since when, as without a command.')
  .option(...AT_OPTION)
  .option('--json', 'print them as JSON, without the private halves')
  .action((_: unknown, own: Command) => show(own.optsWithGlobals()));
program
  .command('rotate')
  .description('Make new keys under new ids; those of before are kept until all know the new ones.')
  .option('-y, --yes', 'ask nothing')
  .action((_: unknown, own: Command) => rotate(own.optsWithGlobals()));
program
  .command('undo')
  .description('Put the keys of before back, as long as they are held.')
  .option('-y, --yes', 'ask nothing')
  .action((_: unknown, own: Command) => undo(own.optsWithGlobals()));
program
  .command('retire')
  .description('Drop the private halves of before, once the change was told to everybody.')
  .option('-y, --yes', 'ask nothing')
  .option('--anyway', 'also when servers were not told yet')
  .option(...AT_OPTION)
  .action((_: unknown, own: Command) => retire(own.optsWithGlobals()));

await run(program);
