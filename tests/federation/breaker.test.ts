import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  afterHostAttempt,
  FAILURES_TO_OPEN,
  type HostHealth,
  lostBefore,
  postponementOf,
} from '../../federation/breaker.ts';
import type { Attempt } from '../../federation/delivery.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const T0 = Date.UTC(2026, 10, 23, 12);
const host = 'a.example';

const down: Attempt = { kind: 'network', error: 'ECONNREFUSED' };
const answer = (status: number, retryAfterMs?: number): Attempt => ({
  kind: 'response',
  status,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});
const after = (health: HostHealth | undefined, attempt: Attempt, now = T0, random = 0) =>
  afterHostAttempt(health, attempt, { host, now, random });

/** The record after so many failures, each of them made when it was next allowed. */
function failing(times: number, from = T0): { health: HostHealth; now: number } {
  let health: HostHealth | undefined;
  let now = from;
  for (let n = 0; n < times; n += 1) {
    now = Math.max(now, health?.openUntil ?? 0);
    health = after(health, down, now);
  }
  if (health === undefined) throw new Error('no failure');
  return { health, now };
}

describe('afterHostAttempt', () => {
  test.each([200, 202, 301, 400, 401, 403, 404, 410, 422, 501])('%i → the host is well, whatever it was', (status) => {
    expect(after(undefined, answer(status))).toBeUndefined();
    expect(after(failing(3).health, answer(status))).toBeUndefined();
    expect(after(failing(9).health, answer(status, HOUR))).toBeUndefined();
  });

  test.each([down, ...[408, 425, 500, 502, 503, 504, 530].map((status) => answer(status))])(
    '%j is a failure; the fifth in a row opens for a minute',
    (attempt) => {
      let health: HostHealth | undefined;
      for (let n = 1; n < FAILURES_TO_OPEN; n += 1) {
        health = after(health, attempt);
        expect(health).toEqual({ host, failures: n, failingSince: T0, failedDays: 1, lastFailureAt: T0 });
      }
      expect(after(health, attempt)).toMatchObject({ failures: 5, openUntil: T0 + MINUTE });
    },
  );

  test('an answer between failures → the row begins anew', () => {
    expect(after(after(failing(4).health, answer(202)), down)).toMatchObject({ failures: 1 });
  });

  test('probes after 1, 5, 15 min, 1, 2, 4, 8, 12 h', () => {
    const waits = [5, 6, 7, 8, 9, 10, 11, 12].map((times) => {
      const { health, now } = failing(times);
      return ((health.openUntil ?? 0) - now) / MINUTE;
    });
    expect(waits).toEqual([1, 5, 15, 60, 120, 240, 480, 720]);
  });

  test('from seven failing days on once a day, and once a week at last', () => {
    const waits = [6, 7, 8, 13, 14, 50].map((failedDays) => {
      const known = { ...failing(13).health, failedDays, lastFailureAt: T0, openUntil: T0 };
      return ((after(known, down)?.openUntil ?? 0) - T0) / DAY;
    });
    expect(waits).toEqual([0.5, 1, 2, 7, 7, 7]);
  });

  test('what was under way when it opened counts no failure', () => {
    const { health, now } = failing(5);
    expect(after(health, down, now + 1)).toEqual({ ...health, lastFailureAt: now + 1 });
  });

  test('429 → open at once for the time asked for, and no failure', () => {
    const since = { host, failures: 0, failingSince: T0, failedDays: 0, lastFailureAt: T0 };
    expect(after(undefined, answer(429, 7 * MINUTE))).toEqual({ ...since, openUntil: T0 + 7 * MINUTE });
    expect(after(undefined, answer(429))).toEqual({ ...since, openUntil: T0 + MINUTE });
    expect(after(undefined, answer(429, 400 * DAY))).toEqual({ ...since, openUntil: T0 + 12 * HOUR });
  });

  test('a shorter pause that was asked for before a longer one → the longer one', () => {
    const paused = after(undefined, answer(429, HOUR));
    expect(after(paused, answer(429, MINUTE), T0 + 1)).toEqual(paused);
  });

  test('503 with Retry-After → the same; with one that is over → a failure', () => {
    expect(after(undefined, answer(503, 30_000))).toMatchObject({ failures: 0, openUntil: T0 + 30_000 });
    expect(after(undefined, answer(503, 0))).toMatchObject({ failures: 1 });
  });

  test('a pause never makes the wait of a host that failed shorter', () => {
    const { health } = failing(10);
    expect(after(health, answer(429, 1_000), health.openUntil)).toMatchObject({
      failures: 10,
      openUntil: (health.openUntil ?? 0) + 4 * HOUR,
    });
    expect(after(health, answer(429, 1_000), (health.openUntil ?? 0) - 2_000)?.openUntil).toBeGreaterThanOrEqual(
      health.openUntil ?? 0,
    );
  });

  test('a failure after a pause → closed, with the days it had', () => {
    const paused = after(failing(2).health, answer(429, MINUTE));
    expect(after(paused, down, T0 + MINUTE)).toEqual({
      host,
      failures: 3,
      failingSince: T0,
      failedDays: 1,
      lastFailureAt: T0 + MINUTE,
    });
  });

  test.each(['blocked', 'unsent'] as const)('%s by our own side → nothing is known of the host', (kind) => {
    const { health } = failing(6);
    expect(after(undefined, { kind, error: 'private' })).toBeUndefined();
    expect(after(health, { kind, error: 'private' })).toBe(health);
  });
});

describe('what follows from it', () => {
  test('the probe at the end of the wait, the rest two minutes later; nothing while closed', () => {
    const { health } = failing(5);
    expect(postponementOf(health)).toEqual({ probeAt: T0 + MINUTE, restAt: T0 + 3 * MINUTE });
    expect(postponementOf(failing(4).health)).toBeUndefined();
  });

  test('lost after three days of failing, on three different days', () => {
    const health = { host, failures: 20, failingSince: T0, failedDays: 3, lastFailureAt: T0 + 72 * HOUR };
    expect(lostBefore(health, T0 + 72 * HOUR)).toBe(T0);
    expect(lostBefore(health, T0 + 72 * HOUR - 1)).toBeUndefined();
    expect(lostBefore({ ...health, failedDays: 2 }, T0 + 72 * HOUR)).toBeUndefined();
  });
});

describe('afterHostAttempt, whatever comes', () => {
  const attempts: fc.Arbitrary<Attempt> = fc.oneof(
    fc.record({
      kind: fc.constant('response' as const),
      status: fc.integer({ min: 100, max: 599 }),
      retryAfterMs: fc.nat(400 * DAY),
    }),
    fc.integer({ min: 100, max: 599 }).map((status) => answer(status)),
    fc.constant(down),
    fc.constant({ kind: 'blocked' as const, error: 'private' }),
  );
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const failures: fc.Arbitrary<Attempt> = fc.constantFrom(down, answer(500), answer(503, 60_000), answer(429));
  const steps = (attempt: fc.Arbitrary<Attempt>) => fc.array(fc.tuple(attempt, random, fc.nat(2 * DAY)));

  test('no failure closes an open host before its time', () => {
    fc.assert(
      fc.property(steps(failures), fc.tuple(failures, random), (history, [last, r]) => {
        let now = T0;
        let health: HostHealth | undefined;
        for (const [attempt, each, later] of history) {
          health = after(health, attempt, now, each);
          now += later;
        }
        if (health?.openUntil === undefined || health.openUntil <= now) return;
        expect(after(health, last, now, r)?.openUntil).toBeGreaterThanOrEqual(health.openUntil);
      }),
    );
  });

  test('waits are a week and its jitter at most, and grow with the failures', () => {
    fc.assert(
      fc.property(steps(attempts), (history) => {
        let now = T0;
        let health: HostHealth | undefined;
        for (const [attempt, r, later] of history) {
          health = after(health, attempt, now, r);
          if (health?.openUntil !== undefined) expect(health.openUntil - now).toBeLessThanOrEqual(7 * DAY * 1.2);
          now += later;
        }
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 40 }), random, (times, r) => {
        const wait = ({ health, now }: { health: HostHealth; now: number }) => (health.openUntil ?? 0) - now;
        const [one, next] = [wait(failing(times)), wait(failing(times + 1))];
        expect(next).toBeGreaterThanOrEqual(one);
        const known = failing(times);
        const at = known.health.openUntil ?? 0;
        const jittered = (after(known.health, down, at, r)?.openUntil ?? 0) - at;
        expect(jittered).toBeGreaterThanOrEqual(next);
        expect(jittered).toBeLessThanOrEqual(Math.round(next * 1.2));
      }),
    );
  });

  test('failing days are counted once each: never more than the dates on which it failed', () => {
    fc.assert(
      fc.property(steps(failures), (history) => {
        const dates = new Set<string>();
        let now = T0;
        let health: HostHealth | undefined;
        for (const [attempt, r, later] of history) {
          health = after(health, attempt, now, r);
          if (attempt === down || (attempt.kind === 'response' && attempt.status === 500))
            dates.add(new Date(now).toISOString().slice(0, 10));
          now += later;
        }
        expect(health?.failedDays ?? 0).toBe(dates.size);
      }),
    );
  });

  test('a thousand failures on one day are one failing day', () => {
    let health: HostHealth | undefined;
    for (let n = 0; n < 1_000; n += 1) health = after(health, down, T0 + n * 1_000);
    expect(health).toMatchObject({ failedDays: 1 });
  });

  test('an answer that is no failure always closes', () => {
    fc.assert(
      fc.property(steps(failures), fc.constantFrom(200, 202, 302, 400, 404, 410), (history, status) => {
        let health: HostHealth | undefined;
        for (const [attempt, r] of history) health = after(health, attempt, T0, r);
        expect(after(health, answer(status))).toBeUndefined();
      }),
    );
  });
});
