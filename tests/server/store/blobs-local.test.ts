import { openBlobsStore } from '../../../server/store/blobs.ts';
import { blobsDelivering } from '../../../server/store/blobs-delivering.ts';
import { blobsSizes } from '../../../server/store/blobs-sizes.ts';
import { storeConformance } from './conformance.ts';
import { KNOWN_BUCKETS } from './known-buckets.ts';
import { startLocalBlobs } from './local-blobs.ts';

/**
 * Groups of hundreds of entries, which take minutes here; over the model of the service they take seconds. Only what asks the
 * service is different, and scenarios go through the whole emulation.
 */
const LONG = [
  'leases',
  'receipts',
  'interactions',
  'threads',
  'looks at interactions',
  'versions of threads',
  'pictures and sizes',
];

storeConformance(
  'local Blobs',
  async () => {
    const local = await startLocalBlobs();
    for (const [key, text] of Object.entries(KNOWN_BUCKETS)) await local.open().set(key, text, { onlyIfNew: true });
    const open = () => openBlobsStore(local.open(), { delivering: blobsDelivering, sizes: blobsSizes });
    const [store, other] = [open(), open()];
    return { store, other, dispose: () => local.stop() };
  },
  { roomFor: 'oldest of its bucket', without: LONG },
);
