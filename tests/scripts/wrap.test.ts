import fc from 'fast-check';
import { expect, test } from 'vitest';
import { errorLines } from '../../scripts/command.ts';
import { keyLines } from '../../scripts/made-keys.ts';
import { widthOf, wrapped } from '../../scripts/wrap.ts';
import { missingPrivateKeys } from '../../server/key-faults.ts';

test('a line is as wide as it may be, and what follows hangs below its text', () => {
  expect(wrapped('one two three four', 'next  ', '      ', 14)).toEqual(['next  one two', '      three', '      four']);
});

test('no word is lost, and only a unit that is longer makes a longer line', () => {
  const word = fc.stringMatching(/^[a-z`"().:/-]{1,30}$/);
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), (words) => {
      const lines = wrapped(words.join(' '), '- ', '  ', 30);
      expect(lines.map((line) => line.slice(2)).join(' ')).toBe(words.join(' '));
    }),
  );
});

test.each([
  'https://blog.example/a/very/long/address/that/is/wider',
  'npm run setup -- --handle mara --name "Mara Lind"',
  'npm run replies -- list --at https://blog.example',
  'npm run publish',
  '`origin: https://blog.example and more`',
])('%s stays whole', (unit) => {
  const lines = wrapped(`Write ${unit} so that everything can be copied.`, '', '', 20);
  expect(lines.some((line) => line.includes(unit))).toBe(true);
  expect(lines.length).toBeGreaterThan(2);
});

test('where there is no terminal a line has 80 columns', () => {
  expect([widthOf({}), widthOf({ columns: 0 }), widthOf({ columns: 120 }), widthOf({ columns: 9 })]).toEqual([
    80, 80, 120, 40,
  ]);
});

test('an error and what to do about it fit into 80 columns, and hang', () => {
  const lines = errorLines(missingPrivateKeys({ content: 'content/keys.json', data: '.postern/keys.json' }))
    .join('\n')
    .split('\n');
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(lines.slice(0, 3).map((line) => line.slice(0, 6))).toEqual(['error ', 'next  ', '      ']);
});

test('keys that were made, and public halves that were written again', () => {
  const made = keyLines({ published: ['content/keys.json'], held: ['.postern/keys.json'] }, 80);
  expect(made.join(' ')).toMatch(
    /^keys {2}The blog's keys were made\. Commit content\/keys\.json, the public halves\./,
  );
  expect(made.filter((line) => line.length > 80)).toEqual([]);
  expect(keyLines({ published: ['content/keys.json'], held: [] }, 80).join(' ')).toMatch(
    /^keys {2}The blog's keys are those of before: their public halves were written +again\. Commit content\/keys\.json\.$/,
  );
});
