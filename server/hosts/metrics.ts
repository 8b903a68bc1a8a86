import { createServer, type Server } from 'node:http';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Deps, LogLine } from '../ports.ts';
import { listen } from './listen.ts';

/** What the Node host counts, for Prometheus. */
export interface Metrics {
  /** Every outcome has one log line, so the lines are what is counted: by event and reason, never by id. */
  observe(line: LogLine): void;
  /** One answer of the host and how long it took, in milliseconds. */
  answered(method: string, status: number, ms: number): void;
  /** In Prometheus's text format, with what the store holds now. */
  text(store: Deps['store']): Promise<string>;
}

const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'OPTIONS']);

/** From an answer out of memory to one that waits for another server, in seconds. */
const DURATIONS = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10];

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const outcomes = new Counter({
    ...{ name: 'postern_outcomes_total', help: 'What happened, by event and reason, as in the log.', registers },
    labelNames: ['event', 'level', 'reason'],
  });
  const answers = new Histogram({
    ...{ name: 'postern_http_answer_seconds', help: 'How long answers took.', registers, buckets: DURATIONS },
    labelNames: ['method', 'status'],
  });
  const deliveries = new Gauge({
    ...{ name: 'postern_deliveries', help: 'Deliveries in the store, by state.', registers },
    labelNames: ['state'],
  });
  const followers = new Gauge({ name: 'postern_followers', help: 'Accounts that follow the blog.', registers });
  const oldest = new Gauge({
    name: 'postern_next_delivery_seconds',
    help: 'Until the next delivery; negative: it is late, NaN: none waits.',
    registers,
  });
  return {
    // A reason of the inbox is one of a few words; elsewhere it may be what a stranger's server said.
    observe: ({ event, level, reason }) =>
      outcomes.inc({ event, level, reason: event.startsWith('inbox.') ? String(reason ?? '') : '' }),
    answered: (method, status, ms) =>
      answers.observe(
        { method: METHODS.has(method) ? method : 'other', status: `${Math.floor(status / 100)}xx` },
        ms / 1000,
      ),
    text: async (store) => {
      const counts = await store.deliveries.counts();
      for (const [state, count] of Object.entries(counts)) deliveries.set({ state }, count);
      followers.set(await store.followers.count());
      const nextDue = await store.deliveries.nextDue();
      oldest.set(nextDue === undefined ? Number.NaN : (nextDue - Date.now()) / 1000);
      return registry.metrics();
    },
  };
}

/** Answers Prometheus on an address of its own, which the proxy in front of the blog does not know. Rejects when it is taken. */
export async function serveMetrics(
  { metrics, store, log }: { metrics: Metrics } & Pick<Deps, 'store' | 'log'>,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    try {
      if (request.url !== '/metrics') return void response.writeHead(404).end();
      const text = await metrics.text(store);
      response.writeHead(200, { 'content-type': CONTENT_TYPE, 'cache-control': 'no-store' }).end(text);
    } catch (fault) {
      log({ event: 'metrics.failed', level: 'error', error: fault instanceof Error ? fault.message : String(fault) });
      response.writeHead(500).end();
    }
  });
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${await listen(server, { host, port })}/metrics`;
  return { url, close: () => closeServer(server) };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((closed) => {
    server.close(() => closed());
    server.closeAllConnections();
  });
}
