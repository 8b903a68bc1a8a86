import { getStore } from '@netlify/blobs';
import { expect, test } from 'vitest';
import { netlifyBlobs } from '../../server/store/blobs-client.ts';
import { startEmulation } from './emulation.ts';

test('of many that write at once on the same condition, one alone does', async () => {
  const emulation = await startEmulation({ functions: ['webfinger'], site: { '/index.html': 'A page' } });
  try {
    const { edgeURL, uncachedEdgeURL, token } = JSON.parse(Buffer.from(emulation.blobs, 'base64').toString());
    const place = { siteID: 'site', edgeURL, uncachedEdgeURL, token };
    const blobs = netlifyBlobs(getStore({ name: 'postern', ...place }));
    const many = Array.from({ length: 20 }, (_, index) => `${index}`);
    const write = (condition: Parameters<typeof blobs.set>[2]) =>
      Promise.all(many.map((text) => blobs.set('key', text, condition)));
    const made = (await write({ onlyIfNew: true })).filter((etag) => etag !== undefined);
    expect(made).toHaveLength(1);
    const [first = ''] = made;
    expect((await write({ onlyIfMatch: first })).filter((etag) => etag !== undefined)).toHaveLength(1);
  } finally {
    await emulation.close();
  }
});
