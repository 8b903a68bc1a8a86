import { openBlobsStore } from '../../../server/store/blobs.ts';
import { openBlobModel } from './blob-model.ts';
import { storeConformance } from './conformance.ts';

storeConformance(
  'Blobs',
  async () => {
    const model = openBlobModel();
    const [store, other] = [openBlobsStore(model), openBlobsStore(model)];
    return { store, other, dispose: () => store.close() };
  },
  { roomFor: 'oldest of its bucket' },
);
