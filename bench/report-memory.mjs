// Preloaded into a measured process: writes its peak resident memory (KiB) when it exits.
import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

if (isMainThread && process.env.MEMORY_REPORT) {
  const file = process.env.MEMORY_REPORT;
  process.on('exit', () => writeFileSync(file, String(process.resourceUsage().maxRSS)));
}
