import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import { parseFrontMatter } from '../build/front-matter.ts';
import { readSettings, type Settings } from '../build/settings.ts';
import { PosternError } from '../server/errors.ts';
import { loadKeys } from '../server/keys.ts';
import { ensureOwnerKeys } from '../server/owner-keys.ts';
import { replaceFile } from '../server/private-files.ts';
import { command, count, EXIT, printJson, run, shownPath } from './command.ts';
import { type MadeKeys, watchKeys } from './made-keys.ts';
import { printable } from './printable.ts';
import { openPrompt, type Prompt, Stopped } from './setup/ask.ts';
import { checklist } from './setup/checklist.ts';
import { type Answers, editProfile, newProfile } from './setup/edit-profile.ts';
import { type Given, gatherAnswers, soundAnswers } from './setup/gather-answers.ts';
import { gatherFacts } from './setup/gather-facts.ts';
import { checklistLines } from './setup/print-checklist.ts';
import { assertSoundProfile } from './setup/profile-faults.ts';
import { removeSamples, samplesIn } from './setup/samples.ts';

interface SetupOptions {
  readonly handle?: string;
  readonly name?: string;
  readonly origin?: string;
  readonly yes?: true;
  readonly removeSamples?: true;
  readonly offline?: true;
  readonly showPrivateKeys?: true;
  readonly json?: true;
}

/** The profile as it lies there. */
interface Profile {
  readonly file: string;
  readonly text?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

async function setup(options: SetupOptions): Promise<void> {
  const settings = readSettings(process.env, process.cwd());
  if (options.showPrivateKeys) return showPrivateKeys(settings);
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true && !options.yes && !options.json;
  const prompt = isTerminal ? openPrompt(process.stdin, process.stdout) : undefined;
  try {
    await setUp(settings, options, prompt);
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    console.error('Stopped. Nothing was written.');
    process.exitCode = EXIT.failed;
  } finally {
    prompt?.close();
  }
}

async function setUp(settings: Settings, options: SetupOptions, prompt: Prompt | undefined): Promise<void> {
  const profile = readProfile(settings);
  const allowHttp = settings.allowPrivateAddresses;
  const { handle, name, origin } = options;
  const given: Given = {
    ...(handle === undefined ? {} : { username: handle }),
    ...(name === undefined ? {} : { name }),
    ...(origin === undefined ? {} : { origin }),
  };
  if (profile.text !== undefined) assertSoundProfile(settings, profile.text, given);
  const isSample = isSampleProfile(profile.data);
  const current = isSample ? {} : soundAnswers(profile.data, allowHttp);
  const answers = await gatherAnswers({ given, current, allowHttp, ...(prompt ? { prompt } : {}) });
  const next = nextProfile(profile, answers);
  await assertMeant(current, answers, options, prompt);
  const samples = samplesIn(settings.contentFolder).length;
  const question = `Remove the ${count(samples, 'sample post', 'sample posts, notes and pages')}? git keeps them.`;
  const removes = options.removeSamples ?? (isSample && samples > 0 && (await prompt?.confirm(question)));
  prompt?.close();
  await unstopped(() => write(settings, { profile, next, removes: removes === true }, options));
  const items = checklist(await gatherFacts(settings, answers, { look: !options.offline }));
  if (options.json) printJson({ ...answers, items });
  else for (const line of checklistLines(items)) console.log(line);
}

function readProfile({ contentFolder }: Settings): Profile {
  const file = join(contentFolder, 'profile.md');
  if (!existsSync(file)) return { file, data: {} };
  const text = readFileSync(file, 'utf8');
  const read = parseFrontMatter(text);
  return { file, text, data: read.ok ? read.frontMatter.data : {} };
}

/** The profile that comes with Postern is nobody's. */
function isSampleProfile({ username, name, origin }: Profile['data']): boolean {
  return username === 'postern' && name === 'Postern' && origin === undefined;
}

interface NextProfile {
  readonly text: string;
  readonly lines: readonly string[];
}

/** Undefined when nothing changes. */
function nextProfile({ file, text }: Profile, answers: Answers): NextProfile | undefined {
  if (text === undefined) return { text: newProfile(answers), lines: [] };
  const edited = editProfile(text, answers);
  if (edited.kind === 'refused') {
    const wanted = Object.entries(answers).map(([key, value]) => `${key}: ${value}`);
    throw new PosternError('profile-not-edited', `${shownPath(file)} was left alone: ${edited.reason}.`, {
      hint: `Put these into its front matter, and run this again:\n  ${wanted.join('\n  ')}`,
      facts: { file },
    });
  }
  const lines = edited.changes.map(({ key, from, to }) =>
    from === undefined ? `${key}: ${to}` : `${key}: ${from} becomes ${to}`,
  );
  return edited.changes.length === 0 ? undefined : { text: edited.text, lines };
}

/** Whoever follows, follows this handle at this origin: another one is another account. */
async function assertMeant(current: Given, answers: Answers, { yes }: SetupOptions, prompt?: Prompt): Promise<void> {
  if (current.origin === undefined || yes) return;
  const changed = (['username', 'origin'] as const).filter((key) => (current[key] ?? answers[key]) !== answers[key]);
  if (changed.length === 0) return;
  const what = changed.map((key) => `${key} ${printable(`${current[key]} becomes ${answers[key]}`)}`).join(', ');
  const why = 'Nobody who follows the blog would follow what it is then';
  if (await prompt?.confirm(`${what}.\n${why}. Change it all the same?`)) return;
  if (prompt) throw new Stopped();
  throw new PosternError('not-confirmed', `${what}. ${why}.`, {
    hint: 'If nobody follows it yet, or you mean it: the same command with --yes. Nothing was written.',
    facts: { changed },
  });
}

interface Writing {
  readonly profile: Profile;
  readonly next: NextProfile | undefined;
  readonly removes: boolean;
}

async function write(settings: Settings, { profile, next, removes }: Writing, { json }: SetupOptions): Promise<void> {
  const tell = json ? () => {} : (line: string) => console.log(line);
  const madeSince = watchKeys(settings);
  if (next) {
    const file = profile.text === undefined ? profile.file : realpathSync(profile.file);
    await replaceFile(file, next.text);
    tell(`${pc.green('wrote')} ${shownPath(profile.file)}`);
    for (const line of next.lines) tell(`      ${printable(line)}`);
  }
  await makeKeys(settings);
  const made = madeSince();
  if (made) for (const line of madeLines(made)) tell(line);
  if (!removes) return;
  const { removed, kept } = await removeSamples(settings.contentFolder);
  tell(`${pc.green('removed')} ${count(removed.length, 'sample')}; git has them still`);
  for (const sample of kept) tell(`      ${sample} stays: it is not in the last commit as it is`);
}

function madeLines({ published, held }: MadeKeys): string[] {
  const line = (files: readonly string[], what: string): string[] =>
    files.length === 0 ? [] : [`${pc.green('made ')} ${files.map(shownPath).join(', ')}`, `      ${what}`];
  return [
    ...line(published, 'the public halves of the keys, which belong in git'),
    ...line(held, 'the private halves: back them up, for nobody can make them again'),
  ];
}

/** A clone on another machine has the public halves alone, and needs no others. */
async function makeKeys(settings: Settings): Promise<void> {
  const { contentFolder, dataFolder, privateKeys } = settings;
  const isHeld = privateKeys !== undefined || existsSync(join(dataFolder, 'keys.json'));
  if (!isHeld && existsSync(join(contentFolder, 'keys.json'))) return;
  await loadKeys(settings);
  if (existsSync(join(dataFolder, 'keys.json'))) await ensureOwnerKeys(settings);
}

/** Each file is written whole; that all of them are needs the second that it takes. */
async function unstopped(work: () => Promise<void>): Promise<void> {
  const wait = (): void => {};
  process.on('SIGINT', wait);
  try {
    await work();
  } finally {
    process.off('SIGINT', wait);
  }
}

/** Only who asks for it by this name sees a private key. */
function showPrivateKeys({ dataFolder }: Settings): void {
  const file = join(dataFolder, 'keys.json');
  if (existsSync(file)) return void process.stdout.write(readFileSync(file, 'utf8'));
  throw new PosternError('private-keys-missing', `There is no ${shownPath(file)} yet.`, {
    hint: 'npm run setup makes it, where the keys were not made elsewhere.',
    facts: { file },
  });
}

const program = command('setup', 'Set the blog up, and show what is left until it can be followed.')
  .option('--handle <name>', 'the name in @name@blog.example: a-z, 0-9 and _')
  .option('--name <text>', 'the name that people see')
  .option('--origin <address>', 'where the blog is: https://blog.example')
  .option('-y, --yes', 'ask nothing; another handle or origin than before is meant')
  .option('--remove-samples', 'remove the posts, notes and pages that came with Postern')
  .option('--offline', 'look at files and git alone, not at the site')
  .option('--show-private-keys', 'print the private keys, and nothing else')
  .option('--json', 'print the answers and the checklist as JSON, and ask nothing')
  .addHelpText(
    'after',
    `
It writes content/profile.md, makes the keys, and can be run again at any time:
what is there stays, and what is left to do is shown.

Example:
  npm run setup -- --handle mara --name "Mara Lind" --origin https://blog.example
`,
  )
  .action(setup);

await run(program);
