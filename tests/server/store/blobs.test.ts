import { openBlobsStore } from '../../../server/store/blobs.ts';
import { blobsDelivering } from '../../../server/store/blobs-delivering.ts';
import { blobsSizes } from '../../../server/store/blobs-sizes.ts';
import { openBlobModel } from './blob-model.ts';
import { storeConformance } from './conformance.ts';

/** Later each time: in here more happens within a millisecond than any two processes do. */
let now = Date.UTC(2026, 2, 1);
const clock = () => ++now;

storeConformance(
  'Blobs',
  async () => {
    const model = openBlobModel();
    const open = () => openBlobsStore(model, { clock, delivering: blobsDelivering, sizes: blobsSizes });
    const [store, other] = [open(), open()];
    return { store, other, dispose: () => store.close() };
  },
  { roomFor: 'oldest of its bucket' },
);
