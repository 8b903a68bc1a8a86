import { openBlobsStore } from '../../../server/store/blobs.ts';
import { storeConformance } from './conformance.ts';
import { startLocalBlobs } from './local-blobs.ts';

storeConformance(
  'local Blobs',
  async () => {
    const local = await startLocalBlobs();
    const [store, other] = [openBlobsStore(local.open()), openBlobsStore(local.open())];
    return { store, other, dispose: () => local.stop() };
  },
  { roomFor: 'oldest of its bucket' },
);
