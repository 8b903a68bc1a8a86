import { lookup } from 'node:dns/promises';
import pc from 'picocolors';
import { checkOrigin, readSettings, type Settings } from '../build/settings.ts';
import { addressesOf } from '../federation/addresses.ts';
import { PosternError } from '../server/errors.ts';
import { command, printJson, run } from './command.ts';
import { openAsk } from './doctor/ask.ts';
import { examine, type Watching } from './doctor/examine.ts';
import { isLocalHost } from './doctor/patient.ts';
import { groupLines, summaryLines } from './doctor/print.ts';
import { exitCodeOf, reportOf } from './doctor/report.ts';
import { ownOrigin } from './own-origin.ts';

interface DoctorOptions {
  readonly json?: true;
  readonly strict?: true;
}

async function doctor(named: string | undefined, options: DoctorOptions): Promise<void> {
  const settings = readSettings(process.env, process.cwd());
  const own = named === undefined ? ownOrigin(settings) : ownOriginOrNone(settings);
  const origin = named === undefined ? assertReachable(own ?? '', settings) : readOrigin(named, settings);
  const { allowPrivateAddresses: allowPrivate } = settings;
  const { ask, close } = openAsk({ allowPrivate, clock: Date.now });
  try {
    const patient = {
      origin,
      addresses: addressesOf(origin),
      ask,
      resolve: (hostname: string) => lookup(hostname, { all: true }),
      clock: Date.now,
      allowPrivate,
      ...(origin === own ? { settings } : {}),
    };
    if (!options.json) tellWhom(origin, origin === own);
    const report = reportOf(origin, await examine(patient, options.json ? quiet : loud(origin)));
    if (options.json) printJson(report);
    else for (const line of summaryLines(report)) console.log(line);
    process.exitCode = exitCodeOf(report, { strict: options.strict === true });
  } finally {
    close();
  }
}

function tellWhom(origin: string, isOwn: boolean): void {
  const whose = isOwn ? '' : ', which is not the blog in this folder: nothing is signed';
  console.log(`${pc.bold('doctor')} looks at ${pc.cyan(origin)}${whose}`);
  console.log(pc.dim('as Mastodon, GoToSocial, Misskey, Lemmy and a browser; nothing changes by it\n'));
}

const quiet: Watching = { begins: () => {}, found: () => {} };

/** On a terminal, what is being looked at stands in the last line until it was. */
function loud(origin: string): Watching {
  const { isTTY } = process.stderr;
  const clear = (): unknown => isTTY && process.stderr.write('\r\u001b[K');
  return {
    begins: (title) => {
      if (isTTY) process.stderr.write(pc.dim(`… ${title}`));
    },
    found: (group) => {
      clear();
      for (const line of groupLines(group, origin)) console.log(line);
    },
  };
}

/** Of another blog it does not matter what stands in this folder. */
function ownOriginOrNone(settings: Settings): string | undefined {
  try {
    return ownOrigin(settings);
  } catch (error) {
    if (error instanceof PosternError) return undefined;
    throw error;
  }
}

/** A bare name is meant as https, and a handle as the blog behind it. */
function readOrigin(value: string, { allowPrivateAddresses }: Settings): string {
  const text = value
    .trim()
    .replace(/^@?[^@/]*@/, '')
    .replace(/\/+$/, '');
  const checked = checkOrigin(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`, allowPrivateAddresses);
  if (checked.ok) return assertGuarded(checked.origin, allowPrivateAddresses);
  throw notAnOrigin(
    `${checked.message}.`,
    'Write npm run doctor -- https://blog.example, or leave the name away to look at your own blog.',
  );
}

/** The local look that stands in for an origin is reached by nobody. */
function assertReachable(origin: string, settings: Settings): string {
  if (origin !== settings.origin.fallback || settings.allowPrivateAddresses)
    return assertGuarded(origin, settings.allowPrivateAddresses);
  throw notAnOrigin(
    'This blog has no origin yet, so nobody can look at it from outside.',
    'Set `origin` in content/profile.md, or name a blog: npm run doctor -- https://blog.example.',
  );
}

function assertGuarded(origin: string, allowPrivate: boolean): string {
  if (allowPrivate || !isLocalHost(new URL(origin).hostname)) return origin;
  throw notAnOrigin(
    `${origin} is this machine, which doctor does not look at.`,
    'Set POSTERN_ALLOW_PRIVATE_ADDRESSES=1 to try it here.',
  );
}

function notAnOrigin(message: string, hint: string): PosternError {
  return new PosternError('not-an-origin', message, { hint, facts: {} });
}

const program = command(
  'doctor',
  'Look at a blog from outside, as other servers do, and say what is broken and how to mend it.',
)
  .argument('[origin]', 'the blog to look at; your own unless given')
  .option('--json', 'print the report as JSON')
  .option('--strict', 'end with 3 when there are warnings only')
  .addHelpText(
    'after',
    `
Looks at the name, TLS, redirects, content types, the handle, keys, inbox,
functions, pages and clock; and where the owner's key is on this machine, at
store, schedule and deliveries. What it sends the inbox causes nothing.

Examples:
  npm run doctor
  npm run doctor -- https://blog.example
  npm run doctor -- --json --strict

Exit codes: 0 nothing is broken, 1 something is, 2 wrong usage; with --strict
also 3, nothing but warnings.

Environment:
  POSTERN_PRIVATE_KEYS                the private keys, where no data folder has
                                      them: then the inbox is tried too
  POSTERN_ALLOW_PRIVATE_ADDRESSES=1   look at a blog on this machine
`,
  )
  .action(doctor);

await run(program);
