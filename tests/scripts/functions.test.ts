import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FUNCTIONS } from '../../scripts/functions.ts';

test('the Node host runs every function that there is', async () => {
  const folder = new URL('../../functions/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  expect(files).toHaveLength(FUNCTIONS.length);
  for (const file of files) expect(FUNCTIONS, file).toContain(await import(new URL(file, folder).href));
});
