import { expect, test } from 'vitest';
import { readOrigin } from '../../scripts/live-ledger.ts';

test.each([
  ['blog.example', 'https://blog.example'],
  ['blog.example/', 'https://blog.example'],
  ['blog.example:8443', 'https://blog.example:8443'],
  ['@me@blog.example', 'https://blog.example'],
  ['https://blog.example', 'https://blog.example'],
  ['localhost:4321', 'http://localhost:4321'],
  ['127.0.0.1:4321', 'http://127.0.0.1:4321'],
])('%s names %s', (typed, origin) => {
  expect(readOrigin(typed, '--at')).toBe(origin);
});

test.each(['liv', 'blog.example/posts/', 'https://blog.example/posts', ''])('"%s" names no server', (typed) => {
  expect(() => readOrigin(typed, '--at')).toThrow(/^--at: /);
});
