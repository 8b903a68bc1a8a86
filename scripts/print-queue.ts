import pc from 'picocolors';
import type { HostQueue } from '../server/store/delivery-store.ts';
import { printable } from './printable.ts';
import { shownSpan, shownTime } from './times.ts';

/** What is known of a host: what waits, what it answered last, since when it fails, and when it is asked again. */
export function hostLines(
  { host, pending, failed, gone, nextDue, lastStatus, lastError, health }: HostQueue,
  now: number,
): string[] {
  const amounts = [
    [pending, 'waiting'],
    [failed, 'given up'],
    [gone, 'gone'],
  ] as const;
  const text = amounts.filter(([n]) => n > 0).map(([n, what]) => `${n.toLocaleString('en')} ${what}`);
  const lines = [`  ${pc.bold(printable(host))}  ${text.join(', ')}`];
  const last = lastError ?? (lastStatus === undefined ? undefined : `HTTP ${lastStatus}`);
  if (last !== undefined) lines.push(`      last answer: ${printable(last)}`);
  const probe = health?.openUntil !== undefined && health.openUntil > now ? health.openUntil : undefined;
  if (health) {
    const since = `${shownTime(health.failingSince, now)} (${shownSpan(now - health.failingSince)})`;
    lines.push(`      fails since ${since}, ${health.failures} in a row`);
  }
  if (probe !== undefined) lines.push(`      next probe at ${shownTime(probe, now)}`);
  else if (pending > 0)
    lines.push(`      ${nextDue === undefined || nextDue <= now ? 'due now' : `next at ${shownTime(nextDue, now)}`}`);
  return lines;
}
