import { afterEach, describe, expect, it } from 'vitest';
import { mediaDigest } from '../../../federation/addresses.ts';
import { sha256Hex } from '../../../server/crypto.ts';
import type { FetchedMedia } from '../../../server/ports.ts';
import { IMPOSTORS, PICTURES } from '../http/pictures.ts';
import { author, interaction } from './heard.ts';
import { ways } from './ways.ts';
import { createWorld, type World } from './world.ts';

const AVATAR = 'https://files.peer.example/ann.png';
const PNG = PICTURES['image/png'] ?? new Uint8Array();
const at = (url: string) => `/ap/media/${mediaDigest(sha256Hex, url)}`;

/** A world whose media client gives what a test says, and counts. */
function worldWith(fetched: FetchedMedia): { world: World; asked: string[] } {
  const asked: string[] = [];
  const made = createWorld();
  const get = async (url: string) => {
    asked.push(url);
    await new Promise((resolve) => setImmediate(resolve));
    return fetched;
  };
  return { world: { ...made, deps: { ...made.deps, media: { get } } }, asked };
}

const know = ({ deps }: World, avatar = AVATAR) =>
  deps.store.interactions.put(interaction('reply', 'ann'), author('ann', { avatar }));

describe.each(ways)('pictures of others, %s', (_name, open) => {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function opened(fetched: FetchedMedia) {
    const { world, asked } = worldWith(fetched);
    closing.push(world.remove);
    const way = await open(world);
    closing.push(way.close);
    return { world, asked, way };
  }

  it('an avatar of somebody who is shown is fetched once, kept, and served as a picture that can do nothing', async () => {
    const { world, asked, way } = await opened({ kind: 'media', type: 'image/png', bytes: PNG });
    await know(world);
    const responses = await Promise.all(Array.from({ length: 20 }, () => way.ask(at(AVATAR))));
    for (const response of responses) {
      expect(response.status).toBe(200);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': 'image/png',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
        'cache-control': 'public, max-age=604800, immutable',
        'content-length': String(PNG.length),
      });
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(PNG);
    }
    await way.ask(at(AVATAR));
    expect(asked).toEqual([AVATAR]);
    const etag = responses[0]?.headers.get('etag') ?? '';
    expect((await way.ask(at(AVATAR), { headers: { 'if-none-match': etag } })).status).toBe(304);
    const head = await way.ask(at(AVATAR), { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(PNG.length));
    expect(await head.text()).toBe('');
  });

  it('a digest that nothing shown names is not found, and nobody is asked', async () => {
    const { world, asked, way } = await opened({ kind: 'media', type: 'image/png', bytes: PNG });
    await know(world);
    for (const path of [
      at('https://victim.example/'),
      `${at(AVATAR)}0`,
      at(AVATAR).slice(0, -1),
      at(AVATAR).toUpperCase().replace('/AP/MEDIA', '/ap/media'),
      '/ap/media/https%3A%2F%2Fvictim.example%2F',
      '/ap/media/..%2f..%2fap%2factor.json',
      `/ap/media/${'0'.repeat(8_000)}`,
    ]) {
      const response = await way.ask(path);
      expect(response.status).toBe(404);
      expect(response.headers.get('cache-control')).toBe('public, max-age=60');
    }
    expect(asked).toEqual([]);
  });

  it('an avatar of somebody of whom nothing is left is not found', async () => {
    const { world, way } = await opened({ kind: 'media', type: 'image/png', bytes: PNG });
    await know(world);
    expect((await way.ask(at(AVATAR))).status).toBe(200);
    await world.deps.store.interactions.forgetActor(author('ann').actor);
    expect((await way.ask(at(AVATAR))).status).toBe(404);
  });

  it('what is refused is not found, and what failed may be asked for later', async () => {
    const refused = await opened({ kind: 'refused', reason: 'no-picture' });
    await know(refused.world);
    expect((await refused.way.ask(at(AVATAR))).status).toBe(404);
    const failed = await opened({ kind: 'failed', reason: 'no answer' });
    await know(failed.world);
    const response = await failed.way.ask(at(AVATAR));
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('300');
  });

  it.each(['image/svg+xml', 'text/html'])('what a changed store calls %s is not served', async (type) => {
    const { world, way } = await opened({ kind: 'refused', reason: 'no-picture' });
    await know(world);
    await world.deps.store.media.put({ url: AVATAR, type, bytes: IMPOSTORS.svg ?? PNG, fetchedAt: 0 });
    expect((await way.ask(at(AVATAR))).status).toBe(404);
  });

  it('other methods are refused', async () => {
    const { way } = await opened({ kind: 'refused', reason: 'no-picture' });
    for (const method of ['POST', 'PUT', 'DELETE'])
      expect((await way.ask(at(AVATAR), { method })).headers.get('allow')).toBe('GET, HEAD, OPTIONS');
  });
});
