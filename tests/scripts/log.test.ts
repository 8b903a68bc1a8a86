import { PassThrough } from 'node:stream';
import { afterEach, expect, test, vi } from 'vitest';
import { printError } from '../../scripts/command.ts';
import { createLog } from '../../scripts/log.ts';
import { PosternError } from '../../server/errors.ts';
import type { LogLine } from '../../server/ports.ts';

afterEach(() => vi.restoreAllMocks());

/** Sets a window's title, clears the screen, turns the direction of writing, and begins a line that looks like ours. */
const HOSTILE = '\u001b]0;mine\u0007\u001b[2J\u202e\r\n12:00:00 publish.queued';

function logged(line: LogLine, isTTY: boolean): string {
  const stream = new PassThrough();
  createLog(Object.assign(stream, { isTTY }) as unknown as NodeJS.WriteStream)(line);
  return String(stream.read());
}

/** What a terminal acts on, but for our own colours and the end of the line. */
const steering = (text: string): string =>
  text
    .replace(/\p{Cc}\[\d+m/gu, '')
    .replace(/\n$/, '')
    .replace(/[^\p{Cc}\p{Cf}]/gu, '');

test('what a stranger writes into an activity → one line on the terminal, in which nothing steers it', () => {
  const text = logged({ event: 'inbox.refused', level: 'warn', actor: HOSTILE, status: 400 }, true);
  expect(steering(text)).toBe('');
  expect(text).toContain('\\u001b[2J\\u202e\\u000d\\u000a12:00:00');
  expect(text).toContain('400');
});

test('elsewhere a line is one JSON document, with the facts as they are', () => {
  const text = logged({ event: 'inbox.refused', level: 'warn', actor: HOSTILE }, false);
  expect(JSON.parse(text)).toMatchObject({ event: 'inbox.refused', actor: HOSTILE });
  expect(text.trimEnd()).not.toContain('\n');
});

test('an error that quotes another server steers nothing, and keeps its own lines', () => {
  const told: string[] = [];
  vi.spyOn(console, 'error').mockImplementation((text: string) => void told.push(text));
  printError(new PosternError('ambiguous-post', `two posts:\n  ${HOSTILE.replace('\n', '')}`, { hint: HOSTILE }));
  expect(told).toHaveLength(2);
  expect(told.map((text) => steering(text.replace(/\n/g, ''))).join('')).toBe('');
  expect(told[0]).toContain('two posts:\n  \\u001b]0;mine');
});
