import { afterEach, beforeEach } from 'vitest';
import { FUNCTIONS } from '../../../scripts/functions.ts';
import type { FunctionModule } from '../../../server/hosts/host.ts';
import { type ServeOptions, type Serving, serve } from '../../../server/hosts/node.ts';
import { createWorld, type World } from '../routes/world.ts';

let world: World;
const servings: Serving[] = [];

/** Gives each test of a file a world of its own, and closes what it started. */
export function useWorld(): () => World {
  beforeEach(() => {
    world = createWorld();
  });
  afterEach(async () => {
    for (const each of servings.splice(0)) await each.close();
    world.remove();
  });
  return () => world;
}

export async function start(options: Partial<ServeOptions> = {}): Promise<Serving> {
  const { siteFolder, deps } = world;
  const serving = await serve({ functions: FUNCTIONS, siteFolder, deps, host: '127.0.0.1', port: 0, ...options });
  servings.push(serving);
  return serving;
}

export const functionAt = (path: `/${string}`, answer: FunctionModule['default']): FunctionModule => ({
  default: answer,
  config: { path },
});
