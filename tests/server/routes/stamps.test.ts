import { describe, expect, it } from 'vitest';
import { POST_ID, tell } from './heard.ts';
import { allWays, openEach, type Way } from './ways.ts';
import { ORIGIN, type World } from './world.ts';

const path = '/ap/stamps/0123456789abcdef0123456789abcdef';
const stamp = {
  id: ORIGIN + path,
  quote: 'https://peer.example/users/ann/statuses/1',
  target: POST_ID,
  actor: 'https://peer.example/users/ann',
  at: '2026-11-23T12:00:00Z',
};

describe.each(allWays('stamps'))('consents to quotes, %s', (_name, open) => {
  let world: World;
  let way: Way;
  openEach(open, (opened) => {
    ({ world, way } = opened);
  });

  it('one that was given is told to whoever asks, and asked for each time', async () => {
    await world.deps.store.stamps.put(stamp);
    const response = await way.ask(path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/activity+json');
    expect(response.headers.get('cache-control')).toBe('public, max-age=0, must-revalidate');
    expect(await response.json()).toMatchObject({
      id: stamp.id,
      type: 'QuoteAuthorization',
      attributedTo: `${ORIGIN}/ap/actor.json`,
      interactingObject: stamp.quote,
      interactionTarget: POST_ID,
    });
  });

  it('one that was taken back is gone', async () => {
    await world.deps.store.stamps.put(stamp);
    await world.deps.store.stamps.revoke(stamp.id, '2026-11-23T13:00:00Z');
    expect((await way.ask(path)).status).toBe(410);
  });

  it('one to quote a post that was deleted is gone', async () => {
    await world.deps.store.stamps.put(stamp);
    await tell(world, POST_ID, { state: 'deleted' });
    expect((await way.ask(path)).status).toBe(410);
  });

  it.each([
    '/ap/stamps/00000000000000000000000000000000',
    '/ap/stamps/x',
    '/ap/stamps/..%2factor.json',
    `/ap/stamps/${'a'.repeat(500)}`,
    '/ap/stamps/0123456789ABCDEF0123456789ABCDEF',
  ])('what nobody was given is not found (%#)', async (unknown) => {
    await world.deps.store.stamps.put(stamp);
    expect((await way.ask(unknown)).status).toBe(404);
  });
});
