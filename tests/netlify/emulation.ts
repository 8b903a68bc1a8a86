import { type ChildProcess, fork } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getStore } from '@netlify/blobs';
import { build } from 'esbuild';
import { bundleFunctions } from '../../scripts/bundle-functions.ts';
import { openBlobsStore } from '../../server/store/blobs.ts';
import { netlifyBlobs } from '../../server/store/blobs-client.ts';
import { blobsDelivering } from '../../server/store/blobs-delivering.ts';
import { blobsSizes } from '../../server/store/blobs-sizes.ts';
import type { Store } from '../../server/store/store.ts';
import { filesIn } from './built-site.ts';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Packaging takes seconds on a busy machine; a minute and a half means that it hangs. */
const START_MS = 90_000;

export interface EmulationOptions {
  /** The functions that there are, by their names; all unless given. */
  readonly functions?: readonly string[];
  /** Whether edge functions run, which takes Deno. */
  readonly edge?: boolean;
  /** Where it listens, for a site that has to know before; any free port unless given. */
  readonly port?: number;
  /** Files of the built site, by URL path. */
  readonly site: Readonly<Record<string, string | Uint8Array>>;
  /** What the functions find in their environment. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Netlify's local emulation of a site of ours, in a process of its own. */
export interface Emulation {
  /** Where it listens. */
  readonly base: string;
  /** The context of its Blobs, in base64, as `NETLIFY_BLOBS_CONTEXT` has it. */
  readonly blobs: string;
  /** A folder that goes with it. */
  readonly folder: string;
  /** Puts other files into the site, as another deploy would. */
  write(site: EmulationOptions['site']): void;
  /** Puts a whole site live: nothing of the one before is left. Instances of functions live on, which a deploy would end. */
  deploy(site: EmulationOptions['site']): void;
  close(): Promise<void>;
}

/** Starts it; rejects within a bound when it cannot be started. */
export async function startEmulation(options: EmulationOptions): Promise<Emulation> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-netlify-'));
  try {
    const project = await makeProject(folder, options);
    const child = await startProcess(project, options);
    const { base, blobs } = await told(child);
    return {
      ...{ base, blobs, folder },
      write: (site) => {
        writeFiles(join(project, '_site'), site);
        for (const place of packagedSites(project)) {
          const packaged = Object.entries(site).filter(([path]) => existsSync(join(place, path)));
          writeFiles(place, Object.fromEntries(packaged));
        }
      },
      deploy(site) {
        replaceFiles(join(project, '_site'), site);
        for (const place of packagedSites(project)) replaceFiles(place, packagedOf(project, place, site));
      },
      async close() {
        await stop(child);
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The functions, bundled, and the settings of the repository beside another site: what Netlify has after a build. */
async function makeProject(folder: string, { functions, site }: EmulationOptions): Promise<string> {
  const project = join(folder, 'project');
  // Edge functions are no function of ours: the emulation bundles them itself.
  for (const name of ['edge', 'federation', 'netlify.toml', 'package.json']) {
    cpSync(join(ROOT, name), join(project, name), { recursive: true });
  }
  const output = join(project, '_functions');
  await bundleFunctions({ root: ROOT, output, ...(functions && { only: functions }) });
  symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'));
  writeFiles(join(project, '_site'), site);
  return project;
}

/** What of the site lies beside each function, where it is read. */
function packagedSites(project: string): string[] {
  const packaged = join(project, '.netlify/functions-serve');
  // Each request has a folder there, too, for as long as it lasts.
  const names = readdirSync(packaged).filter((name) => !name.startsWith('_'));
  return names.map((name) => join(packaged, name, '_site'));
}

/** What of a site the packager puts beside a function, by what the function's own entry says. */
function packagedOf(project: string, place: string, site: EmulationOptions['site']): EmulationOptions['site'] {
  const name = basename(dirname(place));
  const entry = readFileSync(join(project, '_functions', name, `${name}.mjs`), 'utf8');
  const patterns = [...entry.matchAll(/_site(\/[^"]+)"/g)].map(([, pattern = '']) =>
    pattern
      .split('*')
      .map((part) => part.replace(/\./g, '\\.'))
      .join('[^/]*'),
  );
  const isIncluded = new RegExp(`^(?:${patterns.join('|')})$`);
  return Object.fromEntries(Object.entries(site).filter(([path]) => isIncluded.test(path)));
}

/** Each file appears whole, and before any goes: a function may be reading. */
function replaceFiles(folder: string, files: EmulationOptions['site']): void {
  const drafts = `${folder}.next`;
  writeFiles(drafts, files);
  for (const path of Object.keys(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    renameSync(join(drafts, path), join(folder, path));
  }
  rmSync(drafts, { recursive: true, force: true });
  for (const path of Object.keys(filesIn(folder))) if (files[path] === undefined) rmSync(join(folder, path));
}

function writeFiles(folder: string, files: EmulationOptions['site']): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

async function startProcess(project: string, { edge, port = 0, variables }: EmulationOptions): Promise<ChildProcess> {
  const thread = join(dirname(project), 'inside-function.mjs');
  const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  await build({
    ...{ entryPoints: [here('inside-function.ts')], outfile: thread, bundle: true, format: 'esm' },
    ...{ platform: 'node', logLevel: 'silent' },
  });
  const { PATH = '', HOME = '', TMPDIR = '' } = process.env;
  return fork(here('emulate.ts'), [project, thread, edge ? 'edge' : '', String(port)], {
    // Not where the site is: what was not packaged with a function, it does not find.
    cwd: dirname(project),
    execArgv: ['--import', import.meta.resolve('tsx')],
    // Nothing of what the person who runs the tests has set reaches the functions.
    env: { PATH: join(ROOT, 'node_modules/.bin') + delimiter + PATH, HOME, TMPDIR, ...variables },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

function told(child: ChildProcess): Promise<{ base: string; blobs: string }> {
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-20_000);
    });
  }
  return new Promise((resolve, reject) => {
    const fail = (how: string) => {
      clearTimeout(bound);
      child.kill('SIGKILL');
      reject(new Error(`Netlify's emulation ${how}:\n${said}`));
    };
    const bound = setTimeout(() => fail('did not start in time'), START_MS);
    const ended = () => fail('ended');
    child.once('exit', ended);
    child.once('message', ({ base, blobs }: { base: string; blobs: string }) => {
      clearTimeout(bound);
      child.off('exit', ended);
      resolve({ base, blobs });
    });
  });
}

/** It ends by itself when nobody speaks to it any more; what hangs is killed. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const bound = setTimeout(() => child.kill('SIGKILL'), 5_000);
  child.disconnect();
  await ended;
  clearTimeout(bound);
}

/** What the functions remember of the site `siteId`, to look into. */
export function openBlobsOf({ blobs }: Pick<Emulation, 'blobs'>, siteId: string): Store {
  const { edgeURL, uncachedEdgeURL, token } = JSON.parse(Buffer.from(blobs, 'base64').toString());
  const place = { edgeURL, uncachedEdgeURL, token, siteID: siteId };
  const there = netlifyBlobs(getStore({ name: 'postern-dev', consistency: 'strong', ...place }));
  return openBlobsStore(there, { delivering: blobsDelivering, sizes: blobsSizes });
}

/** Everything that the site `siteId` has in Blobs, as it lies on disk. */
export function blobFiles({ folder }: Pick<Emulation, 'folder'>, siteId: string): string {
  const entries = join(folder, 'project/.netlify/blobs-serve/entries', siteId);
  if (!existsSync(entries)) return '';
  return readdirSync(entries, { recursive: true, withFileTypes: true, encoding: 'utf8' })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}
