import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach } from 'vitest';
import { DEFAULT_RULES, RULES_PATH } from '../../../federation/rules.ts';
import { FUNCTIONS } from '../../../scripts/functions.ts';
import { contextWith } from '../../../server/hosts/host.ts';
import { serve } from '../../../server/hosts/node.ts';
import { createRouter } from '../../../server/hosts/router.ts';
import type { Store } from '../../../server/store/store.ts';
import { filesIn } from '../../netlify/built-site.ts';
import { type Emulation, openBlobsOf } from '../../netlify/emulation.ts';
import { startGateway } from '../../netlify/gateway.ts';
import { emulateSite } from '../../netlify/hosts.ts';
import { newPrivateKeys } from '../../netlify/private-keys.ts';
import { WORLD_HEADER, writeWorld } from '../../netlify/world-header.ts';
import { createWorld, ORIGIN, siteFiles, type World } from './world.ts';

/** Asks for a path of the site in one of the ways that a host has. */
export interface Way {
  ask(path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

/** The function alone, called as a host calls it. */
export async function asFunction({ deps }: World): Promise<Way> {
  const route = createRouter(FUNCTIONS);
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

/** A real server on loopback, reached under another name than the blog's own. */
export async function overHttp({ deps, siteFolder }: World): Promise<Way> {
  const serving = await serve({ functions: FUNCTIONS, siteFolder, deps, host: '127.0.0.1', port: 0 });
  return {
    ask: (path, init) => fetch(serving.url + path, { redirect: 'manual', ...init }),
    close: () => serving.close(),
  };
}

/** Opens a way; `openStore` is there where the store is not in this process. */
export interface OpenWay {
  (world: World): Promise<Way>;
  readonly openStore?: () => Promise<Store>;
}

type Named = readonly [name: string, open: OpenWay];

/**
 * Those whose requests are answered in this process: for a test that puts a client, a limit or a fault of its own into the functions.
 * Each address that such a test asks for is asked of Netlify’s emulation in `scenarios/addresses-table.ts`.
 */
export const ways: readonly Named[] = [
  ['as a function', asFunction],
  ['over HTTP', overHttp],
];

/** The same, and these functions as Netlify's emulation packages and runs them, with the store in Blobs. */
export function allWays(...functions: string[]): readonly Named[] {
  return [...ways, ['in Netlify’s emulation', inEmulation(functions)]];
}

function inEmulation(functions: readonly string[]): OpenWay {
  let started: Promise<Emulation> | undefined;
  let sites = 0;
  const files = Object.entries({ ...siteFiles(), [RULES_PATH]: JSON.stringify(DEFAULT_RULES) });
  // What is not there when a function is packaged is not beside it later.
  const packaged = Object.fromEntries(files.map(([path, content]) => [path, Buffer.from(content)]));
  afterAll(async () => (await started)?.close());
  const start = () => (started ??= emulateSite({ files: packaged, privateKeys: newPrivateKeys() }, { functions }));
  const open = async ({ siteFolder, deps, lines }: World): Promise<Way> => {
    const emulation = await start();
    const siteId = `site-${sites}`;
    const log = join(emulation.folder, `${siteId}.log`);
    writeFileSync(log, '');
    const gateway = await startGateway(deps);
    const world = writeWorld({ now: deps.clock(), gateway: gateway.port, siteId, log });
    return {
      async ask(path, init) {
        emulation.write({ ...packaged, ...filesIn(siteFolder) });
        const headers = new Headers(init?.headers);
        headers.set(WORLD_HEADER, world);
        const known = readFileSync(log, 'utf8').length;
        const response = await fetch(emulation.base + path, { redirect: 'manual', ...init, headers });
        const written = readFileSync(log, 'utf8').slice(known).split('\n');
        for (const line of written) if (line.startsWith('{')) lines.push(JSON.parse(line));
        return response;
      },
      close: async () => gateway.close(),
    };
  };
  const openStore = async () => {
    sites += 1;
    return openBlobsOf(await start(), `site-${sites}`);
  };
  return Object.assign(open, { openStore });
}

/** Opens a world of its own, in one of the ways, for each test of a group. */
export function openEach(open: OpenWay, take: (opened: { readonly world: World; readonly way: Way }) => void): void {
  let world: World;
  let way: Way;
  beforeEach(async () => {
    world = createWorld(await open.openStore?.());
    way = await open(world);
    take({ world, way });
  });
  afterEach(async () => {
    await way.close();
    world.remove();
  });
}
