import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Metafile, type Plugin } from 'esbuild';
import { isJsonObject } from '../federation/vocabulary.ts';
import { PosternError } from '../server/errors.ts';

/** The file that each function's own code begins with, beside the entry that the host's packager reads. */
const HANDLER = 'handler';

/**
 * What of the built site lies beside each function, where the code of the Node host reads it. `none` tells Netlify's packager
 * to copy what is named and nothing else: it would put all of our own code into one file, whatever is imported late.
 */
const BUILD = ['.rules.json', 'nodeinfo/2.1.json', 'ap/*.json', 'ap/manifest/*.json'];
const POSTS = ['ap/posts/*.json', 'ap/notes/*.json', '.own-replies.json'];
/** The inbox looks which options a poll has, and the sweep tells how it ended. */
const READS_POSTS = new Set([
  ...['collections', 'comments', 'deployed', 'inbox', 'objects', 'pages', 'publish', 'sweep'],
]);

function packing(name: string) {
  const files = READS_POSTS.has(name) ? [...BUILD, ...POSTS] : BUILD;
  return { nodeBundler: 'none', includedFiles: ['*.mjs', ...files.map((file) => `../../_site/${file}`)] };
}

/** What was made of one function. */
export interface BundledFunction {
  readonly name: string;
  /** The sources in each file, by the paths of both: those of files are relative to the function's folder. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
}

export interface BundleOptions {
  /** Where `functions/` and `node_modules/` are. */
  readonly root: string;
  /** Gets a folder for each function. Nothing else may be in it: what is not a function's goes. */
  readonly output: string;
  /** By their names; all of them unless given. */
  readonly only?: readonly string[];
}

/**
 * Makes of each function what a host's packager has only to copy: one small file to begin with, and beside it what is loaded
 * later.
 *
 * A function shares no file with another, since each is deployed for itself. Only what changed is written.
 */
export async function bundleFunctions({ root, output, only }: BundleOptions): Promise<BundledFunction[]> {
  const there = readdirSync(join(root, 'functions')).map((file) => basename(file, '.ts'));
  const names = there.filter((name) => only?.includes(name) ?? true).sort();
  const made = await Promise.all(names.map((name) => bundleOne(name, root, join(output, name))));
  for (const name of readdirSync(output)) {
    if (!names.includes(name)) rmSync(join(output, name), { recursive: true });
  }
  return made;
}

async function bundleOne(name: string, root: string, folder: string): Promise<BundledFunction> {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [{ in: join('functions', `${name}.ts`), out: HANDLER }],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    minify: true,
    legalComments: 'none',
    platform: 'node',
    format: 'esm',
    target: 'node20.20',
    metafile: true,
    write: false,
    logLevel: 'warning',
    plugins: [withoutUnused],
  });
  const outputs = new Map(
    Object.entries(metafile.outputs).map(([path, made]) => [relative(folder, join(root, path)), made]),
  );
  const reached = reachedFrom(`${HANDLER}.mjs`, outputs, (path) => relative(folder, join(root, path)));
  const files = new Map(outputFiles.map(({ path, text }) => [relative(folder, path), text]));
  for (const path of reached) replace(join(folder, path), files.get(path) ?? '');
  const entry = `${name}.mjs`;
  replace(join(folder, entry), await entryOf(name, join(folder, `${HANDLER}.mjs`)));
  for (const path of readdirSync(folder)) if (path !== entry && !reached.has(path)) rmSync(join(folder, path));
  const sources = [...reached].map((path): [string, string[]] => [path, sourcesOf(outputs.get(path))]);
  return { name, sources: new Map(sources) };
}

type Output = Metafile['outputs'][string];

/** The bundler also writes what is imported by a function that nobody calls. */
function reachedFrom(
  first: string,
  outputs: ReadonlyMap<string, Output>,
  nameOf: (path: string) => string,
): Set<string> {
  const reached = new Set([first]);
  for (const name of reached) {
    for (const { path, external } of outputs.get(name)?.imports ?? []) {
      if (!external) reached.add(nameOf(path));
      else if (!builtinModules.includes(path.replace(/^node:/, ''))) throw notBundled(path);
    }
  }
  return reached;
}

function sourcesOf(made: Output | undefined): string[] {
  return Object.entries(made?.inputs ?? {}).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : []));
}

/** The packager reads from the text of this file how a function is reached; so all of it is spelt out. */
async function entryOf(name: string, handler: string): Promise<string> {
  const made: unknown = await import(`${pathToFileURL(handler).href}?${Date.now()}`);
  const { default: answer, config } = Object(made);
  const events = Object.keys(Object(answer)).map((event) => `${event}: handler.${event}`);
  if (events.length === 0 && !isJsonObject(config)) throw new Error(`functions/${name}.ts answers nobody`);
  const told = JSON.stringify({ ...Object(config), ...packing(name) }, null, 2);
  return `import handler from './${HANDLER}.mjs';
export default ${events.length > 0 ? `{ ${events.join(', ')} }` : 'handler'};
export const config = ${told};
`;
}

/**
 * node-fetch brings forms, Blobs and streams for versions of Node.js before 18. Nothing is sent or read as a form or a file, so
 * what it knows of them comes from the platform, or fails. No referrer is ever given to it, so it finds none to send; and no
 * `data:` address, which the guard of addresses refuses.
 */
const WITHOUT = [
  {
    filter: /^(fetch-blob(\/(from|file)\.js)?|formdata-polyfill\/esm\.min\.js|\.\/utils\/multipart-parser\.js)$/,
    contents: `
      const never = () => { throw new Error('forms and files are neither sent nor read'); };
      export const { Blob, FormData } = globalThis;
      export { File } from 'node:buffer';
      export { Blob as default, never as formDataToBlob, never as toFormData };
      export { never as blobFrom, never as blobFromSync, never as fileFrom, never as fileFromSync };`,
  },
  {
    filter: /^\.\/utils\/referrer\.js$/,
    contents: `
      const never = () => { throw new Error('no referrer is sent'); };
      export const DEFAULT_REFERRER_POLICY = 'no-referrer';
      export const validateReferrerPolicy = (policy) => policy;
      export const parseReferrerPolicyFromHeader = () => '';
      export { never as determineRequestsReferrer };`,
  },
  {
    filter: /^data-uri-to-buffer$/,
    contents: `export default () => { throw new Error('data: addresses are not read'); };`,
  },
];

/** Leaves out what is never sent or read. */
const withoutUnused: Plugin = {
  name: 'without-unused',
  setup({ onResolve, onLoad }) {
    for (const [index, { filter, contents }] of WITHOUT.entries()) {
      const namespace = `without-unused-${index}`;
      onResolve({ filter }, () => ({ path: 'unused', namespace, sideEffects: false }));
      onLoad({ filter: /.*/, namespace }, () => ({ contents }));
    }
  },
};

/** Each file appears whole or not at all: something may be reading it. */
function replace(path: string, text: string): void {
  if (textOf(path) === text) return;
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, path);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function notBundled(name: string): PosternError {
  return new PosternError('not-bundled', `The package ${name} would be missing where the functions run.`, {
    hint: 'Is it installed? Run `npm ci`, and build again.',
    facts: { package: name },
  });
}
