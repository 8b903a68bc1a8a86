import { expect, test } from 'vitest';
import { descriptorLimit, idleWithin, slowWithin } from '../../server/descriptors.ts';

const limits = (soft: string) => `Limit                     Soft Limit           Hard Limit           Units
Max processes             95961                95961                processes
Max open files            ${soft}                 4096                 files
Max locked memory         8388608              8388608              bytes
`;

test.each([
  ['1024', 1_024],
  ['unlimited', undefined],
])('a limit of %s is read as %s', (soft, limit) => {
  expect(descriptorLimit(() => limits(soft))).toBe(limit);
});

test('where it cannot be read there is none', () => {
  expect(
    descriptorLimit(() => {
      throw new Error('ENOENT');
    }),
  ).toBeUndefined();
});

test.each([
  [undefined, 512],
  [65_536, 512],
  [1_024, 448],
  [300, 86],
  [256, 64],
  [64, 0],
])('%s descriptors leave %s for slow requests beside 64', (limit, slow) => {
  expect(slowWithin(limit, 64, 512)).toBe(slow);
});

test.each([
  [undefined, Number.POSITIVE_INFINITY],
  [1_024, 128],
  [256, 32],
])('%s descriptors leave %s for idle connections of a scheme', (limit, idle) => {
  expect(idleWithin(limit)).toBe(idle);
});
