import { expect, test } from 'vitest';
import { assertRetirable, type UpdateState } from '../../scripts/key-updates.ts';
import { PosternError } from '../../server/errors.ts';

const faultOf = (state: UpdateState): string | undefined => {
  try {
    assertRetirable(state, { actor: 'https://blog.example/ap/actor.json' });
    return undefined;
  } catch (error) {
    return error instanceof PosternError ? `${error.code}: ${error.message}` : 'another';
  }
};

test('the keys of before are dropped only once everybody was told, or given up; until then it says what is left', () => {
  const counts = { delivered: 3, pending: 2, total: 5 };
  expect(faultOf({ kind: 'told', delivered: 4, pending: 0, total: 5 })).toBeUndefined();
  expect(faultOf({ kind: 'telling', ...counts })).toContain(
    'keys-needed: The keys of before are still needed: 2 of 5 inboxes',
  );
  expect(faultOf({ kind: 'untold' })).toContain('nobody was told of the new ones yet');
  expect(faultOf({ kind: 'unknown' })).toContain('known where the blog runs');
});
