import type { BlobStore } from './blobs-client.ts';
import { openSaidDocuments } from './blobs-interaction-writes.ts';
import { blobsInteractions } from './blobs-interactions.ts';
import { type BlobsMedia, blobsMedia } from './blobs-media.ts';
import type { PlacedOptions } from './blobs-placed.ts';
import type { InteractionStore } from './interaction-store.ts';

/** What others said and the pictures that it names, which are kept for as long as it is. */
export function blobsSaid(
  blobs: BlobStore,
  options: PlacedOptions,
): { readonly interactions: InteractionStore; readonly media: BlobsMedia } {
  const said = openSaidDocuments(blobs, options);
  return { interactions: blobsInteractions(said, options), media: blobsMedia(blobs, said, options) };
}
