import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as inbox from '../../functions/inbox.ts';
import { contextWith } from '../../server/hosts/host.ts';
import { type Serving, serve } from '../../server/hosts/node.ts';
import type { InboundRequest } from '../../server/inbound-body.ts';
import type { Deps } from '../../server/ports.ts';
import { BLOG } from './fake-blog.ts';
import { signingKeys } from './signing-keys.ts';

/** The way by which a request comes to the inbox. */
export interface Door {
  post(deps: DoorDeps, request: InboundRequest): Promise<Response>;
  close(): Promise<void>;
}

/** What the inbox uses; the rest of what a host has is never reached. */
export type DoorDeps = Pick<Deps, 'store' | 'site' | 'documents' | 'clock' | 'log'>;

/** The function, called as a host calls it. */
export function functionDoor(): Door {
  return {
    post: async (deps, { url, method, headers, body }) =>
      inbox.default(new Request(url, { method, headers, body: Uint8Array.from(body) }), contextWith(whole(deps), {})),
    close: async () => {},
  };
}

/** The real Node server on loopback; one for each blog, started when it is first asked. */
export function nodeDoor(): Door {
  const folder = mkdtempSync(join(tmpdir(), 'postern-door-'));
  const started = new Map<unknown, Promise<Serving>>();
  return {
    async post(deps, { url, method, headers, body }) {
      const options = { functions: [inbox], siteFolder: folder, deps: whole(deps), host: '127.0.0.1', port: 0 };
      const serving = started.get(deps) ?? serve(options);
      started.set(deps, serving);
      const { pathname } = new URL(url);
      // The server knows its public name; the one that a request brings is not believed.
      headers.delete('host');
      return fetch((await serving).url + pathname, { method, headers, body: Uint8Array.from(body) });
    },
    async close() {
      for (const serving of started.values()) await (await serving).close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function whole(deps: DoorDeps): Deps {
  const never = async (): Promise<never> => {
    throw new Error('the inbox has no use for it');
  };
  return {
    ...deps,
    keys: signingKeys(BLOG.actor),
    media: { get: never },
    webfinger: { get: never },
    inboxes: { post: never, close: async () => {} },
  };
}
