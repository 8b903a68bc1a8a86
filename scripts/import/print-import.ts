import { relative, resolve } from 'node:path';
import pc from 'picocolors';
import { count } from '../command.ts';
import { oneLine } from '../printable.ts';
import { sizeText } from '../sizes.ts';
import { widthOf, wrapped } from '../wrap.ts';
import type { ImportReport, LeftOutGroup, PostKind } from './import-report.ts';

/** Two columns: what, and all about it. */
const LABEL = 12;

const KINDS: readonly (readonly [PostKind, string, string?])[] = [
  ['article', 'article'],
  ['note', 'note'],
  ['draft', 'draft'],
  ['boost', 'boost'],
  ['like', 'like'],
];

/** Prints what an import did, what stayed out and why, and what to do next. */
export function printImport(report: ImportReport, { dryRun }: { readonly dryRun: boolean }): void {
  for (const line of importLines(report, { dryRun, width: widthOf(process.stdout) })) console.log(line);
}

export function importLines(
  report: ImportReport,
  options: { readonly dryRun: boolean; readonly width: number },
): string[] {
  const { dryRun, width } = options;
  const row = (label: string, text: string, paint: (text: string) => string = pc.green): string[] => {
    const [first = '', ...rest] = wrapped(text, ' '.repeat(LABEL), ' '.repeat(LABEL), width);
    return [paint(label.padEnd(LABEL)) + first.slice(LABEL), ...rest];
  };
  const { posts } = report;
  const added = addedIn(report);
  return [
    ...wrapped(`${oneLine(report.title)}${dryRun ? '  (a dry run: nothing is written)' : ''}`, '', '', width),
    ...(added === '' ? [] : row(dryRun ? 'would take' : 'imported', added)),
    ...(posts.updated > 0 ? row('updated', `${count(posts.updated, 'post')} whose original changed`) : []),
    ...(posts.there > 0 ? row('there', `${count(posts.there, 'post')} already, as imported before`, pc.dim) : []),
    ...report.lines
      .filter(({ there }) => there > 0)
      .flatMap(({ file, there }) => row('there', `${count(there, 'line')} already in ${file}`, pc.dim)),
    ...changeLines(report).flatMap((text) => row('kept', text, pc.yellow)),
    ...profileLines(report).flatMap(([label, text]) => row(label, text, label === 'profile' ? pc.green : pc.dim)),
    ...report.leftOut.flatMap((group) => [...row('left out', groupText(group), pc.yellow), ...exampleLines(group)]),
    ...(report.list === undefined ? [] : row('list', `all that was left out: ${shown(report.list)}`, pc.dim)),
    ...nextSteps(report, dryRun).flatMap((text) => row('next', text, pc.dim)),
  ];
}

function addedIn({ kinds, media, lines }: ImportReport): string {
  return [
    ...KINDS.flatMap(([kind, one]) => (kinds[kind] ? [count(kinds[kind], one)] : [])),
    ...(media.files > 0
      ? [`${count(media.files, 'file')}${media.bytes > 0 ? ` (${sizeText(media.bytes)})` : ''}`]
      : []),
    ...lines.flatMap(({ file, added }) => (added > 0 ? [`${count(added, 'line')} in ${file}`] : [])),
  ].join(', ');
}

function changeLines({ posts, changed, edited }: ImportReport): string[] {
  const such = (files: readonly string[], all: number): string =>
    `${files.join(', ')}${all > files.length ? ', …' : ''}`;
  return [
    ...(posts.changed > 0
      ? [
          `${count(posts.changed, 'post')} whose original changed since: --update takes the change (${such(changed, posts.changed)})`,
        ]
      : []),
    ...(posts.edited > 0
      ? [
          `${count(posts.edited, 'post')} whose original changed, and which were edited here: the files stay (${such(edited, posts.edited)})`,
        ]
      : []),
    ...(posts.removed > 0
      ? [`${count(posts.removed, 'post')} whose files were removed here since the last import: --again takes them back`]
      : []),
  ];
}

function profileLines({ profile }: ImportReport): (readonly [string, string])[] {
  if (profile === undefined) return [];
  return [
    ...(profile.added.length > 0 ? [['profile', `${profile.added.join(', ')} added to profile.md`] as const] : []),
    ...(profile.kept.length > 0 ? [['profile.md', `has its own ${profile.kept.join(', ')}: it stays`] as const] : []),
  ];
}

function groupText({ kind, reason, count: n }: LeftOutGroup): string {
  return `${n.toLocaleString('en')} × ${oneLine(kind)}: ${oneLine(reason)}`;
}

function exampleLines({ examples, count: all }: LeftOutGroup): string[] {
  const more = all > examples.length && examples.length > 0 ? [pc.dim(`${' '.repeat(LABEL)}…`)] : [];
  return [...examples.map((where) => pc.dim(`${' '.repeat(LABEL)}${oneLine(where)}`)), ...more];
}

function nextSteps({ posts, lines, isStopped }: ImportReport, dryRun: boolean): string[] {
  if (isStopped) return ['it was stopped: run the same again, and it goes on where it was'];
  if (dryRun) return ['run it without --dry-run to take this in'];
  const steps: string[] = [];
  if (posts.imported + posts.updated > 0) {
    steps.push('npm run build: says whether all of it reads well');
    steps.push('npm run plan: shows that what was imported is sent to nobody');
  }
  if (lines.some(({ file, added }) => file === 'following.csv' && added > 0))
    steps.push('npm run plan: shows whom following.csv follows; the next publish asks them');
  if (lines.some(({ file, added }) => file === 'blocks.csv' && added > 0))
    steps.push('with the next npm start or npm run publish who is blocked now goes; nobody is told');
  const isKnown = posts.there > 0 || lines.some(({ there }) => there > 0);
  if (steps.length === 0)
    steps.push(isKnown ? 'nothing: all of it was there already' : 'nothing: nothing was taken in');
  return steps;
}

function shown(file: string): string {
  const path = relative(process.cwd(), resolve(file));
  return path.startsWith('..') ? resolve(file) : path;
}
