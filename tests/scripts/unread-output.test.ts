import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const RUN = fileURLToPath(new URL('../../scripts/run.mjs', import.meta.url));

test('a command whose output nobody reads to its end ends as ever, without a word', () => {
  // What goes to standard error is all that is read here.
  const script = `"${process.execPath}" "${RUN}" store --help 2>&1 > >(true) | cat`;
  expect(execFileSync('bash', ['-c', `set -o pipefail; ${script}`], { encoding: 'utf8' })).toBe('');
});
