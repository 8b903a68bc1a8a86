import { createHook } from 'node:async_hooks';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSettings } from '../../build/settings.ts';
import { type OpenBlog, openBlog } from '../../scripts/blog.ts';
import type { Peer } from '../server/http/peer.ts';
import { startPeer } from '../server/http/peer.ts';
import { siteFiles, writeSite } from '../server/routes/world.ts';
import { createOwnBlog, type OwnBlog } from './own-blog.ts';

/**
 * Ways to write this very machine, and no other: nothing leaves it even when the guard is broken. What else is private is
 * tried with recorded connections in `tests/server/http/`.
 */
const SPELLINGS = [
  ...['127.0.0.1', '127.1', '2130706433', '0x7f000001', '0x7f.1', '0177.0.0.1', '017700000001', '127.0.0.1.'],
  ...['127.255.255.254', '１２７.０.０.１', '%31%32%37.0.0.1', '0.0.0.0', '0', '[::]', '[::1]', '[0:0:0:0:0:0:0:1]'],
  ...['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', 'localhost', 'LOCALHOST', 'localhost.', 'me@localhost'],
];

let folder: OwnBlog;
let blog: OpenBlog | undefined;
let peer: Peer;
beforeEach(async () => {
  folder = createOwnBlog();
  writeSite(`${folder.folder}/site`, siteFiles());
  peer = await startPeer((_request, response) => response.writeHead(202).end());
});
afterEach(async () => {
  await blog?.close();
  await peer.close();
  folder.remove();
});

async function open(environment: NodeJS.ProcessEnv = {}): Promise<OpenBlog> {
  const settings = readSettings({ ...folder.environment, ...environment }, folder.folder);
  blog = await openBlog(settings, `${folder.folder}/site`, () => {});
  return blog;
}

/** Counts the sockets and look-ups that are begun while `work` runs. */
async function reaches(work: () => Promise<void>): Promise<number> {
  let begun = 0;
  const hook = createHook({
    init: (_id, type) => {
      if (type === 'TCPCONNECTWRAP' || type === 'GETADDRINFOREQWRAP') begun += 1;
    },
  }).enable();
  await work().finally(() => hook.disable());
  return begun;
}

test('as the blog is put together, no spelling of a private address is fetched from or posted to', async () => {
  const { documents, inboxes } = (await open()).deps;
  const { port } = new URL(peer.origin);
  const begun = await reaches(async () => {
    for (const host of SPELLINGS) {
      for (const url of [
        `https://${host}/x`,
        `http://${host}/x`,
        `http://${host}:${port}/x`,
        `https://${host}:${port}/x`,
      ]) {
        expect(await documents.get(url), url).toMatchObject({ kind: 'blocked' });
        expect(await inboxes.post(url, new Uint8Array()), url).toMatchObject({ kind: 'blocked' });
      }
    }
  });
  expect(begun).toBe(0);
  expect(peer.requests).toEqual([]);
});

test('the development switch opens loopback', async () => {
  const { inboxes } = (await open({ POSTERN_ALLOW_PRIVATE_ADDRESSES: '1' })).deps;
  expect(await inboxes.post(`${peer.origin}/inbox`, new Uint8Array())).toMatchObject({ kind: 'response', status: 202 });
  for (const host of ['0.0.0.0', '[::]']) {
    const url = `http://${host}:${new URL(peer.origin).port}/inbox`;
    expect(await inboxes.post(url, new Uint8Array())).toMatchObject({ kind: 'blocked' });
  }
  expect(peer.requests).toHaveLength(1);
});

test.each([301, 302, 303, 307, 308])('no inbox leads a delivery elsewhere by %i', async (status) => {
  const { inboxes } = (await open({ POSTERN_ALLOW_PRIVATE_ADDRESSES: '1' })).deps;
  const other = await startPeer((_request, response) => response.writeHead(202).end());
  const leading = await startPeer((_request, response) =>
    response.writeHead(status, { location: `${other.origin}/inbox` }).end(),
  );
  try {
    expect(await inboxes.post(`${leading.origin}/inbox`, new Uint8Array())).toMatchObject({ kind: 'response', status });
    expect(other.requests).toEqual([]);
  } finally {
    await Promise.all([other.close(), leading.close()]);
  }
});
