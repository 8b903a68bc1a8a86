import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readBlockList } from '../../build/block-list.ts';
import { csvRow } from '../../build/csv.ts';
import { readNamed, withBlock, withoutBlock } from '../../scripts/block-file.ts';

const spam = { kind: 'host', name: 'spam.example', severity: 'block' } as const;

test('the first block makes the file', () => {
  expect(withBlock(undefined, { ...spam, reason: 'Spam, and "more"' })).toBe(
    'name,severity,reason\nspam.example,block,"Spam, and ""more"""\n',
  );
});

describe('order and comments of the file stay', () => {
  const file =
    '# mine\nname,severity,reason\n# first the loud\nLoud.example,limit,Loud\n\nother.example,block,\n# the end';

  test('a new block is the last line', () => {
    expect(withBlock(file, spam)).toBe(`${file}\nspam.example,block,\n`);
  });

  test('a known one is changed where it stands, and keeps the reason that it has', () => {
    expect(withBlock(file, { ...spam, name: 'loud.example' })).toBe(
      file.replace('Loud.example,limit,Loud', 'loud.example,block,Loud'),
    );
  });

  test('one that is taken back leaves the others', () => {
    expect(withoutBlock(file, { kind: 'host', name: 'loud.example' })).toBe(
      file.replace('Loud.example,limit,Loud\n', ''),
    );
    expect(withoutBlock(file, spam)).toBeUndefined();
  });

  test('named twice → once', () => {
    const twice = 'spam.example\nother.example\nSPAM.example.\n';
    expect(withoutBlock(twice, spam)).toBe('other.example\n');
    expect(withBlock(twice, { ...spam, severity: 'limit' })).toBe('spam.example,limit,\nother.example\n');
  });

  test('line ends and a byte order mark too', () => {
    const crlf = '\uFEFFdomain,severity,public_comment\r\na.example,suspend,A\r\n';
    expect(withBlock(crlf, spam)).toBe(`${crlf}spam.example,block,\r\n`);
    expect(withoutBlock(`${crlf}spam.example,silence,\r\n`, spam)).toBe(crlf);
  });
});

test.each([
  ['social.example:8443', 'Write social.example,'],
  ['@x@social.example:8443', 'Write x@social.example,'],
])('%s → refused, for a block holds for all ports of a host', (text, hint) => {
  expect(() => readNamed(text)).toThrow(
    expect.objectContaining({ code: 'not-a-block', hint: expect.stringContaining(hint) }),
  );
});

describe('a file whose columns cannot say it is left alone', () => {
  test.each([
    ['accounts without a severity', 'Account address\na@b.example\n', { ...spam, severity: 'limit' }],
    ['domains without a reason', '#domain,#severity\na.example,suspend\n', { ...spam, reason: 'R' }],
    ['names and reasons', 'a.example,Because\n', { ...spam, severity: 'limit' }],
    ['a damaged one', '"a.example\n', spam],
  ] as const)('%s', (_, text, block) => {
    expect(() => withBlock(text, block)).toThrow(expect.objectContaining({ code: 'blocks-file-unfit' }));
  });

  test('and one that can takes it, header or not', () => {
    expect(withBlock('Account address\na@b.example\n', spam)).toBe('Account address\na@b.example\nspam.example\n');
    expect(withBlock('a.example\n', { ...spam, severity: 'limit', reason: 'R' })).toBe(
      'a.example\nspam.example,limit,R\n',
    );
    expect(withBlock('a.example,Because\n', { ...spam, reason: 'R' })).toBe('a.example,Because\nspam.example,R\n');
  });
});

test('a line that means the same only once another is gone → gone as well', () => {
  const text = 'spam.example,!\nspam.example,block,R\na.example\n';
  expect(withoutBlock(text, readNamed('spam.example'))).toBe('a.example\n');
});

test('whatever the file and the reason, what is written is read again and nothing else changes', () => {
  const name = fc.constantFrom('spam.example', 'a.example', 'u@b.example', 'SPAM.example', 'https://c.example/users/d');
  const cell = fc.oneof(name, fc.constantFrom('block', 'limit', '', '# x'), fc.string({ maxLength: 6 }));
  const row = fc.array(cell, { minLength: 1, maxLength: 4 }).map(csvRow);
  const head = fc.constantFrom('', 'name,severity,reason\n', '# c\n#domain,#severity,#public_comment\n');
  const severity = fc.constantFrom('block' as const, 'limit' as const, 'none' as const);
  fc.assert(
    fc.property(
      head,
      fc.array(row, { maxLength: 5 }),
      name,
      severity,
      fc.string(),
      (first, rows, who, word, reason) => {
        const text = first + rows.join('');
        const block = { ...readNamed(who), severity: word, reason: reason.slice(0, 100) };
        let after: string;
        try {
          after = withBlock(text, block);
        } catch (error) {
          expect(error).toMatchObject({ code: 'blocks-file-unfit' });
          return;
        }
        const found = readBlockList(after, 'f').entries.filter((each) => each.name === block.name);
        expect(found.map((each) => each.severity)).toEqual([word]);
        const gone = withoutBlock(after, block) ?? '';
        expect(readBlockList(gone, 'f').entries.some((each) => each.name === block.name)).toBe(false);
      },
    ),
    { numRuns: 1000 },
  );
});

test.each(['', 'spam', 'a b', '@x', 'sp**.example'])('"%s" names nobody', (text) => {
  expect(() => readNamed(text)).toThrow(expect.objectContaining({ code: 'not-a-block' }));
});
