import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FUNCTIONS } from '../../scripts/functions.ts';

/** What the Node host does by itself, in one process that lasts: it sweeps, publishes, delivers, and serves pages and files. */
const OF_OTHER_HOSTS = new Set([
  ...['account.ts', 'deliver.ts', 'deployed.ts', 'pages.ts', 'publish.ts', 'sweep.ts', 'webhook.ts'],
]);

test('the Node host runs every function that there is, but for what it does itself', async () => {
  const folder = new URL('../../functions/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && !OF_OTHER_HOSTS.has(name));
  expect(files).toHaveLength(FUNCTIONS.length);
  for (const file of files) expect(FUNCTIONS, file).toContain(await import(new URL(file, folder).href));
});
