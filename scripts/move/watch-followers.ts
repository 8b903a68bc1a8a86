import { setTimeout as sleep } from 'node:timers/promises';
import pc from 'picocolors';
import { PosternError } from '../../server/errors.ts';
import { count } from '../command.ts';
import { progressLine } from '../import/progress-line.ts';
import { readFollowers, typed, withSending } from '../sending-access.ts';
import { stopSignal } from '../stop-signal.ts';
import type { MoveContext } from './context.ts';
import { findAccount, type OtherAccount } from './other-account.ts';
import { next, say } from './say.ts';

export interface WatchOptions {
  readonly at?: string;
  /** Such as `10m`; without it for as long as it takes. */
  readonly for?: string;
}

const HERE_MS = 500;
const ELSEWHERE_MS = 5_000;
/** The old server is somebody else's; it is asked sooner when all that it had are here. */
const OLD_EVERY_MS = 60_000;
const OLD_SOON_MS = 5_000;

/**
 * Shows the followers as they come, until as many are there as the old account had, the time is over, or Ctrl-C. What is counted
 * is what the store of the blog has; a server may take days for its part.
 */
export async function watchFollowers(old: OtherAccount, context: MoveContext, options: WatchOptions): Promise<void> {
  const stop = stopSignal();
  const until = options.for === undefined ? Number.POSITIVE_INFINITY : Date.now() + readSpan(options.for);
  await withSending(options.at, async ({ sending, at }) => {
    const total = async (): Promise<number> => (await readFollowers(sending, 1)).total;
    const before = await total();
    const wanted = old.followers;
    say('watch', `${context.handle} has ${count(before, 'follower')}${ofText(wanted)}; Ctrl-C ends the watching`);
    const line = progressLine(process.stdout, 'followers');
    let seen = before;
    let hasMoved = old.movedTo === context.actor;
    let askedAt = Date.now();
    while (
      !stop.aborted &&
      Date.now() < until &&
      !(wanted !== undefined && seen >= wanted && (hasMoved || seen > before))
    ) {
      await sleep(at === undefined ? HERE_MS : ELSEWHERE_MS, undefined, { signal: stop }).catch(() => {});
      seen = await total();
      line.show(seen, wanted);
      const every = wanted !== undefined && seen >= wanted ? OLD_SOON_MS : OLD_EVERY_MS;
      if (hasMoved || Date.now() < askedAt + every) continue;
      askedAt = Date.now();
      hasMoved = (await findAccount(old.id, context).catch(() => old)).movedTo === context.actor;
    }
    line.clear();
    await report(old, context, { before, seen, at });
  });
}

interface Seen {
  readonly before: number;
  readonly seen: number;
  readonly at: string | undefined;
}

async function report(old: OtherAccount, context: MoveContext, { before, seen, at }: Seen): Promise<void> {
  const now = await findAccount(old.id, context).catch(() => old);
  const came = seen - before;
  say('came', `${count(came, 'follower')} while this looked; ${context.handle} has ${count(seen, 'follower')}`);
  const isMoved = now.movedTo === context.actor;
  if (isMoved) say('moved', `${old.handle} says that it moved here${leftText(now)}`);
  else say('open', `${old.handle} does not say yet that it moved here`, pc.yellow);
  const list = typed('followers', at);
  if (isMoved && old.followers !== undefined && seen < old.followers)
    next(`others may need days, and some servers know no Move: tell them in a post there. ${list} lists who is here`);
  else if (isMoved) next(`${list} lists them`);
}

function ofText(wanted: number | undefined): string {
  return wanted === undefined ? '' : `, the old account ${wanted.toLocaleString('en')}`;
}

function leftText({ followers }: OtherAccount): string {
  return followers === undefined ? '' : ` and has ${count(followers, 'follower')} left`;
}

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function readSpan(text: string): number {
  const [, number = '', unit = ''] = /^(\d{1,5})\s*([smhd])$/.exec(text.trim()) ?? [];
  const ms = Number(number) * (UNITS[unit] ?? Number.NaN);
  if (number !== '' && Number.isFinite(ms)) return ms;
  throw new PosternError('not-a-time', `--for: "${text}" is not a time.`, {
    hint: 'Write one such as 30s, 10m, 2h or 1d.',
    facts: { text },
  });
}
