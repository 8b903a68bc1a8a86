import { makeRoom } from './make-room.ts';

/** How fast tokens come back, and how many there are at most. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/**
 * How much others may ask of us. In memory, for one process: what a host sent before a restart is forgiven.
 *
 * A host stands for all who write from it, so the numbers are far above what an honest one sends: Mastodon's largest server
 * sends a blog a few requests a second on its best day.
 */
export interface InboundLimits {
  /** Takes one request of a host whose signature was verified; false when it has sent too many. */
  takeRequest(host: string, now: number): boolean;
  /** Takes one fetch that a host causes, by its key or by what it sent; false when it has caused too many. */
  takeFetch(host: string, now: number): boolean;
  /** Takes one change of what is stored that a verified actor causes; false when it has caused too many. */
  takeChange(actor: string, now: number): boolean;
  /** The hosts and actors that are remembered, for tests of the bound. */
  readonly size: number;
}

const REQUESTS: Rate = { burst: 1_000, perSecond: 10 };
const FETCHES: Rate = { burst: 100, perSecond: 2 };
/**
 * Every change leaves something: that it was seen, that something was taken back, news for the owner. What says something
 * new has a closer bound of its own (`MAX_RECENT`); this one is for Undo and Delete, edits, Follow and Move.
 */
const CHANGES: Rate = { burst: 500, perSecond: 500 / 86_400 };

/** What a refused host reads in `Retry-After`: by then it may send half its burst again. In seconds. */
export const RETRY_AFTER_S = 60;

/** Hosts that are remembered; the one that was heard from longest ago goes first, and starts over when it comes again. */
const MAX_HOSTS = 10_000;

export interface InboundLimitsOptions {
  readonly requests?: Rate;
  readonly fetches?: Rate;
  readonly changes?: Rate;
  readonly maxHosts?: number;
}

/** Makes limits that know of nobody. One for each process that hosts an inbox. */
export function createInboundLimits(options: InboundLimitsOptions = {}): InboundLimits {
  const { requests = REQUESTS, fetches = FETCHES, changes = CHANGES, maxHosts = MAX_HOSTS } = options;
  const ofRequests = createBuckets(requests, maxHosts);
  const ofFetches = createBuckets(fetches, maxHosts);
  const ofChanges = createBuckets(changes, maxHosts);
  return {
    takeRequest: ofRequests.take,
    takeFetch: ofFetches.take,
    takeChange: ofChanges.take,
    get size() {
      return ofRequests.size + ofFetches.size + ofChanges.size;
    },
  };
}

interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

/** So many of something for each host, and so many hosts remembered. */
export function createBuckets({ burst, perSecond }: Rate, maxHosts: number = MAX_HOSTS) {
  /** In the order in which they were last used. */
  const buckets = new Map<string, Bucket>();
  return {
    take(host: string, now: number): boolean {
      const known = buckets.get(host) ?? { tokens: burst, at: now };
      // A clock that was set back gives nothing and takes nothing.
      const since = Math.max(0, now - known.at);
      const tokens = Math.min(burst, known.tokens + (since / 1_000) * perSecond);
      const isAllowed = tokens >= 1;
      buckets.delete(host);
      makeRoom(buckets, maxHosts);
      buckets.set(host, { tokens: isAllowed ? tokens - 1 : tokens, at: now });
      return isAllowed;
    },
    get size() {
      return buckets.size;
    },
  };
}
