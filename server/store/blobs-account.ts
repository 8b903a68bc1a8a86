import { blobsAnswers } from './blobs-answers.ts';
import type { BlobStore } from './blobs-client.ts';
import { blobsFollowing } from './blobs-following.ts';
import type { PlacedOptions } from './blobs-placed.ts';
import { blobsReading } from './blobs-reading.ts';
import type { Store } from './store.ts';

/** What is answered to the account, and what those say whom it follows. */
export function blobsAccount(
  blobs: BlobStore,
  options: PlacedOptions,
): Pick<Store, 'following' | 'reading' | 'answers'> {
  return {
    following: blobsFollowing(blobs, options),
    reading: blobsReading(blobs, options),
    answers: blobsAnswers(blobs, options),
  };
}
