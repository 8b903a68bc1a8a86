import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createOwnBlog, type OwnBlog } from '../invariants/own-blog.ts';

/** Each command is a process of its own, and a test runs many. */
vi.setConfig({ testTimeout: 300_000 });

let blog: OwnBlog;
let server: Server;
let list = '';
let address: string;
beforeEach(async () => {
  blog = createOwnBlog({ POSTERN_ORIGIN: 'https://blog.example', POSTERN_ALLOW_PRIVATE_ADDRESSES: '1' });
  server = createServer((_request, response) => void response.writeHead(200, { 'content-type': 'text/csv' }).end(list));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tier0.csv`;
});
afterEach(() => {
  server.close();
  blog.remove();
});

const read = (file: string): string => readFileSync(join(blog.content, file), 'utf8');
const follower = (host: string) => ({
  actor: `https://${host}/users/ann`,
  handle: `@ann@${host}`,
  inbox: `https://${host}/inbox`,
  followId: `https://${host}/follow`,
  since: '2026-01-01T00:00:00Z',
});

test('blocks: what is added, limited and taken back, and who goes', async () => {
  await blog.makeStore(async (store) => {
    for (const host of ['kind.example', 'sub.spam.example']) await store.followers.put(follower(host));
  });
  const added = await blog.run('blocks', 'add', 'Spam.example', '--reason', 'Spam');
  expect(added).toMatchObject({ code: 0, stdout: expect.stringContaining('blocked spam.example') });
  expect(added.stdout).toMatch(
    /With the next npm start or npm run publish 1 follower goes; nobody is\s+told\.\n.*@ann@sub\.spam/,
  );
  const limited = await blog.run('blocks', 'add', '@loud@social.example', '--limit');
  expect(limited.stdout).toContain('limited loud@social.example');
  expect(read('blocks.csv')).toBe('name,severity,reason\nspam.example,block,Spam\nloud@social.example,limit,\n');
  expect((await blog.run('blocks')).stdout).toMatch(
    /block spam\.example {2}Spam {2}blocks\.csv\n2 blocks: 1 account, 1 domain/,
  );

  const other = await blog.run('blocks', 'add', 'nobody.example');
  expect(other.stdout).toMatch(
    /It holds from the next npm start[\s\S]*nobody is told\.\n.*other blocks wait for it too: 1 follower goes\n.*@ann@sub\.spam/,
  );
  expect((await blog.run('blocks', 'remove', 'nobody.example')).stdout).toContain('wait for it too: 1 follower goes');

  const removed = (await blog.run('blocks', 'remove', 'spam.example')).stdout;
  expect(removed).toContain('It holds from the next npm start or npm run publish. Nobody');
  expect(removed).not.toContain('wait for it too');
  expect(await blog.run('blocks', 'remove', 'spam.example')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('spam.example is in no list'),
  });
  expect(await blog.run('blocks', 'add', 'blog.example')).toMatchObject({ code: 2 });
  expect(await blog.run('blocks', 'add', 'nobody')).toMatchObject({ code: 2 });
  for (const name of ['@x@social.example:8443', 'social.example:8443']) {
    const refused = await blog.run('blocks', 'add', name);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('names a port') });
  }
  expect(await blog.run('blocks', 'lst')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('There is no command "lst"; did you mean list?'),
  });
  expect(read('blocks.csv')).toBe('name,severity,reason\nloud@social.example,limit,\n');
});

test('lists: imported, subscribed and updated; what a list has is excepted in the own file', async () => {
  const file = join(blog.folder, 'domain_blocks.csv');
  blog.write('../domain_blocks.csv', '#domain,#severity,#public_comment\nspam.example,suspend,Spam\n');
  const imported = await blog.run('blocks', 'import', file);
  expect(imported.stdout).toMatch(/imported .* into blocklists\/domain-blocks\.csv\n\+ block spam\.example {2}Spam\n/);
  expect(read('blocklists/domain-blocks.csv')).toMatch(/^# source: domain_blocks\.csv\n#domain,/);

  list = 'worse.example\nold.example\n';
  expect(await blog.run('blocks', 'subscribe', address)).toMatchObject({ code: 0 });
  const kept = 'blocklists/127-0-0-1-tier0.csv';
  expect(read(kept)).toBe(`# source: ${address}\n${list}`);
  list = 'domain,severity,comment\nworse.example,suspend,\nnew.example,silence,Loud\n';
  const updated = await blog.run('blocks', 'update');
  expect(updated).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('+ limit new.example  Loud\n- block old.example\n'),
  });

  list = '<!doctype html><title>Sign in</title>';
  const spoiled = await blog.run('blocks', 'update');
  expect(spoiled).toMatchObject({ code: 1, stderr: expect.stringContaining('is no list of blocks') });
  expect(read(kept)).toContain('new.example');

  expect((await blog.run('blocks', 'remove', 'spam.example')).stdout).toContain('excepted spam.example');
  const all = JSON.parse((await blog.run('blocks', 'list', '--json')).stdout);
  expect(all.hosts.map(({ name }: { name: string }) => name)).toEqual(['new.example', 'worse.example']);
  expect(await blog.run('blocks', 'subscribe', 'ftp://x.example/a.csv')).toMatchObject({ code: 2 });
});

test('what is wrong with a list is told with file, line and name, by list and by import', async () => {
  blog.write('blocks.csv', 'name,severity,reason\nkick.example,kick,\nok.example,block,\n');
  blog.write('../foreign.csv', 'a.example,Because\nzz.example,suspnd\n');
  blog.write('../misspelt.csv', 'name,severty,reason\nloud.example,silence,Loud\n');
  const listed = await blog.run('blocks', 'list');
  expect(listed.stdout).toContain('block ok.example');
  expect(listed.stderr).toMatch(
    /stops at this:\n.*blocks\.csv:2 "kick" is no severity, so kick\.example is not blocked/,
  );
  expect(JSON.parse((await blog.run('blocks', 'list', '--json')).stdout).faults).toMatchObject([
    { file: 'blocks.csv', line: 2 },
  ]);

  const imported = await blog.run('blocks', 'import', join(blog.folder, 'foreign.csv'));
  expect(imported.stdout).toContain('+ block a.example  Because\n');
  expect(imported.stdout).not.toContain('zz.example');
  expect(imported.stderr).toMatch(
    /1 line cannot be used:\n.*blocklists\/foreign\.csv:3 "suspnd" is no severity, so zz\.example .* did you mean suspend/,
  );
  const refused = await blog.run('blocks', 'import', join(blog.folder, 'misspelt.csv'));
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/line 1:\s+unknown\s+column\s+"severty";\s+did\s+you\s+mean\s+"severity"\?/);
});
