import { z } from 'zod';
import type { AccountDeleted, AccountView, OwnerAccount } from '../server/owner-account.ts';
import type { SendingCommand } from '../server/owner-sending-commands.ts';
import type { Call } from './remote-owner.ts';

const accountSchema = z.object({
  origin: z.string(),
  handle: z.string(),
  actor: z.string(),
  since: z.string(),
  posts: z.number(),
  followers: z.number(),
  servers: z.number(),
  deliveries: z.number(),
  waiting: z.number(),
  deleted: z.string().exactOptional(),
  gone: z.string().exactOptional(),
}) satisfies z.ZodType<AccountView>;

const deletedSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('not-begun') }),
  z.object({ kind: z.literal('not-confirmed'), handle: z.string() }),
  z.object({
    kind: z.literal('deleted'),
    handle: z.string(),
    activityId: z.string(),
    deleted: z.string(),
    gone: z.boolean(),
    pending: z.number(),
  }),
]) satisfies z.ZodType<AccountDeleted>;

/** Gives access to the account of a blog that runs elsewhere. */
export function openRemoteAccount(call: Call<SendingCommand>): OwnerAccount {
  return {
    account: async () => (await call(accountSchema.nullable(), 'account.show')) ?? undefined,
    deleteAccount: (handle) => call(deletedSchema, 'account.delete', { handle }),
  };
}
