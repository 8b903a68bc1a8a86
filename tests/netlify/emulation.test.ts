import { randomUUID } from 'node:crypto';
import { getStore } from '@netlify/blobs';
import { expect, test } from 'vitest';
import { netlifyBlobs, type WriteCondition } from '../../server/store/blobs-client.ts';
import { startEmulation } from './emulation.ts';

test('of many that write at once on the same condition, one alone does', async () => {
  const emulation = await startEmulation({ functions: ['webfinger'], site: { '/index.html': 'A page' } });
  try {
    const { edgeURL, uncachedEdgeURL, token } = JSON.parse(Buffer.from(emulation.blobs, 'base64').toString());
    const place = { siteID: 'site', edgeURL, uncachedEdgeURL, token };
    const blobs = netlifyBlobs(getStore({ name: 'postern', ...place }));
    const etagsOfMany = async (condition: WriteCondition) => {
      const texts = Array.from({ length: 20 }, () => randomUUID());
      const etags = await Promise.all(texts.map((text) => blobs.set('key', text, condition)));
      return etags.filter((etag) => etag !== undefined);
    };
    const [first = '', ...others] = await etagsOfMany({ onlyIfNew: true });
    expect(others).toEqual([]);
    // The answer to a write is there before a file's time moves on.
    const second = await blobs.set('key', 'another', { onlyIfMatch: first });
    expect(second).toBeDefined();
    expect(await etagsOfMany({ onlyIfMatch: first })).toEqual([]);
    expect(await etagsOfMany({ onlyIfMatch: second ?? '' })).toHaveLength(1);
  } finally {
    await emulation.close();
  }
});
