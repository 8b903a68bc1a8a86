import { afterEach, expect, test } from 'vitest';
import { createMetrics, type Metrics, serveMetrics } from '../../../server/hosts/metrics.ts';
import type { LogLine } from '../../../server/ports.ts';
import { openMemoryStore } from '../../../server/store/memory.ts';
import type { Store } from '../../../server/store/store.ts';
import { activity, follower } from '../store/samples.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function served(metrics: Metrics, store: Store, lines: LogLine[] = []): Promise<string> {
  const log = (line: LogLine) => void lines.push(line);
  const serving = await serveMetrics({ metrics, store, log }, { host: '127.0.0.1', port: 0 });
  closing.push(serving.close);
  return serving.url;
}

test('outcomes are counted by event and reason, answers by method and class, the queue as it is now', async () => {
  const metrics = createMetrics();
  const store = openMemoryStore();
  const url = await served(metrics, store);
  metrics.observe({ event: 'inbox.refused', level: 'warn', reason: 'key-gone', actor: 'https://peer.test/ann' });
  metrics.observe({ event: 'inbox.refused', level: 'warn', reason: 'key-gone' });
  metrics.answered('GET', 404, 3);
  await store.followers.put(follower('https://peer.test/ann'));
  await store.activities.put(activity('a'), { now: 0 });
  await store.deliveries.enqueue(activity('a').id, ['https://peer.test/inbox'], { now: Date.now() - 60_000 });
  const text = await (await fetch(url)).text();
  expect(text).toContain('postern_outcomes_total{event="inbox.refused",level="warn",reason="key-gone"} 2\n');
  expect(text).toContain('postern_http_answer_seconds_count{method="GET",status="4xx"} 1\n');
  expect(text).toContain('postern_followers 1\n');
  expect(text).toContain('postern_deliveries{state="pending"} 1\n');
  expect(Number(/^postern_next_delivery_seconds (.*)$/m.exec(text)?.[1])).toBeLessThan(-59);
  expect(text).toMatch(/^process_resident_memory_bytes \d/m);
  expect(text).not.toContain('peer.test');
});

test('what strangers make up is no label: neither methods nor what their servers said', async () => {
  const metrics = createMetrics();
  for (const nth of ['1', '2', '3']) {
    metrics.answered(`BREW${nth}`, 405, 1);
    metrics.observe({ event: 'delivery.failed', level: 'warn', reason: `said ${nth}` });
  }
  const text = await metrics.text(openMemoryStore());
  expect(text).toContain('postern_http_answer_seconds_count{method="other",status="4xx"} 3\n');
  expect(text).toContain('postern_outcomes_total{event="delivery.failed",level="warn",reason=""} 3\n');
});

test('nothing else is answered there, and a store that fails is a line in the log and 500', async () => {
  const lines: LogLine[] = [];
  const store = openMemoryStore();
  const broken = { ...store, followers: { ...store.followers, count: () => Promise.reject(new Error('disk')) } };
  const url = await served(createMetrics(), broken, lines);
  expect((await fetch(new URL('/', url))).status).toBe(404);
  expect((await fetch(url)).status).toBe(500);
  expect(lines).toEqual([{ event: 'metrics.failed', level: 'error', error: 'disk' }]);
});

test('a port that is taken is told as for the site', async () => {
  const url = new URL(await served(createMetrics(), openMemoryStore()));
  const place = { host: '127.0.0.1', port: Number(url.port) };
  const deps = { metrics: createMetrics(), store: openMemoryStore(), log: () => {} };
  await expect(serveMetrics(deps, place)).rejects.toMatchObject({ code: 'port-in-use' });
});
