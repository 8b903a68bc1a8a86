import { afterEach, beforeEach } from 'vitest';
import { FUNCTIONS } from '../../../scripts/functions.ts';
import { contextWith } from '../../../server/hosts/host.ts';
import { serve } from '../../../server/hosts/node.ts';
import { createRouter } from '../../../server/hosts/router.ts';
import { createWorld, ORIGIN, type World } from './world.ts';

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

export const ways = [
  ['as a function', asFunction],
  ['over HTTP', overHttp],
] as const;

/** Opens a world of its own, in one of the ways, for each test of a group. */
export function openEach(
  open: (world: World) => Promise<Way>,
  take: (opened: { readonly world: World; readonly way: Way }) => void,
): void {
  let world: World;
  let way: Way;
  beforeEach(async () => {
    world = createWorld();
    way = await open(world);
    take({ world, way });
  });
  afterEach(async () => {
    await way.close();
    world.remove();
  });
}
