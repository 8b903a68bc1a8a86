import { describe, expect, it } from 'vitest';
import { undoneMark } from '../../../federation/outcome.ts';
import type { Json } from '../../../federation/vocabulary.ts';
import { ANN, decided, effectsOf, FOLLOWER, NOTE, storedOf } from './world.ts';

describe('Delete of an object', () => {
  const forgotten = [
    { type: 'remove-message', actor: ANN, id: NOTE },
    { type: 'mark', mark: undoneMark(ANN, NOTE) },
  ];

  it.each<[string, Json]>([
    ['by its id', NOTE],
    ['as a Tombstone', { id: NOTE, type: 'Tombstone' }],
  ])('%s → what is kept of it goes', (_form, object) => {
    expect(effectsOf({ type: 'Delete', object }, { existing: storedOf() })).toEqual([
      { type: 'remove-interaction', of: { actor: ANN, id: NOTE } },
      ...forgotten,
    ]);
  });

  it('before its Create → remembered', () => {
    expect(effectsOf({ type: 'Delete', object: NOTE })).toEqual(forgotten);
  });

  it('on another host → refused', () => {
    expect(decided({ type: 'Delete', object: 'https://third.test/notes/1' })).toMatchObject({
      kind: 'refused',
      status: 403,
      reason: 'object-on-another-host',
    });
  });
});

describe('Delete of an actor', () => {
  const all = [
    { type: 'remove-follower', actor: ANN },
    { type: 'forget-actor', actor: ANN },
  ];

  it.each([
    ['a follower', { follower: FOLLOWER }],
    ['one whose Follow waits', { followRequest: FOLLOWER }],
    ['one who was heard', { isKnown: true }],
  ])('%s → everything of it goes', (_who, context) => {
    expect(effectsOf({ type: 'Delete', object: ANN }, context)).toEqual(all);
  });

  it('unknown → ignored', () => {
    expect(decided({ type: 'Delete', object: ANN })).toEqual({ kind: 'ignored', reason: 'unknown-actor' });
  });
});
