import { isBlocked } from '../federation/inbox/blocks.ts';
import type { Follower } from '../federation/outcome.ts';
import type { Blocks, Rules } from '../federation/rules.ts';
import { applyEffects, forgetMessages, nothingToSeal } from './apply-effects.ts';
import type { Deps, InboxClient, Site } from './ports.ts';
import { MAX_READING } from './store/account-store.ts';

export type EnforceDeps = Pick<Deps, 'store' | 'clock' | 'log'>;

/** What was dropped because the owner wants nothing of those it came from. */
export interface Enforced {
  readonly followers: number;
  readonly requests: number;
  readonly interactions: number;
  readonly messages: number;
  /** Posts of theirs that were kept to be read, and boosts of them. */
  readonly read: number;
  readonly deliveries: number;
  /** Of how many accounts the followers, requests, interactions and messages were. */
  readonly accounts: number;
}

/** Hosts that are looked at in the queue, and Follows that wait: far more than there ever are. */
const MOST = 100_000;

const WHY = 'blocked by the rules of the blog';

/**
 * Makes what is stored agree with the blocks of new rules: who is blocked follows no more and waits for nothing, what they
 * said is gone, and what was queued for them is not sent. Those who are limited keep what they have.
 *
 * Nobody is told. Done again it finds nothing; cut short it is finished by doing it again. One log line when there was
 * something. Rejects when the store does.
 */
export async function enforceBlocks(deps: EnforceDeps, { blocks }: Pick<Rules, 'blocks'>): Promise<Enforced> {
  const done = { followers: 0, requests: 0, interactions: 0, messages: 0, read: 0, deliveries: 0, accounts: 0 };
  if (blocks.accounts.length + blocks.hosts.length === 0) return done;
  const followers = await blockedFollowers(deps, blocks);
  const requests = (await deps.store.requests.list(MOST)).filter((request) => isBlocked(blocks, request));
  const authors = await blockedAuthors(deps, blocks);
  for (const follower of followers) done.deliveries += await removeFollower(deps, blocks, follower);
  for (const { actor } of requests) await deps.store.requests.remove(actor);
  const gone = new Set([...followers, ...requests].map(({ actor }) => actor));
  for (const actor of authors) {
    const forgotten = await deps.store.interactions.forgetActor(actor);
    done.interactions += forgotten;
    if (forgotten > 0) gone.add(actor);
  }
  const actors = new Set([...gone, ...authors, ...namedActors(blocks)]);
  for (const actor of actors) {
    const forgotten = await forgetMessages(deps.store, actor);
    done.messages += forgotten;
    if (forgotten > 0) gone.add(actor);
  }
  for (const actor of await forgetRead(deps, blocks)) {
    done.read += 1;
    gone.add(actor);
  }
  done.deliveries += await emptyQueue(deps, blocks);
  done.followers = followers.length;
  done.requests = requests.length;
  done.accounts = gone.size;
  if (isAnyGone(done)) deps.log({ event: 'blocks.enforced', level: 'info', ...done });
  return done;
}

/** False where the blocks found nothing to drop. */
export function isAnyGone(done: Enforced): boolean {
  return Object.values(done).some((count) => count > 0);
}

async function blockedFollowers({ store }: EnforceDeps, blocks: Blocks): Promise<Follower[]> {
  const found: Follower[] = [];
  for await (const follower of store.followers.all()) if (isBlocked(blocks, follower)) found.push(follower);
  return found;
}

async function blockedAuthors({ store }: EnforceDeps, blocks: Blocks): Promise<string[]> {
  const found: string[] = [];
  for await (const author of store.interactions.authors()) if (isBlocked(blocks, author)) found.push(author.actor);
  return found;
}

/** Whoever is blocked is read no more, also where somebody else boosts them. Gives of whom each was that is dropped. */
async function forgetRead({ store }: EnforceDeps, blocks: Blocks): Promise<string[]> {
  const dropped: string[] = [];
  for (const { id, actor, author } of await store.reading.newest(MAX_READING)) {
    const blocked = [{ actor }, author].find((each) => isBlocked(blocks, each));
    if (blocked !== undefined && (await store.reading.remove(actor, id)) > 0) dropped.push(blocked.actor);
  }
  return dropped;
}

/** Accounts that the owner named by their id: they may have left nothing but messages, which do not say from whom. */
function namedActors({ accounts }: Blocks): string[] {
  return accounts.filter(({ name, severity }) => severity === 'block' && URL.canParse(name)).map(({ name }) => name);
}

/** Their own inbox, and the shared one unless somebody else still listens there. Gives how many deliveries are dropped. */
async function removeFollower(deps: EnforceDeps, blocks: Blocks, follower: Follower): Promise<number> {
  const { store } = deps;
  const now = deps.clock();
  const { actor, inbox, sharedInbox } = follower;
  await applyEffects(store, [{ type: 'remove-follower', actor }], { now, seal: nothingToSeal });
  let dropped = 0;
  for (const each of new Set([inbox, ...(sharedInbox === undefined ? [] : [sharedInbox])])) {
    if (isBlocked(blocks, { actor: each })) continue;
    if ((await store.followers.atInbox(each)).length === 0) dropped += await store.deliveries.abandon(each, WHY, now);
  }
  return dropped;
}

/** What waits for a blocked host is given up, except what is being sent at this moment: see `withoutBlockedInboxes`. */
async function emptyQueue({ store, clock }: EnforceDeps, blocks: Blocks): Promise<number> {
  let dropped = 0;
  for (const { host, pending } of await store.deliveries.troubled({ limit: MOST })) {
    if (pending === 0 || !isBlocked(blocks, { actor: `https://${host}/` })) continue;
    const now = clock();
    dropped += await store.deliveries.giveUp(host, { createdBefore: now + 1, error: WHY, now });
  }
  return dropped;
}

/** How long the rules are believed between two requests: a fan-out would look at their file for each inbox. */
const BELIEVED_MS = 1_000;

/**
 * Gives an inbox client that sends nothing to hosts which are blocked: whatever is queued for them, and by whom, fails for
 * good without a request.
 */
export function withoutBlockedInboxes(
  inboxes: InboxClient,
  { rules }: Pick<Site, 'rules'>,
  clock: () => number = Date.now,
): InboxClient {
  let known: { readonly blocks: Blocks; readonly at: number } | undefined;
  const blocksNow = async (): Promise<Blocks> => {
    const now = clock();
    if (known === undefined || Math.abs(now - known.at) >= BELIEVED_MS)
      known = { blocks: (await rules()).blocks, at: now };
    return known.blocks;
  };
  return {
    async post(inbox, body, options) {
      if (isBlocked(await blocksNow(), { actor: inbox })) return { kind: 'blocked', error: WHY };
      return inboxes.post(inbox, body, options);
    },
    close: () => inboxes.close(),
  };
}
