import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readBlockName } from '../../build/block-names.ts';

describe('readBlockName', () => {
  test.each([
    ['spam.example', 'spam.example'],
    [' SPAM.Example. ', 'spam.example'],
    ['*.spam.example', 'spam.example'],
    ['M\u00dcLLER.example', 'xn--mller-kva.example'],
    ['xn--mller-kva.example', 'xn--mller-kva.example'],
    ['spam\u3002example', 'spam.example'],
    ['spam.example:443', 'spam.example'],
    ['https://spam.example:443/', 'spam.example'],
    ['http://spam.example:80/', 'spam.example'],
    ['https://spam.example/', 'spam.example'],
    ['https://spam.example', 'spam.example'],
    ['under_score.example', 'under_score.example'],
    ['192.0.2.1', '192.0.2.1'],
  ])('%s is the host %s', (text, name) => expect(readBlockName(text)).toEqual({ kind: 'host', name }));

  test.each([
    ['@Troll@Bad.example', 'troll@bad.example'],
    ['troll@bad.example.', 'troll@bad.example'],
    ['acct:troll@bad.example', 'troll@bad.example'],
    ['tr.oll-x_y@b\u00fccher.example', 'tr.oll-x_y@xn--bcher-kva.example'],
    ['https://bad.example/@Troll', 'troll@bad.example'],
    ['https://here.example/@troll@bad.example', 'troll@bad.example'],
    ['https://BAD.example/users/Troll', 'https://bad.example/users/Troll'],
    ['https://bad.example/actor?id=7#main-key', 'https://bad.example/actor?id=7'],
    ['https://bad.example:8443/users/Troll', 'https://bad.example:8443/users/Troll'],
  ])('%s is the account %s', (text, name) => expect(readBlockName(text)).toEqual({ kind: 'account', name }));

  // Hosts are compared without their port, so it would cover more than was written.
  test.each([
    ['spam.example:8443', 'spam.example'],
    ['https://SPAM.example:8443/', 'spam.example'],
    ['@Troll@bad.example:8443', 'troll@bad.example'],
    ['acct:troll@bad.example:80', 'troll@bad.example'],
    ['https://bad.example:8443/@Troll', 'troll@bad.example'],
    ['https://here.example/@troll@bad.example:8443', 'troll@bad.example'],
  ])('%s has a port of its own', (text, name) => expect(readBlockName(text)).toEqual({ kind: 'port', name }));

  test.each(['sp**.example', 's*', 'tr*ll@bad.example', 'a@b*d.example', 'https://b*d.example/users/a'])(
    '%s is obfuscated',
    (text) => expect(readBlockName(text)).toEqual({ kind: 'obfuscated' }),
  );

  test.each([
    '',
    '@',
    'com',
    'two words.example',
    '@troll',
    'a@b@c.example',
    'troll@',
    '12.34',
    '0x7f.0.0.1',
    '-',
    'a..b.example',
    'https://user:pass@bad.example/users/a',
    'ftp://spam.example',
    'spam.example/path',
  ])('"%s" names nobody', (text) => expect(readBlockName(text)).toEqual({ kind: 'unreadable' }));

  test('what it gives is read again as the same', () => {
    const part = fc.string({
      unit: fc.constantFrom('a', 'Z', '1', '-', '_', '.', '\u00fc', '@', '/', ':', '*', '\u3002', '%'),
      maxLength: 20,
    });
    fc.assert(
      fc.property(
        fc.oneof(
          part,
          fc.tuple(part, part).map(([a, b]) => `https://${a}.example/${b}`),
          fc.string(),
        ),
        (text) => {
          const read = readBlockName(text);
          if (read.kind === 'host' || read.kind === 'account') expect(readBlockName(read.name)).toEqual(read);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
