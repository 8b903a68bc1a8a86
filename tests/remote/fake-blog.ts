import { addressesOf } from '../../federation/addresses.ts';
import { DEFAULT_POLICY, type Manifest } from '../../federation/manifest.ts';
import type { Outcome } from '../../federation/outcome.ts';
import type { InboundRequest } from '../../server/inbound-body.ts';
import type { LogLine, Site } from '../../server/ports.ts';
import { receive } from '../../server/receive.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import type { Store } from '../../server/store/store.ts';
import { siteWithParts } from '../server/site-with-parts.ts';
import { createFakeRemote, createPeer, type FakeRemote, type Peer, type PeerOptions } from './fake-remote.ts';

export const NOW = Date.parse('2026-11-23T12:00:00Z');
export const BLOG = addressesOf('https://blog.test');
export const POST = 'https://blog.test/ap/posts/p1.json';
export const PAGE = 'https://blog.test/posts/p1/';

/** A blog with a memory store and two posts, that receives from a fake remote. */
export interface FakeBlog {
  readonly store: Store;
  readonly remote: FakeRemote;
  readonly lines: LogLine[];
  /** Milliseconds; move it to let time pass. */
  now: number;
  peer(options?: Omit<PeerOptions, 'clock'>): Peer;
  receive(request: InboundRequest): Promise<Outcome>;
  /** The actors that follow, in stable order. */
  followers(): Promise<string[]>;
  /** The inboxes and activity types that are to be delivered. */
  queued(): Promise<{ type: string; id: string; inbox: string }[]>;
}

export function createFakeBlog(options: { origin?: string; store?: Store; site?: Site } = {}): FakeBlog {
  const store = options.store ?? openMemoryStore();
  const remote = createFakeRemote();
  const lines: LogLine[] = [];
  const site = options.site ?? siteOf(options.origin ?? BLOG.origin);
  const blog: FakeBlog = {
    store,
    remote,
    lines,
    now: NOW,
    peer: (peer = {}) => createPeer(remote, { ...peer, clock: () => blog.now }),
    receive: (request) =>
      receive(
        { store, site, documents: remote.documents, clock: () => blog.now, log: (line) => lines.push(line) },
        request,
      ),
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
      return leased.map(({ activity, activityId, inbox }) => ({ type: String(activity.type), id: activityId, inbox }));
    },
  };
  return blog;
}

let lookers = 0;

export function siteOf(origin: string): Site {
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
  return siteWithParts({ manifest: async () => manifest, scheduled: async () => [], document: async () => undefined });
}
