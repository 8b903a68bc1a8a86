import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { INTERACTION_KINDS, INTERACTION_STATES } from '../federation/interaction.ts';
import { PosternError } from '../server/errors.ts';
import { bodyWithin, errorText } from '../server/http/bodies.ts';
import type { OwnerAccess } from '../server/owner-access.ts';
import type { AccessCommand } from '../server/owner-access-commands.ts';
import { signOwnerToken } from '../server/owner-token.ts';
import { oneLine } from './printable.ts';

const DEADLINE_MS = 30_000;
const MAX_BYTES = 64 * 1024 * 1024;

const replySchema = z.object({
  id: z.string(),
  kind: z.enum(INTERACTION_KINDS),
  state: z.enum(INTERACTION_STATES),
  reason: z.string().exactOptional(),
  actor: z.string(),
  handle: z.string(),
  name: z.string().exactOptional(),
  target: z.string(),
  inReplyTo: z.string().exactOptional(),
  at: z.string(),
  url: z.string().exactOptional(),
  title: z.string().exactOptional(),
  contentWarning: z.string().exactOptional(),
  text: z.string(),
  attachments: z.array(z.string()),
});
const repliesSchema = z.object({ items: z.array(replySchema), cursor: z.string().exactOptional() });
const decidedSchema = z.array(
  z.object({
    id: z.string(),
    result: z.enum(['changed', 'unchanged', 'unknown', 'removed', 'unreachable']),
    others: z.number(),
    sent: z.number(),
  }),
);
const messagesSchema = z.object({
  items: z.array(z.object({ object: z.string(), sender: z.string(), jwe: z.string(), at: z.string() })),
  cursor: z.string().exactOptional(),
});
const requestsSchema = z.array(z.object({ actor: z.string(), handle: z.string().exactOptional(), since: z.string() }));
const followsSchema = z.array(
  z.object({
    actor: z.string(),
    handle: z.string().exactOptional(),
    result: z.enum(['changed', 'unchanged', 'unknown']),
  }),
);
const statusSchema = z.object({
  now: z.number(),
  isWritable: z.boolean(),
  storeMs: z.number(),
  hasLedger: z.boolean(),
  followers: z.number(),
  workers: z.number(),
  deliveries: z.object({
    pending: z.number(),
    delivered: z.number(),
    failed: z.number(),
    gone: z.number(),
    superseded: z.number(),
  }),
  nextDue: z.number().exactOptional(),
  troubled: z.array(
    z.object({
      host: z.string(),
      pending: z.number(),
      failed: z.number(),
      lastStatus: z.number().exactOptional(),
      lastError: z.string().exactOptional(),
    }),
  ),
  host: z
    .object({
      name: z.string(),
      idle: z.string().exactOptional(),
      lastEventAt: z.number().exactOptional(),
      lastSweepAt: z.number().exactOptional(),
      environmentBytes: z.number().exactOptional(),
    })
    .exactOptional(),
});
const readingSchema = z.array(
  z.object({
    id: z.string(),
    handle: z.string(),
    name: z.string().exactOptional(),
    booster: z.string().exactOptional(),
    at: z.string(),
    url: z.string(),
    title: z.string().exactOptional(),
    contentWarning: z.string().exactOptional(),
    text: z.string(),
  }),
);
const sizesSchema = z.array(z.object({ kind: z.string(), count: z.number(), bytes: z.number() }));

export interface RemoteOwner {
  /** Of the blog, as it was built. */
  readonly origin: string;
  /** The private half of the owner's key. */
  readonly ownerKey: Readonly<Record<string, string>>;
  readonly clock: () => number;
  readonly deadlineMs?: number;
}

/**
 * Gives the owner access to a blog that runs elsewhere, by `POST <origin>/ap/owner`. Each request has a token of its own,
 * good for that request alone: who sees it can do nothing with it. Redirects are not followed: the token names the blog, and
 * nobody else shall get it.
 */
export function openRemoteOwner(remote: RemoteOwner): OwnerAccess {
  const call = createCall<AccessCommand>(remote, '/ap/owner');
  return {
    replies: (options) => call(repliesSchema, 'replies.list', options),
    reply: async (id) => (await call(replySchema.nullable(), 'replies.show', { id })) ?? undefined,
    moderate: (decision, ids) => call(decidedSchema, `replies.${decision}`, { ids }),
    messages: (options) => call(messagesSchema, 'messages.list', options),
    removeMessages: (objects) => call(z.number(), 'messages.remove', { objects }),
    followRequests: (limit) => call(requestsSchema, 'followers.requests', { limit }),
    moderateFollows: (decision, actors) => call(followsSchema, `followers.${decision}`, { actors }),
    sizes: () => call(sizesSchema, 'store.sizes'),
    status: () => call(statusSchema, 'status'),
    reading: (limit) => call(readingSchema, 'reading.list', { limit }),
    feedSecret: (renew) => call(z.string().regex(/^[0-9a-f]+$/), 'notifications.secret', { renew }),
  };
}

/** Has one command carried out, and gives what its answer is by the schema. */
export type Call<Command extends string> = <T>(schema: z.ZodType<T>, command: Command, args?: object) => Promise<T>;

/** Gives what calls the commands that `path` takes. */
export function createCall<Command extends string>(remote: RemoteOwner, path: string): Call<Command> {
  return async (schema, command, args = {}) => {
    const read = z.object({ result: schema }).safeParse(await post(remote, path, { command, arguments: args }));
    if (read.success) return read.data.result;
    throw new PosternError('owner-unreadable', `What ${remote.origin}${path} answers cannot be read.`, {
      hint: 'Update Postern here or there, so that both are of one version.',
      facts: { origin: remote.origin, command },
    });
  };
}

async function post(remote: RemoteOwner, path: string, request: object): Promise<unknown> {
  const { origin, ownerKey, clock, deadlineMs = DEADLINE_MS } = remote;
  const body = new TextEncoder().encode(JSON.stringify(request));
  const token = await signOwnerToken(ownerKey, { audience: origin, body, now: clock(), jti: randomUUID() });
  const signal = AbortSignal.timeout(deadlineMs);
  try {
    const response = await fetch(origin + path, {
      method: 'POST',
      signal,
      redirect: 'manual',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body,
    });
    const text = (await bodyWithin(response.body, MAX_BYTES))?.toString() ?? '';
    if (response.status === 200) return parse(text);
    throw refusal(origin, response.status, messageOf(text));
  } catch (error) {
    if (error instanceof PosternError) throw error;
    const reason = error instanceof Error && error.cause !== undefined ? error.cause : error;
    const why = signal.aborted ? `no answer within ${deadlineMs / 1000} s` : errorText(reason);
    throw unavailable(origin, why, 'Check the address, and that the server runs.', error);
  }
}

function refusal(origin: string, status: number, said: string): PosternError {
  const quote = said === '' ? '' : `: ${said}`;
  switch (status) {
    case 401:
      return new PosternError('owner-refused', `${origin} does not take this command${quote}`, {
        hint: 'Name the blog by the origin that it was built for; its content/owner.json must be that of this machine, and the clocks must agree.',
        facts: { origin },
      });
    case 404:
      return new PosternError('owner-refused', `${origin} takes no commands from elsewhere.`, {
        hint: 'Commit content/owner.json, and put a build live that has it; the blog must run this version of Postern.',
        facts: { origin },
      });
    case 400:
      return new PosternError('owner-refused', `${origin} does not know what to do${quote}`, {
        hint: 'Update Postern here or there, so that both are of one version.',
        facts: { origin },
      });
    default:
      return unavailable(origin, `it answers ${status}${quote}`, 'Look into the log of that server.');
  }
}

function unavailable(origin: string, why: string, hint: string, cause?: unknown): PosternError {
  return new PosternError('owner-unavailable', `${origin}/ap/owner cannot be reached: ${why}.`, {
    hint,
    facts: { origin },
    ...(cause === undefined ? {} : { cause }),
  });
}

function messageOf(text: string): string {
  const read = z.object({ error: z.string() }).safeParse(parse(text));
  return read.success ? oneLine(read.data.error).slice(0, 200) : '';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
