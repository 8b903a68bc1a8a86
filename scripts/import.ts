import { InvalidArgumentError } from 'commander';
import { nearestName } from '../build/front-matter-keys.ts';
import { type ProfileHead, readProfileHead } from '../build/profile.ts';
import { readSettings, type Settings } from '../build/settings.ts';
import { PosternError } from '../server/errors.ts';
import { command, EXIT, printJson, run } from './command.ts';
import { FORMATS } from './import/formats.ts';
import { openInput } from './import/open-archive.ts';
import { printImport } from './import/print-import.ts';
import { progressLine } from './import/progress-line.ts';
import { IMPORT_PARTS, type ImportPart, runImport } from './import/run-import.ts';
import type { ImportFormat, ImportInput } from './import/source.ts';
import { quoted } from './printable.ts';
import { stopSignal } from './stop-signal.ts';

interface Options {
  readonly from?: ImportFormat;
  readonly only?: ReadonlySet<ImportPart>;
  readonly dryRun?: true;
  readonly includeReplies?: true;
  readonly boosts?: true;
  readonly likes?: true;
  readonly drafts?: true;
  readonly update?: true;
  readonly again?: true;
  readonly maxSize?: number;
  readonly json?: true;
}

async function importFrom(path: string, options: Options): Promise<void> {
  const settings = readSettings(process.env, process.cwd());
  const { fields } = readProfile(settings);
  const signal = stopSignal();
  const input = await openInput(path, {
    temporaryFolder: settings.dataFolder,
    signal,
    ...(options.maxSize === undefined ? {} : { total: options.maxSize }),
  });
  const progress = progressLine(process.stderr, 'entries');
  try {
    const format = options.from ?? (await formatOf(input));
    const source = await format.open(input, {
      timezone: fields?.timezone ?? 'UTC',
      language: fields?.language ?? 'en',
      now: new Date().toISOString(),
      includeReplies: options.includeReplies ?? false,
    });
    const dryRun = options.dryRun ?? false;
    const report = await runImport(source, {
      ...settings,
      name: format.name,
      parts: options.only ?? new Set(IMPORT_PARTS),
      dryRun,
      boosts: options.boosts ?? false,
      likes: options.likes ?? false,
      drafts: options.drafts ?? false,
      update: options.update ?? false,
      again: options.again ?? false,
      signal,
      onProgress: progress.show,
    });
    progress.clear();
    if (report.isStopped) process.exitCode = EXIT.failed;
    if (options.json) printJson(report);
    else printImport(report, { dryRun });
  } finally {
    progress.clear();
    if (input.kind === 'archive') await input.archive.close();
  }
}

/** Without one there is no blog here to import into: the folder is another one, most likely. */
function readProfile({ contentFolder, origin }: Settings): ProfileHead {
  const head = readProfileHead(contentFolder, origin);
  const missing = head.faults.find(({ message }) => message.startsWith('the file is missing'));
  if (missing) {
    throw new PosternError('no-blog', `There is no blog in ${contentFolder}: it has no profile.md.`, {
      hint: 'Run this in the folder of the blog, or make one with: npm run setup',
      facts: { contentFolder },
    });
  }
  return head;
}

async function formatOf(input: ImportInput): Promise<ImportFormat> {
  for (const format of FORMATS) if (await format.recognises(input)) return format;
  throw new PosternError('unknown-export', `${input.path} is no export that is known.`, {
    hint: `Known are those of ${FORMATS.map(({ name }) => name).join(', ')}. If it is one, say which: npm run import -- <file> --from ${FORMATS[0]?.name ?? ''}`,
    facts: { path: input.path },
  });
}

function readFormat(name: string): ImportFormat {
  const format = FORMATS.find((each) => each.name === name.trim().toLowerCase());
  if (format) return format;
  throw new InvalidArgumentError(
    `There is no format ${quoted(name)}; there is ${FORMATS.map((each) => each.name).join(', ')}.`,
  );
}

function readParts(list: string): ReadonlySet<ImportPart> {
  const parts = list
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter(Boolean);
  const found = parts.map((part) => {
    const known = IMPORT_PARTS.find((each) => each === part);
    if (known) return known;
    const near = nearestName(part, IMPORT_PARTS);
    const meant = near && near.edits <= 2 ? `did you mean ${near.name}?` : `there is ${IMPORT_PARTS.join(', ')}.`;
    throw new InvalidArgumentError(`${quoted(part)} is no part of an import; ${meant}`);
  });
  if (found.length === 0) throw new InvalidArgumentError(`Name some of ${IMPORT_PARTS.join(', ')}.`);
  if (found.includes('media') && !found.includes('posts'))
    throw new InvalidArgumentError('Media come with the posts that show them: --only posts,media');
  return new Set(found);
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

function readSize(text: string): number {
  const [, amount = '', unit = ''] = /^(\d{1,12})\s*([kmgt]?)(?:i?b)?$/i.exec(text.trim()) ?? [];
  const size = Number(amount) * (UNITS[unit.toLowerCase()] ?? Number.NaN);
  if (amount === '' || !(size > 0) || !Number.isSafeInteger(size))
    throw new InvalidArgumentError(`${quoted(text)} is no size; write one such as 500M or 50G.`);
  return size;
}

const program = command(
  'import',
  'Take in what another platform exported: an archive, the folder it was unpacked into, or a list.',
)
  .argument('<archive>', 'the file that you downloaded, or a folder')
  .option(
    '-f, --from <format>',
    `what it is, when that is not seen: ${FORMATS.map(({ name }) => name).join(', ')}`,
    readFormat,
  )
  .option('-n, --dry-run', 'say what would be taken in, and write nothing')
  .option('-o, --only <parts>', `some of ${IMPORT_PARTS.join(', ')}`, readParts)
  .option('--include-replies', 'posts that answer others, too')
  .option('--boosts', 'what was boosted or shared, too, each as a note')
  .option('--likes', 'what was liked, too, each as a note')
  .option('--drafts', 'what was not published, too, each as a draft')
  .option('--update', 'bring posts up to date whose original changed, unless you edited them')
  .option('--again', 'take posts back whose files you removed since the last import')
  .option('--max-size <size>', 'how much the archive may unpack to, such as 50G', readSize)
  .option('--json', 'print what was imported as JSON')
  .addHelpText(
    'after',
    `
Nothing that is imported is sent to anybody. What was for followers alone, or
for those it named, is never taken in. Run it again as often as you like: what
is there stays as it is.

Examples:
  npm run import -- archive-20261101.tar.gz --dry-run
  npm run import -- archive-20261101.tar.gz
  npm run import -- gates.wordpress.xml
  npm run import -- feed.xml
  npm run import -- following_accounts.csv
  npm run import -- blocked_domains.csv

Exit codes: 0 done, 1 failed or stopped, 2 wrong usage.
`,
  )
  .action(importFrom);

await run(program);
