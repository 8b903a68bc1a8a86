import type { DeliveryState } from '../../federation/delivery.ts';
import type { OwnerSending } from '../../server/owner-sending.ts';
import type { ObjectDelivery } from '../../server/store/delivery-store.ts';

/** What one activity about the account came to. */
export interface ToldActivity {
  readonly type: string;
  readonly id: string;
  /** When it was told; milliseconds since the epoch. */
  readonly at: number;
  readonly counts: Readonly<Record<DeliveryState, number>>;
}

const PAGE = 500;

/** Gives what was told of the account itself, the newest first: its Updates and Moves, by their receipts. */
export async function readTold(sending: Pick<OwnerSending, 'receipts'>, actor: string): Promise<ToldActivity[]> {
  const told = new Map<string, { type: string; id: string; at: number; counts: Record<DeliveryState, number> }>();
  for (let from: number | undefined = 0; from !== undefined; ) {
    const page = await sending.receipts([actor], { from, limit: PAGE });
    if (page.kind !== 'told') break;
    for (const delivery of page.deliveries) add(told, delivery);
    from = page.next;
  }
  return [...told.values()].sort((a, b) => b.at - a.at);
}

function add(
  told: Map<string, { type: string; id: string; at: number; counts: Record<DeliveryState, number> }>,
  { activityId: id, type, createdAt, state }: ObjectDelivery,
): void {
  const known = told.get(id) ?? {
    ...{ type, id, at: createdAt },
    counts: { pending: 0, delivered: 0, failed: 0, gone: 0, superseded: 0 },
  };
  known.at = Math.min(known.at, createdAt);
  known.counts[state] += 1;
  told.set(id, known);
}
