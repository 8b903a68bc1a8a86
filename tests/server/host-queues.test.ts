import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LeasedDelivery } from '../../federation/delivery.ts';
import { createHostQueues } from '../../server/host-queues.ts';

const to = (host: string, n: number): LeasedDelivery => ({
  activityId: `https://blog.example/${n}`,
  inbox: `https://${host}/inbox`,
  attempts: 0,
  createdAt: 0,
  leasedUntil: 0,
  storedAt: 0,
  activity: {},
});

test('hosts take turns, and of one host what came first goes first', () => {
  const queues = createHostQueues(4, new Set());
  for (const [n, host] of ['a.x', 'a.x', 'a.x', 'b.x', 'c.x', 'b.x'].entries()) queues.add(to(host, n));
  const order = Array.from({ length: 6 }, () => queues.next()).map((next) => next?.leased.activityId.at(-1));
  expect(order.join('')).toBe('034152');
});

test('a host that is full is passed over until one of its deliveries has ended', () => {
  const queues = createHostQueues(1, new Set());
  for (let n = 0; n < 3; n += 1) queues.add(to('a.x', n));
  queues.add(to('b.x', 3));
  expect([queues.next()?.host, queues.next()?.host, queues.next()]).toEqual(['a.x', 'b.x', undefined]);
  expect(queues.hasWell).toBe(false);
  queues.done('b.x');
  expect(queues.hasWell).toBe(false);
  queues.done('a.x');
  expect(queues.next()?.leased.activityId).toBe('https://blog.example/1');
});

test('hosts that fail come after the others, from when it is known until they are well', () => {
  const failing = new Set(['a.x']);
  const queues = createHostQueues(1, failing);
  for (const [n, host] of ['a.x', 'b.x', 'b.x', 'c.x', 'c.x'].entries()) queues.add(to(host, n));
  expect([queues.next()?.host, queues.next()?.host]).toEqual(['b.x', 'c.x']);
  expect(queues.hasWell).toBe(false);
  failing.add('b.x');
  queues.done('b.x');
  queues.done('c.x');
  expect(queues.next()?.host).toBe('c.x');
  expect([queues.next()?.host, queues.next()?.host]).toEqual(['a.x', 'b.x']);
  failing.delete('b.x');
  queues.add(to('b.x', 5));
  queues.done('b.x');
  expect(queues.hasWell).toBe(true);
  expect([queues.next()?.host, queues.size]).toEqual(['b.x', 0]);
});

test('what is taken back is not given out, and leaves its host room', () => {
  const queues = createHostQueues(2, new Set());
  for (let n = 0; n < 5; n += 1) queues.add(to('a.x', n));
  queues.next();
  expect(queues.takeBack('a.x').map(({ activityId }) => activityId.at(-1))).toEqual(['1', '2', '3', '4']);
  expect(queues.takeBack('nobody.x')).toEqual([]);
  expect([queues.size, queues.hasWell, queues.next()]).toEqual([0, false, undefined]);
  queues.add(to('a.x', 9));
  expect(queues.next()?.leased.activityId.at(-1)).toBe('9');
});

test('whatever happens: nothing is lost or given twice, and no host has more than its share', () => {
  const step = fc.oneof(
    fc.record({ add: fc.integer({ min: 0, max: 5 }) }),
    fc.record({ done: fc.nat() }),
    fc.record({ back: fc.integer({ min: 0, max: 5 }) }),
    fc.constant({ next: true }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const queues = createHostQueues(3, new Set());
      const underWay: string[] = [];
      const out: string[] = [];
      let added = 0;
      for (const each of steps) {
        if ('add' in each) queues.add(to(`h${each.add}.x`, added++));
        else if ('back' in each) out.push(...queues.takeBack(`h${each.back}.x`).map(({ activityId }) => activityId));
        else if ('done' in each) {
          const [host] = underWay.splice(each.done % (underWay.length + 1), 1);
          if (host !== undefined) queues.done(host);
        } else {
          const wasReady = queues.hasWell;
          const next = queues.next();
          expect(next !== undefined).toBe(wasReady);
          if (next === undefined) continue;
          underWay.push(next.host);
          out.push(next.leased.activityId);
        }
        for (const host of underWay) expect(underWay.filter((other) => other === host).length).toBeLessThanOrEqual(3);
        expect(queues.size).toBe(added - out.length);
      }
      expect(new Set(out).size).toBe(out.length);
    }),
  );
});
