import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RULES_PATH } from '../../federation/rules.ts';
import type { LogLine } from '../../server/ports.ts';
import type { Emulation, EmulationOptions } from '../netlify/emulation.ts';
import { type Gateway, startGateway } from '../netlify/gateway.ts';
import { WORLD_HEADER, writeWorld } from '../netlify/world-header.ts';
import type { Door, DoorDeps } from './doors.ts';

/**
 * The function as Netlify packages and runs it, with what one site has in Blobs. Of what a test gives it the function sees
 * nothing: its clock, its site and the other servers are put around it, and what it logs is read from its output.
 */
export function netlifyDoor(emulation: Emulation, siteId: string): Door {
  const log = join(emulation.folder, `${siteId}.log`);
  writeFileSync(log, '');
  const gateways = new Map<unknown, Promise<Gateway>>();
  const linesFrom = (known: number): LogLine[] =>
    readFileSync(log)
      .subarray(known)
      .toString()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
  return {
    async post(deps, { url, method, headers, body }) {
      emulation.write(await siteFiles(deps));
      const gateway = gateways.get(deps) ?? startGateway(deps);
      gateways.set(deps, gateway);
      const known = readFileSync(log).length;
      const world = { now: deps.clock(), gateway: (await gateway).port, siteId, log };
      headers.set(WORLD_HEADER, writeWorld(world));
      const target = emulation.base + new URL(url).pathname;
      const response = await fetch(target, { method, headers, body: Uint8Array.from(body) });
      for (const line of linesFrom(known)) deps.log(line);
      return response;
    },
    async close() {
      for (const gateway of gateways.values()) (await gateway).close();
    },
  };
}

/** What the build has for the server, as this blog has it now. */
async function siteFiles({ site }: DoorDeps): Promise<EmulationOptions['site']> {
  return {
    '/ap/manifest.json': JSON.stringify(await site.manifest()),
    [RULES_PATH]: JSON.stringify(await site.rules()),
  };
}
