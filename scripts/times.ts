const pad = (n: number): string => String(n).padStart(2, '0');

/**
 * A time as the person at the terminal reads it, in the zone of the machine: the hour alone when it is of today, with the
 * date otherwise. `at` and `now` are milliseconds since the epoch.
 */
export function shownTime(at: number, now: number): string {
  const time = new Date(at);
  const clock = `${pad(time.getHours())}:${pad(time.getMinutes())}`;
  const day = dayOf(time);
  return day === dayOf(new Date(now)) ? clock : `${day} ${clock}`;
}

function dayOf(time: Date): string {
  return `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())}`;
}

/** The same for a log or comment that is read elsewhere: `2026-11-23 10:10 UTC`. */
export function shownUtc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

const STEPS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
] as const;

/** A span of time in its largest unit: `3 d`, `5 h`, `10 min`. */
export function shownSpan(ms: number): string {
  for (const [length, unit] of STEPS) if (ms >= length) return `${Math.floor(ms / length)} ${unit}`;
  return '0 s';
}
