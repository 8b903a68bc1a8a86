import { placing } from '../../../server/store/blobs-ground.ts';
import { QUEUE_BUCKETS } from '../../../server/store/blobs-queue.ts';

/** A secret of buckets that tests know, so that they can choose ids by their bucket. */
const SECRET = '0123456789abcdef'.repeat(4);

export const KNOWN_BUCKETS: Readonly<Record<string, string>> = {
  'secrets/buckets': JSON.stringify({ by: [], value: { value: SECRET } }),
};

/** Where an id is in a model that holds `KNOWN_BUCKETS`. */
export const placeOf = placing(SECRET);

/** The document of the queue that a host is in. */
export function queueOf(host: string): string {
  return placeOf(QUEUE_BUCKETS, host).toString(16).padStart(2, '0');
}
