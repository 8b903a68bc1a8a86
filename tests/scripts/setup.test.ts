import { existsSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { loadPublicKeys } from '../../build/keys.ts';
import { SAMPLES } from '../../scripts/setup/samples.ts';
import { startPeer } from '../server/http/peer.ts';
import { type Clone, createClone } from './setup-world.ts';

let clone: Clone;
beforeEach(() => {
  clone = createClone();
});
afterEach(() => clone.remove());

const ANSWERS = ['--handle', 'mara', '--name', 'Mara Lind', '--origin', 'https://mara.example'];
/** No test looks at a site of the world. */
const setup = (...args: string[]) => clone.run('setup', [...args, '--offline']);
const files = (folder: string): string[] => readdirSync(join(clone.folder, folder)).toSorted();
const changed = (): string[] => clone.git('status', '--porcelain', '-uall').split('\n').filter(Boolean);

describe('without a terminal', () => {
  test('flags that are missing are named, and nothing is written', async () => {
    const { code, stdout, stderr } = await setup('--name', 'Mara');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('these are missing: --handle, --origin.');
    expect(stderr).toMatch(/^next {2}npm run setup -- --handle mara/m);
    expect(changed()).toEqual([]);
    expect(existsSync(join(clone.folder, '.postern'))).toBe(false);
  });

  test('with all flags the profile is written, the keys are made, and what is left is shown', async () => {
    const { code, stdout, stderr } = await setup(...ANSWERS);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('username: postern becomes mara');
    expect(stdout).toContain('[x] The profile says who you are: @mara@mara.example');
    expect(stdout).toContain('[ ] Commit profile and public keys');
    expect(stdout).toContain('[ ] Push it to a git host');
    expect(changed()).toEqual([' M content/profile.md', '?? content/keys.json', '?? content/owner.json']);
    expect(statSync(join(clone.folder, '.postern/keys.json')).mode & 0o777).toBe(0o600);
    expect(clone.git('diff', '--numstat').split('\t').slice(0, 2)).toEqual(['3', '3']);
  });

  test.each([
    ['a handle', ['--handle', 'Mara Lind'], /--handle: "Mara Lind": username must be 1 to 30/],
    ['an origin', ['--origin', 'http://mara.example'], /--origin: "http:\/\/mara.example" is plain http/],
    [
      'an address of one deploy',
      ['--origin', 'main--mara.netlify.app'],
      /that of the site: https:\/\/mara.netlify.app/,
    ],
    ['an empty name', ['--name', ' '], /--name: There is no answer/],
  ])('%s that the build would refuse is refused here, and nothing is written', async (_, flags, message) => {
    const { code, stderr } = await setup(...ANSWERS, ...flags);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(changed()).toEqual([]);
  });

  test('a whole handle and a bare host are understood', async () => {
    await setup('--handle', '@mara@mara.example', '--name', 'Mara', '--origin', 'mara.example/');
    expect(clone.read('content/profile.md')).toMatch(/^origin: https:\/\/mara\.example\nusername: mara\nname: Mara$/m);
  });
});

describe('a profile that the build would refuse', () => {
  const misspelt = () => clone.write('content/profile.md', '---\nusernme: mara\nname: Mara\n---\n');

  test.each([
    ['without flags', []],
    ['with all flags', ANSWERS],
  ])('%s: its faults come first, and nothing is written', async (_, flags) => {
    misspelt();
    const { code, stdout, stderr } = await setup(...flags);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('content/profile.md:2 unknown key "usernme"; did you mean "username"?');
    expect(stderr).not.toContain('these are missing');
    expect(existsSync(join(clone.folder, '.postern'))).toBe(false);
  });

  test('at a terminal nothing is asked before', async () => {
    misspelt();
    const { code, stdout } = await clone.atTerminal([], ['--offline']);
    expect([code, stdout]).toEqual([1, expect.stringContaining('unknown key "usernme"')]);
    expect(stdout).not.toContain('By what name');
  });

  test('a flag mends the line that it writes', async () => {
    clone.write('content/profile.md', '---\nusername: Mara Lind\nname: Mara\n---\n');
    expect((await setup()).stderr).toContain('content/profile.md:2 username must be 1 to 30');
    expect((await setup(...ANSWERS)).code).toBe(0);
  });
});

describe('run again', () => {
  test('nothing changes, nothing is asked, and what was done since is ticked off', async () => {
    await setup(...ANSWERS);
    const before = ['content/profile.md', 'content/keys.json', '.postern/keys.json', '.postern/owner.json'].map(
      clone.read,
    );
    clone.git('add', '.');
    clone.git('commit', '-q', '-m', 'Set up');
    clone.git('init', '-q', '--bare', '.postern/host.git');
    clone.git('remote', 'add', 'origin', 'https://mara:secret-token@git.example/blog');
    const { code, stdout } = await setup();
    expect(code).toBe(0);
    expect(stdout).not.toContain('wrote');
    expect(stdout).toContain('[x] Profile and public keys are committed');
    expect(stdout).toContain('[ ] Push the branch\n    origin is https://git.example/blog; is it yours?');
    expect(stdout).not.toContain('secret-token');
    expect(
      ['content/profile.md', 'content/keys.json', '.postern/keys.json', '.postern/owner.json'].map(clone.read),
    ).toEqual(before);
    clone.git('remote', 'set-url', 'origin', join(clone.folder, '.postern/host.git'));
    clone.git('push', '-q', '-u', 'origin', 'HEAD');
    expect((await setup()).stdout).toContain('[x] The branch is pushed to');
  });

  test('another name is written at once; another handle or origin only when it is meant', async () => {
    await setup(...ANSWERS);
    expect((await setup('--name', 'M. Lind')).stdout).toContain('name: Mara Lind becomes M. Lind');
    const before = clone.read('content/profile.md');
    const { code, stderr } = await setup('--origin', 'https://other.example');
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('origin https://mara.example becomes https://other.example'),
    ]);
    expect(clone.read('content/profile.md')).toBe(before);
    expect((await setup('--origin', 'https://other.example', '--yes')).code).toBe(0);
    expect(clone.read('content/profile.md')).toContain('origin: https://other.example');
  });

  test('in a clone on another machine no other keys are made', async () => {
    await setup(...ANSWERS);
    const published = clone.read('content/keys.json');
    clone.git('clean', '-fdxq', '.postern');
    const { code, stdout } = await setup();
    expect(code).toBe(0);
    expect(stdout).toContain('[?] The keys were made elsewhere');
    expect(clone.read('content/keys.json')).toBe(published);
    expect(existsSync(join(clone.folder, '.postern'))).toBe(false);
  });
});

test('a profile that cannot be edited is left alone, with the lines to put in', async () => {
  const toml = '+++\nusername = "old"\nname = "Old"\n+++\n';
  clone.write('content/profile.md', toml);
  const { code, stderr } = await setup(...ANSWERS);
  expect([code, clone.read('content/profile.md')]).toEqual([1, toml]);
  expect(stderr).toContain('content/profile.md was left alone: its front matter is TOML');
  expect(stderr).toContain('origin: https://mara.example');
  expect(existsSync(join(clone.folder, '.postern'))).toBe(false);
});

test('a blog without a profile gets one that builds', async () => {
  clone.git('rm', '-qr', 'content');
  expect((await setup(...ANSWERS, '--name', 'true: "x" #1')).code).toBe(0);
  expect(clone.read('content/profile.md')).toMatch(/^---\norigin: https:\/\/mara\.example\nname: "true: \\"x\\" #1"\n/);
  const { code, stdout } = await clone.run('build');
  expect([code, stdout]).toEqual([0, expect.stringContaining('for https://mara.example')]);
});

test('a profile that is a link elsewhere stays one', async () => {
  clone.write('mine.md', clone.read('content/profile.md'));
  clone.git('rm', '-q', 'content/profile.md');
  symlinkSync('../mine.md', join(clone.folder, 'content/profile.md'));
  expect((await setup(...ANSWERS)).code).toBe(0);
  expect(clone.read('mine.md')).toContain('username: mara');
  expect(files('content').filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

describe('private keys', () => {
  test('are in nothing that is printed, unless they are asked for by name', async () => {
    const { stdout, stderr } = await setup(...ANSWERS);
    const held = clone.read('.postern/keys.json');
    const secrets = [...held.matchAll(/"(?:d|p|q|dp|dq|qi)": "([^"]+)"/g)].map(([, secret]) => secret ?? '');
    expect(secrets).toHaveLength(7);
    const told = [stdout, stderr, (await setup()).stdout, (await setup('--json')).stdout].join('');
    for (const secret of secrets) expect(told).not.toContain(secret);
    expect((await setup('--show-private-keys')).stdout).toBe(held);
  });

  test('the command that gives them to Netlify reads them from the file, and their size is told', async () => {
    const { stdout } = await setup(...ANSWERS);
    expect(stdout).toContain('npx netlify env:set POSTERN_PRIVATE_KEYS "$(cat .postern/keys.json)" \\\n');
    expect(stdout).toMatch(/It takes [12],\d{3} of the 4,096 bytes/);
  });
});

describe('samples', () => {
  test('are those that are there', () => {
    const there = ['notes', 'posts'].flatMap((folder) => files(`content/${folder}`).map((file) => `${folder}/${file}`));
    expect(SAMPLES).toEqual(expect.arrayContaining(there));
    expect(SAMPLES.filter((sample) => !existsSync(join(clone.folder, 'content', sample)))).toEqual([]);
  });

  test('are removed when that is asked for, but for what git could not bring back; what is left builds', async () => {
    clone.write('content/posts/read-the-plan-first.md', '---\ntitle: Mine now\n---\nText\n');
    clone.write('content/posts/mine.md', '---\ntitle: Mine\ndate: 2026-01-01\n---\nText\n');
    const { stdout } = await setup(...ANSWERS, '--remove-samples');
    expect(stdout).toContain('posts/read-the-plan-first.md stays');
    expect(files('content/posts')).toEqual(['mine.md', 'read-the-plan-first.md']);
    expect(files('content/pages')).toEqual(['how-to-follow.md']);
    clone.git('rm', '-qf', 'content/posts/read-the-plan-first.md');
    const { code, stderr } = await clone.run('build');
    expect([code, stderr]).toEqual([0, '']);
  });

  test('stay unless that is asked for', async () => {
    await setup(...ANSWERS, '--yes');
    expect(changed().filter((line) => line.includes('D '))).toEqual([]);
  });
});

test('a site that answers is ticked off, up to its first follower', async () => {
  const keys = (): unknown => JSON.parse(clone.read('.postern/actor.json'));
  const peer = await startPeer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://x');
    const self = { rel: 'self', type: 'application/activity+json', href: `${peer.origin}/ap/actor.json` };
    const answers: Record<string, unknown> = {
      '/.well-known/webfinger': { links: [self] },
      '/ap/actor.json': pathname === '/ap/actor.json' ? keys() : undefined,
      '/ap/followers': { totalItems: 1 },
    };
    response.writeHead(200).end(JSON.stringify(answers[pathname] ?? 'a page'));
  });
  onTestFinished(() => peer.close());
  const flags = ['--handle', 'mara', '--name', 'Mara', '--origin', peer.origin, '--yes'];
  const local = { POSTERN_ALLOW_PRIVATE_ADDRESSES: '1' };
  await clone.run('setup', [...flags, '--offline'], local);
  const published = await loadPublicKeys(join(clone.folder, 'content'));
  clone.write('.postern/actor.json', JSON.stringify({ publicKey: { publicKeyPem: published?.publicKeyPem } }));
  const { stdout } = await clone.run('setup', flags, local);
  for (const line of ['The live site shows your key', 'Followed by 1 account']) expect(stdout).toContain(`[x] ${line}`);
  expect(stdout).not.toMatch(/netlify/i);
  clone.write('.postern/actor.json', JSON.stringify({ publicKey: { publicKeyPem: 'other' } }));
  const other = await clone.run('setup', flags, local);
  expect(other.stdout).toContain('[ ] The actor shows another key than content/keys.json');
});

describe('at a terminal', () => {
  test('it asks what is missing, again where an answer cannot be taken, and then not any more', async () => {
    const { code, stdout } = await clone.atTerminal(
      [
        [/By what name/, '@Mara\n'],
        [/must be 1 to 30/, '@mara@mara.example\n'],
        [/What name shall they see/, 'Mara Lind\n'],
        [/\[https:\/\/mara\.example\] >/, '\n'],
        [/Remove the 22 sample posts.*\[y\/N\]/, 'maybe\n'],
        [/y for yes, n for no/, 'y\n'],
      ],
      ['--offline'],
    );
    expect(code).toBe(0);
    expect(stdout).toContain('[x] The profile says who you are: @mara@mara.example');
    expect(files('content/posts')).toEqual([]);
    const again = await clone.atTerminal([], ['--offline']);
    expect(again.stdout).not.toContain('By what name');
    expect(again.stdout).toContain('[x] The profile says who you are: @mara@mara.example');
  });

  test.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('%s at a question → nothing is written', async (_, key) => {
    const { code, stdout } = await clone.atTerminal(
      [
        [/By what name/, 'mara\n'],
        [/What name shall they see/, key],
      ],
      ['--offline'],
    );
    expect([code, stdout]).toEqual([1, expect.stringContaining('Nothing was written.')]);
    expect(changed()).toEqual([]);
    expect(existsSync(join(clone.folder, '.postern'))).toBe(false);
  });

  test('no line of the checklist is wider than the terminal', async () => {
    const { stdout } = await setup(...ANSWERS);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});
