import type { Settings } from '../build/settings.ts';
import { createMetrics, serveMetrics } from '../server/hosts/metrics.ts';
import type { ServeOptions } from '../server/hosts/node.ts';
import type { Deps, LogLine } from '../server/ports.ts';
import { createLog } from './log.ts';

/** The log of a server, counted where Prometheus is to ask. */
export interface Counted extends Pick<ServeOptions, 'onAnswered'> {
  readonly log: (line: LogLine) => void;
  /** Lets Prometheus ask. Rejects when the address is taken. */
  listen(store: Deps['store']): Promise<void>;
  close(): Promise<void>;
}

export function countedLog({ metrics: place }: Settings): Counted {
  const log = createLog(process.stderr);
  if (place === undefined) return { log, listen: async () => {}, close: async () => {} };
  const metrics = createMetrics();
  let serving: { close(): Promise<void> } | undefined;
  return {
    log: (line) => {
      metrics.observe(line);
      log(line);
    },
    onAnswered: metrics.answered,
    listen: async (store) => {
      serving = await serveMetrics({ metrics, store, log }, place);
    },
    close: async () => serving?.close(),
  };
}
