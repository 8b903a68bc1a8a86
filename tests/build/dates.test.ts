import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dateOfFolders, parseDate, splitDatedName } from '../../build/dates.ts';

describe('parseDate', () => {
  test.each([
    ['2024-05-06', '2024-05-06T00:00:00Z', true],
    ['2024/5/6', '2024-05-06T00:00:00Z', true],
    ['2024-05-06T07:08', '2024-05-06T07:08:00Z', false],
    ['2024-05-06 07:08:09', '2024-05-06T07:08:09Z', false],
    ['2024-05-06 07:08:09 +0200', '2024-05-06T05:08:09Z', false],
    ['2024-05-06T23:30:00-05:30', '2024-05-07T05:00:00Z', false],
    ['2024-05-06T07:08:09.123456Z', '2024-05-06T07:08:09Z', false],
    ['2024-05-06 07:08:09 UTC', '2024-05-06T07:08:09Z', false],
    ['Jul 08 2022', '2022-07-08T00:00:00Z', true],
    ['July 8th, 2022', '2022-07-08T00:00:00Z', true],
    ['8 July 2022', '2022-07-08T00:00:00Z', true],
    ['Mon, 06 May 2024 07:08:09 +0000', '2024-05-06T07:08:09Z', false],
    ['2024-02-29', '2024-02-29T00:00:00Z', true],
  ])('%s → %s', (text, instant, dateOnly) => {
    expect(parseDate(text)).toEqual({ ok: true, date: { instant, dateOnly } });
  });

  test.each([
    '2023-02-29',
    '2024-13-01',
    '2024-05-06T25:00',
    '2024-05-06 12:60',
    '2024-04-31',
    'Foo 8 2022',
    '2024-05-06 07:08 CEST',
    'yesterday',
    '1714953600',
    '',
    '9999-12-31T23:00:00-05:00',
  ])('%j is refused', (text) => {
    expect(parseDate(text).ok).toBe(false);
  });

  test('day and month in an order that cannot be told → refused with what to write', () => {
    expect(parseDate('05/06/2024')).toEqual({
      ok: false,
      message: expect.stringContaining('month or the day first; write it as 2024-05-06'),
    });
  });

  test('any text is a date or a message, and a date is RFC 3339 UTC', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
        ),
        (text) => {
          const result = parseDate(text);
          if (result.ok) expect(result.date.instant).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
          else expect(result.message).not.toBe('');
        },
      ),
    );
  });
});

describe('splitDatedName', () => {
  test.each([
    ['2024-05-06-a-slug', 'a-slug', '2024-05-06T00:00:00Z'],
    ['2024-05-06_a-slug', 'a-slug', '2024-05-06T00:00:00Z'],
    ['2024-05-06', '2024-05-06', '2024-05-06T00:00:00Z'],
    ['2024-05-06-1', '2024-05-06-1', '2024-05-06T00:00:00Z'],
    ['2024-5-6-a-slug', 'a-slug', '2024-05-06T00:00:00Z'],
    ['2024-13-06-a', '2024-13-06-a', undefined],
    ['a-slug', 'a-slug', undefined],
  ])('%s → %s', (name, rest, instant) => {
    const split = splitDatedName(name);
    expect([split.rest, split.date?.instant]).toEqual([rest, instant]);
  });
});

test.each([
  ['posts/2024/05/06/slug.md', '2024-05-06T00:00:00Z'],
  ['2024/05/06/slug', '2024-05-06T00:00:00Z'],
  ['/blog/2024/5/6/slug/', '2024-05-06T00:00:00Z'],
  ['/2024/05/06-slug/', '2024-05-06T00:00:00Z'],
  ['posts/2024-05-06/slug.md', '2024-05-06T00:00:00Z'],
  ['2024/13/06/slug', undefined],
  ['2024/05/slug', undefined],
  ['12024/05/06/slug', undefined],
])('the day that %s spells out', (path, instant) => {
  expect(dateOfFolders(path)?.instant).toBe(instant);
});
