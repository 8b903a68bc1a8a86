import { describe, expect, test } from 'vitest';
import { assertList, compareLists, listFile, nameOfUrl } from '../../scripts/block-lists.ts';

test.each([
  ['domain_blocks.csv', 'blocklists/domain-blocks.csv'],
  ['../../etc/passwd', 'blocklists/etc-passwd.csv'],
  ['Überblöcke 2026.CSV', 'blocklists/u-berblo-cke-2026.csv'],
  ['…', 'blocklists/list.csv'],
  [nameOfUrl('https://lists.example/tier0/_unified.csv?raw'), 'blocklists/lists-example-unified.csv'],
  [nameOfUrl('https://lists.example/'), 'blocklists/lists-example.csv'],
])('%s is kept in %s', (name, file) => expect(listFile(name)).toBe(file));

describe('what is no list is not taken', () => {
  test.each([
    ['', 'it names nobody'],
    ['<!doctype html>\n<title>Sign in</title>\n', 'names nobody'],
    ['ok.example\n<p>one</p>\n<p>two</p>\n', 'line 2: '],
    ['ok.example\n"spam', 'line 2: a quote is opened'],
    ['sp**.example\n', 'it names nobody'],
    ['name,severty\nok.example,silence\n', 'line 1: unknown column "severty"; did you mean "severity"?'],
    ['Account address,Show boosts\na@b.example,true\n', 'accounts that are followed'],
  ])('%j', (text, why) => {
    expect(() => assertList(text, 'x.csv')).toThrow(
      expect.objectContaining({ code: 'not-a-block-list', message: expect.stringContaining(why) }),
    );
  });

  test('a few lines that are of no use do not matter', () => assertList('ok.example\nspam\nother.example\n', 'x.csv'));
});

test('what came and went, another severity as both', () => {
  const before = '# source: a\nkept.example\nwent.example\n';
  const after =
    'domain,severity,reason\nKEPT.example,suspend,Now with a reason\ncame.example,silence,Loud\nwent.example,limit,\n';
  const { came, went } = compareLists(before, after);
  expect(came.map(({ name, severity }) => [name, severity])).toEqual([
    ['came.example', 'limit'],
    ['went.example', 'limit'],
  ]);
  expect(went.map(({ name, severity }) => [name, severity])).toEqual([['went.example', 'block']]);
});
