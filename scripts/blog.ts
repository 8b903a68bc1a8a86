import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Settings } from '../build/settings.ts';
import type { BuildFacts } from '../eleventy.config.ts';
import { addressesOf } from '../federation/addresses.ts';
import type { Plan } from '../federation/plan.ts';
import { PosternError } from '../server/errors.ts';
import { createAgents } from '../server/http/agents.ts';
import { createDocumentClient } from '../server/http/document-client.ts';
import { createInboxClient } from '../server/http/inbox-client.ts';
import { createSigning } from '../server/http/signing.ts';
import { userAgent } from '../server/http/user-agent.ts';
import { loadKeys } from '../server/keys.ts';
import type { Deps, LogLine } from '../server/ports.ts';
import { openSite } from '../server/site.ts';
import { openSqliteStore } from '../server/store/sqlite.ts';
import type { Store } from '../server/store/store.ts';

const SCRIPTS = fileURLToPath(new URL('.', import.meta.url));

export const VERSION: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;

/** Where the Node host keeps what it serves, and where a plan builds what it compares. */
export function siteFolder(settings: Settings): string {
  return join(settings.dataFolder, 'site');
}

export function plannedFolder(settings: Settings): string {
  return join(settings.dataFolder, 'planned');
}

export function openStore(settings: Settings): Store {
  mkdirSync(settings.dataFolder, { recursive: true, mode: 0o700 });
  return openSqliteStore(join(settings.dataFolder, 'postern.db'));
}

export interface OpenBlog {
  readonly deps: Deps;
  close(): Promise<void>;
}

/** Puts together what the use cases need, for the site that lies in `folder`. */
export async function openBlog(settings: Settings, folder: string, log: (line: LogLine) => void): Promise<OpenBlog> {
  const site = openSite(folder);
  const { origin } = await site.manifest();
  const keys = (await loadKeys(settings)).signingKeys(addressesOf(origin).actor);
  const { allowPrivateAddresses: allowPrivate } = settings;
  const agents = createAgents({ allowPrivate });
  const http = { agents, allowPrivate, userAgent: userAgent(VERSION, origin), clock: Date.now, ...createSigning(keys) };
  const store = openStore(settings);
  const inboxes = createInboxClient(http);
  const deps = { store, site, documents: createDocumentClient(http), inboxes, keys, clock: Date.now, log };
  return {
    deps,
    close: async () => {
      await inboxes.close();
      await store.close();
    },
  };
}

/**
 * Builds in a process of its own, so that the one that serves stays small. With `watch` the child lives on and tells
 * each build; the promise is of the first.
 */
export function build(
  output: string,
  options: { watch?: boolean; signal?: AbortSignal; onBuilt?: (facts: BuildFacts) => void } = {},
): Promise<BuildFacts> {
  const args = [
    join(SCRIPTS, 'run.mjs'),
    'build',
    '--quiet',
    '--output',
    output,
    ...(options.watch ? ['--watch'] : []),
  ];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    ...(options.signal ? { signal: options.signal } : {}),
  });
  return new Promise((built, fail) => {
    child.on('message', (message: { built: BuildFacts }) => {
      options.onBuilt?.(message.built);
      built(message.built);
    });
    child.on('error', (error) => (error.name === 'AbortError' ? undefined : fail(error)));
    child.on('exit', (code) => fail(buildFailed(code)));
  });
}

function buildFailed(code: number | null): PosternError {
  return new PosternError('build-failed', 'The site was not built, so nothing was changed or sent.', {
    hint: 'Mend what is listed above and run this again.',
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
