import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { oneLine, printable, quoted } from '../../scripts/printable.ts';

describe('of prose, commands to the terminal go whole', () => {
  test.each([
    ['a colour', 'a \u001b[1;31mred\u001b[0m word', 'a red word'],
    ['one of eight bits', 'a \u009b31mred\u009b0m word', 'a red word'],
    ['a cleared screen', '\u001b[2Ja', 'a'],
    ['with an intermediate', '\u001b[?25 qa', 'a'],
    ['a title that ends with BEL', '\u001b]0;owned\u0007a', 'a'],
    ['a link that ends with ST', '\u001b]8;;https://bad.example\u001b\\a\u001b]8;;\u001b\\', 'a'],
    ['one of eight bits with its own end', '\u009d0;owned\u009ca', 'a'],
  ])('%s', (_, text, left) => {
    expect(oneLine(text)).toBe(left);
  });
});

test('one that is not ended hides nothing of what follows', () => {
  expect(oneLine('\u001b]0;said\nmore')).toBe(']0;said more');
});

test('of a name or a log line they are seen, for two names are never printed alike', () => {
  expect(printable('a\u001b[2J\n')).toBe('a\\u001b[2J\\u000a');
});

test('honest brackets stay', () => {
  expect(oneLine('[31m] and [x]')).toBe('[31m] and [x]');
  expect(quoted('a "b"')).toBe('"a \\"b\\""');
});

test('whatever is printed, nothing is left that steers a terminal', () => {
  const letter = fc.constantFrom('\u001b', '\u009b', '\u009d', '\u0007', '\u009c', '[', ']', '\\', ';', '3', 'm', '\n');
  fc.assert(
    fc.property(fc.string({ unit: fc.oneof(letter, fc.string({ minLength: 1, maxLength: 1 })) }), (text) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      for (const shown of [printable(text), oneLine(text)]) expect(shown).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    }),
  );
});
