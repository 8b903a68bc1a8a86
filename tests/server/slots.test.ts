import { expect, test } from 'vitest';
import { createSlots } from '../../server/slots.ts';

function slotsAt(options: { concurrency?: number; mostSlow?: number } = {}) {
  const time = { now: 0 };
  const slots = createSlots({ concurrency: 2, slowAfterMs: 1_000, mostSlow: 3, clock: () => time.now, ...options });
  return { slots, time };
}

test('there is room until the limit, and again when one is given back', () => {
  const { slots } = slotsAt();
  const first = slots.take();
  expect(slots.hasRoom).toBe(true);
  slots.take();
  expect(slots.hasRoom).toBe(false);
  slots.give(first);
  expect(slots.hasRoom).toBe(true);
  expect(slots.underWay).toBe(1);
});

test('a request that takes long leaves its slot, once, and is still under way', () => {
  const { slots, time } = slotsAt();
  const slow = slots.take();
  time.now = 500;
  slots.take();
  time.now = 999;
  expect(slots.freeSlow()).toBe(false);
  expect(slots.hasRoom).toBe(false);
  time.now = 1_000;
  expect(slots.freeSlow()).toBe(true);
  expect(slots.freeSlow()).toBe(false);
  expect(slots.hasRoom).toBe(true);
  expect(slots.underWay).toBe(2);
  slots.give(slow);
  expect(slots.underWay).toBe(1);
  slots.take();
  expect(slots.hasRoom).toBe(false);
});

test('so many slow ones and no more: the others keep their slots until one of them ends', () => {
  const { slots, time } = slotsAt({ concurrency: 4, mostSlow: 3 });
  const taken = Array.from({ length: 4 }, () => slots.take());
  time.now = 5_000;
  slots.freeSlow();
  expect(slots.underWay).toBe(4);
  const more = [slots.take(), slots.take(), slots.take()];
  expect(more).toHaveLength(3);
  expect(slots.hasRoom).toBe(false);
  time.now = 10_000;
  expect(slots.freeSlow()).toBe(false);
  const [first] = taken;
  if (first) slots.give(first);
  expect(slots.freeSlow()).toBe(true);
  expect(slots.hasRoom).toBe(true);
});
