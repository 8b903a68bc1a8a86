import { randomBytes } from 'node:crypto';
import { expectLongRun } from '../build/engine.ts';
import type { DeliveryState } from '../federation/delivery.ts';
import { type DrainProgress, type DrainReport, drain } from '../server/drain.ts';
import type { Deps } from '../server/ports.ts';
import { STOP_GRACE_MS } from './stop-signal.ts';

/** One line that is written over on a terminal; elsewhere only the end is told. */
function showProgress({ delivered, pending, failed, gone, byServer }: DrainProgress): void {
  if (!process.stdout.isTTY) return;
  const total = delivered + pending + failed + gone;
  const who = byServer ? ' by the running server' : '';
  process.stdout.write(
    `\r\u001B[Kdelivered ${delivered} of ${total}${who}${failed + gone > 0 ? `, ${failed + gone} refused` : ''}`,
  );
}

/**
 * Sees deliveries to their end and shows how far they are. `activities` are watched, or the whole queue when there are
 * none. Ctrl-C ends the watching; what is under way is given a moment.
 */
export async function drainQueue(deps: Deps, activities: readonly string[], quiet: boolean): Promise<DrainReport> {
  const controller = new AbortController();
  const abort = (): void => {
    controller.abort();
    // A slow server is not waited for: the delivery is tried again.
    setTimeout(() => deps.inboxes.close(), STOP_GRACE_MS).unref();
  };
  process.once('SIGINT', abort).once('SIGTERM', abort);
  const before = await deps.store.deliveries.counts();
  // A publish that only finishes what waited watches the whole queue; what was final before is not of its making.
  const ofThisRun = <P extends DrainProgress>(progress: P): P =>
    activities.length > 0 ? progress : since(before, progress);
  const owner = `publish-${process.pid}-${randomBytes(4).toString('hex')}`;
  expectLongRun();
  const report = await drain(deps, {
    owner,
    activities,
    signal: controller.signal,
    ...(quiet ? {} : { onProgress: (progress: DrainProgress) => showProgress(ofThisRun(progress)) }),
  });
  if (!quiet && process.stdout.isTTY) process.stdout.write('\r\u001B[K');
  process.removeListener('SIGINT', abort).removeListener('SIGTERM', abort);
  return ofThisRun(report);
}

function since<P extends DrainProgress>(before: Readonly<Record<DeliveryState, number>>, progress: P): P {
  const { delivered, failed, gone, superseded } = progress;
  return {
    ...progress,
    delivered: delivered - before.delivered,
    failed: failed - before.failed,
    gone: gone - before.gone,
    superseded: superseded - before.superseded,
  };
}
