import type { DeliveryState } from '../federation/delivery.ts';
import type { LedgerObject } from '../federation/ledger.ts';
import { blogItself, findOneNamed, type NamedPost } from '../federation/named-posts.ts';
import type { Follower } from '../federation/outcome.ts';
import type { HostWork } from './host-work.ts';
import type { PublishDeps } from './publish.ts';
import type { FoldedReceipts, HostQueue, ObjectDelivery } from './store/delivery-store.ts';
import { readUnsentPosts, type UnsentPost } from './unsent.ts';

/** What the queue comes to. */
export interface DeliveriesView {
  readonly counts: Readonly<Record<DeliveryState, number>>;
  readonly nextDue?: number;
  /** Whether something sends it without a further word: a server that runs, or the host. */
  readonly byServer: boolean;
  readonly hosts: readonly HostQueue[];
}

export interface Retried {
  readonly retried: number;
  readonly byServer: boolean;
}

/** A post that the network was told of, or the blog itself. */
export type ToldPost = Pick<LedgerObject, 'id' | 'title' | 'source' | 'url'> &
  Partial<Pick<LedgerObject, 'state' | 'formerUrls' | 'published' | 'updated' | 'deleted'>>;

/** How many deliveries of a post are in each state. */
export type ReceiptCounts = Readonly<Record<DeliveryState, number>>;

export interface LastReceipts {
  readonly posts: readonly { readonly post: ToldPost; readonly counts: ReceiptCounts }[];
}

export type PostReceipts =
  | {
      readonly kind: 'told';
      readonly post: ToldPost;
      readonly deliveries: readonly ObjectDelivery[];
      readonly folded: readonly FoldedReceipts[];
      /** Where the next page begins, when there is one. */
      readonly next?: number;
    }
  | { readonly kind: 'unsent'; readonly post: UnsentPost }
  | { readonly kind: 'none' }
  | { readonly kind: 'several'; readonly posts: readonly { readonly id: string; readonly source: string }[] };

export interface FollowersPage {
  readonly items: readonly Follower[];
  readonly cursor?: string;
  /** Of all that follow. */
  readonly total: number;
  /** When the account was deleted: nobody follows it any more. */
  readonly accountDeleted?: string;
}

/** What the owner can learn of what was sent and to whom: here, or by way of `POST /ap/owner/sending` of a blog that runs elsewhere. */
export interface OwnerSending {
  deliveries(limit: number): Promise<DeliveriesView>;
  /** Makes due what failed or waits for a host, or for all; see `DeliveryStore.retry`. */
  retry(host: string | undefined): Promise<Retried>;
  /** Of the posts that were told last. */
  lastReceipts(limit: number): Promise<LastReceipts>;
  /** `names` are spellings of one name; `from` counts deliveries in their order. */
  receipts(names: readonly string[], page: { readonly from: number; readonly limit: number }): Promise<PostReceipts>;
  /** Newest first. */
  followers(page: { readonly limit: number; readonly before?: string }): Promise<FollowersPage>;
}

export type OwnerSendingDeps = PublishDeps & { readonly hostWork?: HostWork };

/** Gives access to a store that is at hand, and to the build that is live there. */
export function openOwnerSending(deps: OwnerSendingDeps): OwnerSending {
  const { store, clock, hostWork } = deps;
  const isSentBySomebody = async (): Promise<boolean> => {
    if ((await store.workers.alive(clock())).length > 0) return true;
    return hostWork !== undefined && (await hostWork.closed().catch(() => 'broken')) === undefined;
  };
  return {
    async deliveries(limit) {
      const nextDue = await store.deliveries.nextDue();
      return {
        counts: await store.deliveries.counts(),
        ...(nextDue === undefined ? {} : { nextDue }),
        byServer: await isSentBySomebody(),
        hosts: await store.deliveries.troubled({ limit }),
      };
    },
    async retry(host) {
      const retried = await store.deliveries.retry({ ...(host === undefined ? {} : { host }), now: clock() });
      const byServer = await isSentBySomebody();
      if (retried > 0 && byServer) await hostWork?.deliver();
      return { retried, byServer };
    },
    async lastReceipts(limit) {
      const known = await store.ledger.read();
      const told = [...(known?.ledger.objects.values() ?? [])].filter(({ state }) => state !== 'baseline');
      const last = told.toSorted((a, b) => Date.parse(toldAt(b)) - Date.parse(toldAt(a))).slice(0, limit);
      const posts = [];
      for (const post of last) {
        const { deliveries, folded } = await store.deliveries.receipts(post.id);
        posts.push({ post, counts: countsOf(deliveries, folded) });
      }
      return { posts };
    },
    receipts: (names, page) => receiptsOf(deps, names, page),
    async followers(page) {
      const deleted = (await store.ledger.head())?.actor.deleted;
      return {
        ...(await store.followers.page(page)),
        total: await store.followers.count(),
        ...(deleted === undefined ? {} : { accountDeleted: deleted }),
      };
    },
  };
}

/** As many posts of one name as anybody chooses from. */
const MOST_ALIKE = 20;

async function receiptsOf(
  deps: OwnerSendingDeps,
  names: readonly string[],
  { from, limit }: { readonly from: number; readonly limit: number },
): Promise<PostReceipts> {
  const ledger = (await deps.store.ledger.read())?.ledger;
  const told: NamedPost[] = ledger ? [...ledger.objects.values(), blogItself(ledger)] : [];
  // Each further page names the post by its id, for which the plan of what is not sent is not needed.
  const first = findOneNamed(
    told.filter(({ id }) => names.includes(id)),
    names,
  );
  const unsent = first.kind === 'one' || !ledger ? [] : await readUnsentPosts(deps);
  const found = first.kind === 'one' ? first : findOneNamed<NamedPost>([...told, ...unsent], names);
  if (found.kind === 'none') return found;
  if (found.kind === 'several') {
    return { kind: 'several', posts: found.posts.slice(0, MOST_ALIKE).map(({ id, source }) => ({ id, source })) };
  }
  const waits = unsent.find(({ id }) => id === found.post.id);
  if (waits) return { kind: 'unsent', post: waits };
  const { deliveries, folded } = await deps.store.deliveries.receipts(found.post.id);
  const next = from + limit;
  return {
    kind: 'told',
    post: found.post,
    deliveries: deliveries.slice(from, next),
    folded,
    ...(next < deliveries.length ? { next } : {}),
  };
}

/** When the network last heard of it. */
export function toldAt({
  published = '',
  updated,
  deleted,
}: Pick<ToldPost, 'published' | 'updated' | 'deleted'>): string {
  return deleted ?? updated ?? published;
}

function countsOf(deliveries: readonly ObjectDelivery[], folded: readonly FoldedReceipts[]): ReceiptCounts {
  const counts = { delivered: 0, pending: 0, failed: 0, gone: 0, superseded: 0 };
  for (const { state } of deliveries) counts[state] += 1;
  for (const { state, count } of folded) counts[state] += count;
  return counts;
}
