import { join } from 'node:path';
import { FUNCTIONS } from '../../scripts/functions.ts';
import { contextWith } from '../../server/hosts/host.ts';
import { serve } from '../../server/hosts/node.ts';
import { createRouter } from '../../server/hosts/router.ts';
import type { Deps } from '../../server/ports.ts';
import { openSite } from '../../server/site.ts';
import type { Store } from '../../server/store/store.ts';
import { signingKeys } from '../remote/signing-keys.ts';
import { type BuiltSite, NOW, ORIGIN } from './built-site.ts';
import { type Emulation, type EmulationOptions, startEmulation } from './emulation.ts';
import { WORLD_HEADER, writeWorld } from './world-header.ts';

/** A way to ask for an address of the blog. */
export interface Host {
  ask(path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

/** The functions, each called as a host calls it. */
export function bareFunctions(site: BuiltSite, store: Store): Host {
  const route = createRouter(FUNCTIONS);
  const deps = depsOf(site, store);
  return {
    async ask(path, init) {
      const request = new Request(ORIGIN + path, init);
      const found = route(new URL(request.url).pathname);
      if (!found) throw new Error(`no function has the path ${path}`);
      return found.module.default(request, contextWith(deps, found.params));
    },
    close: async () => {},
  };
}

/** The Node server, on loopback. */
export async function nodeHost(site: BuiltSite, store: Store): Promise<Host> {
  const deps = depsOf(site, store);
  const serving = await serve({ functions: FUNCTIONS, siteFolder: site.folder, deps, host: '127.0.0.1', port: 0 });
  return {
    ask: (path, init) => fetch(serving.url + path, { redirect: 'manual', ...init }),
    close: () => serving.close(),
  };
}

/** Netlify's emulation of the whole site, for as many stores as there are questions about. */
export function emulateSite(
  { files, privateKeys }: Pick<BuiltSite, 'files' | 'privateKeys'>,
  options: Pick<EmulationOptions, 'functions' | 'edge'> = { edge: true },
): Promise<Emulation> {
  const variables = { POSTERN_PRIVATE_KEYS: privateKeys, POSTERN_ALLOW_PRIVATE_ADDRESSES: '1' };
  return startEmulation({ ...options, site: files, variables });
}

/** What it answers with what the site `siteId` has in Blobs; no other server can be reached. */
export function netlifyHost(emulation: Emulation, siteId: string): Host {
  const world = writeWorld({ now: NOW, siteId, log: join(emulation.folder, `${siteId}.log`) });
  return {
    ask: (path, init) => {
      const headers = new Headers(init?.headers);
      headers.set(WORLD_HEADER, world);
      return fetch(emulation.base + path, { redirect: 'manual', ...init, headers });
    },
    close: async () => {},
  };
}

function depsOf({ folder }: BuiltSite, store: Store): Deps {
  const never = async (): Promise<never> => {
    throw new Error('there is no other server');
  };
  return {
    store,
    site: openSite(folder),
    keys: signingKeys(`${ORIGIN}/ap/actor.json`),
    ...{ documents: { get: never }, media: { get: never }, webfinger: { get: never } },
    inboxes: { post: never, close: async () => {} },
    clock: () => NOW,
    log: () => {},
  };
}
