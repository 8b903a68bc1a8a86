import { generateKeyPairSync } from 'node:crypto';
import { addressesOf } from '../../federation/addresses.ts';
import type { Interaction, Message } from '../../federation/interaction.ts';
import { DEFAULT_POLICY, type Manifest } from '../../federation/manifest.ts';
import type { Outcome } from '../../federation/outcome.ts';
import { plainRichText } from '../../federation/rich-text.ts';
import { DEFAULT_RULES, type Rules } from '../../federation/rules.ts';
import type { JsonObject } from '../../federation/vocabulary.ts';
import type { InboundRequest } from '../../server/inbound-body.ts';
import type { InboundLimits } from '../../server/inbound-limits.ts';
import { openMessage } from '../../server/messages.ts';
import type { LogLine, Site } from '../../server/ports.ts';
import { receive } from '../../server/receive.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import type { Store } from '../../server/store/store.ts';
import { siteWithParts } from '../server/site-with-parts.ts';
import type { Door, DoorDeps } from './doors.ts';
import { createFakeRemote, createPeer, type FakeRemote, type Peer, type PeerOptions } from './fake-remote.ts';

export const NOW = Date.parse('2026-11-23T12:00:00Z');
export const BLOG = addressesOf('https://blog.test');
export const POST = 'https://blog.test/ap/posts/p1.json';
export const PAGE = 'https://blog.test/posts/p1/';

/** A blog with two posts, that receives from a fake remote. */
export interface FakeBlog {
  readonly store: Store;
  readonly site: Site;
  readonly remote: FakeRemote;
  readonly lines: LogLine[];
  /** Milliseconds; move it to let time pass. */
  now: number;
  /** What the owner decided; new rules are live at once. */
  rules: Rules;
  peer(options?: Omit<PeerOptions, 'clock'>): Peer;
  receive(request: InboundRequest): Promise<Outcome>;
  /** Sends an activity, signed: `accepted`, or the reason of what came of it. */
  hear(peer: Peer, activity: JsonObject): Promise<string>;
  /** The actors that follow, in stable order. */
  followers(): Promise<string[]>;
  /** The inboxes and activity types that are to be delivered. */
  queued(): Promise<{ type: string; id: string; inbox: string; json: JsonObject }[]>;
  /** What is shown at a post, oldest first: `reply @ann@peer.test: Hello`. */
  thread(target?: string): Promise<string[]>;
  /** Everything that is stored of what was said, whatever its state, in no order. */
  stored(): Promise<Interaction[]>;
  /** What the owner's feed says, oldest first. */
  notified(): Promise<string[]>;
  /** What was not public, as the owner reads it, oldest first. */
  messages(): Promise<Message[]>;
}

export interface FakeBlogOptions {
  readonly origin?: string;
  readonly store?: Store;
  readonly site?: Site;
  readonly rules?: Partial<Rules>;
  readonly limits?: InboundLimits;
  /** How requests come in; straight to `receive` unless given. */
  readonly door?: Door;
}

export function createFakeBlog(options: FakeBlogOptions = {}): FakeBlog {
  const store = options.store ?? openMemoryStore();
  const remote = createFakeRemote();
  const lines: LogLine[] = [];
  const site = options.site ?? siteOf(options.origin ?? BLOG.origin, () => blog.rules);
  const { limits, door } = options;
  const deps = {
    ...{ store, site, documents: remote.documents, clock: () => blog.now },
    log: (line: LogLine) => void lines.push(line),
    ...(limits === undefined ? {} : { limits }),
  };
  const blog: FakeBlog = {
    store,
    site,
    remote,
    lines,
    now: NOW,
    rules: { ...DEFAULT_RULES, messageKey: messageKeys().publicJwk, ...options.rules },
    peer: (peer = {}) => createPeer(remote, { ...peer, clock: () => blog.now }),
    receive: (request) => (door === undefined ? receive(deps, request) : throughDoor(door, deps, request, lines)),
    async hear(peer, activity) {
      const outcome = await blog.receive(peer.send(activity));
      return outcome.kind === 'accepted' ? 'accepted' : outcome.reason;
    },
    async followers() {
      const actors: string[] = [];
      for await (const follower of store.followers.all()) actors.push(follower.actor);
      return actors;
    },
    async queued() {
      const leased = await store.deliveries.lease({
        owner: `look-${lookers++}`,
        now: blog.now,
        leaseMs: 1,
        limit: 100,
      });
      return leased.map(({ activity, activityId, inbox }) => ({
        ...{ type: String(activity.type), id: activityId, inbox },
        json: activity,
      }));
    },
    thread: (target = POST) => readThread(store, target),
    stored: async () => (await store.interactions.list({ limit: 1_000 })).items,
    notified: async () => (await store.notifications.list(1_000)).map(({ kind }) => kind).reverse(),
    async messages() {
      const { items } = await store.messages.list({ limit: 1_000 });
      return Promise.all(items.reverse().map(({ jwe }) => openMessage(messageKeys().privateJwk, jwe)));
    },
  };
  return blog;
}

/** What the log says of a request that came through a host; effects are told by their names alone, and left out. */
async function throughDoor(door: Door, deps: DoorDeps, request: InboundRequest, lines: LogLine[]): Promise<Outcome> {
  const known = lines.length;
  const response = await door.post(deps, request);
  const message = await response.text();
  // Besides its one outcome a request may tell that it brought a server back.
  const [line, ...more] = lines.slice(known).filter(({ event }) => event.startsWith('inbox.'));
  if (line === undefined || more.length > 0) throw new Error('a request leaves one line');
  const reason = String(line.reason);
  if (line.event === 'inbox.refused') return refusedWith(reason, response.status, message);
  if (response.status !== 202) throw new Error(`the line says ${line.event}, the answer ${response.status}`);
  return line.event === 'inbox.accepted' ? { kind: 'accepted', effects: [] } : { kind: 'ignored', reason };
}

function refusedWith(reason: string, answered: number, message: string): Outcome {
  const status = ([400, 401, 403, 405, 410, 413, 415, 429, 503] as const).find((each) => each === answered);
  if (status === undefined) throw new Error(`the answer ${answered} is none of a refusal`);
  return { kind: 'refused', reason, status, message };
}

async function readThread(store: Store, target: string): Promise<string[]> {
  const { items, authors } = await store.interactions.thread(target);
  const handles = new Map(authors.map(({ actor, handle }) => [actor, handle]));
  return items.map(({ kind, actor, content, emoji }) => {
    const said = content === undefined ? emoji?.text : plainRichText(content.text);
    return `${kind} ${handles.get(actor) ?? actor}${said === undefined ? '' : `: ${said}`}`;
  });
}

interface MessageKeys {
  readonly publicJwk: Readonly<Record<string, string>>;
  readonly privateJwk: Readonly<Record<string, string>>;
}

let keysOfOwner: MessageKeys | undefined;

/** The keys that messages to a fake blog are sealed and opened with. */
export function messageKeys(): MessageKeys {
  keysOfOwner ??= makeMessageKeys();
  return keysOfOwner;
}

function makeMessageKeys(): MessageKeys {
  const {
    x = '',
    y = '',
    d = '',
  } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    format: 'jwk',
  });
  const publicJwk = { kty: 'EC', crv: 'P-256', x, y };
  return { publicJwk, privateJwk: { ...publicJwk, d } };
}

let lookers = 0;

export function siteOf(origin: string, rules: () => Rules = () => DEFAULT_RULES): Site {
  const { actor } = addressesOf(origin);
  const manifest: Manifest = {
    version: 1,
    origin,
    content: '',
    policy: DEFAULT_POLICY,
    actor: { id: actor, username: 'blog', digest: '', keyDigest: '', showFollowers: false },
    objects: ['p1', 'p2'].map((key) => ({
      id: `${origin}/ap/posts/${key}.json`,
      type: 'Article',
      url: `${origin}/posts/${key}/`,
      title: key,
      source: `posts/${key}.md`,
      digest: key,
      published: '2026-11-01T00:00:00Z',
      dateOnly: false,
      visibility: 'public',
    })),
  };
  const whole = { manifest: async () => manifest, scheduled: async () => [], document: async () => undefined };
  return siteWithParts(whole, rules);
}
