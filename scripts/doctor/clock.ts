import { shownSpan } from '../times.ts';
import type { Answer } from './ask.ts';
import { broken, type Finding, ok, skipped, warning } from './finding.ts';
import type { Patient } from './patient.ts';
import { MASTODON } from './voices.ts';

/** A second is what the header can say; the rest is the way. */
const EXACT_MS = 5_000;
/** An owner's token holds for a minute. */
const CLOSE_MS = 60_000;
/** PeerTube refuses signatures beyond half an hour, most others beyond one. */
const FAR_MS = 30 * 60_000;

const NEXT = 'Let the machine whose clock is wrong, this one or the server, set it by NTP (timedatectl set-ntp true).';

/** Compares the clock of the server with ours: signatures carry the time, and peers refuse old ones. */
export async function lookAtClock({ addresses, ask }: Patient): Promise<Finding[]> {
  const answer = await ask(addresses.followers, { voice: MASTODON });
  const check = 'clock.skew';
  if (answer.kind === 'none') return [skipped(check, `${addresses.followers} does not answer`)];
  const theirs = timeOf(answer);
  if (theirs === undefined) return [skipped(check, `${addresses.followers} names no Date`)];
  return [judgeClock(theirs - answer.at, answer.tookMs / 2)];
}

/** `skew` and what it may be off by, in milliseconds; positive when the server is ahead. */
export function judgeClock(skew: number, give: number): Finding {
  const check = 'clock.skew';
  const far = Math.max(0, Math.abs(skew) - give);
  if (far <= EXACT_MS) return ok(check, 'the clocks of the server and of this machine agree');
  const saw = `the clock of the server is ${shownSpan(far)} ${skew > 0 ? 'ahead of' : 'behind'} the one of this machine`;
  if (far <= CLOSE_MS) return ok(check, saw);
  return far <= FAR_MS
    ? warning(check, saw, NEXT)
    : broken(check, `${saw}: other servers refuse what is signed so`, NEXT);
}

/** A cache repeats the Date of when it was filled, and says how long ago that was (RFC 9111 §5.1). */
function timeOf({ headers }: Answer): number | undefined {
  const date = Date.parse(headers.date ?? '');
  if (Number.isNaN(date)) return undefined;
  const age = Number(headers.age ?? 0);
  return date + (Number.isFinite(age) ? age * 1_000 : 0);
}
