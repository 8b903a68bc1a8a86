import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inbox } from '../../../server/routes/inbox.ts';
import { openEach, type Way, ways } from './ways.ts';
import { createWorld, ORIGIN, PEER, post, type World, writeSite } from './world.ts';

const follow = { id: `${PEER}#follow-1`, type: 'Follow', actor: PEER, object: `${ORIGIN}/ap/actor.json` };

describe.each(ways)('the inbox, %s', (_name, open) => {
  let world: World;
  let way: Way;
  openEach(open, (opened) => {
    ({ world, way } = opened);
  });

  it.each([
    ['before there is a build', () => rmSync(world.siteFolder, { recursive: true })],
    ['while the manifest is no JSON', () => writeSite(world.siteFolder, { '/ap/manifest.json': '{"version":' })],
    ['while the manifest is another version', () => writeSite(world.siteFolder, { '/ap/manifest.json': '{}' })],
  ])('%s answers a signed Follow with 503, when to try again, and one log line', async (_case, breakSite) => {
    const { host: _, Host: __, ...headers } = post(follow).headers;
    breakSite();
    const response = await way.ask('/ap/inbox', { ...post(follow), headers });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('60');
    expect(await response.json()).toEqual({ error: 'Something is wrong on our side: try again later.' });
    expect(world.lines).toHaveLength(1);
    expect(world.lines).toMatchObject([{ level: 'error' }]);
    expect(await world.deps.store.followers.count()).toBe(0);
  });
});

it('Without a build nobody knows the public address → a request by another name is not refused for its signature', async () => {
  const world = createWorld();
  rmSync(world.siteFolder, { recursive: true });
  const response = await inbox(world.deps, new Request('https://platform.example/ap/inbox', post(follow)));
  expect(response.status).toBe(503);
  expect(world.lines).toMatchObject([{ event: 'inbox.refused', reason: 'no-site', status: 503, level: 'error' }]);
  world.remove();
});
