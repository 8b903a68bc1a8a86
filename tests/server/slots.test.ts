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
  slots.give(first, true);
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
  slots.give(slow, true);
  expect(slots.underWay).toBe(1);
  time.now = 2_000;
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
  if (first) slots.give(first, true);
  expect(slots.freeSlow()).toBe(true);
  expect(slots.hasRoom).toBe(true);
});

/** Slots at which answers have taken so long. */
function slotsAfterAnswers(took: number) {
  const { slots, time } = slotsAt({ concurrency: 1 });
  for (let n = 0; n < 100; n += 1) {
    const slot = slots.take();
    time.now += took;
    slots.give(slot, true);
  }
  return { slots, time };
}

test.each([
  ['at once', 0, 50],
  ['in 100 ms', 100, 150],
  ['in 800 ms', 800, 1_000],
])('where answers come %s, a request is slow when it takes half as long again, within bounds', (_, took, slowAfter) => {
  const { slots, time } = slotsAfterAnswers(took);
  slots.take();
  time.now += slowAfter - 1;
  expect(slots.freeSlow()).toBe(false);
  time.now += 1;
  expect(slots.freeSlow()).toBe(true);
});

test('where answers differ, more patience is had', () => {
  const { slots, time } = slotsAt({ concurrency: 1 });
  for (let n = 0; n < 100; n += 1) {
    const slot = slots.take();
    time.now += n % 2 ? 50 : 250;
    slots.give(slot, true);
  }
  slots.take();
  time.now += 300;
  expect(slots.freeSlow()).toBe(false);
  time.now += 100;
  expect(slots.freeSlow()).toBe(true);
});

test('what ends without an answer says nothing about how long answers take', () => {
  const { slots, time } = slotsAfterAnswers(100);
  for (let n = 0; n < 100; n += 1) slots.give(slots.take(), false);
  slots.take();
  time.now += 149;
  expect(slots.freeSlow()).toBe(false);
});

test('slots that are held for nothing are made up for: those that are answered have theirs', () => {
  const { slots, time } = slotsAt({ concurrency: 10, mostSlow: 1_000 });
  const answered: ReturnType<typeof slots.take>[] = [];
  let atOnce = 0;
  // Half of the requests are answered after 100 ms, the others hang.
  for (let n = 0; time.now < 2_000; time.now += 10) {
    while (answered[0] !== undefined && time.now - answered[0].since >= 100)
      slots.give(answered.shift() ?? slots.take(), true);
    slots.freeSlow();
    for (; slots.hasRoom; n += 1) {
      const slot = slots.take();
      if (n % 2) answered.push(slot);
    }
    atOnce = answered.length;
  }
  // Four without spare slots.
  expect(atOnce).toBeGreaterThanOrEqual(7);
  expect(atOnce).toBeLessThanOrEqual(12);
});

test('no more than as many again are spare, and none when nothing has been held for nothing of late', () => {
  const { slots, time } = slotsAt({ concurrency: 4, mostSlow: 1_000 });
  const fill = (): number => {
    let count = 0;
    for (; slots.hasRoom; count += 1) slots.take();
    return count;
  };
  expect(fill()).toBe(4);
  for (let n = 0; n < 5; n += 1) {
    time.now += 1_000;
    slots.freeSlow();
    expect(fill()).toBeLessThanOrEqual(8);
  }
  time.now += 1_000;
  slots.freeSlow();
  time.now += 1_000;
  expect(fill()).toBe(4);
});
