import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createInboundLimits } from '../../server/inbound-limits.ts';

const SECOND = 1_000;

describe('the requests of a host', () => {
  it('a burst of 1,000, then ten a second', () => {
    const limits = createInboundLimits();
    for (let n = 0; n < 1_000; n += 1) expect(limits.takeRequest('a.test', 0)).toBe(true);
    expect(limits.takeRequest('a.test', 0)).toBe(false);
    expect(limits.takeRequest('a.test', 99)).toBe(false);
    for (let n = 0; n < 10; n += 1) expect(limits.takeRequest('a.test', SECOND)).toBe(true);
    expect(limits.takeRequest('a.test', SECOND)).toBe(false);
  });

  it('are no other host’s, nor its fetches', () => {
    const limits = createInboundLimits({ requests: { burst: 1, perSecond: 1 } });
    limits.takeRequest('a.test', 0);
    expect(limits.takeRequest('a.test', 0)).toBe(false);
    expect(limits.takeRequest('b.test', 0)).toBe(true);
    expect(limits.takeFetch('a.test', 0)).toBe(true);
  });

  it('a clock that is set back gives nothing', () => {
    const limits = createInboundLimits({ requests: { burst: 1, perSecond: 1 } });
    limits.takeRequest('a.test', 10 * SECOND);
    expect(limits.takeRequest('a.test', 5 * SECOND)).toBe(false);
    expect(limits.takeRequest('a.test', 6 * SECOND)).toBe(true);
  });
});

it('the fetches of a host: a burst of 100, then two a second', () => {
  const limits = createInboundLimits();
  for (let n = 0; n < 100; n += 1) expect(limits.takeFetch('a.test', 0)).toBe(true);
  expect(limits.takeFetch('a.test', 0)).toBe(false);
  expect([1, 2, 3].map(() => limits.takeFetch('a.test', SECOND))).toEqual([true, true, false]);
});

it('the changes of an actor: a burst of 500, then 500 a day', () => {
  const limits = createInboundLimits();
  const ann = 'https://a.test/users/ann';
  for (let n = 0; n < 500; n += 1) expect(limits.takeChange(ann, 0)).toBe(true);
  expect(limits.takeChange(ann, 0)).toBe(false);
  expect(limits.takeChange('https://a.test/users/ben', 0)).toBe(true);
  expect([1, 2].map(() => limits.takeChange(ann, 173 * SECOND))).toEqual([true, false]);
});

it('remembers 10,000 hosts each; the one that was heard from longest ago goes first', () => {
  const limits = createInboundLimits({ requests: { burst: 1, perSecond: 0 }, maxHosts: 100 });
  for (let n = 0; n < 100; n += 1) limits.takeRequest(`h${n}.test`, 0);
  limits.takeRequest('h0.test', 0);
  limits.takeRequest('new.test', 0);
  expect(limits.size).toBe(100);
  expect(limits.takeRequest('h0.test', 0)).toBe(false);
  expect(limits.takeRequest('h1.test', 0)).toBe(true);
  const many = createInboundLimits();
  for (let n = 0; n < 30_000; n += 1) many.takeRequest(`h${n}.test`, n);
  expect(many.size).toBe(10_000);
});

it('never more than the burst and what came back since, whatever the times', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5_000), { maxLength: 200 }), (waits) => {
      const limits = createInboundLimits({ requests: { burst: 3, perSecond: 2 } });
      let now = 0;
      let taken = 0;
      for (const wait of waits) {
        now += wait;
        if (limits.takeRequest('a.test', now)) taken += 1;
      }
      expect(taken).toBeLessThanOrEqual(3 + (now / SECOND) * 2 + 1e-6);
    }),
  );
});
