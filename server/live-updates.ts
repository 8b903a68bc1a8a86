import { addressesOf } from '../federation/addresses.ts';
import { toTime } from '../federation/dates.ts';
import type { Consent } from '../federation/heard.ts';
import type { LedgerObject } from '../federation/ledger.ts';
import { buildLiveUpdate, digestLive, type LivePart } from '../federation/live-update.ts';
import type { Manifest, ManifestObject } from '../federation/manifest.ts';
import { sha256Hex } from './crypto.ts';
import { deedsIn } from './deeds-in.ts';
import type { NotFederating } from './deployment.ts';
import { readAudience } from './listeners.ts';
import type { Deps } from './ports.ts';
import { objectAnswer } from './routes/object-answer.ts';
import type { Store } from './store/store.ts';

export type LiveDeps = Pick<Deps, 'store' | 'site' | 'clock' | 'log'>;

export interface LiveOptions {
  /** Says why nothing may be sent from here; asked only when there is something. */
  readonly closed?: () => Promise<NotFederating | undefined>;
}

/** What is due of one object. */
interface Due {
  readonly told: LedgerObject;
  readonly digest: string;
}

const DEPS = { sha256: sha256Hex };
const DAY_MS = 86_400_000;

/** For how long after its end a poll is looked at: longer than any blog is down. */
const LOOKED_AT_MS = 30 * DAY_MS;

/** After this nothing that was voted in time is still on its way into the store. */
const SETTLED_MS = 3_600_000;

/** Polls whose results this process knows to be told, by store: nothing changes them any more. */
const settled = new WeakMap<Store, Set<string>>();

/**
 * Tells the network what changed about objects without a build: a poll whose end has come, a consent to a quote that came or
 * went. One Update each, to followers, to whom the object addresses and to who voted; gives how many.
 *
 * The activity is stored, then queued, and last it is noted as told. Its id is made of what it tells, so that a run that was
 * cut short is repeated with the same one. What was deleted, or was never announced, tells nothing, and what reads otherwise in
 * the build waits until that is published: its text is held, or nobody approved it (invariant 1). Neither does a blog under
 * another origin than the one that the network knows (invariant 4). Rejects when the store does.
 */
export async function tellLive(deps: LiveDeps, { closed }: LiveOptions = {}): Promise<number> {
  const { store, site, log } = deps;
  const head = await store.ledger.head();
  const manifest = await site.manifest();
  if (head === undefined || head.actor.deleted !== undefined) return 0;
  if (head.actor.id !== addressesOf(manifest.origin).actor) return 0;
  const due: Due[] = [];
  for (const id of liveIn(manifest, deps)) due.push(...(await whatIsDue(deps, manifest, id)));
  if (due.length === 0) return 0;
  const refused = await closed?.();
  if (refused) {
    log({ ...refused.facts, event: 'live.nothing-sent', level: 'info', why: refused.why });
    return 0;
  }
  const followers = (await readAudience(deps)).inboxes.map(({ inbox }) => inbox);
  let count = 0;
  for (const each of due) if (await tellOne(deps, manifest, followers, each)) count += 1;
  return count;
}

/** Ids of the polls that ended, and of the posts that asked for consent. */
function liveIn(manifest: Manifest, { store, clock }: LiveDeps): Set<string> {
  const now = clock();
  const known = settled.get(store);
  const ended = manifest.objects.filter(({ id, ends }) => {
    const end = toTime(ends);
    return end !== undefined && end <= now && now - end <= LOOKED_AT_MS && known?.has(id) !== true;
  });
  return new Set([...ended.map(({ id }) => id), ...deedsIn(manifest).quotes.map(({ object }) => object)]);
}

async function whatIsDue({ store, clock }: LiveDeps, manifest: Manifest, id: string): Promise<Due[]> {
  const consent = await consentTo(store, manifest, id);
  const entry = entryOf(manifest, id);
  const end = toTime(entry?.ends);
  const hasEnded = end !== undefined && end <= clock();
  if (consent === undefined && !hasEnded) return [];
  const told = await store.ledger.object(id);
  if (told?.state !== 'announced' || told.digest !== entry?.digest) return [];
  const live: LivePart = {
    ...(hasEnded ? { results: await store.answers.tally(id) } : {}),
    ...(consent === undefined ? {} : { consent }),
    revision: told.revision,
  };
  const before = await store.answers.told(id);
  const digest = digestLive(DEPS, live, before);
  if (digest !== undefined && digest !== before) return [{ told, digest }];
  if (hasEnded && clock() - end >= SETTLED_MS) settle(store, id);
  return [];
}

function entryOf({ objects }: Manifest, id: string): ManifestObject | undefined {
  return objects.find((object) => object.id === id);
}

/** A consent is to one quote: what an edit quotes instead has another. */
async function consentTo({ answers }: Store, manifest: Manifest, id: string): Promise<Consent | undefined> {
  const consent = await answers.consent(id);
  const isMeant = deedsIn(manifest).quotes.some(({ object, quoted }) => object === id && quoted === consent?.quoted);
  return isMeant ? consent : undefined;
}

function settle(store: Store, id: string): void {
  const known = settled.get(store) ?? new Set();
  settled.set(store, known.add(id));
}

async function tellOne(
  deps: LiveDeps,
  { origin }: Manifest,
  followers: readonly string[],
  { told, digest }: Due,
): Promise<boolean> {
  const { store, clock, log } = deps;
  const { status, body: document } = await objectAnswer(deps, told.id);
  // Its file is gone: what is to come is its Delete.
  if (status !== 200) return false;
  // Another build may have taken the place of the one that was looked at.
  if (entryOf(await deps.site.manifest(), told.id)?.digest !== told.digest) return false;
  const now = clock();
  const published = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
  const update = buildLiveUpdate(DEPS, addressesOf(origin), { document, digest, published });
  const activity = await store.activities.put(update, { now });
  const voters = await store.answers.voterInboxes(told.id);
  const inboxes = new Set([...followers, ...(told.inboxes ?? []), ...voters]);
  const deliveries = await store.deliveries.enqueue(activity.id, [...inboxes], { now });
  await store.answers.setTold(told.id, digest);
  log({
    ...{ event: 'live.queued', level: 'info', type: activity.type, activity: activity.id },
    ...{ object: told.id, deliveries },
  });
  return true;
}
