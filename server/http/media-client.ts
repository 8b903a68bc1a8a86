import fetch, { type Response } from 'node-fetch';
import { createBuckets, type Rate } from '../inbound-limits.ts';
import { makeRoom } from '../make-room.ts';
import type { FetchedMedia, MediaClient } from '../ports.ts';
import { guardUrl, isBlockedAddress } from './addresses.ts';
import type { Agents } from './agents.ts';
import { bodyWithin, discard, errorText } from './bodies.ts';
import { pictureType } from './picture-type.ts';
import { createSlots, type Slots } from './wait-for-slot.ts';

export interface MediaClientOptions {
  readonly agents: Agents;
  readonly allowPrivate: boolean;
  readonly userAgent: string;
  /** Milliseconds since the epoch: how long a failure is remembered. */
  readonly clock: () => number;
  /** For the whole of it, redirects and body included. */
  readonly deadlineMs?: number;
  readonly maxBytes?: number;
  /** Pictures that are got at once; others wait. */
  readonly atOnce?: number;
  /** Requests that one host gets. */
  readonly perHost?: Rate;
}

const MAX_REDIRECTS = 3;

/** A page shows a few dozen faces; more than this many waiting is somebody's doing. */
const MAX_WAITING = 256;

/** How long what could not be had is not asked for again. */
const REFUSED_MS = 3_600_000;
const FAILED_MS = 300_000;
const MAX_REMEMBERED = 5_000;

const ACCEPT = 'image/avif,image/webp,image/png,image/jpeg,image/gif';

type Failure = Exclude<FetchedMedia, { kind: 'media' }>;
type Settings = Required<Omit<MediaClientOptions, 'perHost'>> & { readonly mayAsk: (host: string) => boolean };

/**
 * A stranger names thousands of pictures of a host and asks the blog for each: the faces of a post that many like come to
 * some hundreds.
 */
const PER_HOST: Rate = { burst: 300, perSecond: 1 };

/**
 * Makes the client that gets pictures of other servers. Each hop is guarded and limited; what came is a picture by its first
 * bytes alone. Requests for the same URL that are under way are shared, and failures are remembered for a while.
 */
export function createMediaClient(options: MediaClientOptions): MediaClient {
  const { perHost = PER_HOST, ...given } = options;
  const buckets = createBuckets(perHost);
  const mayAsk = (host: string): boolean => buckets.take(host, options.clock());
  const settings: Settings = { deadlineMs: 10_000, maxBytes: 2_097_152, atOnce: 32, ...given, mayAsk };
  const underWay = new Map<string, Promise<FetchedMedia>>();
  const failures = new Map<string, { readonly failure: Failure; readonly until: number }>();
  const slots = createSlots({ atOnce: settings.atOnce, waiting: MAX_WAITING });

  const getAnew = async (url: string): Promise<FetchedMedia> => {
    const fetched = await withSlot(slots, settings, url);
    if (fetched === undefined) return { kind: 'failed', reason: 'too many pictures are asked for at once' };
    failures.delete(url);
    if (fetched.kind !== 'media') {
      makeRoom(failures, MAX_REMEMBERED);
      const forMs = fetched.kind === 'refused' ? REFUSED_MS : FAILED_MS;
      failures.set(url, { failure: fetched, until: settings.clock() + forMs });
    }
    return fetched;
  };
  return {
    get(url) {
      const known = failures.get(url);
      if (known && known.until > settings.clock()) return Promise.resolve(known.failure);
      const shared = underWay.get(url) ?? getAnew(url).finally(() => underWay.delete(url));
      underWay.set(url, shared);
      return shared;
    },
  };
}

/** Undefined when nobody may wait any more, or the host was asked too often. */
async function withSlot(slots: Slots, settings: Settings, url: string): Promise<FetchedMedia | undefined> {
  if (!(await slots.take())) return undefined;
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), settings.deadlineMs);
  try {
    return await visit(settings, url, controller.signal, 0);
  } catch (error) {
    if (controller.signal.aborted) return { kind: 'failed', reason: `no answer within ${settings.deadlineMs} ms` };
    return { kind: isBlockedAddress(error) ? 'refused' : 'failed', reason: errorText(error) };
  } finally {
    clearTimeout(timer);
    slots.give();
  }
}

/** Redirects may lead to another host: many servers keep their pictures elsewhere. */
async function visit(
  settings: Settings,
  address: string,
  signal: AbortSignal,
  redirects: number,
): Promise<FetchedMedia | undefined> {
  const guarded = guardUrl(address, settings);
  if (guarded.kind === 'blocked') return { kind: 'refused', reason: guarded.reason };
  const { url } = guarded;
  if (!settings.mayAsk(url.host)) return undefined;
  const headers = { accept: ACCEPT, 'user-agent': settings.userAgent };
  const response = await fetch(url, { redirect: 'manual', signal, agent: settings.agents.for(url), headers });
  const { status } = response;
  if (status === 200) return read(settings, response);
  discard(response);
  if (status >= 300 && status < 400) {
    const location = response.headers.get('location');
    if (location === null || !URL.canParse(location, url.href))
      return { kind: 'refused', reason: 'redirect-without-location' };
    if (redirects >= MAX_REDIRECTS) return { kind: 'refused', reason: 'too-many-redirects' };
    return visit(settings, new URL(location, url.href).href, signal, redirects + 1);
  }
  const isPassing = status === 408 || status === 425 || status === 429 || status >= 500;
  return { kind: isPassing ? 'failed' : 'refused', reason: `status ${status}` };
}

async function read(settings: Settings, response: Response): Promise<FetchedMedia> {
  if (Number(response.headers.get('content-length') ?? 0) > settings.maxBytes) {
    discard(response);
    return { kind: 'refused', reason: 'too-large' };
  }
  const bytes = await bodyWithin(response.body, settings.maxBytes);
  if (bytes === undefined) return { kind: 'refused', reason: 'too-large' };
  const type = pictureType(bytes);
  return type === undefined ? { kind: 'refused', reason: 'no-picture' } : { kind: 'media', type, bytes };
}
