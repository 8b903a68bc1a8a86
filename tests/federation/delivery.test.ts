import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Attempt,
  type AttemptContext,
  afterAttempt,
  GIVE_UP_AFTER,
  LEAST_ATTEMPTS,
  priorityOf,
  signatureFormFor,
  supersedes,
} from '../../federation/delivery.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const T0 = Date.UTC(2026, 10, 23);

const first: AttemptContext = { attempts: 0, createdAt: T0, now: T0, random: 0 };
const answer = (status: number, retryAfterMs?: number): Attempt => ({
  kind: 'response',
  status,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

describe('afterAttempt', () => {
  test.each([200, 201, 202, 204])('%i → delivered', (status) => {
    expect(afterAttempt(answer(status), first)).toEqual({ state: 'delivered', status });
  });

  test.each([400, 402, 403, 405, 406, 409, 413, 415, 418, 422, 451, 501])('%i → failed at once', (status) => {
    expect(afterAttempt(answer(status), first)).toEqual({ state: 'failed', status, error: `HTTP ${status}` });
  });

  test.each([301, 307, 308, 401, 404, 408, 425, 429, 500, 502, 503, 504, 530])('%i → retried after 30 s', (status) => {
    expect(afterAttempt(answer(status), first)).toEqual({
      state: 'pending',
      dueAt: T0 + 30 * SECOND,
      status,
      error: `HTTP ${status}`,
    });
  });

  test('410 → gone at once', () => {
    expect(afterAttempt(answer(410), first)).toEqual({ state: 'gone', status: 410, error: 'HTTP 410' });
  });

  test('no answer → retried, with the reason kept', () => {
    expect(afterAttempt({ kind: 'network', error: 'ECONNREFUSED' }, first)).toEqual({
      state: 'pending',
      dueAt: T0 + 30 * SECOND,
      error: 'ECONNREFUSED',
    });
  });

  test('unsent → retried after ten minutes at most, and never given up for it', () => {
    const unsent = { kind: 'unsent', error: 'EMFILE' } as const;
    const again = (dueAt: number) => ({ state: 'pending', dueAt, error: 'EMFILE' });
    expect(afterAttempt(unsent, first)).toEqual(again(T0 + 30 * SECOND));
    const now = T0 + 1_000 * HOUR;
    expect(afterAttempt(unsent, { ...first, attempts: 40, now })).toEqual(again(now + 10 * MINUTE));
  });

  test('blocked by our own guard → failed at once', () => {
    expect(afterAttempt({ kind: 'blocked', error: 'private address' }, first)).toEqual({
      state: 'failed',
      error: 'private address',
    });
  });

  test.each([
    [0, 30 * SECOND],
    [1, 2 * MINUTE],
    [2, 10 * MINUTE],
    [3, 30 * MINUTE],
    [4, HOUR],
    [5, 2 * HOUR],
    [6, 4 * HOUR],
    [7, 8 * HOUR],
    [8, 12 * HOUR],
    [9, 12 * HOUR],
    [40, 12 * HOUR],
  ])('after %i earlier attempts the wait is %i ms', (attempts, wait) => {
    expect(afterAttempt(answer(503), { ...first, attempts })).toMatchObject({ state: 'pending', dueAt: T0 + wait });
  });

  test('jitter adds up to a fifth', () => {
    expect(afterAttempt(answer(503), { ...first, random: 0.5 })).toMatchObject({ dueAt: T0 + 33 * SECOND });
  });

  test.each([
    ['longer than the schedule → obeyed', 20 * MINUTE, 20 * MINUTE],
    ['shorter than the schedule → the schedule', 1, 30 * SECOND],
    ['a year → twelve hours', 365 * 24 * HOUR, 12 * HOUR],
    ['negative → the schedule', -5, 30 * SECOND],
  ])('Retry-After %s', (_name, asked, wait) => {
    expect(afterAttempt(answer(429, asked), first)).toMatchObject({ state: 'pending', dueAt: T0 + wait });
  });

  test('a second 401 in a row → backoff, and given up after a day', () => {
    expect(afterAttempt(answer(401), { ...first, attempts: 4 })).toMatchObject({ dueAt: T0 + 30 * SECOND });
    expect(afterAttempt(answer(401), { ...first, attempts: 4, lastStatus: 401 })).toMatchObject({ dueAt: T0 + HOUR });
    const late = { ...first, now: T0 + 20 * HOUR, attempts: 8, lastStatus: 401 };
    expect(afterAttempt(answer(401), late)).toEqual({
      state: 'failed',
      status: 401,
      error: 'HTTP 401; given up after 9 attempts',
    });
    expect(afterAttempt(answer(503), late)).toMatchObject({ state: 'pending' });
  });

  test('404 → gone only when the inbox has answered nothing else for two days', () => {
    const day3 = { ...first, now: T0 + 49 * HOUR, attempts: 10 };
    const gone = { state: 'gone', status: 404, error: 'HTTP 404 for two days' };
    expect(afterAttempt(answer(404), { ...day3, missingSince: T0 + HOUR })).toEqual(gone);
    expect(afterAttempt(answer(404), { ...day3, missingSince: T0 + HOUR + 1 })).toMatchObject({ state: 'pending' });
    expect(afterAttempt(answer(404), { ...day3, lastStatus: 404 })).toMatchObject({ state: 'pending' });
    // Another delivery has seen it missing for long: this one need not begin anew.
    expect(afterAttempt(answer(404), { ...first, missingSince: T0 - 48 * HOUR })).toEqual(gone);
    expect(afterAttempt(answer(503), { ...first, missingSince: T0 - 48 * HOUR })).toMatchObject({ state: 'pending' });
  });

  test('a machine that slept for a week still makes its attempts', () => {
    const week = { ...first, now: T0 + 7 * 24 * HOUR };
    expect(afterAttempt(answer(503), week)).toMatchObject({ state: 'pending' });
    expect(afterAttempt(answer(503), { ...week, attempts: 5 })).toMatchObject({ state: 'failed' });
  });
});

describe('afterAttempt, whatever comes', () => {
  const attempts = fc.oneof(
    fc.record({
      kind: fc.constant('response' as const),
      status: fc.integer({ min: 100, max: 599 }),
      retryAfterMs: fc.nat(),
    }),
    fc.record({ kind: fc.constant('network' as const), error: fc.string() }),
    fc.record({ kind: fc.constant('blocked' as const), error: fc.string() }),
  );
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  test('the next attempt is later than now and at most 14.4 h away', () => {
    const context = fc.record({
      attempts: fc.nat(100),
      createdAt: fc.constant(T0),
      now: fc.integer({ min: T0, max: T0 + 1e9 }),
      random,
    });
    fc.assert(
      fc.property(attempts, context, (attempt, at) => {
        const after = afterAttempt(attempt, at);
        if (after.state !== 'pending') return;
        expect(after.dueAt).toBeGreaterThanOrEqual(at.now + 30 * SECOND);
        expect(after.dueAt).toBeLessThanOrEqual(at.now + 14.4 * HOUR);
      }),
    );
  });

  test('more attempts never make a wait shorter', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(50), random, fc.nat(), (a, b, r, retryAfterMs) => {
        const due = (n: number) => {
          const after = afterAttempt(answer(503, retryAfterMs), { ...first, attempts: n, random: r });
          return after.state === 'pending' ? after.dueAt : Number.POSITIVE_INFINITY;
        };
        expect(due(Math.max(a, b))).toBeGreaterThanOrEqual(due(Math.min(a, b)));
      }),
    );
  });

  test('every delivery ends: within three days, or with the sixth attempt', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(attempts, random, fc.nat(HOUR)), { minLength: 40, maxLength: 40 }), (history) => {
        let now = T0;
        let lastStatus: number | undefined;
        for (const [made, [attempt, r, late]] of history.entries()) {
          const after = afterAttempt(attempt, { attempts: made, createdAt: T0, now, random: r, lastStatus });
          if (after.state !== 'pending') return;
          if (made + 1 >= LEAST_ATTEMPTS) expect(after.dueAt).toBeLessThanOrEqual(T0 + GIVE_UP_AFTER);
          lastStatus = after.status;
          now = after.dueAt + late;
        }
        expect.unreachable('40 attempts and no end');
      }),
    );
  });
});

describe('signatureFormFor', () => {
  const forms = (answers: readonly (number | undefined)[]) =>
    [undefined, ...answers].map((lastStatus, attempts) => signatureFormFor({ attempts, lastStatus }));

  test('401 each time → draft-cavage, then RFC 9421, and so on by turns', () => {
    expect(forms([401, 401, 401])).toEqual(['draft-cavage', 'rfc9421', 'draft-cavage', 'rfc9421']);
  });

  test('no other answer, and no answer at all, changes the form', () => {
    expect(new Set(forms([400, 403, undefined, 404, 429, 500, 503]))).toEqual(new Set(['draft-cavage']));
  });

  test('401 after other failures → RFC 9421 is tried at the latest with the attempt after next', () => {
    for (const before of [[], [503], [503, undefined], [503, 503, 429]]) {
      expect(forms([...before, 401, 401]).slice(before.length + 1)).toContain('rfc9421');
    }
  });
});

describe('what goes first', () => {
  test('answers, then what takes something back, then the rest', () => {
    const types = ['Create', 'Undo', 'Accept', 'Update', 'Delete', 'Reject', 'Like', 'Follow'];
    expect(types.toSorted((a, b) => priorityOf(a) - priorityOf(b))).toEqual([
      ...['Accept', 'Reject', 'Follow', 'Undo', 'Delete', 'Create', 'Update', 'Like'],
    ]);
  });

  test('a Delete makes Creates and Updates pointless, an Update earlier Updates, an Undo deeds, and nothing else anything', () => {
    const deeds = ['Like', 'Announce', 'Follow', 'QuoteRequest'];
    const types = ['Create', 'Update', 'Delete', 'Accept', 'Reject', 'Undo', 'Move', ...deeds];
    const pairs = types.flatMap((later) => types.map((earlier) => [later, earlier] as const));
    expect(pairs.filter(([later, earlier]) => supersedes(later, earlier))).toEqual([
      ['Update', 'Update'],
      ['Delete', 'Create'],
      ['Delete', 'Update'],
      ...deeds.map((deed) => ['Undo', deed]),
    ]);
  });
});
