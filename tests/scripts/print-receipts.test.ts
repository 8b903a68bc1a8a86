import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { LedgerObject } from '../../federation/ledger.ts';
import { hostLines } from '../../scripts/print-queue.ts';
import { receiptLines, totalsOf, totalsText } from '../../scripts/print-receipts.ts';
import { shownSpan, shownTime, shownUtc } from '../../scripts/times.ts';
import type { HostQueue, ObjectDelivery } from '../../server/store/delivery-store.ts';

const NOW = Date.UTC(2026, 10, 23, 10, 0, 0);
const MINUTE = 60_000;
const ID = 'https://blog.example/ap/posts/a.json';

const post: LedgerObject = {
  id: ID,
  state: 'announced',
  type: 'Article',
  digest: 'd',
  revision: 0,
  published: '2026-11-23T09:00:00Z',
  title: 'A',
  visibility: 'public',
  url: 'https://blog.example/posts/a/',
  source: 'posts/a.md',
};

function delivery(host: string, more: Partial<ObjectDelivery> = {}): ObjectDelivery {
  const inbox = `https://${host}/inbox`;
  const base = { activityId: `${ID}#create`, inbox, host, type: 'Create', createdAt: NOW, dueAt: NOW, attempts: 1 };
  return { ...base, state: 'delivered', lastStatus: 202, finishedAt: NOW, ...more };
}

const at = (ms: number): string => shownTime(ms, NOW);
const shown = (...of: Parameters<typeof receiptLines>): string[] => receiptLines(...of).map(stripVTControlCharacters);

describe('receipts', () => {
  test('of a deed begin with what was done', () => {
    const like = { ...post, id: 'https://blog.example/ap/deeds/like/1', type: 'Like' as const, source: 'notes/l.md' };
    const follow = { ...like, id: 'https://blog.example/ap/deeds/follow/2', title: '@ann@there.example' };
    const [first] = shown(like, { deliveries: [], folded: [] }, NOW);
    expect(first).toBe('Like "A"  notes/l.md');
    expect(shown(follow, { deliveries: [], folded: [] }, NOW)[0]).toBe('Follow @ann@there.example  notes/l.md');
  });

  test('by server, each in its order: arrived, waiting, dead, superseded; then what was folded, and the sum', () => {
    const deliveries = [
      delivery('b.example', { attempts: 3 }),
      delivery('a.example'),
      delivery('c.example', {
        state: 'pending',
        attempts: 2,
        lastError: 'HTTP 503',
        dueAt: NOW + MINUTE,
        lastStatus: 503,
      }),
      delivery('d.example', { state: 'failed', lastError: 'HTTP 403' }),
      delivery('e.example', { state: 'gone', lastError: 'HTTP 410' }),
      delivery('f.example', { state: 'superseded', attempts: 0 }),
      delivery('f.example', { state: 'pending', type: 'Update', attempts: 0 }),
    ];
    const folded = [{ type: 'Create', state: 'delivered', count: 1_200 } as const];
    expect(shown(post, { deliveries, folded }, NOW)).toEqual([
      '"A"  posts/a.md',
      `  ${ID}`,
      '  a.example',
      `    ✓ Create  delivered 202 at ${at(NOW)}`,
      '  b.example',
      `    ✓ Create  delivered 202 at ${at(NOW)} after 3 attempts`,
      '  c.example',
      `    … Create  waits, HTTP 503 after 2 attempts, next at ${at(NOW + MINUTE)}`,
      '  d.example',
      `    ✗ Create  given up at ${at(NOW)}: HTTP 403`,
      '  e.example',
      `    ✗ Create  the inbox is no more at ${at(NOW)}: HTTP 410`,
      '  f.example',
      `    · Create  superseded at ${at(NOW)}: a later activity took its place`,
      '    … Update  waits for its turn, due now',
      '  Create: 1,200 delivered, more than 30 days ago',
      '1,202 delivered, 2 waiting, 2 dead, 1 superseded',
    ]);
  });

  test('of very many servers those where all went well are counted, unless all are asked for', () => {
    const deliveries = Array.from({ length: 2_000 }, (_, n) => delivery(`h${n}.example`));
    deliveries.push(delivery('ill.example', { state: 'failed', lastError: 'HTTP 500' }));
    const lines = shown(post, { deliveries, folded: [] }, NOW);
    expect(lines).toContain('  ill.example');
    expect(lines).toContain('  and 2,000 servers where all was delivered (--all lists them)');
    expect(lines.length).toBeLessThan(10);
    expect(shown(post, { deliveries, folded: [] }, NOW, true).length).toBeGreaterThan(4_000);
  });

  test("a peer's words move no cursor", () => {
    const deliveries = [delivery('a.example', { state: 'failed', lastError: 'x\u001b[2J\r\n\u202e' })];
    expect(receiptLines(post, { deliveries, folded: [] }, NOW).join('')).toContain('x\\u001b[2J\\u000d\\u000a\\u202e');
  });

  test('nobody followed, or the blog moved here since: said, not counted as zero', () => {
    expect(totalsText(totalsOf({ deliveries: [], folded: [] }))).toBe('no delivery on record');
  });
});

describe('a host in the queue', () => {
  const host: HostQueue = {
    host: 'ill.example',
    pending: 3,
    failed: 1,
    gone: 0,
    nextDue: NOW + MINUTE,
    lastError: 'HTTP 503',
  };
  const lines = (queue: HostQueue) => hostLines(queue, NOW).map(stripVTControlCharacters);

  test('that was never in trouble: what waits, the last answer, when next', () => {
    expect(lines(host)).toEqual([
      '  ill.example  3 waiting, 1 given up',
      '      last answer: HTTP 503',
      `      next at ${at(NOW + MINUTE)}`,
    ]);
  });

  test('that fails: since when, how often, and its next probe', () => {
    const health = {
      host: 'ill.example',
      failures: 7,
      failingSince: NOW - 180 * MINUTE,
      failedDays: 1,
      lastFailureAt: NOW,
    };
    expect(lines({ ...host, health }).slice(2)).toEqual([
      `      fails since ${at(NOW - 180 * MINUTE)} (3 h), 7 in a row`,
      `      next at ${at(NOW + MINUTE)}`,
    ]);
    expect(lines({ ...host, health: { ...health, openUntil: NOW + 5 * MINUTE } }).at(-1)).toBe(
      `      next probe at ${at(NOW + 5 * MINUTE)}`,
    );
  });
});

test('times: the hour of today, the date of another day, UTC for elsewhere; spans in their largest unit', () => {
  const noon = new Date(2026, 10, 23, 12, 5).getTime();
  expect(shownTime(noon, noon + MINUTE)).toBe('12:05');
  expect(shownTime(noon, noon + 1_440 * MINUTE)).toBe('2026-11-23 12:05');
  expect(shownUtc(NOW)).toBe('2026-11-23 10:00 UTC');
  expect([0, 59_000, 90 * MINUTE, 50 * 60 * MINUTE].map(shownSpan)).toEqual(['0 s', '59 s', '1 h', '2 d']);
});
