import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { contentFaults, describeFaults } from '../../build/fault-report.ts';
import type { Fault } from '../../build/model.ts';

const missing = (index: number): Fault => ({
  file: `posts/${String(index).padStart(2, '0')}.md`,
  line: index,
  message: `picture "/old/${index}.gif" is not there; add "missingPictures: warn" to profile.md`,
});
const many = Array.from({ length: 21 }, (_, index) => missing(index + 1));
const other: Fault = { file: 'posts/10.md', line: 2, message: 'unknown key "mood"' };

describe('the text of many faults', () => {
  test('paths work from the working folder: relative within it, absolute outside', () => {
    expect(describeFaults([other], join(process.cwd(), 'blogs/mine'))).toBe(
      'blogs/mine/posts/10.md:2 unknown key "mood"',
    );
    expect(describeFaults([other], '/elsewhere/content')).toBe('/elsewhere/content/posts/10.md:2 unknown key "mood"');
  });

  test('twenty of a kind are printed one by one', () => {
    const lines = describeFaults(many.slice(0, 20), '/c').split('\n');
    expect(lines).toHaveLength(20);
    expect(lines[0]).toBe(`/c/posts/01.md:1 ${missing(1).message}`);
  });

  test('more of a kind get their message once, each place with its own words, and a summary at the end', () => {
    const kind = 'picture "…" is not there; add "missingPictures: warn" to profile.md';
    expect(describeFaults([...many, other], '/c').split('\n')).toEqual([
      '/c/posts/10.md:2 unknown key "mood"',
      '',
      `   21 × ${kind}`,
      ...many.map(({ file, line }, index) => `        /c/${file}:${line} "/old/${index + 1}.gif"`),
      '',
      'In short:',
      `   21 × ${kind}`,
      '    1 × unknown key "mood"',
    ]);
  });

  test('paths in messages differ within a kind', () => {
    const clashes = many.map((fault, index) => ({ ...fault, message: `its address /${index}/ is taken` }));
    expect(describeFaults(clashes, '/c').split('\n').at(-1)).toBe('   21 × its address … is taken');
  });

  test('the facts have every fault whole, in the order of files and lines', () => {
    const error = contentFaults([other, ...many.toReversed()], '/c');
    expect(error.message).toMatch(/^22 faults in 21 files:\n/);
    expect(error.facts.faults).toEqual([...many.slice(0, 9), other, ...many.slice(9)].toSorted(byFileAndLine));
  });
});

function byFileAndLine(a: Fault, b: Fault): number {
  return a.file.localeCompare(b.file) || a.line - b.line;
}
