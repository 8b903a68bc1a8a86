import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A program of this folder as plain JavaScript, so that a process of it is there in a tenth of a second. */
export interface Bundle {
  readonly path: string;
  remove(): void;
}

export async function bundle(name: string): Promise<Bundle> {
  // Inside of the project, where its packages are found.
  const path = join(ROOT, `node_modules/.cache/postern/${name}-${process.pid}-${Date.now()}.mjs`);
  await build({
    entryPoints: [join(ROOT, `tests/crash/${name}.ts`)],
    outfile: path,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20.20',
    logLevel: 'warning',
  });
  return { path, remove: () => rmSync(path, { force: true }) };
}
