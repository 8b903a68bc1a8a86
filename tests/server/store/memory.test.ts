import { openMemoryStore } from '../../../server/store/memory.ts';
import { storeConformance } from './conformance.ts';

storeConformance('memory', async () => {
  const store = openMemoryStore();
  return { store, other: store, dispose: () => store.close() };
});
