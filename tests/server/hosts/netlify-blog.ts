import { afterEach, beforeEach } from 'vitest';
import { createDeps } from '../../../server/deps.ts';
import { type NetlifyBlog, type NetlifyContext, openNetlifyBlog } from '../../../server/hosts/netlify.ts';
import type { LogLine } from '../../../server/ports.ts';
import { openMemoryStore } from '../../../server/store/memory.ts';
import { privateKeysText } from '../blog-keys.ts';
import { createWorld, NOW, ORIGIN, type World } from '../routes/world.ts';

export const PRODUCTION: NetlifyContext = { deploy: { context: 'production' }, site: { url: ORIGIN } };
export const KEYS = privateKeysText();

/** The blog as Netlify's host makes it, in a network of one peer; it logs into `lines`. */
export async function openBlog(
  world: World,
  lines: LogLine[],
  context = PRODUCTION,
  env: Record<string, string> = { POSTERN_PRIVATE_KEYS: KEYS },
): Promise<NetlifyBlog> {
  const blog = await openNetlifyBlog(createDeps, context, {
    env,
    folder: world.siteFolder,
    openStore: () => openMemoryStore(),
    log: (line) => void lines.push(line),
  });
  const { documents } = world.deps;
  return { ...blog, deps: { ...blog.deps, documents, clock: () => NOW } };
}

/** A built site and a log for each test of a file. */
export function openEachWorld(take: (world: World, lines: LogLine[]) => void): void {
  let world: World;
  beforeEach(() => {
    world = createWorld();
    take(world, []);
  });
  afterEach(() => world.remove());
}
