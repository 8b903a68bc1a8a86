import type { DeliveryState } from '../federation/delivery.ts';
import type { ModerateDeps } from './moderate.ts';
import type { HostQueue } from './store/delivery-store.ts';

/** What a host knows of itself and nobody else can. Times are milliseconds since the epoch. */
export interface HostFacts {
  /** `node`, `netlify`. */
  readonly name: string;
  /** Why nothing is sent from here, when nothing is. */
  readonly idle?: string;
  /** When a deploy was last told of, and when the schedule last ran. */
  readonly lastEventAt?: number;
  readonly lastSweepAt?: number;
  /** How many bytes all variables take that were set for the functions. */
  readonly environmentBytes?: number;
}

/** How a blog that runs elsewhere does, for its owner. */
export interface OwnerStatus {
  /** The clock of the server, in milliseconds since the epoch. */
  readonly now: number;
  /** Whether what was written could be read again, and how long that took. */
  readonly isWritable: boolean;
  readonly storeMs: number;
  /** Whether federation has begun: the baseline is written. */
  readonly hasLedger: boolean;
  readonly followers: number;
  /** Processes that work the queue; none where a schedule does. */
  readonly workers: number;
  readonly deliveries: Readonly<Record<DeliveryState, number>>;
  readonly nextDue?: number;
  /** Hosts that fail, longest first. */
  readonly troubled: readonly TroubledHost[];
  readonly host?: HostFacts;
}

export type TroubledHost = Pick<HostQueue, 'host' | 'pending' | 'failed' | 'lastStatus' | 'lastError'>;

export interface StatusDeps extends Pick<ModerateDeps, 'store' | 'clock'> {
  /** Absent where the host tells nothing of itself. */
  readonly hostFacts?: () => Promise<HostFacts>;
}

const MOST_HOSTS = 5;
/** No activity's id begins like this: those are URLs. */
const PROBE = 'status-probe';

/** Looks how the blog does: nothing changes by it but one mark in the store. Rejects only for a fault of our own side. */
export async function readStatus({ store, clock, hostFacts }: StatusDeps): Promise<OwnerStatus> {
  const began = clock();
  await store.inbound.markSeen(PROBE, began);
  const isWritable = await store.inbound.seen(PROBE);
  const storeMs = clock() - began;
  const nextDue = await store.deliveries.nextDue();
  const host = await hostFacts?.();
  return {
    now: clock(),
    isWritable,
    storeMs,
    hasLedger: (await store.ledger.head()) !== undefined,
    followers: await store.followers.count(),
    workers: (await store.workers.alive(clock())).length,
    deliveries: await store.deliveries.counts(),
    ...(nextDue === undefined ? {} : { nextDue }),
    troubled: (await store.deliveries.troubled({ limit: MOST_HOSTS })).filter(isTrouble).map(troubledOf),
    ...(host === undefined ? {} : { host }),
  };
}

/** One that has no more inboxes has ended; one that was not tried yet is in no trouble. */
function isTrouble({ pending, failed, lastStatus, lastError }: HostQueue): boolean {
  return failed > 0 || (pending > 0 && (lastStatus !== undefined || lastError !== undefined));
}

function troubledOf({ host, pending, failed, lastStatus, lastError }: HostQueue): TroubledHost {
  return {
    host,
    pending,
    failed,
    ...(lastStatus === undefined ? {} : { lastStatus }),
    ...(lastError === undefined ? {} : { lastError }),
  };
}
