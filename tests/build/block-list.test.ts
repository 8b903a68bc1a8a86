import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readBlockList } from '../../build/block-list.ts';
import { csvRow } from '../../build/csv.ts';

const read = (text: string) => {
  const { entries, faults, warnings, damage } = readBlockList(text, 'f.csv');
  const told = (list: typeof faults) => list.map(({ line, message }) => `${line} ${message}`);
  return {
    entries: entries.map(({ name, severity, reason }) => [name, severity, ...(reason === undefined ? [] : [reason])]),
    faults: told(faults),
    warnings: told(warnings),
    ...(damage ? { damage: told([damage]) } : {}),
  };
};
const entries = (text: string) => {
  const { entries: found, ...rest } = read(text);
  expect(rest).toEqual({ faults: [], warnings: [] });
  return found;
};

describe('each form that is exported', () => {
  test("Mastodon: an administrator's blocked domains", () => {
    const text =
      '#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n' +
      'spam.example,suspend,false,false,"Spam, and more",false\nloud.example,silence,true,false,,false\nfine.example,noop,true,true,,false\n';
    expect(entries(text)).toEqual([
      ['spam.example', 'block', 'Spam, and more'],
      ['loud.example', 'limit'],
      ['fine.example', 'none'],
    ]);
  });

  test("Mastodon: somebody's blocked domains", () => {
    expect(entries('spam.example\nworse.example\n')).toEqual([
      ['spam.example', 'block'],
      ['worse.example', 'block'],
    ]);
  });

  test.each(['Account address\n', ''])("Mastodon: somebody's blocked accounts (%j)", (header) => {
    expect(entries(`${header}troll@bad.example\nother@worse.example\n`)).toEqual([
      ['troll@bad.example', 'block'],
      ['other@worse.example', 'block'],
    ]);
  });

  test.each(['name,severity,reason\n', '# what I want nothing of\n', ''])('the own file (%j)', (header) => {
    expect(entries(`${header}spam.example,block,Spam\n@a@b.example,limit,\nhttps://c.example/users/d,,Why\n`)).toEqual([
      ['spam.example', 'block', 'Spam'],
      ['a@b.example', 'limit'],
      ['https://c.example/users/d', 'block', 'Why'],
    ]);
  });

  test.each([
    ['FediBlockHole', 'domain,severity,public_comment,reject_media\nspam.example,silence,Loud,False\n'],
    ['other names, another order', 'Reason(s),Instance,Action\r\nLoud,spam.example,Limit\r\n'],
    ['quoted header', '"#domain","#severity","#public_comment"\n"spam.example","silence","Loud"\n'],
    [
      'a comment before the header',
      '# source: https://lists.example/a.csv, "as of" today\n#domain,#severity,#public_comment\nspam.example,silence,Loud\n',
    ],
    ['a byte order mark', '\uFEFF#domain,#severity,#public_comment\nspam.example,silence,Loud\n'],
  ])('%s', (_, text) => expect(entries(text)).toEqual([['spam.example', 'limit', 'Loud']]));

  test('two columns without a header: the second is a severity where it says one, else the reason', () => {
    expect(entries('a.example,limit\nb.example,\n')).toEqual([
      ['a.example', 'limit'],
      ['b.example', 'block'],
    ]);
    expect(entries('a.example,Spam and worse\nb.example\n')).toEqual([
      ['a.example', 'block', 'Spam and worse'],
      ['b.example', 'block'],
    ]);
  });
});

describe('what cannot be used is told with its line', () => {
  test.each([
    [
      'an obfuscated name',
      '#domain,#severity\nok.example,suspend\nsp**.example,suspend\n',
      'warnings',
      '3 "sp**.example" is obfuscated',
    ],
    ['what names nobody', '# comment\nok.example\nspam\n', 'faults', '3 "spam" names nobody'],
    [
      'an unknown severity',
      'domain,severity\n\nok.example,filter\n',
      'faults',
      '3 "filter" is no severity, so ok.example is not blocked; write block, limit or noop',
    ],
    [
      'a severity with a slip of the pen',
      'domain,severity\nok.example,silnce\n',
      'faults',
      '2 "silnce" is no severity, so ok.example is not blocked; did you mean silence?',
    ],
    [
      'one without a header, where a reason may stand',
      'a.example,Because\nzz.example,suspnd\n',
      'faults',
      '2 "suspnd" is no severity, so zz.example is not blocked; did you mean suspend? A reason is the third cell',
    ],
    [
      'a misspelt column of severities',
      'name,severty,reason\nok.example,silence,Loud\n',
      'damage',
      '1 unknown column "severty"; did you mean "severity"?',
    ],
    [
      'a misspelt column of names',
      '# mine\ndomian,severity\nok.example,silence\n',
      'damage',
      '2 unknown column "domian"; did you mean "domain"?',
    ],
    [
      'a misspelt column of reasons',
      'name,severity,raeson\nok.example,silence,Loud\n',
      'warnings',
      '1 unknown column "raeson"; did you mean "reason"?',
    ],
    [
      'a port',
      'social.example:8443\n',
      'faults',
      '1 "social.example:8443" names a port, and a block holds for a host with all its ports; write social.example',
    ],
    ['a quote that is never closed', 'ok.example\n"spam', 'damage', '2 a quote is opened and never closed'],
    [
      'accounts that are followed',
      'Account address,Show boosts,Notify on new posts,Languages\na@b.example,true,false,\n',
      'damage',
      '1 this is a list of accounts that are followed',
    ],
    [
      'accounts that are muted',
      'Account address,Hide notifications\na@b.example,true\n',
      'damage',
      '1 this is a list of accounts that are muted',
    ],
  ] as const)('%s', (_, text, kind, message) => {
    expect(read(text)[kind]).toEqual([expect.stringContaining(message)]);
  });
});

test('a column that is near a known one does not matter where the known one is there', () => {
  expect(entries('domain,severity,reasons,reson,levle\nok.example,silence,Loud,x,y\n')).toEqual([
    ['ok.example', 'limit', 'Loud'],
  ]);
});

test.each(['Spam', 'Racism', 'a block', 'bots', 'Why?'])('"%s" is a reason, not a misspelt severity', (reason) => {
  expect(entries(`a.example,${reason}\n`)).toEqual([['a.example', 'block', reason]]);
});

test('whatever a file holds, it is read and nothing throws; each row is an entry, a fault or a warning', () => {
  const cell = fc.oneof(
    fc.constantFrom('spam.example', 'a@b.example', 'domain', '#domain', 'silence', '# x', '__proto__', 'constructor'),
    fc.string(),
  );
  fc.assert(fc.property(fc.string(), (text) => readBlockList(text, 'f.csv').columns.count > 0));
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 6 }), (rows) => {
      const list = readBlockList(rows.map(csvRow).join(''), 'f.csv');
      expect(list.entries.length + list.faults.length + list.warnings.length).toBeLessThanOrEqual(rows.length);
    }),
  );
});

test('what was written as CSV is read with its reason, whatever that is', () => {
  fc.assert(
    fc.property(fc.string(), (reason) => {
      const text = `name,severity,reason\n${csvRow(['spam.example', 'block', reason])}`;
      expect(readBlockList(text, 'f.csv').entries[0]?.reason ?? '').toBe(
        reason.trim().replace(/\s+/g, ' ').slice(0, 500),
      );
    }),
  );
});
