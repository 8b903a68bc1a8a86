import { readFileSync } from 'node:fs';

/** Where Linux tells what a process may have. */
const LIMITS = '/proc/self/limits';

/** How many files and sockets this process may have open; undefined where the system does not tell or sets no limit. */
export function descriptorLimit(read = () => readFileSync(LIMITS, 'utf8')): number | undefined {
  try {
    const [, soft] = /^Max open files\s+(\d+)\s/m.exec(read()) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}

/**
 * How many slow requests may be under way beside `concurrency` others, spare slots included: half of all descriptors are
 * left to idle connections, the store, the site and those who visit it.
 */
export function slowWithin(limit: number | undefined, concurrency: number, most: number): number {
  return limit === undefined ? most : Math.max(0, Math.min(most, Math.floor(limit / 2) - concurrency));
}

/** How many connections of one scheme may be kept idle: an eighth of all descriptors. */
export function idleWithin(limit: number | undefined): number {
  return limit === undefined ? Number.POSITIVE_INFINITY : Math.floor(limit / 8);
}
