import { z } from 'zod';
import type { DeliveriesView, FollowersPage, LastReceipts, PostReceipts } from '../server/owner-sending.ts';
import type { PublishAnswer } from '../server/publish-asked.ts';

const STATES = ['delivered', 'pending', 'failed', 'gone', 'superseded'] as const;
const state = z.enum(STATES);
const counts = z.object({
  delivered: z.number(),
  pending: z.number(),
  failed: z.number(),
  gone: z.number(),
  superseded: z.number(),
});

const health = z.object({
  host: z.string(),
  failures: z.number(),
  failingSince: z.number(),
  failedDays: z.number(),
  lastFailureAt: z.number(),
  openUntil: z.number().exactOptional(),
});

export const deliveriesSchema: z.ZodType<DeliveriesView> = z.object({
  counts,
  nextDue: z.number().exactOptional(),
  byServer: z.boolean(),
  hosts: z.array(
    z.object({
      host: z.string(),
      pending: z.number(),
      failed: z.number(),
      gone: z.number(),
      nextDue: z.number().exactOptional(),
      lastStatus: z.number().exactOptional(),
      lastError: z.string().exactOptional(),
      health: health.exactOptional(),
    }),
  ),
});

export const retriedSchema = z.object({ retried: z.number(), byServer: z.boolean() });

const toldPost = z.object({
  id: z.string(),
  title: z.string(),
  source: z.string(),
  url: z.string(),
  state: z.enum(['baseline', 'announced', 'deleted']).exactOptional(),
  formerUrls: z.array(z.string()).exactOptional(),
  published: z.string().exactOptional(),
  updated: z.string().exactOptional(),
  deleted: z.string().exactOptional(),
});

export const lastReceiptsSchema: z.ZodType<LastReceipts> = z.object({
  posts: z.array(z.object({ post: toldPost, counts })),
});

const holdCode = z.enum([
  'older-build',
  'other-origin',
  'tombstoned-id',
  'rename-without-id',
  'many-creates',
  'many-updates',
  'many-deletes',
  'shrunk',
  'backdated',
  'postponed',
  'visibility-changed',
  'identity-changed',
  'account-deleted',
  'account-move',
  'poll-changed',
  'unresolved',
]);

const unsentReason = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('date'), until: z.string(), published: z.boolean() }),
  z.object({ kind: z.literal('held'), code: holdCode }),
  z.object({ kind: z.literal('publish') }),
  z.object({ kind: z.literal('due') }),
  z.object({ kind: z.literal('delay'), until: z.string() }),
]);

export const receiptsSchema: z.ZodType<PostReceipts> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('told'),
    post: toldPost,
    deliveries: z.array(
      z.object({
        activityId: z.string(),
        inbox: z.string(),
        state,
        attempts: z.number(),
        createdAt: z.number(),
        dueAt: z.number(),
        lastStatus: z.number().exactOptional(),
        lastError: z.string().exactOptional(),
        finishedAt: z.number().exactOptional(),
        type: z.string(),
        host: z.string(),
      }),
    ),
    folded: z.array(z.object({ type: z.string(), state, count: z.number() })),
    next: z.number().exactOptional(),
  }),
  z.object({
    kind: z.literal('unsent'),
    post: z.object({
      id: z.string(),
      title: z.string(),
      source: z.string(),
      url: z.string(),
      reason: unsentReason,
    }),
  }),
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('several'), posts: z.array(z.object({ id: z.string(), source: z.string() })) }),
]);

export const followersSchema: z.ZodType<FollowersPage> = z.object({
  items: z.array(
    z.object({
      actor: z.string(),
      inbox: z.string(),
      sharedInbox: z.string().exactOptional(),
      followId: z.string(),
      handle: z.string().exactOptional(),
      since: z.string(),
    }),
  ),
  cursor: z.string().exactOptional(),
  total: z.number(),
  accountDeleted: z.string().exactOptional(),
});

const postType = z.enum(['Article', 'Note', 'Question']);
const deedType = z.enum(['Like', 'Announce', 'Follow', 'QuoteRequest']);
const entry = z.object({
  id: z.string(),
  type: z.union([postType, deedType]),
  title: z.string(),
  source: z.string(),
  ends: z.string().exactOptional(),
  addressees: z.array(z.object({ handle: z.string() })).exactOptional(),
});
const why = z.string();
const hold = z.object({ code: holdCode, ids: z.array(z.string()), why, release: z.string() });

const report = z.object({
  plan: z.object({
    origin: z.string(),
    baseline: z.boolean(),
    activities: z.array(
      z.discriminatedUnion('type', [
        z.object({ type: z.enum(['Create', 'Update', ...deedType.options]), entry, why }),
        z.object({ type: z.literal('Delete'), id: z.string(), formerType: postType, title: z.string(), why }),
        z.object({
          type: z.literal('Undo'),
          of: deedType,
          id: z.string(),
          object: z.string(),
          title: z.string(),
          why,
        }),
        z.object({ type: z.literal('UpdateActor'), why }),
        z.object({ type: z.literal('Move'), target: z.string(), why }),
      ]),
    ),
    holds: z.array(hold),
    quiet: z.array(z.object({ entry, gone: z.string().exactOptional(), why })),
    sendAt: z.string().exactOptional(),
    waiting: z.array(z.object({ id: z.string(), title: z.string(), source: z.string(), until: z.string() })),
    unfinished: z.array(z.object({ activityId: z.string(), id: z.string(), title: z.string() })),
    follows: z.array(z.string()).exactOptional(),
  }),
  counts: z.object({
    creates: z.number(),
    updates: z.number(),
    deletes: z.number(),
    // A blog that runs an earlier version has none of these.
    deeds: z.number().default(0),
    undos: z.number().default(0),
    moves: z.number().default(0),
    quiet: z.number(),
    holds: z.number(),
    waiting: z.number(),
    unfinished: z.number(),
  }),
  held: z.array(z.number()),
  names: z.record(z.string(), z.object({ title: z.string(), source: z.string() })),
  audience: z.object({ followers: z.number(), servers: z.number() }),
  now: z.number(),
});

const notReleased = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('unknown'),
    name: z.string(),
    held: z.array(z.object({ code: holdCode, sources: z.array(z.string()) })),
  }),
  z.object({ kind: z.literal('not-by-word'), name: z.string(), hold: hold.omit({ ids: true }) }),
]);

export const publishSchema: z.ZodType<PublishAnswer> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('published'), report, approved: z.boolean(), idle: z.array(z.string()) }),
  z.object({
    kind: z.literal('closed'),
    why: z.enum([
      'not-production',
      'local-look',
      'other-site',
      'keys-missing',
      'key-mismatch',
      'not-live',
      'live-unknown',
    ]),
    facts: z.record(z.string(), z.string()),
  }),
  z.object({ kind: z.literal('other-build'), live: z.string() }),
  z.object({ kind: z.literal('not-released'), fault: notReleased }),
  z.object({ kind: z.literal('failed'), code: z.string(), message: z.string(), hint: z.string() }),
]);
