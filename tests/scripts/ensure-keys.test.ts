import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { readSettings, type Settings } from '../../build/settings.ts';
import { ensureKeys } from '../../scripts/build-site.ts';
import { faultOf } from '../server/fault-of.ts';

let root: string;
let settings: Settings;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'postern-ensure-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  settings = read({});
  mkdirSync(settings.contentFolder);
  writeFileSync(join(settings.contentFolder, 'profile.md'), '---\nusername: blog\nname: A blog\n---\n');
});

function read(more: Record<string, string>): Settings {
  return readSettings({ POSTERN_CONTENT: join(root, 'content'), POSTERN_DATA: join(root, 'data'), ...more }, root);
}
const at = (folder: 'content' | 'data', file: string): string => join(root, folder, file);

test('the first run makes the keys of the blog and of its owner', async () => {
  expect(await ensureKeys(settings)).toEqual({
    published: [at('content', 'keys.json'), at('content', 'owner.json')],
    held: [at('data', 'keys.json'), at('data', 'owner.json')],
  });
  expect(await ensureKeys(settings)).toBeUndefined();
  for (const folder of ['content', 'data'] as const)
    for (const file of ['keys.json', 'owner.json'])
      expect(existsSync(at(folder, file)), `${folder}/${file}`).toBe(true);
});

test('a blog from before there were owner’s keys gets them where its own are', async () => {
  await ensureKeys(settings);
  for (const folder of ['content', 'data'] as const) rmSync(at(folder, 'owner.json'));
  expect(await ensureKeys(settings)).toEqual({
    published: [at('content', 'owner.json')],
    held: [at('data', 'owner.json')],
  });
  expect(existsSync(at('content', 'owner.json'))).toBe(true);
});

test('where the blog’s own keys are not kept, none are made: they would be lost with the machine', async () => {
  await ensureKeys(settings);
  const privateKeys = readFileSync(at('data', 'keys.json'), 'utf8');
  rmSync(join(root, 'data'), { recursive: true });
  rmSync(at('content', 'owner.json'));
  await ensureKeys(settings);
  await ensureKeys(read({ POSTERN_PRIVATE_KEYS: privateKeys }));
  expect([existsSync(at('content', 'owner.json')), existsSync(at('data', 'owner.json'))]).toEqual([false, false]);
});

test('the public half in git is enough: a server makes no other', async () => {
  await ensureKeys(settings);
  const before = readFileSync(at('content', 'owner.json'), 'utf8');
  rmSync(at('data', 'owner.json'));
  await ensureKeys(settings);
  expect([existsSync(at('data', 'owner.json')), readFileSync(at('content', 'owner.json'), 'utf8')]).toEqual([
    false,
    before,
  ]);
});

test('Netlify makes none for a blog with an address: they would be others at each build', async () => {
  vi.stubEnv('NETLIFY', 'true');
  onTestFinished(() => void vi.unstubAllEnvs());
  const profile = at('content', 'profile.md');
  const local = readFileSync(profile, 'utf8');
  writeFileSync(profile, local.replace('---\n', '---\norigin: https://blog.example\n'));
  const fault = await faultOf(ensureKeys(settings));
  expect([fault.code, fault.hint]).toEqual(['keys-missing', expect.stringContaining('commit content/keys.json')]);
  expect([existsSync(at('content', 'keys.json')), existsSync(at('data', 'keys.json'))]).toEqual([false, false]);
  writeFileSync(profile, local);
  expect(await ensureKeys(settings)).toMatchObject({
    published: [at('content', 'keys.json'), at('content', 'owner.json')],
  });
});
