import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { leaveOutAccount } from '../../scripts/leave-out-account.ts';

const ACCOUNT = [
  ...['ap/actor.json', 'ap/featured.json', 'ap/outbox.json', 'ap/outbox/1.json', 'ap/outbox/2.json'],
  ...['.well-known/nodeinfo', 'nodeinfo/2.1.json'],
];
const OTHERS = ['index.html', 'ap/manifest.json', 'ap/manifest/head.json', 'ap/posts/a.json', '.rules.json'];

test('of a site whose account is gone its own files are left out, and what functions need has no address', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-gone-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const path of [...ACCOUNT, ...OTHERS]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), '{}');
  }
  writeFileSync(join(folder, '_redirects'), '/old/ /new/ 301');
  leaveOutAccount(folder);
  for (const path of ACCOUNT) expect([path, existsSync(join(folder, path))]).toEqual([path, false]);
  for (const path of OTHERS) expect([path, existsSync(join(folder, path))]).toEqual([path, true]);
  expect(readFileSync(join(folder, '_redirects'), 'utf8')).toBe(
    '/old/ /new/ 301\n/ap/manifest.json /404.html 404!\n/ap/manifest/* /404.html 404!\n',
  );
});
