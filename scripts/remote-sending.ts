import { MOST_ITEMS, type OwnerDesk } from '../server/owner-commands.ts';
import type { OwnerSending } from '../server/owner-sending.ts';
import { createCall, type RemoteOwner } from './remote-owner.ts';
import {
  deliveriesSchema,
  followersSchema,
  lastReceiptsSchema,
  publishSchema,
  receiptsSchema,
  retriedSchema,
} from './remote-schemas.ts';

/** Gives access to what a blog that runs elsewhere sends, and has it publish; see `openRemoteOwner`. */
export function openRemoteSending(remote: RemoteOwner): OwnerSending & Pick<OwnerDesk, 'publish'> {
  const call = createCall(remote);
  return {
    // No answer carries more than this.
    deliveries: (limit) => call(deliveriesSchema, 'deliveries.list', { limit: Math.min(limit, MOST_ITEMS) }),
    retry: (host) => call(retriedSchema, 'deliveries.retry', host === undefined ? {} : { host }),
    lastReceipts: (limit) => call(lastReceiptsSchema, 'receipts.last', { limit }),
    receipts: (names, page) => call(receiptsSchema, 'receipts.of', { names, ...page }),
    followers: (page) => call(followersSchema, 'followers.page', page),
    publish: (asked) => call(publishSchema, 'publish', { ...asked }),
  };
}
