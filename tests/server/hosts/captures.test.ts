import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FUNCTIONS } from '../../../scripts/functions.ts';
import { type Serving, serve } from '../../../server/hosts/node.ts';
import { createWorld, type World } from '../routes/world.ts';

interface Captured {
  readonly software: string;
  readonly requests: { method: string; target: string; headers: [name: string, value: string][] }[];
}

const hosts = ['fedify', 'gts', 'hollo', 'misskey', 'robot', 'snac', 'snac2'];
const activity = 'application/activity+json';

/** What the captured servers asked for, and what must come back. */
const expected: Readonly<Record<string, [status: number, type: string]>> = {
  '/.well-known/webfinger': [200, 'application/jrd+json'],
  '/.well-known/nodeinfo': [200, 'application/json'],
  '/ap/actor.json': [200, activity],
  '/ap/followers': [200, activity],
  '/ap/following': [200, activity],
  '/ap/outbox.json': [200, activity],
  '/ap/posts/p1.json': [200, activity],
  '/ap/notes/n1.json': [200, activity],
  '/': [200, 'text/html; charset=utf-8'],
  // Not in this site: Fedify's p2, Misskey's look for a web app and an icon, activitypub-bot's for the parent of an id.
  '/ap/posts/p2.json': [404, 'application/json'],
  '/manifest.json': [404, 'text/html; charset=utf-8'],
  '/favicon.ico': [404, 'text/html; charset=utf-8'],
  '/ap': [404, 'application/json'],
};

let world: World;
let serving: Serving;
beforeAll(async () => {
  world = createWorld();
  serving = await serve({
    functions: FUNCTIONS,
    siteFolder: world.siteFolder,
    deps: world.deps,
    host: '127.0.0.1',
    port: 0,
  });
});
afterAll(async () => {
  await serving.close();
  world.remove();
});

/** Sends the request as it was captured: same headers, same order, same spelling of the target. */
function replay({ method, target, headers }: Captured['requests'][number]): Promise<[number, string | undefined]> {
  return new Promise((resolve, reject) => {
    request(
      { host: '127.0.0.1', port: serving.port, method, path: target, headers: headers.flat(), agent: false },
      (response) => {
        response.resume().on('end', () => resolve([response.statusCode ?? 0, response.headers['content-type']]));
      },
    )
      .on('error', reject)
      .end();
  });
}

describe.each(hosts)('%s', (host) => {
  const file = new URL(`../../fixtures/${host}.test/captured.json`, import.meta.url);
  const captured: Captured = JSON.parse(readFileSync(file, 'utf8'));
  const gets = captured.requests.filter(({ method }) => method !== 'POST');
  const distinct = new Map(gets.map((each) => [`${each.method} ${each.target}`, each]));

  it.each([...distinct])(`%s is answered as ${captured.software} needs it`, async (_name, captive) => {
    const path = captive.target.split('?', 1)[0] ?? '';
    expect(await replay(captive)).toEqual(expected[path]);
  });
});
