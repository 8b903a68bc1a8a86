import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvRow } from '../../build/csv.ts';
import { FOLLOWING_HEADER, parseFollowing } from '../../build/following.ts';
import { contentFolder } from './content-folder.ts';

const rules = { ownHandles: new Set(['@blog@blog.example']), blocks: { accounts: [], hosts: [] } };
const HEADER = csvRow(FOLLOWING_HEADER);

const read = (text: string) =>
  parseFollowing(text, rules).entries.map(
    ({ line, handle, showBoosts, notify, languages }) =>
      `${line} ${handle} ${showBoosts} ${notify} ${languages.join('+')}`,
  );
const faults = (text: string) => parseFollowing(text, rules).faults.map(({ line, message }) => `${line} ${message}`);

describe('following.csv', () => {
  test("Mastodon's export is read as it is", () =>
    expect(read(`${HEADER}ann@a.example,true,false,\nBob@B.example,false,true,"en, de"\n`)).toEqual([
      '2 @ann@a.example true false ',
      '3 @bob@b.example false true en+de',
    ]));

  test('a handle a line, with comments, line ends of any kind and a byte order mark', () =>
    expect(read('\uFEFF# mine\r\n@ann@a.example\r\n\r\nacct:bob@bücher.example\r\n')).toEqual([
      '2 @ann@a.example true false ',
      '4 @bob@xn--bcher-kva.example true false ',
    ]));

  test('columns stand in any order', () =>
    expect(read('Languages,Account address\nfr,ann@a.example\n')).toEqual(['2 @ann@a.example true false fr']));

  test('who is there twice counts once, and is told', () => {
    const list = parseFollowing('ann@a.example\n@Ann@A.example\n', rules);
    expect(list.entries.map(({ line }) => line)).toEqual([1]);
    expect(list.warnings[0]).toMatchObject({ line: 2, message: expect.stringContaining('in line 1 already') });
  });

  test.each([
    ['ann@a.example\nnobody\n', '2 "nobody" is no handle; write one such as @ann@social.example'],
    ['blog@blog.example\n', '1 @blog@blog.example is this blog, which cannot follow itself; take the line out'],
    [`${HEADER}ann@a.example,perhaps,false,\n`, '2 Show boosts: "perhaps" is neither true nor false'],
    [`${HEADER}ann@a.example,true,2,\n`, '2 Notify on new posts: "2" is neither true nor false'],
    [`${HEADER}ann@a.example,true,false,"!!"\n`, '2 Languages: "!!" is no list of language tags, such as "en, de"'],
    ['Account address,Show bosts\nann@a.example,true\n', '1 unknown column "Show bosts"; did you mean "show boosts"?'],
    [
      'Account address,Hide notifications\nann@a.example,true\n',
      '1 this is a list of accounts that are muted, not of those who are followed; export the follows',
    ],
    ['"ann@a.example\n', '1 a quote is opened and never closed; mend that line'],
  ])('%j is a fault with its line', (text, fault) => expect(faults(text)).toEqual([fault]));

  test('whoever is blocked, by account or host, is a fault that names the list', async () => {
    const made = contentFolder({
      'following.csv': 'ann@a.example\nbob@sub.bad.example\nok@c.example\n',
      'blocks.csv': 'name,severity\nann@a.example,suspend\nbad.example,suspend\nc.example,silence\n',
    });
    expect(await made.faults()).toEqual([
      'following.csv:1 @ann@a.example is blocked (blocks.csv), and nobody follows whom they block; take one of the two out',
      'following.csv:2 @bob@sub.bad.example is blocked (blocks.csv), and nobody follows whom they block; take one of the two out',
    ]);
  });

  test('any text is read without a throw, and every line of it is an entry, a fault or a warning', () =>
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '@', '.', ',', '"', '\n', '\r', '#', ' ', 'ü'), maxLength: 120 }),
        (text) => {
          const list = parseFollowing(text, rules);
          const lines = text.split(/\r\n|\r|\n/).length;
          for (const { line } of [...list.entries, ...list.faults, ...list.warnings]) {
            expect(line).toBeGreaterThanOrEqual(1);
            expect(line).toBeLessThanOrEqual(lines);
          }
        },
      ),
      { numRuns: 300 },
    ));
});
