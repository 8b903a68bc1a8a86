import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readSettings } from '../../build/settings.ts';
import { howItBegins } from '../../scripts/own-origin.ts';

const BEGINS = 'federation begins with the first npm start or npm run publish';
const AFTER_ORIGIN = `set \`origin\` in content/profile.md first; then ${BEGINS}`;

test.each([
  ['no origin', '', {}, AFTER_ORIGIN],
  ['an origin in the profile', 'origin: https://blog.example\n', {}, BEGINS],
  ['an origin in the environment', '', { POSTERN_ORIGIN: 'https://blog.example' }, BEGINS],
  ['no origin, but development', '', { POSTERN_ALLOW_PRIVATE_ADDRESSES: '1' }, BEGINS],
])('%s → what comes before federation is said', (_, line, environment, said) => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-origin-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'profile.md'), `---\nusername: blog\nname: A blog\n${line}---\n`);
  expect(howItBegins(readSettings({ ...environment, POSTERN_CONTENT: folder }, folder))).toBe(said);
});

test('no profile yet → an origin has to be set', () => {
  expect(howItBegins(readSettings({ POSTERN_CONTENT: '/nonexistent' }, '/'))).toBe(AFTER_ORIGIN);
});
