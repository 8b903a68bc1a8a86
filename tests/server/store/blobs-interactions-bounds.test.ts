import { expect, test } from 'vitest';
import { openBlobsStore } from '../../../server/store/blobs.ts';
import { MAX_SAID } from '../../../server/store/blobs-threads.ts';
import { openBlobModel } from './blob-model.ts';
import { ALICE, answer, BOB, by, content, interaction, OWN_ACTOR, POST } from './samples.ts';

const long = { content: content('x'.repeat(Math.ceil(MAX_SAID / 3))) };
const idOf = (name: string): string => interaction(name).id;

test('a flood of long replies at one post ends at a bound, and what is short goes on', async () => {
  const model = openBlobModel();
  const { interactions } = openBlobsStore(model);
  const put = (name: string, more: object = {}) => interactions.put(by(ALICE, name, more), ALICE);
  expect([await put('a', long), await put('b', long)]).toEqual(['added', 'added']);
  expect(await put('c', long)).toBe('ignored');
  expect(await interactions.get(idOf('c'))).toBeUndefined();
  expect(await interactions.find(ALICE.actor, idOf('c'))).toBeUndefined();

  expect(await put('d')).toBe('added');
  expect(await put('d', long)).toBe('ignored');
  expect(await interactions.get(idOf('d'))).toEqual(by(ALICE, 'd'));
  expect(await put('d', { content: content('other words') })).toBe('updated');
  for (const { text } of model.blobs.values()) expect(text.length).toBeLessThan(MAX_SAID);

  // What the owner decides is done in a full thread, and makes room.
  expect(await interactions.setState(idOf('b'), 'hidden', 'too-long')).toEqual([idOf('b')]);
  expect(await put('c', long)).toBe('ignored');
  await interactions.setState(idOf('a'), 'removed');
  expect(await put('c', long)).toBe('added');
});

test('a long mention that answers a reply in a full thread stays a mention, whichever came first', async () => {
  const { interactions } = openBlobsStore(openBlobModel());
  const mention = (name: string, parent: string) =>
    answer(name, parent, { actor: BOB.actor, kind: 'mention', target: OWN_ACTOR, ...long });
  await interactions.put(mention('m', 'last'), BOB);
  for (const name of ['a', 'b']) await interactions.put(by(ALICE, name, long), ALICE);
  expect(await interactions.put(by(ALICE, 'last'), ALICE)).toBe('added');
  expect(await interactions.put(mention('n', 'last'), BOB)).toBe('ignored');
  expect((await interactions.thread(POST)).items.map(({ id }) => id)).not.toContain(idOf('m'));
  expect(await interactions.get(idOf('m'))).toMatchObject({ kind: 'mention', state: 'shown' });
  expect(await interactions.counts(POST)).toMatchObject({ replies: 3 });
});
