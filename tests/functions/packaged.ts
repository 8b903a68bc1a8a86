import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resolveConfig } from '@netlify/config';
import { zipFunctions } from '@netlify/zip-it-and-ship-it';
import { build, type Metafile } from 'esbuild';
import { bundleFunctions } from '../../scripts/bundle-functions.ts';

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
  readonly methods: readonly string[];
  /** How many requests of one address are answered in a minute; undefined: all. */
  readonly limit: number | undefined;
  /** Our sources in each of its files, by their paths. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
}

export interface Packaged {
  readonly functions: readonly PackagedFunction[];
  remove(): void;
}

/** Packages every function of the repository as Netlify's build does: our own bundles, by its own packager, as netlify.toml says. */
export async function packageFunctions(
  site: Readonly<Record<string, string | Uint8Array>> = { 'ap/manifest.json': '{}' },
): Promise<Packaged> {
  const project = mkdtempSync(join(tmpdir(), 'postern-packaged-'));
  const remove = () => rmSync(project, { recursive: true, force: true });
  try {
    const bundled = await bundleFunctions({ root: ROOT, output: join(project, '_functions') });
    cpSync(join(ROOT, 'netlify.toml'), join(project, 'netlify.toml'));
    for (const [path, content] of Object.entries(site)) {
      mkdirSync(dirname(join(project, '_site', path)), { recursive: true });
      writeFileSync(join(project, '_site', path), content);
    }
    const options = { archiveFormat: 'none', basePath: project } as const;
    const made = await zipFunctions(await functionsOf(project), join(project, 'packaged'), options);
    return { functions: made.map((each) => packagedFunction(project, each, bundled)), remove };
  } catch (fault) {
    remove();
    throw fault;
  }
}

type Made = Awaited<ReturnType<typeof zipFunctions>>[number];

function packagedFunction(
  project: string,
  made: Made,
  bundled: Awaited<ReturnType<typeof bundleFunctions>>,
): PackagedFunction {
  const inside = (file: string) => join(made.path, relative(project, file));
  const own = bundled.find(({ name }) => name === made.name)?.sources ?? new Map<string, readonly string[]>();
  return {
    name: made.name,
    folder: made.path,
    entry: inside(made.mainFile),
    schedule: made.schedule,
    invocationMode: made.invocationMode,
    eventSubscriptions: made.eventSubscriptions ?? [],
    routes: (made.routes ?? []).map(({ pattern }) => pattern),
    methods: [...new Set((made.routes ?? []).flatMap(({ methods = [] }) => methods.map(String)))],
    limit: limitOf(made.trafficRules),
    sources: new Map([...own].map(([file, sources]) => [join(dirname(inside(made.mainFile)), file), sources])),
  };
}

function limitOf(rules: Made['trafficRules']): number | undefined {
  const { rateLimitConfig, aggregate } = rules?.action.config ?? {};
  const isByAddress = aggregate?.keys.some(({ type }) => type === 'ip') && rateLimitConfig?.windowSize === 60;
  return isByAddress ? rateLimitConfig?.windowLimit : undefined;
}

/** Where netlify.toml says that the functions are. */
async function functionsOf(project: string): Promise<string> {
  const { config } = await resolveConfig({
    ...{ config: join(project, 'netlify.toml'), repositoryRoot: project, cwd: project, offline: true, mode: 'cli' },
    ...{ context: 'production', branch: 'main', quiet: true },
  });
  return config.functionsDirectory;
}

export interface Sizes {
  /** Bytes of what is loaded before the first request is answered, and of all that may ever be. */
  readonly eager: number;
  readonly all: number;
  /** The packages that are loaded at once. */
  readonly packages: ReadonlySet<string>;
}

/** What a function weighs as it lies in its package, without what the platform adds. */
export async function sizesOf({ entry, sources }: PackagedFunction): Promise<Sizes> {
  const folder = dirname(entry);
  const { metafile } = await build({
    ...{ absWorkingDir: folder, entryPoints: [entry], outdir: '/out', write: false, metafile: true },
    ...{ bundle: true, splitting: true, platform: 'node', target: 'node20', format: 'esm', logLevel: 'silent' },
  });
  const first = relative(folder, entry);
  const eager = importedFrom(metafile, first, ['import-statement']);
  const all = importedFrom(metafile, first, ['import-statement', 'dynamic-import', 'require-call']);
  const sum = (files: Iterable<string>) =>
    [...files].reduce((bytes, file) => bytes + (metafile.inputs[file]?.bytes ?? 0), 0);
  const loaded = [...eager].flatMap((file) => sources.get(join(folder, file)) ?? []);
  const packages = loaded.flatMap((source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []);
  return { eager: sum(eager), all: sum(all), packages: new Set(packages) };
}

function importedFrom({ inputs }: Metafile, first: string, kinds: readonly string[]): ReadonlySet<string> {
  const found = new Set([first]);
  for (const name of found) {
    for (const { path, kind, external } of inputs[name]?.imports ?? []) {
      if (kinds.includes(kind) && !external) found.add(path);
    }
  }
  return found;
}
