import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FunctionResult, zipFunctions } from '@netlify/zip-it-and-ship-it';
import { build, type Metafile } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A function as Netlify's packager makes it, unpacked. */
export interface PackagedFunction {
  readonly name: string;
  readonly folder: string;
  /** The file that the platform loads. */
  readonly entry: string;
  readonly schedule: string | undefined;
  readonly invocationMode: string | undefined;
  readonly eventSubscriptions: readonly string[];
  readonly routes: readonly string[];
  /** How many requests of one address are answered in a minute; undefined: all. */
  readonly limit: number | undefined;
}

export interface Packaged {
  readonly functions: readonly PackagedFunction[];
  remove(): void;
}

/** Packages every function of the repository with Netlify's own packager, as its build does. */
export async function packageFunctions(): Promise<Packaged> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-packaged-'));
  const made = await zipFunctions(join(ROOT, 'functions'), folder, { archiveFormat: 'none', basePath: ROOT });
  return {
    functions: made.map((each) => ({
      name: each.name,
      folder: each.path,
      entry: join(each.path, 'functions', `${each.name}.mjs`),
      schedule: each.schedule,
      invocationMode: each.invocationMode,
      eventSubscriptions: each.eventSubscriptions ?? [],
      routes: (each.routes ?? []).map(({ pattern }) => pattern),
      limit: limitOf(each.trafficRules),
    })),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function limitOf(rules: FunctionResult['trafficRules']): number | undefined {
  const { rateLimitConfig, aggregate } = rules?.action.config ?? {};
  const isByAddress = aggregate?.keys.some(({ type }) => type === 'ip') && rateLimitConfig?.windowSize === 60;
  return isByAddress ? rateLimitConfig?.windowLimit : undefined;
}

export interface Sizes {
  /** Minified bytes of what is loaded before the first request is answered, and of all that may ever be. */
  readonly eager: number;
  readonly all: number;
  /** The packages that are loaded at once. */
  readonly packages: ReadonlySet<string>;
}

/** What a function weighs without what it has no use for: a package that is imported when it is needed is not loaded at once. */
export async function sizesOf({ entry }: PackagedFunction): Promise<Sizes> {
  const { metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    splitting: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    // node-fetch has it for versions of Node.js before 18, and loads it nowhere else.
    external: ['web-streams-polyfill'],
    outdir: '/out',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const outputs = Object.entries(metafile.outputs);
  const first = outputs.find(([, { entryPoint }]) => entryPoint !== undefined && resolve(entryPoint) === entry)?.[0];
  if (first === undefined) throw new Error(`${entry} was not bundled`);
  const eager = staticFrom(metafile, first);
  const sum = (names: Iterable<string>): number => [...names].reduce((all, name) => all + bytesOf(metafile, name), 0);
  const inputs = [...eager].flatMap((name) => Object.entries(metafile.outputs[name]?.inputs ?? {}));
  const loaded = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([input]) => input);
  const packages = loaded.flatMap((input) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []);
  return { eager: sum(eager), all: sum(outputs.map(([name]) => name)), packages: new Set(packages) };
}

function staticFrom({ outputs }: Metafile, first: string): ReadonlySet<string> {
  const found = new Set([first]);
  for (const name of found) {
    for (const { path, kind, external } of outputs[name]?.imports ?? []) {
      if (kind === 'import-statement' && !external) found.add(path);
    }
  }
  return found;
}

function bytesOf({ outputs }: Metafile, name: string): number {
  return outputs[name]?.bytes ?? 0;
}
