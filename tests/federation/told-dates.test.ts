import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LedgerObject } from '../../federation/ledger.ts';
import { withToldDates } from '../../federation/told-dates.ts';
import { told } from './plan-samples.ts';

const document = { '@context': 'x', id: 'a', published: '2026-11-23T00:00:00Z', name: 'b' };
const noon = '2026-11-23T12:00:00Z';

test.each([
  ['unknown to the ledger', undefined],
  ['of the baseline', told('p', { state: 'baseline', published: noon })],
  ['deleted', told('p', { state: 'deleted', published: noon })],
] as const)('an object that is %s keeps its dates', (_case, entry) => {
  expect(withToldDates(document, entry)).toBe(document);
});

test('an object without a date gets none', () => {
  expect(withToldDates({ id: 'a' }, told('p'))).toEqual({ id: 'a' });
});

test('told dates stand where dates stand, so that a document reads as ever', () => {
  const given = withToldDates(document, told('p', { published: noon, updated: '2026-11-24T00:00:00Z' }));
  expect(Object.keys(given)).toEqual(['@context', 'id', 'published', 'updated', 'name']);
});

test('an updated of the file from before the told published goes (GoToSocial calls it malformed)', () => {
  const given = withToldDates({ ...document, updated: '2026-11-23T06:00:00Z' }, told('p', { published: noon }));
  expect(given).toEqual({ ...document, published: noon });
});

const instant = fc
  .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => `${date.toISOString().slice(0, 19)}Z`);

test('whatever the file says: the dates are those that were told, and updated is never older than published', () => {
  const maybe = fc.option(instant, { nil: undefined });
  fc.assert(
    fc.property(instant, maybe, instant, maybe, (published, updated, toldPublished, toldUpdated) => {
      const entry: LedgerObject = told('p', {
        published: toldPublished,
        ...(toldUpdated ? { updated: toldUpdated } : {}),
      });
      const given = withToldDates({ ...document, published, ...(updated ? { updated } : {}) }, entry);
      const { published: shown, updated: edited = '', ...rest } = given;
      expect(rest).toEqual({ '@context': 'x', id: 'a', name: 'b' });
      expect(shown).toBe(toldPublished);
      expect(edited).toBe(toldUpdated && toldUpdated >= toldPublished ? toldUpdated : '');
    }),
  );
});
