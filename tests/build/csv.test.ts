import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvRow, parseCsv } from '../../build/csv.ts';

describe('parseCsv', () => {
  test.each([
    ['lines that end in CRLF, LF and CR', 'a,b\r\nc,d\ne,f\rg', [['a', 'b'], ['c', 'd'], ['e', 'f'], ['g']]],
    ['a byte order mark', '\uFEFFa,b\n', [['a', 'b']]],
    ['a byte order mark before a quote', '\uFEFF"a",b\n', [['a', 'b']]],
    ['quotes, commas and line ends in quoted cells', '"a,""b""","c\r\nd"\n', [['a,"b"', 'c\r\nd']]],
    ['blank lines', '\n\na\n \n\nb\n\n', [['a'], ['b']]],
    ['empty cells', ',a,\n', [['', 'a', '']]],
    ['nothing', '', []],
    ['a quote within a bare cell', 'a"b\n', [['a"b']]],
  ])('%s', (_, text, rows) => {
    expect(parseCsv(text)).toEqual(rows);
  });

  test.each([
    ['a quote that is never closed', 'a\nb\n"c\nd\n', 'line 3: a quote is opened and never closed'],
    ['text after a closing quote', 'a\n"b"c\n', 'line 2: there is text after a closing quote'],
    ['the line counts the lines of a cell before it', '"a\nb\nc"\n"d"e', 'line 4: there is text after'],
  ])('%s → its line is named', (_, text, message) => {
    expect(() => parseCsv(text)).toThrow(message);
  });

  test('what csvRow wrote comes back', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', '\uFEFF', 'é') });
    // A row of one blank cell is a blank line, and the mark is the file's when it stands first.
    const row = fc
      .array(cell, { minLength: 1, maxLength: 4 })
      .filter((cells) => (cells.length > 1 || cells[0]?.trim() !== '') && !cells[0]?.startsWith('\uFEFF'));
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        expect(parseCsv(rows.map(csvRow).join(''))).toEqual(rows);
      }),
    );
  });
});
