import { expect, test } from 'vitest';
import { judgeClock } from '../../scripts/doctor/clock.ts';
import { judgeStatus } from '../../scripts/doctor/status.ts';
import type { OwnerStatus } from '../../server/owner-status.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const MINUTE = 60_000;
const WELL: OwnerStatus = {
  now: NOW,
  isWritable: true,
  storeMs: 3,
  hasLedger: true,
  followers: 2,
  workers: 1,
  deliveries: { pending: 0, delivered: 5, failed: 0, gone: 0, superseded: 0 },
  troubled: [],
};
const NETLIFY = {
  name: 'netlify',
  lastEventAt: NOW - 60 * MINUTE,
  lastSweepAt: NOW - 4 * MINUTE,
  environmentBytes: 2_000,
};
const onNetlify = (more: object): OwnerStatus => ({ ...WELL, workers: 0, host: { ...NETLIFY, ...more } });
const waiting = { ...WELL.deliveries, pending: 3 };

test('a blog that is well, on either host → all in order', () => {
  for (const status of [WELL, onNetlify({})]) {
    expect(judgeStatus(status).map(({ mark }) => mark)).not.toContain('warning');
    expect(judgeStatus(status).map(({ mark }) => mark)).not.toContain('broken');
  }
});

test.each<[string, OwnerStatus, string, string, RegExp]>([
  ['a store that keeps nothing', { ...WELL, isWritable: false }, 'status.store', 'broken', /cannot be read again/],
  ['nothing told yet', { ...WELL, hasLedger: false }, 'status.store', 'warning', /nobody anything yet/],
  ['a slow store', { ...WELL, storeMs: 5_000 }, 'status.store', 'warning', /slow/],
  ['no process', { ...WELL, workers: 0 }, 'status.schedule', 'warning', /no process/],
  [
    'no sweep since long',
    onNetlify({ lastSweepAt: NOW - 61 * MINUTE }),
    'status.schedule',
    'broken',
    /last ran 1 h ago/,
  ],
  ['no sweep ever', onNetlify({ lastSweepAt: undefined }), 'status.schedule', 'warning', /never ran/],
  ['no event ever', onNetlify({ lastEventAt: undefined }), 'status.event', 'warning', /no deploy/],
  [
    'a preview',
    onNetlify({ idle: 'a preview' }),
    'status.federates',
    'broken',
    /nothing is sent from there: a preview/,
  ],
  ['a large environment', onNetlify({ environmentBytes: 5_000 }), 'status.environment', 'broken', /5,000 of 4,096/],
  ['a nearly full one', onNetlify({ environmentBytes: 4_000 }), 'status.environment', 'warning', /4,000 of 4,096/],
  [
    'deliveries that nobody sends',
    { ...WELL, deliveries: waiting, nextDue: NOW - 61 * MINUTE },
    'status.waiting',
    'broken',
    /3 deliveries wait, the first due 1 h ago/,
  ],
  [
    'deliveries that die',
    {
      ...WELL,
      deliveries: { ...waiting, failed: 2 },
      troubled: [{ host: 'a.example', pending: 3, failed: 2, lastStatus: 401 }],
    },
    'status.failing',
    'warning',
    /2 deliveries were given up; in trouble: a\.example \(3 waiting, 2 given up, status 401\)/,
  ],
])('%s → %#', (_name, status, check, mark, saw) => {
  const found = judgeStatus(status).filter((finding) => finding.mark !== 'ok');
  expect(found).toEqual([expect.objectContaining({ check, mark, saw: expect.stringMatching(saw) })]);
  expect(found[0]?.next).toBeTruthy();
});

test('deliveries that wait for their time are in order', () => {
  const found = judgeStatus({ ...WELL, deliveries: waiting, nextDue: NOW + MINUTE });
  expect(found.map(({ mark }) => mark)).not.toContain('broken');
});

test.each([
  [4_000, 0, 'ok'],
  [-30_000, 0, 'ok'],
  [120_000, 0, 'warning'],
  [-120_000, 100_000, 'ok'],
  [-45 * MINUTE, 0, 'broken'],
])('a clock that is %i ms off, known to %i ms → %s', (skew, give, mark) => {
  expect(judgeClock(skew, give).mark).toBe(mark);
});
