import { expect, test } from 'vitest';
import { nearestHosts, readHost } from '../../scripts/known-host.ts';
import type { HostQueue } from '../../server/store/delivery-store.ts';

const queue = (host: string, pending = 1): HostQueue => ({ host, pending, failed: 0, gone: 0 });
const QUEUES = [queue('127.0.0.1:5402'), queue('social.example'), queue('well.example', 0)];

test.each([
  ['social.example', 'social.example'],
  [' Social.Example:8443 ', 'social.example:8443'],
  ['https://social.example/users/ann/inbox', 'social.example'],
  ['127.0.0.1:5402', '127.0.0.1:5402'],
  ['http://127.0.0.1:5402/inbox', '127.0.0.1:5402'],
  ['[::1]:5402', '[::1]:5402'],
  ['localhost', 'localhost'],
  ['grüße.example', 'xn--gre-6ka8l.example'],
])('%s names the server %s', (typed, host) => {
  expect(readHost(typed, QUEUES)).toBe(host);
});

test.each(['5402', '0x7f.1', '127.1', '1.2.3', 'https://5402/', '', 'two words', 'a:b'])(
  '%j names no server → it is shown as it was typed',
  (typed) => {
    expect(() => readHost(typed, QUEUES)).toThrow(`"${typed}" is not the name of a server.`);
  },
);

test('a port alone → the host that has it is named', () => {
  expect(() => readHost('5402', QUEUES)).toThrow(
    expect.objectContaining({ code: 'not-a-host', hint: expect.stringContaining('such as 127.0.0.1:5402.') }),
  );
});

test('of the hosts in trouble: those that are alike, else all; never one for which nothing waits', () => {
  expect(nearestHosts('social', QUEUES)).toEqual(['social.example']);
  expect(nearestHosts('socail.example', QUEUES)).toEqual(['social.example']);
  expect(nearestHosts('www.social.example', QUEUES)).toEqual(['social.example']);
  expect(nearestHosts('mastodon.test', QUEUES)).toEqual(['127.0.0.1:5402', 'social.example']);
  expect(nearestHosts('well.example', [])).toEqual([]);
});
