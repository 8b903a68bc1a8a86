import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { comesAt } from '../../federation/dates.ts';
import { appearsAt, isTimeZone, startOfDay } from '../../federation/time-zones.ts';

const start = (day: string, zone: string): string =>
  new Date(startOfDay(Date.parse(`${day}T00:00:00Z`), zone)).toISOString();

describe('a day begins', () => {
  test.each([
    ['in UTC', '2026-12-01', 'UTC', '2026-12-01T00:00:00.000Z'],
    ['an hour earlier in Berlin in winter', '2026-12-01', 'Europe/Berlin', '2026-11-30T23:00:00.000Z'],
    ['two in summer', '2026-07-01', 'Europe/Berlin', '2026-06-30T22:00:00.000Z'],
    ['in winter time on the day that summer time begins', '2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
    ['in summer time on the day that it ends', '2026-10-25', 'Europe/Berlin', '2026-10-24T22:00:00.000Z'],
    ['later in the west', '2026-12-01', 'America/Los_Angeles', '2026-12-01T08:00:00.000Z'],
    ['first on Kiritimati', '2026-12-01', 'Pacific/Kiritimati', '2026-11-30T10:00:00.000Z'],
    ['by a quarter of an hour in Kathmandu', '2026-12-01', 'Asia/Kathmandu', '2026-11-30T18:15:00.000Z'],
    ['at one where midnight is skipped', '2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
    ['at the first of two midnights', '2026-11-01', 'America/Havana', '2026-11-01T04:00:00.000Z'],
    ['with the next where the zone left it out', '2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
  ])('%s', (_, day, zone, instant) => expect(start(day, zone)).toBe(instant));

  test('where the calendar of the zone turns, in every zone and at any time of the day that is given', () => {
    const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
    const days = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2060, 0, 1) });
    fc.assert(
      fc.property(zones, days, (zone, time) => {
        const at = startOfDay(time, zone);
        const day = new Date(time).toISOString().slice(0, 10);
        const local = (instant: number): string =>
          new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short' }).format(instant);
        expect(local(at - 1000) < day).toBe(true);
        // A day that the zone left out begins with the next.
        expect(local(at) >= day).toBe(true);
        expect(at % 1000).toBe(0);
      }),
    );
  });
});

test('a post with a time appears at that instant in whatever zone, one without when the day begins', () => {
  const published = '2026-12-01T00:00:00Z';
  expect(appearsAt({ published, dateOnly: false }, 'Asia/Tokyo')).toBe(Date.parse(published));
  expect(appearsAt({ published, dateOnly: true }, 'Asia/Tokyo')).toBe(Date.parse('2026-11-30T15:00:00Z'));
});

test('no zone shows a day before it has begun anywhere: what is shown may be sent', () => {
  const entry = { published: '2026-12-01T00:00:00Z', dateOnly: true };
  for (const zone of Intl.supportedValuesOf('timeZone'))
    expect(appearsAt(entry, zone)).toBeGreaterThanOrEqual(comesAt(entry));
});

test.each(['Europe/Berlin', 'UTC', 'America/Argentina/Ushuaia'])('%s is a time zone', (name) =>
  expect(isTimeZone(name)).toBe(true),
);
test.each(['Berlin', '+02:00', '', 'Europe/ Berlin', 'Mars/Olympus'])('%j is none', (name) =>
  expect(isTimeZone(name)).toBe(false),
);
