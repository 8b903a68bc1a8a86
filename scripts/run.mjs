/**
 * Runs one of the commands beside this file: `node scripts/run.mjs build --quiet`.
 *
 * The sources are TypeScript, which Node.js 20 cannot run. A loader would compile them in every process and slow every
 * import down, so a command is bundled once, into node_modules/.cache, and again only when one of its files changed.
 * What then runs is plain JavaScript; packages stay outside of the bundle.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** Packages that stay packages: they load files of their own, or bring native code. */
const OUTSIDE = ['@11ty/eleventy', 'sharp', 'libsql', 'esbuild', 'highlight.js', '@fedify/*'];
const CACHE = join(ROOT, 'node_modules/.cache/postern');

const [command = ''] = process.argv.splice(2, 1);
if (!/^[a-z][a-z/-]*$/.test(command)) {
  console.error('usage: node scripts/run.mjs <command> [arguments]');
  process.exit(2);
}
const source = join(ROOT, `scripts/${command}.ts`);
if (!existsSync(source)) {
  const meant = nearestCommand();
  console.error(`There is no command ${command}${meant ? `; did you mean ${meant}?` : '. npm run lists them.'}`);
  process.exit(2);
}
const name = command.replaceAll('/', '-');
const bundle = join(CACHE, `${name}.mjs`);
const stamps = join(CACHE, `${name}.json`);

if (!isFresh()) await compile();
await import(pathToFileURL(bundle).href);

/** The command that is written most like what was typed, if one is. */
function nearestCommand() {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const names = Object.values(scripts).flatMap((line) => /run\.mjs (\S+)/.exec(line)?.[1] ?? []);
  const near = names.map((meant) => ({ meant, far: edits(command, meant) })).filter(({ far }) => far <= 2);
  return near.toSorted((a, b) => a.far - b.far)[0]?.meant;
}

/** How many letters differ, are missing or are too many; two that changed places are one (Damerau and Levenshtein). */
function edits(a, b) {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i += 1) {
    rows[i] = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
    }
  }
  return rows[a.length][b.length];
}

/** True when the bundle is there and none of its files was touched since it was made. */
function isFresh() {
  try {
    const known = JSON.parse(readFileSync(stamps, 'utf8'));
    statSync(bundle);
    return Object.entries(known).every(([file, stamp]) => stampOf(file) === stamp);
  } catch {
    return false;
  }
}

function stampOf(file) {
  const { mtimeMs, size } = statSync(resolve(ROOT, file));
  return `${mtimeMs}:${size}`;
}

async function compile() {
  const { build } = await import('esbuild');
  const { metafile, outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [relative(ROOT, source)],
    outfile: relative(ROOT, bundle),
    bundle: true,
    external: OUTSIDE,
    // What CommonJS packages of the bundle need in order to load Node's own modules.
    banner: {
      js: "import { createRequire as bundleRequire } from 'node:module'; const require = bundleRequire(import.meta.url);",
    },
    platform: 'node',
    format: 'esm',
    target: 'node20.20',
    sourcemap: 'linked',
    metafile: true,
    write: false,
    logLevel: 'warning',
    plugins: [{ name: 'own-address', setup: keepAddresses }],
  });
  mkdirSync(CACHE, { recursive: true });
  const sources = Object.keys(metafile.inputs).filter((file) => !file.startsWith('node_modules/'));
  const own = [...sources, 'scripts/run.mjs', 'package-lock.json'];
  for (const { path, text } of outputFiles) replace(path, path.endsWith('.mjs') ? toAscii(text) : text);
  replace(stamps, JSON.stringify(Object.fromEntries(own.map((file) => [file, stampOf(file)]))));
}

/** A file that looks for its neighbours by `import.meta.url` must find those of the source, not of the bundle. */
function keepAddresses({ onLoad }) {
  onLoad({ filter: /\.ts$/ }, ({ path }) => ({
    loader: 'ts',
    contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
  }));
}

/** One letter beyond ASCII makes the engine hold and scan the bundle at two bytes a letter. */
function toAscii(code) {
  return code.replace(/[^\0-\x7f]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Two commands may be compiling at once: each file appears whole or not at all. */
function replace(path, contents) {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, contents);
  renameSync(draft, path);
}
