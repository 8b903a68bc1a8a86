import { createHash } from 'node:crypto';
import { addressesOf } from '../../../federation/addresses.ts';
import type { Activity } from '../../../federation/inbox/activity.ts';
import type { DecisionContext, OwnPost } from '../../../federation/inbox/context.ts';
import { decide } from '../../../federation/inbox/decide.ts';
import { parseActivity } from '../../../federation/inbox/parse.ts';
import { readRichText } from '../../../federation/inbox/read-html.ts';
import type { Author, Interaction } from '../../../federation/interaction.ts';
import type { Effect, Follower, Outcome } from '../../../federation/outcome.ts';
import { DEFAULT_RULES, type Rules } from '../../../federation/rules.ts';
import { type JsonObject, PUBLIC } from '../../../federation/vocabulary.ts';

export const BLOG = addressesOf('https://blog.test');
export const POST = 'https://blog.test/ap/posts/p1.json';
export const PAGE = 'https://blog.test/posts/one/';
export const OTHER_POST = 'https://blog.test/ap/notes/n1.json';
export const ANN = 'https://peer.test/users/ann';
export const NOTE = 'https://peer.test/notes/1';
export const NOW = '2026-11-23T12:00:00.000Z';
export const POSTED = '2026-11-01T08:00:00Z';

export const AUTHOR: Author = {
  actor: ANN,
  name: 'Ann',
  handle: '@ann@peer.test',
  url: 'https://peer.test/@ann',
  emojis: [],
  at: NOW,
};

export const FOLLOWER: Follower = {
  actor: ANN,
  inbox: `${ANN}/inbox`,
  followId: 'https://peer.test/follows/1',
  handle: '@ann@peer.test',
  since: '2026-01-01T00:00:00Z',
};

const POSTS: ReadonlyMap<string, OwnPost> = new Map([
  [POST, { id: POST, published: POSTED }],
  [PAGE, { id: POST, published: POSTED }],
  [OTHER_POST, { id: OTHER_POST, published: POSTED }],
]);

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A blog that knows nobody and takes everything. */
export function contextOf(changes: Partial<DecisionContext> = {}): DecisionContext {
  return {
    addresses: BLOG,
    now: NOW,
    sha256,
    follower: undefined,
    followRequest: undefined,
    rules: DEFAULT_RULES,
    remoteActor: { kind: 'actor', actor: { id: ANN, inbox: `${ANN}/inbox`, handle: '@ann@peer.test' } },
    author: AUTHOR,
    parent: undefined,
    existing: undefined,
    isKnown: false,
    wasShown: false,
    recently: 0,
    isUndone: false,
    ownPost: (reference) => POSTS.get(reference),
    readText: readRichText,
    ...changes,
  };
}

/** Rules that differ from those of a profile that says nothing. */
export function rulesOf({ replies, blocks, ...rest }: RulesChange): Rules {
  return {
    ...DEFAULT_RULES,
    ...rest,
    replies: { ...DEFAULT_RULES.replies, ...replies },
    blocks: { ...DEFAULT_RULES.blocks, ...blocks },
  };
}

type RulesChange = Partial<Omit<Rules, 'replies' | 'blocks'>> & {
  replies?: Partial<Rules['replies']>;
  blocks?: Partial<Rules['blocks']>;
};

export function activityOf(members: JsonObject): Activity {
  const parsed = parseActivity({ id: 'https://peer.test/a/1', actor: ANN, ...members });
  if (parsed.kind !== 'activity') throw new Error(JSON.stringify(parsed));
  return parsed.activity;
}

/** A public Note of Ann. */
export function noteOf(members: JsonObject = {}): JsonObject {
  const published = '2026-11-23T11:00:00.000Z';
  return { id: NOTE, type: 'Note', attributedTo: ANN, to: [PUBLIC], content: '<p>hello</p>', published, ...members };
}

export function createOf(object: JsonObject | string, members: JsonObject = {}): JsonObject {
  return { type: 'Create', object, ...members };
}

/** A reply of Ann to a post of ours. */
export function replyOf(members: JsonObject = {}): JsonObject {
  return createOf(noteOf({ inReplyTo: POST, ...members }));
}

/** What is stored of Ann's note. */
export function storedOf(changes: Partial<Interaction> = {}): Interaction {
  return {
    id: NOTE,
    kind: 'reply',
    target: POST,
    actor: ANN,
    state: 'shown',
    inReplyTo: POST,
    activity: 'https://peer.test/a/0',
    content: {
      text: ['before'],
      sensitive: false,
      published: '2026-11-23T11:00:00.000Z',
      url: NOTE,
      emojis: [],
      attachments: [],
    },
    at: '2026-11-23T11:00:01.000Z',
    ...changes,
  };
}

export function decided(members: JsonObject, changes: Partial<DecisionContext> = {}): Outcome {
  return decide(activityOf(members), contextOf(changes));
}

export function effectsOf(members: JsonObject, changes: Partial<DecisionContext> = {}): readonly Effect[] {
  const outcome = decided(members, changes);
  if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
  return outcome.effects;
}

/** The interaction that is stored, if one is. */
export function storedBy(members: JsonObject, changes: Partial<DecisionContext> = {}): Interaction | undefined {
  for (const effect of effectsOf(members, changes)) if (effect.type === 'store-interaction') return effect.interaction;
  return undefined;
}

export function typesOf(members: JsonObject, changes: Partial<DecisionContext> = {}): string[] {
  return effectsOf(members, changes).map(({ type }) => type);
}

/** The keys of what the owner is told. */
export function toldBy(members: JsonObject, changes: Partial<DecisionContext> = {}): string[] {
  return effectsOf(members, changes).flatMap((effect) => (effect.type === 'notify' ? [effect.notification.key] : []));
}
