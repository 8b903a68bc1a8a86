import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSettings, type Settings } from '../build/settings.ts';
import { readVersion } from '../build/version.ts';
import type { BuildFacts } from '../eleventy.config.ts';
import { addressesOf } from '../federation/addresses.ts';
import { digestKeys } from '../federation/emission.ts';
import type { Plan } from '../federation/plan.ts';
import { sha256Hex } from '../server/crypto.ts';
import { type Clients, createClients, createDeps } from '../server/deps.ts';
import { PosternError } from '../server/errors.ts';
import { LIVE_SITE, loadKeys } from '../server/keys.ts';
import type { Deps, LogLine, SigningKeys } from '../server/ports.ts';
import type { PreparedPlan } from '../server/publish.ts';
import { openSite } from '../server/site.ts';
import { openSqliteStore } from '../server/store/sqlite.ts';
import type { Store } from '../server/store/store.ts';
import { assertStore, storeFile, tellMigrated } from './store-file.ts';

const SCRIPTS = fileURLToPath(new URL('.', import.meta.url));

/** Where the Node host keeps what it serves, and where a plan builds what it compares. */
export function siteFolder(settings: Settings): string {
  return join(settings.dataFolder, LIVE_SITE);
}

export function plannedFolder(settings: Settings): string {
  return join(settings.dataFolder, 'planned');
}

/** What is looked at and not live: the site while it is watched, or at another origin. */
export function lookFolder(settings: Settings): string {
  return join(settings.dataFolder, 'look');
}

/** Opens the store, and makes it where there is none. */
export function openStore(settings: Settings): Store {
  mkdirSync(settings.dataFolder, { recursive: true, mode: 0o700 });
  return openSqliteStore(storeFile(settings), { onMigrated: tellMigrated });
}

export interface WithStoreOptions {
  /** Makes a store where there is none: what was kept elsewhere is brought back. Anything else rejects with `no-store`. */
  readonly create?: boolean;
}

/** Lets a command work on the store of its blog, and closes it, whatever comes of that. */
export async function withStore<T>(
  work: (store: Store, settings: Settings) => Promise<T>,
  { create = false }: WithStoreOptions = {},
): Promise<T> {
  const settings = readSettings(process.env, process.cwd());
  if (!create) assertStore(settings);
  const store = openStore(settings);
  try {
    return await work(store, settings);
  } finally {
    await store.close();
  }
}

/** Opens what goes out to other servers, signed as the blog of one origin. */
export async function openClients(settings: Settings, origin: string): Promise<Clients> {
  return createClients(await loadSigningKeys(settings, origin), {
    origin,
    version: readVersion(),
    allowPrivate: settings.allowPrivateAddresses,
  });
}

async function loadSigningKeys(settings: Settings, origin: string): Promise<SigningKeys> {
  return (await loadKeys(settings)).signingKeys(addressesOf(origin).actor);
}

export interface OpenBlog {
  readonly deps: Deps;
  /** `keyDigest` of each pair of keys that is held: with these it can be signed. */
  readonly keyDigests: readonly string[];
  close(): Promise<void>;
}

/** Puts together what the use cases need, for the site that lies in `folder`. */
export async function openBlog(settings: Settings, folder: string, log: (line: LogLine) => void): Promise<OpenBlog> {
  const site = openSite(folder);
  const { origin } = (await site.parts()).head;
  const own = await loadKeys(settings);
  const keys = own.signingKeys(addressesOf(origin).actor);
  const store = openStore(settings);
  const allowPrivate = settings.allowPrivateAddresses;
  const { deps, close } = createDeps({ store, site, log, keys, origin, version: readVersion(), allowPrivate });
  return {
    deps,
    keyDigests: own.pairs.map((pair) => digestKeys({ sha256: sha256Hex }, pair)),
    close: async () => {
      await close();
      await store.close();
    },
  };
}

/** The exit code of a build that has told what is wrong; a child that was killed has none. */
const CHILD_FAILED = 1;

export interface ChildBuildOptions {
  /** Lives on and tells each build; the promise is of the first. */
  readonly watch?: boolean;
  /** Adds what is dated ahead, for hosts that show it when its time has come. */
  readonly scheduled?: boolean;
  /** While watching: shows what is dated ahead too. */
  readonly future?: boolean;
  /** The origin of a server whose ledger says which ids are in use and which were deleted, instead of our own. */
  readonly ledger?: string;
  /** Variables that differ from this process's. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  readonly onBuilt?: (facts: BuildFacts) => void;
  /** A watching child ended that nobody had asked to. */
  readonly onLost?: () => void;
}

/**
 * Builds in a process of its own, so that the one that serves stays small. Rejects with `build-failed` when the child
 * has told what is wrong, and with `build-ended` when it could not.
 */
export function build(output: string, options: ChildBuildOptions = {}): Promise<BuildFacts> {
  const { watch, scheduled, future, ledger, environment, signal, onBuilt, onLost } = options;
  const flags = [
    ...(watch ? ['--watch'] : []),
    ...(scheduled ? ['--scheduled'] : []),
    ...(future ? ['--future'] : []),
    ...(ledger === undefined ? [] : ['--ledger', ledger]),
  ];
  const args = ['build', '--quiet', '--output', output, ...flags];
  const child = spawn(process.execPath, [join(SCRIPTS, 'run.mjs'), ...args], {
    ...(environment ? { env: { ...process.env, ...environment } } : {}),
    // What the child tells goes to standard error: the output of the command belongs to the command.
    stdio: ['ignore', watch ? 'inherit' : process.stderr, 'inherit', 'ipc'],
    ...(signal ? { signal } : {}),
  });
  return new Promise((resolve, reject) => {
    let built = false;
    child.on('message', (message: { built: BuildFacts }) => {
      built = true;
      onBuilt?.(message.built);
      resolve(message.built);
    });
    child.on('error', (error) => (error.name === 'AbortError' ? undefined : reject(error)));
    child.on('exit', (code) => {
      if (built && watch && !signal?.aborted) onLost?.();
      reject(buildFailed(code));
    });
  });
}

function buildFailed(code: number | null): PosternError {
  const message = 'The build ended before the site was built; nothing was changed or sent.';
  return new PosternError(code === CHILD_FAILED ? 'build-failed' : 'build-ended', message, {
    hint: 'Run this again; if the machine ran out of memory, give it more.',
    facts: { code },
  });
}

/** True when other servers could reach the blog: a local look is not announced to anyone. */
export function mayFederate(settings: Settings, facts: Pick<BuildFacts, 'originFrom'>): boolean {
  return facts.originFrom !== 'local' || settings.allowPrivateAddresses;
}

/** True when what was sent so far was sent as another origin: what still waits in this data folder is not ours to send. */
export function isOfAnotherOrigin(plan: Plan): boolean {
  return plan.holds.some(({ code }) => code === 'other-origin');
}

/**
 * True when the build calls the blog by another name than others know, or has other keys while those that they know are held,
 * and the owner has not said that this is meant. Put live, the name that followers know would find nobody, and who looks for
 * the key that signs would find another. Where the known keys are lost the new ones must go live: they sign what is sent.
 */
export function isOfAnotherIdentity(
  { plan, manifest, known }: Pick<PreparedPlan, 'plan' | 'manifest' | 'known'>,
  { keyDigests }: Pick<OpenBlog, 'keyDigests'>,
): boolean {
  const told = known?.ledger.actor;
  if (told === undefined || !plan.holds.some(({ code }) => code === 'identity-changed')) return false;
  const { keyDigest, username } = told;
  if (keyDigest !== undefined && keyDigest !== manifest.actor.keyDigest) return keyDigests.includes(keyDigest);
  return username !== undefined && username !== manifest.actor.username;
}
