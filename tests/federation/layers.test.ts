import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layerName, layerTime } from '../../federation/layers.ts';

test('a layer is named by its instant', () => {
  expect(layerName(Date.parse('2026-12-01T07:00:00Z'))).toBe('20261201T070000Z');
  expect(layerName(Date.parse('2026-12-01T07:00:00.001Z'))).toBe('20261201T070001Z');
});

test('what is written is read', () => {
  const seconds = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) / 1000 });
  fc.assert(fc.property(seconds, (second) => layerTime(layerName(second * 1000)) === second * 1000));
});

test.each(['', '.', 'tmp', '20261201', '20261301T070000Z', '20261201T070000', '20261201T070000Z~'])(
  '%j is no layer',
  (name) => expect(layerTime(name)).toBeUndefined(),
);
