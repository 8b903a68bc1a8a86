import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFollowing } from '../../build/following.ts';
import { type NewFollow, withFollowed, withoutFollowed } from '../../scripts/follow-file.ts';

const rules = { ownHandles: new Set(['@blog@blog.example']), blocks: { accounts: [], hosts: [] } };
const HEADER = 'Account address,Show boosts,Notify on new posts,Languages\n';
const ann: NewFollow = { handle: '@ann@a.example', written: 'Ann@a.example' };

const add = (text: string | undefined, follow = ann) => withFollowed(text, follow, rules);
const drop = (text: string) => withoutFollowed(text, ann.handle, rules);

describe('following.csv', () => {
  test("is made in Mastodon's format", () => expect(add(undefined)).toBe(`${HEADER}Ann@a.example,true,false,\n`));

  test('gets the new line last, in its own line ends and columns', () => {
    expect(add('# mine\r\nbob@b.example\r\n')).toBe('# mine\r\nbob@b.example\r\nAnn@a.example\r\n');
    expect(add('bob@b.example')).toBe('bob@b.example\nAnn@a.example\n');
    expect(add('Languages,Account address\nen,bob@b.example\n')).toBe(
      'Languages,Account address\nen,bob@b.example\n,Ann@a.example\n',
    );
    expect(add('bob@b.example\n', { ...ann, showBoosts: false, languages: ['en', 'de'] })).toBe(
      'bob@b.example\nAnn@a.example,false,,"en, de"\n',
    );
  });

  test('who is there already stays, but for what is said anew', () => {
    const text = `${HEADER}ann@a.example,true,true,"en"\r\n# end`;
    expect(add(text)).toBe(text);
    expect(add(text, { ...ann, showBoosts: false })).toBe(`${HEADER}ann@a.example,false,true,en\r\n# end`);
  });

  test('loses the line, wherever it stands and however often', () => {
    expect(drop(`${HEADER}ann@a.example,true,false,\nbob@b.example,true,false,\n`)).toBe(
      `${HEADER}bob@b.example,true,false,\n`,
    );
    expect(drop('@Ann@A.example\n# x\nann@a.example')).toBe('# x\n');
    expect(drop('bob@b.example\n')).toBeUndefined();
  });

  test('nobody follows themselves, and a broken file is left as it is', () => {
    expect(() => add(undefined, { handle: '@blog@blog.example', written: 'blog@blog.example' })).toThrow(
      'is this blog',
    );
    expect(() => add('nobody\nann@a.example\n')).toThrow('content/following.csv:1');
  });

  test('whatever stands there: following and unfollowing leaves every other byte', () =>
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('# note', 'bob@b.example', '"c@c.example"', 'd@d.example,false', '', '@e@e.example'), {
          maxLength: 6,
        }),
        fc.constantFrom('\n', '\r\n'),
        (lines, end) => {
          const text = `first@f.example${end}${lines.map((line) => line + end).join('')}`;
          const after = add(text);
          expect(after.startsWith(text)).toBe(true);
          expect(parseFollowing(after, rules).entries.at(-1)?.handle).toBe('@ann@a.example');
          expect(drop(after)).toBe(text);
        },
      ),
      { numRuns: 200 },
    ));
});
