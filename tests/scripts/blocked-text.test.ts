import { expect, test } from 'vitest';
import { goingText, goneText } from '../../scripts/blocked-text.ts';

const NOTHING = { followers: 0, requests: 0, interactions: 0, messages: 0, read: 0, deliveries: 0, accounts: 0 };

test.each([
  [{ followers: 1, accounts: 1 }, '1 follower of 1 account is gone'],
  [{ followers: 1, interactions: 3, accounts: 2 }, '1 follower and 3 replies and reactions of 2 accounts are gone'],
  [
    { followers: 2, requests: 1, interactions: 1, messages: 2, deliveries: 1, accounts: 3 },
    '2 followers, 1 request to follow, 1 reply or reaction and 2 messages of 3 accounts are gone; 1 delivery to them is given up',
  ],
  [{ deliveries: 2 }, '2 deliveries to them are given up'],
])('what went, %o → %s', (gone, text) => {
  expect(goneText({ ...NOTHING, ...gone })).toBe(text);
});

test('what goes with the next publish', () => {
  const found = { followers: ['@a@x.example'], requests: [], authors: ['@b@x.example'], interactions: 2 };
  expect(goingText(found)).toBe(
    '1 follower and 2 replies and reactions of 1 person go with the next publish; nobody is told',
  );
});
