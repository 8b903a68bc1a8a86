import { build } from 'esbuild';
import { expect, test } from 'vitest';

/** As a packager makes it of one function: everything in one file, for Node.js 20. */
async function bundleOf(entry: string): Promise<{ bytes: number; inputs: string[] }> {
  const { outputFiles, metafile } = await build({
    entryPoints: [new URL(`../../functions/${entry}`, import.meta.url).pathname],
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  return { bytes: outputFiles[0]?.contents.byteLength ?? 0, inputs: Object.keys(metafile.inputs) };
}

test('the inbox is at most 100 KB: it is loaded anew for each server that wakes it', async () => {
  const { bytes, inputs } = await bundleOf('inbox.ts');
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThanOrEqual(100_000);
  // Of packages it has what seals messages alone: no store, no HTTP client, no HTML parser.
  const packages = inputs.flatMap((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []);
  expect(new Set(packages)).toEqual(new Set(['jose']));
});
