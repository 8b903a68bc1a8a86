import { afterHostAttempt, type HostHealth, lostBefore, postponementOf } from '../federation/breaker.ts';
import type { Attempt, LeasedDelivery } from '../federation/delivery.ts';
import type { Deps } from './ports.ts';
import { inTurn } from './turns.ts';

export type HostHealthDeps = Pick<Deps, 'store' | 'clock' | 'log'>;

/**
 * Writes down what an attempt says about its host, and gives what is known of it from now on; undefined when it is well.
 *
 * A host that recovers has its whole queue at once. To be called before the delivery is settled, so that this one is not
 * due at once as well when it has a retry of its own to wait for. Rejects when the store does.
 */
export async function noteHostAttempt(
  deps: HostHealthDeps,
  host: string,
  attempt: Attempt,
  random: number,
): Promise<HostHealth | undefined> {
  const { hosts } = deps.store;
  // Four requests to a host may end together: each must count what the one before it wrote.
  return inTurn(hosts, host, async () => {
    const known = await hosts.get(host);
    const health = afterHostAttempt(known, attempt, { host, now: deps.clock(), random });
    if (health === known) return known;
    if (health === undefined) {
      if (known !== undefined) await recover(deps, known);
      return undefined;
    }
    await hosts.put(health);
    if (known?.openUntil === undefined && health.openUntil !== undefined) logFailing(deps, health, attempt);
    return health;
  });
}

/**
 * Ends the record of a host that was heard from, when it has one: an activity with the signature of an actor there is as
 * good as an answer. The caller vouches for the host: an unverified one would open the way to a host for anybody.
 */
export async function noteHostHeard(deps: HostHealthDeps, host: string): Promise<void> {
  const { hosts } = deps.store;
  if ((await hosts.get(host)) === undefined) return;
  await inTurn(hosts, host, async () => {
    const known = await hosts.get(host);
    if (known !== undefined) await recover(deps, known);
  });
}

/**
 * Puts off what waits for an open host, `inHand` included, which is leased and not yet begun; and gives up what waits too
 * long when the host has failed for days. Nothing while the host is closed. Called after the delivery is settled, so
 * that its retry is put off too. Rejects when the store does.
 */
export async function holdBack(
  deps: HostHealthDeps,
  health: HostHealth,
  { owner, inHand }: { readonly owner: string; readonly inHand: readonly LeasedDelivery[] },
): Promise<void> {
  const times = postponementOf(health);
  if (times === undefined) return;
  const { deliveries } = deps.store;
  const { host } = health;
  if (inHand.length > 0) await deliveries.release(owner, inHand);
  await giveUpLost(deps, health);
  await deliveries.postpone(host, times);
}

async function giveUpLost(deps: HostHealthDeps, health: HostHealth): Promise<void> {
  const now = deps.clock();
  const createdBefore = lostBefore(health, now);
  if (createdBefore === undefined) return;
  const { host, failingSince } = health;
  const since = new Date(failingSince).toISOString();
  const error = `the host has failed since ${since}`;
  const deliveries = await deps.store.deliveries.giveUp(host, { createdBefore, error, now });
  if (deliveries > 0) deps.log({ event: 'host.given-up', level: 'warn', host, since, deliveries });
}

/** The queue first: a crash between the two leaves a record that the next answer ends, and no queue that waits for days. */
async function recover(deps: HostHealthDeps, known: HostHealth): Promise<void> {
  const { host, openUntil, failingSince, failures } = known;
  if (openUntil !== undefined) await deps.store.deliveries.hasten(host, deps.clock());
  await deps.store.hosts.remove(host);
  if (openUntil === undefined) return;
  deps.log({ event: 'host.recovered', level: 'info', host, since: new Date(failingSince).toISOString(), failures });
}

function logFailing(deps: HostHealthDeps, health: HostHealth, attempt: Attempt): void {
  deps.log({
    event: 'host.failing',
    level: 'warn',
    host: health.host,
    failures: health.failures,
    since: new Date(health.failingSince).toISOString(),
    probe: new Date(health.openUntil ?? 0).toISOString(),
    status: attempt.kind === 'response' ? attempt.status : undefined,
    error: attempt.kind === 'response' ? undefined : attempt.error,
  });
}
