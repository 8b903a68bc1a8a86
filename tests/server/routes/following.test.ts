import { describe, expect, it } from 'vitest';
import { deedOf } from '../../../federation/deeds.ts';
import type { LedgerObject } from '../../../federation/ledger.ts';
import { sha256Hex } from '../../../server/crypto.ts';
import { openEach, type Way, ways } from './ways.ts';
import { manifest, ORIGIN, type World, writeSite } from './world.ts';

const ID = `${ORIGIN}/ap/following`;
const AT = '2026-11-01T00:00:00Z';
const actorAt = (number: number): string => `https://peer.example/users/n${number}`;

describe.each(ways)('whom the blog follows, %s', (_name, open) => {
  let world: World;
  let way: Way;
  openEach(open, (opened) => {
    ({ world, way } = opened);
  });

  const show = (showFollowers: boolean): void =>
    writeSite(world.siteFolder, { '/ap/manifest.json': JSON.stringify(manifest({ showFollowers })) });
  const read = async (url: string) => (await way.ask(url.slice(ORIGIN.length))).json();

  async function follow(count: number, states: readonly ('accepted' | 'rejected')[] = ['accepted']): Promise<void> {
    const told = { type: 'Follow', digest: 'd', revision: 0, published: AT, title: '@n@peer.example' } as const;
    const about = { visibility: 'public', url: '', source: 'following.csv' } as const;
    const objects = new Map<string, LedgerObject>();
    for (let number = 0; number < count; number += 1) {
      const actor = actorAt(number);
      const { id } = deedOf({ sha256: sha256Hex }, ORIGIN, { type: 'Follow', object: actor });
      objects.set(id, { id, state: number === 1 ? 'deleted' : 'announced', ...told, ...about, object: actor });
      const state = states[number % states.length] ?? 'accepted';
      await world.deps.store.following.put({ actor, state, activity: `${actor}#${state}`, at: AT });
    }
    const { actor } = manifest();
    await world.deps.store.ledger.begin({
      ...{ origin: ORIGIN, begun: AT, actor: { id: actor.id, digest: 'a0', revision: 0 }, objects },
    });
  }

  it('nobody → zero, and a first page', async () => {
    expect(await read(ID)).toMatchObject({ id: ID, totalItems: 0, first: `${ID}?page=true` });
    expect(await read(`${ID}?page=true`)).toMatchObject({ partOf: ID, totalItems: 0, orderedItems: [] });
  });

  it('only who accepted and is followed still; who they are only where the profile shows followers', async () => {
    await follow(6, ['accepted', 'accepted', 'rejected']);
    expect(await read(ID)).toMatchObject({ totalItems: 3 });
    expect(await read(`${ID}?page=true`)).toMatchObject({ totalItems: 3, orderedItems: [] });
    show(true);
    const shown = [actorAt(0), actorAt(3), actorAt(4)];
    expect(await read(`${ID}?page=true`)).toMatchObject({ orderedItems: shown });
  });

  it('by pages, each of them once; a page after nobody is empty', async () => {
    show(true);
    await follow(46);
    const seen: string[] = [];
    const pages: number[] = [];
    for (let url: string | undefined = `${ID}?page=true`; url !== undefined; ) {
      const page: { orderedItems: string[]; next?: string; id: string } = await read(url);
      expect(page.id).toBe(url);
      pages.push(page.orderedItems.length);
      seen.push(...page.orderedItems);
      url = page.next;
    }
    expect(pages).toEqual([20, 20, 5]);
    expect(new Set(seen).size).toBe(45);
    expect(await read(`${ID}?page=true&after=nobody`)).toMatchObject({ orderedItems: [] });
  });
});
