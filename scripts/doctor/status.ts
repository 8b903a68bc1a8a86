import { PosternError } from '../../server/errors.ts';
import type { HostFacts, OwnerStatus } from '../../server/owner-status.ts';
import { count } from '../command.ts';
import { openRemoteOwner } from '../remote-owner.ts';
import { shownSpan } from '../times.ts';
import { judgeClock } from './clock.ts';
import { broken, type Finding, ok, skipped, warning } from './finding.ts';
import { ENVIRONMENT_BYTES } from './keys.ts';
import type { OwnSide } from './own-side.ts';
import type { Patient } from './patient.ts';

/** The schedule runs every five minutes. */
const SWEEP_LATE_MS = 20 * 60_000;
/** What is due longer than this is nobody's work. */
const DUE_LATE_MS = 15 * 60_000;
const SLOW_STORE_MS = 2_000;

/** Asks the blog itself, by a command of its owner, for what nobody else can see. */
export async function lookAtStatus({ origin, clock }: Patient, side: OwnSide | undefined): Promise<Finding[]> {
  const check = 'status.answers';
  if (side?.ownerKey === undefined) {
    const why =
      side === undefined ? 'only the owner may ask how the blog does' : "the owner's key is not on this machine";
    return [skipped(check, `store, schedule and deliveries: ${why}`)];
  }
  const began = clock();
  try {
    const status = await openRemoteOwner({ origin, ownerKey: side.ownerKey, clock }).status();
    const tookMs = clock() - began;
    const skew = judgeClock(status.now - (began + tookMs / 2), tookMs / 2);
    return [...judgeStatus(status), { ...skew, check: 'status.clock' }];
  } catch (error) {
    if (!(error instanceof PosternError)) throw error;
    return [warning(check, error.message, error.hint)];
  }
}

/** What the numbers mean. */
export function judgeStatus(status: OwnerStatus): Finding[] {
  return [judgeStore(status), ...judgeWork(status), ...judgeDeliveries(status), ...judgeEnvironment(status.host)];
}

function judgeStore({ isWritable, storeMs, hasLedger, followers }: OwnerStatus): Finding {
  const check = 'status.store';
  if (!isWritable) {
    return broken(
      check,
      'what is written to the store cannot be read again',
      'Look into the log of the host for the fault of the store: nothing that arrives is kept.',
    );
  }
  if (!hasLedger) {
    return warning(
      check,
      'the store is there, but the blog has told nobody anything yet',
      'Publish once: a production deploy, npm start or npm run publish.',
    );
  }
  const saw = `the store takes what is written (${Math.round(storeMs)} ms); ${count(followers, 'follower')}`;
  return storeMs > SLOW_STORE_MS
    ? warning(check, `${saw}, which is slow`, 'Look whether the disk or the store of the host is overloaded.')
    : ok(check, saw);
}

function judgeWork({ now, workers, host }: OwnerStatus): Finding[] {
  const findings: Finding[] = [];
  if (host?.idle !== undefined) {
    findings.push(
      broken(
        'status.federates',
        `nothing is sent from there: ${host.idle}`,
        'Put the newest production deploy live, at the origin that it was built for.',
      ),
    );
  }
  if (workers > 0)
    findings.push(ok('status.schedule', `${count(workers, 'process', 'processes')} there sends what waits`));
  if (host?.name === 'netlify') findings.push(...judgeSchedule(host, now));
  else if (workers === 0) {
    findings.push(
      warning(
        'status.schedule',
        'no process there sends what waits',
        'Let npm start run there, without --watch, and restart by itself (systemd, Docker).',
      ),
    );
  }
  return findings;
}

function judgeSchedule({ lastEventAt, lastSweepAt }: HostFacts, now: number): Finding[] {
  const ago = (at: number): string => `${shownSpan(Math.max(0, now - at))} ago`;
  const check = 'status.schedule';
  const next = 'Look at Functions → sweep at Netlify: scheduled functions run on the published deploy alone.';
  const sweep =
    lastSweepAt === undefined
      ? warning(check, 'the schedule never ran', next)
      : now - lastSweepAt > SWEEP_LATE_MS
        ? broken(check, `the schedule last ran ${ago(lastSweepAt)}; it should every 5 minutes`, next)
        : ok(check, `the schedule ran ${ago(lastSweepAt)}`);
  const event =
    lastEventAt === undefined
      ? warning(
          'status.event',
          'no deploy was ever told of',
          'Deploy once; without the event the schedule publishes, a few minutes later.',
        )
      : ok('status.event', `the last deploy was told of ${ago(lastEventAt)}`);
  return [sweep, event];
}

function judgeDeliveries({ now, nextDue, deliveries, troubled }: OwnerStatus): Finding[] {
  const { pending, failed, delivered } = deliveries;
  const hosts = troubled.map(({ host, pending: waits, failed: lost, lastStatus, lastError }) => {
    const why = lastStatus === undefined ? (lastError ?? 'no answer') : `status ${lastStatus}`;
    return `${host} (${waits} waiting, ${lost} given up, ${why})`;
  });
  const findings: Finding[] = [];
  const lateBy = pending > 0 && nextDue !== undefined ? now - nextDue : 0;
  if (lateBy > DUE_LATE_MS) {
    findings.push(
      broken(
        'status.waiting',
        `${count(pending, 'delivery waits', 'deliveries wait')}, the first due ${shownSpan(lateBy)} ago: nobody sends them`,
        'Look why the work stands still: the schedule above, and the log of the function deliver or of npm start.',
      ),
    );
  } else
    findings.push(
      ok(
        'status.waiting',
        `${count(delivered, 'delivery', 'deliveries')} arrived, ${pending.toLocaleString('en')} wait for their turn`,
      ),
    );
  if (failed > 0 || troubled.length > 0) {
    const saw = `${count(failed, 'delivery was', 'deliveries were')} given up${hosts.length > 0 ? `; in trouble: ${hosts.join(', ')}` : ''}`;
    findings.push(
      warning(
        'status.failing',
        saw,
        'One server in trouble is its own affair. If many refuse with 401, look at the keys above; npm run deliveries tells more.',
      ),
    );
  }
  return findings;
}

function judgeEnvironment(host: HostFacts | undefined): Finding[] {
  const bytes = host?.environmentBytes;
  if (bytes === undefined) return [];
  const saw = `the variables of the functions take ${bytes.toLocaleString('en')} of ${ENVIRONMENT_BYTES.toLocaleString('en')} bytes`;
  const next = 'Take variables away that no function needs, or limit them to builds: beyond 4 KB a deploy fails.';
  if (bytes > ENVIRONMENT_BYTES) return [broken('status.environment', saw, next)];
  return [bytes > ENVIRONMENT_BYTES * 0.9 ? warning('status.environment', saw, next) : ok('status.environment', saw)];
}
