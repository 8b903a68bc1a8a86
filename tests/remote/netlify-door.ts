import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Attempt } from '../../federation/delivery.ts';
import { RULES_PATH } from '../../federation/rules.ts';
import { parsePrivateKeys } from '../../server/held-keys.ts';
import type { Resolve } from '../../server/http/addresses.ts';
import type { LogLine } from '../../server/ports.ts';
import { signWorkToken } from '../../server/work-token.ts';
import type { Emulation, EmulationOptions } from '../netlify/emulation.ts';
import { type Gateway, startGateway } from '../netlify/gateway.ts';
import { startTunnel } from '../netlify/tunnel.ts';
import { WORLD_HEADER, writeWorld } from '../netlify/world-header.ts';
import type { Door, DoorDeps } from './doors.ts';

/** What a delivery is made with: what every inbox answers, or where the servers are. */
export interface DeliveringDeps extends DoorDeps {
  readonly post?: (inbox: string) => Promise<Attempt>;
  readonly resolve?: Resolve;
}

export interface NetlifyDoor extends Door {
  /** Has the function that works in the background deliver what is due, and waits until it is through. */
  deliver(deps: DeliveringDeps, privateKeys: string): Promise<void>;
}

/**
 * The function as Netlify packages and runs it, with what one site has in Blobs. Of what a test gives it the function sees
 * nothing: its clock, its site and the other servers are put around it, and what it logs is read from its output.
 */
export function netlifyDoor(emulation: Emulation, siteId: string): NetlifyDoor {
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
    async deliver(deps, privateKeys) {
      emulation.write(await siteFiles(deps));
      const { origin } = await deps.site.manifest();
      const now = deps.clock();
      const token = signWorkToken(parsePrivateKeys(privateKeys, 'a test'), { origin, work: 'deliver', now });
      const gateway = await (deps.resolve ? startTunnel(deps.resolve) : startGateway(deps));
      const known = readFileSync(log).length;
      const world = writeWorld({ now, gateway: gateway.port, siteId, log });
      const headers = { [WORLD_HEADER]: world, authorization: `Bearer ${token}` };
      const response = await fetch(`${emulation.base}/ap/work/deliver`, { method: 'POST', headers });
      gateway.close();
      const lines = linesFrom(known);
      if (response.status !== 202 || !lines.some(({ event }) => event === 'deliver.run')) {
        throw new Error(`nothing was delivered: ${response.status} ${JSON.stringify(lines)}`);
      }
      for (const line of lines) deps.log(line);
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
