import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openBlobsStore } from '../../../server/store/blobs.ts';
import { blobsSizes } from '../../../server/store/blobs-sizes.ts';
import { openMemoryStore } from '../../../server/store/memory.ts';
import type { Store } from '../../../server/store/store.ts';
import { openBlobModel } from './blob-model.ts';
import type { Command } from './model-deliveries.ts';
import { interactionCommand, seeWhatWasSaid } from './model-interactions.ts';

test('what others said: Blobs give what memory gives, whatever is done in whatever order', {
  timeout: 120_000,
}, async () => {
  const commands = fc.array(interactionCommand, { minLength: 5, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(commands, async (sequence) => {
      const memory = openMemoryStore();
      const model = openBlobModel();
      // Two processes whose clocks are one: the order is that of the calls.
      let now = Date.UTC(2026, 5, 1);
      const stores = [1, 2].map(() => openBlobsStore(model, { clock: () => ++now, sizes: blobsSizes }));
      for (const [n, each] of [...sequence, seeWhatWasSaid].entries())
        expect(await seenOf(each, stores[n % 2] ?? memory)).toEqual(await seenOf(each, memory));
    }),
    { numRuns: 60 },
  );
});

/** But for what may differ: by how much a version grows, and when the author beside a thread was read. */
async function seenOf(command: Command, store: Store): Promise<unknown> {
  const seen = await command(store).catch((fault: unknown) => ({ fault: String(fault) }));
  return JSON.parse(JSON.stringify(seen ?? null), (key, value) => {
    if (key === 'versions') return undefined;
    return value?.handle === undefined ? value : { ...value, at: '' };
  });
}
