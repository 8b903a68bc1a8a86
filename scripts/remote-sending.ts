import { MOST_ITEMS } from '../server/owner-commands.ts';
import type { OwnerSending } from '../server/owner-sending.ts';
import type { SendingCommand, SendingDesk } from '../server/owner-sending-commands.ts';
import { type Call, createCall, type RemoteOwner } from './remote-owner.ts';
import {
  deliveriesSchema,
  followersSchema,
  lastReceiptsSchema,
  publishSchema,
  receiptsSchema,
  retriedSchema,
} from './remote-schemas.ts';

/** Gives what calls the commands about what a blog that runs elsewhere sends. */
export function createSendingCall(remote: RemoteOwner): Call<SendingCommand> {
  return createCall(remote, '/ap/owner/sending');
}

/** Gives access to what a blog that runs elsewhere sends, and has it publish; see `openRemoteOwner`. */
export function openRemoteSending(remote: RemoteOwner): OwnerSending & Pick<SendingDesk, 'publish'> {
  const call = createSendingCall(remote);
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
