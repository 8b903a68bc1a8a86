import { type Deployment, type NotFederating, notFederating, UNKNOWN, UNPUBLISHED } from './deployment.ts';
import type { HeldKeys } from './held-keys.ts';
import type { OwnClient } from './http/own-client.ts';
import type { Deps } from './ports.ts';
import { signWorkToken, type Work } from './work-token.ts';

/** What it takes to start something. */
export type StartingDeps = Pick<Deps, 'store' | 'site' | 'clock' | 'log'>;

/** What the functions of a host without a lasting process need, to work in the background. */
export interface Workplace<D extends StartingDeps = Deps> {
  readonly deps: D;
  readonly own: OwnClient;
  readonly deployment: Deployment;
  /** Undefined when the deployment has no private keys; throws as `parsePrivateKeys`. */
  readonly held: () => HeldKeys | undefined;
}

/** Where the functions that do it are, below the origin. `reconcile` is a way to publish; upkeep needs no function of its own. */
const PATHS: Readonly<Record<Work, string>> = {
  publish: '/ap/work/publish',
  reconcile: '/ap/work/publish',
  deliver: '/ap/work/deliver',
  upkeep: '/ap/work/publish',
};

/** Starts a delivery when something is due and no run is alive. Rejects when the store does. */
export async function wakeDelivery(place: Workplace<StartingDeps>): Promise<void> {
  const { deps } = place;
  if (!(await isAnyDue(deps)) || (await deps.store.workers.alive(deps.clock())).length > 0) return;
  await start(place, 'deliver');
}

/** Has a function of our own do something. Whether it began, the log says; the next sweep makes good what did not. */
export async function start({ deps, own, held }: Workplace<StartingDeps>, work: Work): Promise<void> {
  const { origin } = (await deps.site.parts()).head;
  const keys = held();
  if (!keys) return deps.log({ event: 'work.not-started', level: 'error', work, reason: 'keys-missing' });
  const token = signWorkToken(keys, { origin, work, now: deps.clock() });
  const answer = await own.post(origin + PATHS[work], token);
  if (answer === 202 || answer === 200) return;
  const reason = typeof answer === 'number' ? `status ${answer}` : answer;
  deps.log({ event: 'work.not-started', level: 'error', work, reason });
}

/** Whether a run would have something to do. */
export async function isAnyDue({ store, clock }: Pick<Deps, 'store' | 'clock'>): Promise<boolean> {
  const next = await store.deliveries.nextDue();
  return next !== undefined && next <= clock();
}

/** Why nothing is done from this deployment: see `notFederating`. */
export async function refusedHere({
  deps,
  deployment,
}: Pick<Workplace<StartingDeps>, 'deps' | 'deployment'>): Promise<NotFederating | undefined> {
  return notFederating(deployment, (await deps.site.parts()).head.origin);
}

/** What nobody can have meant, or expects, is more than a word: who reads the log has to do something. */
export function logRefused({ log }: Pick<Deps, 'log'>, doing: string, { why, facts }: NotFederating): void {
  const line = { ...facts, event: `${doing}.nothing-sent`, why };
  if (facts.context === UNKNOWN) log({ ...line, level: 'error', hint: UNKNOWN_HINT });
  else log({ ...line, level: facts.context === UNPUBLISHED ? 'warn' : 'info' });
}

const UNKNOWN_HINT =
  'Netlify does not say in which deploy context this function runs, so nothing is received or sent. Deploy once more ' +
  'without the build cache; if it stays so, ask its support why context.deploy.context is empty.';
