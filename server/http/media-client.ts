import { createBuckets, type Rate } from '../inbound-limits.ts';
import { makeRoom } from '../make-room.ts';
import type { FetchedMedia, MediaClient } from '../ports.ts';
import { type GetOptions, type Got, type GuardedGet, guardedGet } from './guarded-get.ts';
import { pictureType } from './picture-type.ts';
import { createSlots } from './wait-for-slot.ts';

export interface MediaClientOptions extends GetOptions {
  /** Milliseconds since the epoch: how long a failure is remembered. */
  readonly clock: () => number;
  /** Pictures that are got at once; others wait. */
  readonly atOnce?: number;
  /** Requests that one host gets. */
  readonly perHost?: Rate;
}

/** A page shows a few dozen faces; more than this many waiting is somebody's doing. */
const MAX_WAITING = 256;

/** How long what could not be had is not asked for again. */
const REFUSED_MS = 3_600_000;
const FAILED_MS = 300_000;
const MAX_REMEMBERED = 5_000;

const ACCEPT = 'image/avif,image/webp,image/png,image/jpeg,image/gif';

type Failure = Exclude<FetchedMedia, { kind: 'media' }>;

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
  const { clock, atOnce = 32, perHost = PER_HOST, ...given } = options;
  const buckets = createBuckets(perHost);
  const mayAsk = (host: string): boolean => buckets.take(host, clock());
  // Redirects may lead to another host: many servers keep their pictures elsewhere.
  const settings: GuardedGet = { deadlineMs: 10_000, maxBytes: 2_097_152, ...given, accept: ACCEPT, mayAsk };
  const underWay = new Map<string, Promise<FetchedMedia>>();
  const failures = new Map<string, { readonly failure: Failure; readonly until: number }>();
  const slots = createSlots({ atOnce, waiting: MAX_WAITING });

  const getAnew = async (url: string): Promise<FetchedMedia> => {
    const got: Got = (await slots.take())
      ? await guardedGet(settings, url).finally(() => slots.give())
      : { kind: 'not-asked' };
    // That it was not asked says nothing of the picture.
    if (got.kind === 'not-asked') return { kind: 'failed', reason: 'too many pictures are asked for at once' };
    const fetched = mediaOf(got);
    failures.delete(url);
    if (fetched.kind !== 'media') {
      makeRoom(failures, MAX_REMEMBERED);
      failures.set(url, { failure: fetched, until: clock() + (fetched.kind === 'refused' ? REFUSED_MS : FAILED_MS) });
    }
    return fetched;
  };
  return {
    get(url) {
      const known = failures.get(url);
      if (known && known.until > clock()) return Promise.resolve(known.failure);
      const shared = underWay.get(url) ?? getAnew(url).finally(() => underWay.delete(url));
      underWay.set(url, shared);
      return shared;
    },
  };
}

function mediaOf(got: Exclude<Got, { kind: 'not-asked' }>): FetchedMedia {
  switch (got.kind) {
    case 'body': {
      const type = pictureType(got.bytes);
      return type === undefined ? { kind: 'refused', reason: 'no-picture' } : { kind: 'media', type, bytes: got.bytes };
    }
    case 'refused':
      return { kind: 'refused', reason: got.reason === 'status' ? `status ${got.status}` : got.reason };
    case 'blocked':
      return { kind: 'refused', reason: got.reason };
    case 'failed':
      return { kind: 'failed', reason: got.reason };
    default:
      return got satisfies never;
  }
}
