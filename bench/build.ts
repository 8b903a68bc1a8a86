/**
 * The whole build (theme, feeds and ActivityPub JSON) against plain Eleventy with one layout, in the same run, over the
 * same generated posts. `node --import tsx bench/build.ts [--posts 1000,10000] [--runs 5]`
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Cost, machine, measure, median, printTable } from './measure.ts';

const PROJECT = resolve(fileURLToPath(new URL('..', import.meta.url)));
const WORDS = (
  'static site federation markdown reader follow server delivery signature actor inbox outbox post letter ' +
  'garden harbour window river stone paper'
).split(' ');

/** A repeatable stream of words: the same posts in every run. */
function writer(seed: number): { word(): string; sentence(): string; paragraph(): string } {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state;
  };
  const word = (): string => WORDS[(next() >> 8) % WORDS.length] ?? '';
  const sentence = (): string => `${Array.from({ length: 12 }, word).join(' ')}.`;
  return { word, sentence, paragraph: () => Array.from({ length: 4 }, sentence).join(' ') };
}

function generatePosts(folder: string, posts: number): void {
  mkdirSync(folder, { recursive: true });
  const { word, sentence, paragraph } = writer(42);
  for (let i = 0; i < posts; i++) {
    const date = new Date(Date.UTC(2015, 0, 1) + i * 5 * 3_600_000).toISOString();
    const front = `---\ntitle: "Post ${i}: ${sentence().slice(0, 40)}"\ndate: ${date}\ntags: [${word()}, ${word()}]\n---\n`;
    const body = `
${paragraph()}

## ${sentence()}

${paragraph()} A [link](https://example.org/${i}) and *emphasis* and **strong**.

- ${sentence()}
- ${sentence()}

> ${sentence()}

${paragraph()}
`;
    writeFileSync(join(folder, `post-${i}.md`), front + body);
  }
}

const LAYOUT = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title></head>
<body><article><h1>{{ title }}</h1><time datetime="{{ page.date.toISOString() }}">{{ page.date.toISOString() }}</time>{{ content | safe }}</article></body></html>
`;

function prepare(folder: string, posts: number): { plain: string; ours: string } {
  const plain = join(folder, `plain-${posts}`);
  const ours = join(folder, `postern-${posts}`);
  generatePosts(join(plain, 'content/posts'), posts);
  cpSync(join(plain, 'content'), join(ours, 'content'), { recursive: true });
  mkdirSync(join(plain, 'content/_includes'));
  writeFileSync(join(plain, 'content/_includes/post.njk'), LAYOUT);
  writeFileSync(join(plain, 'content/posts/posts.json'), '{"layout":"post.njk"}');
  writeFileSync(
    join(plain, 'eleventy.config.mjs'),
    "export default () => ({ dir: { input: 'content', output: '_site' } });\n",
  );
  symlinkSync(join(PROJECT, 'node_modules'), join(plain, 'node_modules'));
  writeFileSync(
    join(ours, 'content/profile.md'),
    '---\nusername: bench\nname: Bench\nlanguage: en\n---\nA blog to measure.\n',
  );
  return { plain, ours };
}

const preload = ['--import', join(PROJECT, 'bench/report-memory.mjs')];

async function runPlain(folder: string): Promise<Cost> {
  rmSync(join(folder, '_site'), { recursive: true, force: true });
  const eleventy = join(PROJECT, 'node_modules/@11ty/eleventy/cmd.cjs');
  return measure([process.execPath, ...preload, eleventy, '--config=eleventy.config.mjs', '--quiet'], { cwd: folder });
}

async function runOurs(folder: string): Promise<Cost> {
  const output = join(folder, '_site');
  rmSync(output, { recursive: true, force: true });
  const command = [
    process.execPath,
    ...preload,
    join(PROJECT, 'scripts/run.mjs'),
    'build',
    '--quiet',
    '--output',
    output,
  ];
  return measure(command, {
    cwd: folder,
    env: {
      POSTERN_CONTENT: join(folder, 'content'),
      POSTERN_DATA: join(folder, 'data'),
      POSTERN_ORIGIN: 'https://bench.example',
    },
  });
}

async function compare(folder: string, posts: number, runs: number): Promise<string[][]> {
  const { plain, ours } = prepare(folder, posts);
  await runOurs(ours);
  const pairs: { plain: Cost; ours: Cost }[] = [];
  for (let i = 0; i < runs; i++) {
    pairs.push({ plain: await runPlain(plain), ours: await runOurs(ours) });
    process.stderr.write(`\r${posts} posts: ${i + 1} of ${runs} pairs `);
  }
  process.stderr.write('\n');
  const figure = (of: 'plain' | 'ours', what: keyof Cost): number => median(pairs.map((pair) => pair[of][what]));
  const ratio = (what: keyof Cost): string =>
    median(pairs.map((pair) => pair.ours[what] / pair.plain[what])).toFixed(2);
  const row = (of: 'plain' | 'ours', name: string, ratios: readonly [string, string]): string[] => [
    posts.toLocaleString('en'),
    name,
    figure(of, 'cpu').toFixed(2),
    ratios[0],
    figure(of, 'wall').toFixed(2),
    figure(of, 'memory').toFixed(0),
    ratios[1],
  ];
  return [
    row('plain', 'plain Eleventy, one layout', ['', '']),
    row('ours', 'Postern, whole build', [ratio('cpu'), ratio('memory')]),
  ];
}

const { values } = parseArgs({
  options: { posts: { type: 'string', default: '1000,10000' }, runs: { type: 'string', default: '5' } },
});
const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const folder = mkdtempSync(join(base, 'postern-bench-'));
try {
  console.log(
    `${machine()}; files on ${base === '/dev/shm' ? 'a memory file system' : base}; medians of ${values.runs} pairs\n`,
  );
  const rows: string[][] = [];
  for (const posts of values.posts.split(',').map(Number))
    rows.push(...(await compare(folder, posts, Number(values.runs))));
  printTable(['posts', 'build', 'CPU s', 'CPU ratio', 'wall s', 'MiB', 'memory ratio'], rows);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
