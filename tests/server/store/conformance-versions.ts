import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Store } from '../../../server/store/store.ts';
import type { Opened } from './conformance.ts';
import { interactionCommand } from './model-interactions.ts';
import { ALICE, answer, author, BOB, by, content, interaction, OWN_ACTOR, POST } from './samples.ts';

/** What every adapter promises of the number that tells whether a thread changed. */
export function versionConformance(stores: () => Opened): void {
  /** Does something through one opening; says by how much the version grew in the other. */
  const grows = async (change: (store: Store) => Promise<unknown>, target = POST): Promise<number> => {
    const { store, other } = stores();
    const before = await other.interactions.version(target);
    await change(store);
    return (await other.interactions.version(target)) - before;
  };
  const put = (...given: Parameters<Store['interactions']['put']>) =>
    grows((store) => store.interactions.put(...given));
  const says = (name: string, state: 'shown' | 'hidden' | 'removed') =>
    grows((store) => store.interactions.setState(interaction(name).id, state));

  test('it is 0 until something is shown, and grows with all that is shown and all that is gone', async () => {
    expect(await put(by(ALICE, 'a', { state: 'held' }), ALICE)).toBe(0);
    expect(await stores().other.interactions.version(POST)).toBe(0);
    expect(await says('a', 'shown')).toBeGreaterThan(0);
    expect(await put(by(BOB, 'l', { kind: 'like' }), BOB)).toBeGreaterThan(0);
    expect(await says('a', 'hidden')).toBeGreaterThan(0);
    expect(await says('a', 'removed')).toBe(0);
    expect(await put(by(BOB, 'b'), BOB)).toBeGreaterThan(0);
    expect(await put(by(BOB, 'b', { content: content('other words') }), BOB)).toBeGreaterThan(0);
    expect(await says('b', 'removed')).toBeGreaterThan(0);
    expect(await stores().other.interactions.version('another')).toBe(0);
  });

  test('it grows when an author takes something back, and with every way of dropping', async () => {
    for (const drop of [
      (store: Store) => store.interactions.remove({ actor: ALICE.actor, id: interaction('a').id }),
      (store: Store) => store.interactions.forgetActor(ALICE.actor),
      (store: Store) => store.interactions.prune('2027-01-01T00:00:00Z'),
      (store: Store) => store.interactions.forgetTarget(POST),
    ]) {
      await stores().store.interactions.put(by(ALICE, 'a'), ALICE);
      expect(await grows(drop)).toBeGreaterThan(0);
      expect(await grows(drop)).toBe(0);
    }
  });

  test('no number comes twice, also when all that was shown is gone and other things are said', async () => {
    const met = new Set<number>();
    const { store, other } = stores();
    for (const name of ['a', 'b', 'c']) {
      await store.interactions.put(by(ALICE, name), ALICE);
      met.add(await other.interactions.version(POST));
      await store.interactions.forgetTarget(POST);
      met.add(await other.interactions.version(POST));
    }
    expect(met.size).toBe(6);
  });

  test('it grows where an author is shown whose name, face or address is another, and there alone', async () => {
    const { store } = stores();
    await store.interactions.put(by(ALICE, 'a'), ALICE);
    await store.interactions.put(by(ALICE, 'h', { target: 'hidden', state: 'hidden' }), ALICE);
    await store.interactions.put(by(BOB, 'b', { target: 'bobs' }), BOB);
    for (const more of [
      { name: 'Another' },
      { handle: '@a@b' },
      { url: 'https://x.example/' },
      { avatar: 'https://x/' },
    ]) {
      const renamed = { ...ALICE, ...more };
      expect(await grows((each) => each.interactions.putAuthor(renamed))).toBeGreaterThan(0);
      expect(await grows((each) => each.interactions.putAuthor({ ...renamed, at: '2026-03-02T10:00:00Z' }))).toBe(0);
      await store.interactions.forgetActor(ALICE.actor);
      await store.interactions.put(by(ALICE, 'a'), ALICE);
      await store.interactions.put(by(ALICE, 'h', { target: 'hidden', state: 'hidden' }), ALICE);
    }
    for (const target of ['hidden', 'never']) expect(await store.interactions.version(target)).toBe(0);
    expect(await grows((each) => each.interactions.putAuthor({ ...ALICE, name: 'Late' }), 'bobs')).toBe(0);
    const older = { ...ALICE, name: 'Older', at: '2020-01-01T00:00:00Z' };
    expect(await grows((each) => each.interactions.putAuthor(older))).toBe(0);
  });

  test('a mention that moves into a thread is gone where it was, and new where it is', async () => {
    const { store } = stores();
    await store.interactions.put(answer('m', 'a', { kind: 'mention', target: OWN_ACTOR }), author('r'));
    const versions = () => Promise.all([OWN_ACTOR, POST].map((target) => store.interactions.version(target)));
    const [left = 0, come = 0] = await versions();
    await store.interactions.put(by(ALICE, 'a'), ALICE);
    const [leftAfter = 0, comeAfter = 0] = await versions();
    expect([leftAfter > left, comeAfter > come + 1]).toEqual([true, true]);
  });

  test('whatever is done: what is shown does not change without it', { timeout: 120_000 }, async () => {
    const { store, other } = stores();
    const look = () => Promise.all(['post', 'other', 'actor'].map((target) => shownAt(other, target)));
    const once = async (sequence: readonly ((store: Store) => Promise<unknown>)[]): Promise<void> => {
      for (const each of sequence) {
        const before = await look();
        await each(store).catch(() => {});
        for (const [index, now] of (await look()).entries()) {
          const then = before[index];
          if (now.shown !== then?.shown) expect(now.version).toBeGreaterThan(then?.version ?? 0);
        }
      }
    };
    const commands = fc.array(interactionCommand, { minLength: 5, maxLength: 60 });
    await fc.assert(fc.asyncProperty(commands, once), { numRuns: 25 });
  });
}

async function shownAt({ interactions }: Store, target: string): Promise<{ shown: string; version: number }> {
  const { items, authors } = await interactions.thread(target);
  const faces = authors.map(({ at: _, ...author }) => author);
  return { shown: JSON.stringify([items, faces]), version: await interactions.version(target) };
}
