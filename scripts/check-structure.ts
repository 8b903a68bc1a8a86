/**
 * Checks what no type checker sees: that imports point one way, that only hosts, adapters and scripts reach for a
 * vendor or the environment, that files stay readable, and that the tree in CONTRIBUTING.md is the tree on disk.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** For each folder, the folders and single files it may import besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  federation: [],
  build: ['federation'],
  templates: ['build', 'federation'],
  server: ['federation'],
  // Comments are written by the same code in a page and in the answer that brings it up to date.
  functions: ['server', 'templates/comments-page.ts'],
  edge: ['federation'],
  'eleventy.config.ts': ['build', 'templates', 'federation'],
  scripts: ['server', 'federation', 'build', 'templates', 'functions', 'eleventy.config.ts'],
};

const CEILING = 300;
const IMPORT =
  /^(?:import|export)\s[^'"]*?from\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;

/** Gives every fault of one source file; `path` is relative to the root, with `/`. */
function faultsOfFile(path: string, text: string): string[] {
  const faults: string[] = [];
  const folder = path.split('/')[0] ?? '';
  const allowed = MAY_IMPORT[folder];
  if (allowed) {
    for (const match of text.matchAll(IMPORT)) {
      const fault = faultOfImport(path, folder, allowed, match[1] ?? match[2] ?? match[3] ?? '');
      if (fault) faults.push(fault);
    }
  }
  if (folder === 'federation') {
    const impure =
      /\b(process\.env|Date\.now\(|new Date\(\)|Math\.random\(|crypto\.(?:getRandomValues|randomUUID)|fetch\()/.exec(
        text,
      );
    if (impure) faults.push(`${path}: uses ${impure[0]}; federation/ is pure: pass it in`);
  }
  const mayReadEnvironment =
    folder === 'scripts' || folder === 'eleventy.config.ts' || path.startsWith('server/hosts/');
  if (allowed && !mayReadEnvironment && /\bprocess\.env\b/.test(text)) {
    faults.push(`${path}: reads process.env; only hosts and scripts may, through build/settings.ts`);
  }
  const lines = text.split('\n').length - 1;
  if (lines > CEILING) faults.push(`${path}: has ${lines} lines; ${CEILING} is the ceiling: split it`);
  return faults;
}

function faultOfImport(path: string, folder: string, allowed: readonly string[], target: string): string | undefined {
  if (!target.startsWith('.')) {
    if (folder === 'federation') return `${path}: imports ${target}; federation/ imports only itself`;
    return undefined;
  }
  const file = relative(ROOT, resolve(ROOT, dirname(path), target))
    .split('\\')
    .join('/');
  const to = file.split('/')[0] ?? '';
  if (to === folder || allowed.includes(to) || allowed.includes(file)) return undefined;
  return `${path}: imports ${target}; ${folder}/ may import ${[folder, ...allowed].join(', ')}`;
}

/** Gives the differences between the tree printed in CONTRIBUTING.md and the disk: folders and top-level files. */
function faultsOfTree(contributing: string, onDisk: readonly string[]): string[] {
  const block = /```tree\n([\s\S]*?)```/.exec(contributing)?.[1];
  if (!block) return ['CONTRIBUTING.md: has no ```tree block'];
  const printed = new Set(printedPaths(block));
  const faults = onDisk.filter((path) => !printed.has(path)).map((path) => `CONTRIBUTING.md: the tree lacks ${path}`);
  const disk = new Set(onDisk);
  for (const path of printed)
    if (!disk.has(path)) faults.push(`CONTRIBUTING.md: the tree names ${path}, which is not there`);
  return faults;
}

function printedPaths(block: string): string[] {
  const paths: string[] = [];
  const stack: string[] = [];
  for (const line of block.split('\n')) {
    const match = /^(\s*)(\S+)/.exec(line);
    if (!match) continue;
    const depth = (match[1] ?? '').length / 2;
    const name = match[2] ?? '';
    stack.length = depth;
    stack.push(name.replace(/\/$/, ''));
    paths.push(stack.join('/') + (name.endsWith('/') ? '/' : ''));
  }
  return paths;
}

const IGNORED = new Set(['node_modules', '_site', '_functions', '.git', '.postern', 'package-lock.json']);

/** Folders two levels deep and the files of the top level, as CONTRIBUTING.md prints them. */
function treeOnDisk(root: string): string[] {
  const entries: string[] = [];
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    if (IGNORED.has(entry.name) || (entry.name.startsWith('_site') && entry.isDirectory())) continue;
    entries.push(entry.isDirectory() ? `${entry.name}/` : entry.name);
    if (!entry.isDirectory()) continue;
    if (entry.name === 'content' || entry.name === 'tests') continue;
    for (const inner of readdirSync(join(root, entry.name), { withFileTypes: true })) {
      if (inner.isDirectory()) entries.push(`${entry.name}/${inner.name}/`);
    }
  }
  return entries.sort();
}

function sourceFiles(folder: string): string[] {
  if (folder.endsWith('.ts')) return [folder];
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.split('\\').join('/')}`)
    .sort();
}

function main(): void {
  const files = [...Object.keys(MAY_IMPORT), 'tests', 'bench'].flatMap(sourceFiles);
  const faults = files.flatMap((path) => faultsOfFile(path, readFileSync(join(ROOT, path), 'utf8')));
  faults.push(...faultsOfTree(readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8'), treeOnDisk(ROOT)));
  for (const fault of faults) console.error(fault);
  console.log(
    faults.length === 0 ? `structure: ${files.length} files, no faults` : `structure: ${faults.length} faults`,
  );
  if (faults.length > 0) process.exitCode = 1;
}

main();
