import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PLACEHOLDER } from '../../build/placeholder.ts';
import { createOwnBlog, filesBelow, type OwnBlog, postFile } from '../invariants/own-blog.ts';

/** Each command is a process of its own, and a test runs many. */
vi.setConfig({ testTimeout: 300_000 });

const COMMANDS = [
  ...['start', 'build', 'new', 'plan', 'publish', 'demo'],
  ...['receipts', 'deliveries', 'followers', 'ledger', 'account'],
];
const FEDERATES = { POSTERN_ORIGIN: 'https://blog.example' };

let blog: OwnBlog;
beforeEach(() => {
  blog = createOwnBlog();
});
afterEach(() => blog.remove());

function hashOf(folder: string): string {
  const hash = createHash('sha256');
  for (const [path, bytes] of [...filesBelow(folder)].sort()) hash.update(`${path}\0`).update(bytes, 'latin1');
  return hash.digest('hex');
}

function site(name = 'site'): string {
  return join(blog.folder, name);
}

/** What a first build tells beside the rest. */
function withoutKeys(stderr: string): string {
  return stderr.replace(/^keys .*\n(?: {6}.*\n)*/m, '');
}

/** Any terminal code at all. */
const ESCAPE = '\u001B';

test.each(COMMANDS)('%s --help tells its usage on standard output and ends with 0', async (name) => {
  const { code, stdout, stderr } = await blog.run(name, '--help');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(new RegExp(`^Usage: npm run ${name} -- \\[options\\]`));
  expect(stdout).toContain('--help');
  expect(stdout).not.toContain(ESCAPE);
});

test.each([
  ['build', '--otput', '--output'],
  ['start', '--wach', '--watch'],
  ['plan', '--exitcode', '--exit-code'],
  ['publish', '--jsno', '--json'],
])('%s %s → exit 2, the nearest option named, nothing done', async (name, typed, meant) => {
  const { code, stdout, stderr } = await blog.run(name, typed);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(`unknown option '${typed}'`);
  expect(stderr).toContain(`Did you mean ${meant}?`);
  expect(existsSync(blog.data)).toBe(false);
});

test.each([
  ['publish', ['--confirm', 'everything'], '"everything" is neither a hold nor a post'],
  ['plan', ['--against', 'blog'], 'https://blog.example'],
  ['plan', ['--json', '--markdown'], 'cannot be used with'],
  ['receipts', ['no-such-post'], 'No post that the network was told of is named "no-such-post"'],
  ['ledger', ['export'], "missing required argument 'file'"],
  ['account', ['remove'], 'npm run account -- --help'],
  ['followers', ['--limit', 'many'], 'whole number'],
  ['new', [], 'npm run new -- "A title"'],
  ['new', ['--note'], 'npm run new -- --note "Some text"'],
  ['new', ['Ein Titel', '--lang', 'en: x'], 'pt-BR'],
  ['build', ['too', 'many'], 'too many arguments'],
] as const)('%s %j → exit 2 and what would be right', async (name, args, right) => {
  if (name === 'receipts') await blog.makeStore(async () => {});
  const { code, stdout, stderr } = await blog.run(name, ...args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(right);
  expect(stderr).not.toMatch(/^\s+at /m);
});

describe('new', () => {
  const title = `He said: "Grüße" & 'bye' 🎉 # no comment`;

  test('a file of every kind is written, never over another, and all of them build', async () => {
    const files: string[] = [];
    const calls = [
      [title, '--tags', 'a tag, Ü,,b', '--lang', 'DE'],
      [title],
      ['日本語の題'],
      ['Two', 'words'],
      ['--note', 'Good: morning #weather'],
      ['--note', 'Another: in the same minute'],
      ['Not yet', '--draft'],
      ['x'.repeat(400)],
    ];
    for (const args of calls) {
      const { code, stdout, stderr } = await blog.run('new', '--json', ...args);
      expect([code, stderr]).toEqual([0, '']);
      files.push(JSON.parse(stdout).file);
    }
    expect(new Set(files).size).toBe(calls.length);
    const ids = files.map((file) => /^id: (.+)$/m.exec(readFileSync(file, 'utf8'))?.[1]);
    expect(new Set(ids).size).toBe(calls.length);
    expect(files[2]).toContain('日本語の題');

    for (const file of files) writeFileSync(file, readFileSync(file, 'utf8').replace(PLACEHOLDER, 'Text.'));
    const built = await blog.run('build', '--json', '--output', site());
    expect(withoutKeys(built.stderr)).toBe('');
    expect(JSON.parse(built.stdout)).toMatchObject({ posts: 5, notes: 2, warnings: [] });
    const object = JSON.parse(readFileSync(join(site(), `ap/posts/${ids[0]}.json`), 'utf8'));
    expect(object.name).toBe(title);
    expect(Object.keys(object.contentMap)).toEqual(['de']);
    expect(object.tag.map((tag: { name: string }) => tag.name)).toEqual(['#ATag', '#Ü', '#b']);
    expect(existsSync(join(site(), 'posts/not-yet'))).toBe(false);
  });

  test('what it prints names the file and what to do next', async () => {
    const { stdout } = await blog.run('new', 'A title');
    expect(stdout).toContain(`wrote ${join(blog.content, 'posts/a-title.md')}`);
    expect(stdout).toContain('npm run publish');
  });

  test('published before its text is written → it is nowhere in the site, and the file is named', async () => {
    const { file } = JSON.parse((await blog.run('new', '--json', 'Too early')).stdout);
    const { code, stderr } = await blog.run('publish');
    expect([code, stderr]).toEqual([0, expect.stringContaining(`${file}:7 it says only "${PLACEHOLDER}"`)]);
    for (const [path, text] of filesBelow(join(blog.data, 'site')))
      expect([path, /too.early/i.test(path + text)]).toEqual([path, false]);
  });
});

describe('build', () => {
  test('the same content twice → the same bytes, file by file', async () => {
    blog.write('posts/one.md', postFile('One', 'Text with `code` and #tag.'));
    blog.write('notes/two.md', '---\ndate: 2026-01-02\n---\nA note.\n');
    for (const name of ['first', 'second']) expect((await blog.run('build', '--output', site(name))).code).toBe(0);
    expect(hashOf(site('second'))).toBe(hashOf(site('first')));
    expect(readdirSync(blog.folder).sort()).toEqual(['.postern', 'content', 'first', 'second']);
  });

  test('every spelling of Markdown gets its page, and no other file of the folder is run as a template', async () => {
    blog.write('posts/one.markdown', postFile('One', 'First.'));
    blog.write('notes/two.mdown', '---\ndate: 2026-01-02\n---\nSecond.\n');
    const stray = ['media/a.njk', 'media/b.liquid', 'pages/c.html', 'media/d.11ty.js', 'pages/pages.11tydata.js'];
    for (const file of stray)
      blog.write(file, file.endsWith('.js') ? 'throw new Error("was run")' : 'sum {{ 40 + 2 }}');
    const { code, stderr } = await blog.run('build', '--output', site());
    expect([code, withoutKeys(stderr)]).toEqual([0, '']);
    expect(readFileSync(join(site(), 'posts/one/index.html'), 'utf8')).toContain('First.');
    expect(readFileSync(join(site(), 'notes/two/index.html'), 'utf8')).toContain('Second.');
    for (const [path, text] of filesBelow(site())) {
      if (!path.includes('media/')) expect([path, text.includes('sum ')]).toEqual([path, false]);
      expect([path, text.includes('sum 42')]).toEqual([path, false]);
    }
  });

  test('faults of several files come at once with file and line, exit 1, and the old site stays as it was', async () => {
    blog.write('posts/good.md', postFile('Good', 'Stays.'));
    await blog.run('build', '--output', site());
    const before = hashOf(site());
    blog.write('posts/key.md', '---\ntitel: x\ndate: 2026-01-02\n---\nText.\n');
    blog.write('posts/date.md', '---\ntitle: x\ndate: yesterdayish\n---\nText.\n');
    blog.write('notes/yaml.md', '---\ntitle: "open\n---\nText.\n');
    const { code, stdout, stderr } = await blog.run('build', '--output', site());
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/content\/posts\/key\.md:2 unknown key "titel"; did you mean "title"\?/);
    expect(stderr).toMatch(/content\/posts\/date\.md:3 date: "yesterdayish"/);
    expect(stderr).toMatch(/content\/notes\/yaml\.md:\d+ /);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stderr).not.toContain(ESCAPE);
    expect(hashOf(site())).toBe(before);
    expect(readdirSync(blog.folder).sort()).toEqual(['.postern', 'content', 'site']);
  });

  test('a command that builds first tells the faults once and adds nothing', async () => {
    blog.write('posts/key.md', '---\ntitel: x\ndate: 2026-01-02\n---\nText.\n');
    const own = await blog.run('build', '--output', site());
    for (const name of ['plan', 'publish', 'start']) {
      const { code, stdout, stderr } = await blog.run(name);
      expect([code, stdout, stderr]).toEqual([1, '', withoutKeys(own.stderr)]);
    }
  });

  test('no profile → the file to write is named', async () => {
    rmSync(join(blog.content, 'profile.md'));
    const { code, stderr } = await blog.run('build', '--output', site());
    expect(code).toBe(1);
    expect(stderr).toMatch(/has no profile\.md/);
    expect(existsSync(join(blog.content, 'keys.json'))).toBe(false);
  });
});

describe('plan and publish', () => {
  test('--exit-code: 0 nothing, 4 something to send, 3 something held; without it 0', async () => {
    blog.remove();
    blog = createOwnBlog(FEDERATES);
    blog.write('posts/old.md', postFile('Old', 'Is there before.'));
    const codeOf = async (...args: string[]) => (await blog.run('plan', ...args)).code;
    expect((await blog.run('publish')).stdout).toContain('begun');
    expect(await codeOf('--exit-code')).toBe(0);
    for (const name of ['a', 'b']) blog.write(`posts/${name}.md`, postFile(name, `Text of ${name}.`, `id: ${name}\n`));
    const shown = await blog.run('plan');
    expect([shown.code, shown.stderr]).toEqual([0, '']);
    expect(shown.stdout).toContain('+ Create Article "a"  posts/a.md');
    expect(shown.stdout).toContain('2 to create, 0 to update, 0 to delete');
    expect(shown.stdout).not.toContain(ESCAPE);
    expect(await codeOf('--exit-code')).toBe(4);
    const planned = JSON.parse((await blog.run('plan', '--json')).stdout);
    expect(planned).toMatchObject({ federates: true, followers: 0, holds: [], activities: [{}, {}] });
    const published = JSON.parse((await blog.run('publish', '--json')).stdout);
    expect(published).toMatchObject({ federates: true, baseline: false, deliveries: 0 });
    expect(published.activities).toHaveLength(2);
    expect(await codeOf('--exit-code')).toBe(0);

    for (const name of ['a', 'b', 'old']) rmSync(join(blog.content, `posts/${name}.md`));
    const held = await blog.run('plan', '--exit-code');
    expect(held.code).toBe(3);
    expect(held.stdout).toContain('npm run publish -- --confirm shrunk');
    expect(held.stdout).toContain('"Old"  https://blog.example/ap/posts/old.json');
  });

  test('plan needs no private key: nothing is signed', async () => {
    blog.remove();
    blog = createOwnBlog(FEDERATES);
    await blog.run('build', '--output', site());
    rmSync(join(blog.data, 'keys.json'));
    expect((await blog.run('plan')).code).toBe(0);
  });

  test('a local look: publish says that nothing was sent and why, exit 0', async () => {
    const { code, stdout, stderr } = await blog.run('publish');
    expect([code, withoutKeys(stderr)]).toEqual([0, '']);
    expect(stdout).toContain('local look');
    expect(stdout).toContain('nothing was sent');
    expect(stdout).toContain('Set `origin` in content/profile.md');
    expect(JSON.parse((await blog.run('publish', '--json')).stdout).federates).toBe(false);
  });
});

test('followers: none, then two, newest first; --limit and --json', async () => {
  await blog.makeStore(async () => {});
  expect((await blog.run('followers')).stdout).toBe('0 followers\n');
  expect(JSON.parse((await blog.run('followers', '--json')).stdout)).toEqual({ total: 0, followers: [] });
  rmSync(blog.data, { recursive: true });
  await blog.makeStore(async (store) => {
    for (const [n, name] of ['ann', 'bob'].entries()) {
      const actor = `https://peer.example/users/${name}`;
      const follower = { actor, inbox: `${actor}/inbox`, followId: `${actor}#1`, since: `2026-01-0${n + 1}T00:00:00Z` };
      await store.followers.put({ ...follower, handle: `@${name}@peer.example` });
    }
  });
  const { stdout, stderr } = await blog.run('followers');
  expect(stderr).toBe('');
  expect(stdout.trim().split('\n')).toEqual([
    '@bob@peer.example  since 2026-01-02  https://peer.example/users/bob',
    '@ann@peer.example  since 2026-01-01  https://peer.example/users/ann',
    '2 followers',
  ]);
  expect((await blog.run('followers', '--limit', '1')).stdout).toContain('1 of 2 followers');
  const json = JSON.parse((await blog.run('followers', '--json', '--limit', '0')).stdout);
  expect(json.total).toBe(2);
  expect(json.followers.map(({ handle }: { handle: string }) => handle)).toEqual([
    '@bob@peer.example',
    '@ann@peer.example',
  ]);
});
