import { expect, test } from 'vitest';
import { readingLines } from '../../scripts/print-reading.ts';

const NOW = new Date(2026, 10, 23, 12).getTime();
const POST = {
  id: 'https://peer.test/notes/1',
  handle: '@ann@peer.test',
  name: 'Ann',
  at: new Date(2026, 10, 23, 10, 5).toISOString(),
  url: 'https://peer.test/@ann/1',
  text: 'Tea is ready.\nCome.',
};

const lines = (more: Partial<typeof POST & { booster: string; contentWarning: string; title: string }> = {}) =>
  readingLines({ ...POST, ...more }, NOW, 80);

test('who, when, how it begins, and where it is', () => {
  expect(lines()).toEqual(['Ann @ann@peer.test, 10:05', '      Tea is ready. Come.', '      https://peer.test/@ann/1']);
});

test('a boost says who boosted; what is warned of stays unsaid', () => {
  expect(lines({ booster: '@bob@third.test', contentWarning: 'Food', title: 'Tea' })).toEqual([
    '@bob@third.test boosted Ann @ann@peer.test, 10:05',
    '      [Food]',
    '      https://peer.test/@ann/1',
  ]);
});

test('no line is longer than 80 columns, and a stranger’s text moves no cursor', () => {
  const shown = lines({ name: 'A\u001b[2Jnn', text: `${'word '.repeat(200)}\u001b]0;x\u0007\u202e` });
  for (const line of shown) expect(line.length).toBeLessThanOrEqual(80);
  for (const moves of ['\u001b', '\u0007', '\u202e']) expect(shown.join('')).not.toContain(moves);
  expect(shown.length).toBeLessThan(10);
});
