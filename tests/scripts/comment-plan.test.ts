import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ledgerDocument } from '../../federation/ledger-document.ts';
import { type GitHost, startGitHost, TOKEN } from './fake-git-host.ts';
import { type Clone, createClone, type Ran } from './setup-world.ts';

let clone: Clone;
let host: GitHost;
let ledger: 'none' | 'fault' | 'empty';
beforeAll(async () => {
  clone = createClone();
  // One server is the live blog and the git host.
  host = await startGitHost((url, response) => {
    if (!url.pathname.startsWith('/ap/')) return false;
    response
      .writeHead({ none: 404, fault: 503, empty: 200 }[ledger])
      .end(JSON.stringify(emptyLedger(host.peer.origin)));
    return true;
  });
  clone.write(
    'content/posts/loud.md',
    '---\ntitle: "@mara@social.example <b>#1</b> `x` --> ![p](//evil.example)"\ndate: 2026-01-01\n---\nText\n',
  );
  await clone.run('setup', ['--handle', 'mara', '--name', 'Mara', '--origin', 'https://mara.example', '--offline']);
  expect((await clone.run('build', [], surroundings())).code).toBe(0);
});
beforeEach(() => {
  ledger = 'none';
  host.comments.length = 0;
  host.peer.requests.length = 0;
});
afterAll(async () => {
  await host.peer.close();
  clone.remove();
});

/** Of a blog that has told nothing yet. */
function emptyLedger(origin: string): unknown {
  const actor = { id: `${origin}/ap/actor.json`, digest: 'a'.repeat(64), revision: 0 };
  return ledgerDocument({ origin, actor, begun: '2025-01-01T00:00:00Z', objects: new Map() }, { public: true });
}

function surroundings(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return {
    POSTERN_ORIGIN: host.peer.origin,
    POSTERN_ALLOW_PRIVATE_ADDRESSES: '1',
    REPOSITORY_URL: `${host.peer.origin.replace('://', '://x-access-token:other-secret@')}/mara/blog`,
    REVIEW_ID: '12',
    COMMIT_REF: '0123456789abcdef0123456789abcdef01234567',
    POSTERN_GITHUB_TOKEN: TOKEN,
    ...more,
  };
}

/** The site that was built before, as in a preview whose build has just ended. */
function comment(more: NodeJS.ProcessEnv = {}, args = ['--site', '_site']): Promise<Ran> {
  return clone.run('comment-plan', args, surroundings(more));
}

test('the plan is printed and posted; a second push changes the comment; no token is printed', async () => {
  const first = await comment();
  expect([first.code, first.stderr]).toEqual([
    0,
    'plan  It was posted as a comment of pull request 12 of mara/blog.\n',
  ]);
  expect(host.comments).toHaveLength(1);
  const [posted] = host.comments;
  expect(posted?.body).toContain(first.stdout);
  expect(posted?.body).toMatch(/^<!-- postern-plan http:\/\/127\.0\.0\.1:\d+ -->\n### Plan for/);
  expect(posted?.body).toContain('This is the plan of 0123456789ab.');
  const second = await comment({ COMMIT_REF: 'fedcba9876543210' });
  expect(second.stderr).toContain('It was updated below pull request 12');
  expect(host.comments).toHaveLength(1);
  for (const { stdout, stderr } of [first, second])
    for (const secret of [TOKEN, 'other-secret']) expect(stdout + stderr).not.toContain(secret);
});

test('what posts say means nothing to the host: it stays code', async () => {
  ledger = 'empty';
  await comment();
  const body = host.comments[0]?.body ?? '';
  const foreign = body.split('\n').filter((line) => line.includes('evil.example'));
  for (const line of foreign) expect(line).toMatch(/``@mara@social\.example #1 `x` --> !\[p\]\(\/\/evil\.example\)``/);
});

test('a live blog that cannot be asked is told in the comment: an older plan must not stay', async () => {
  await comment();
  ledger = 'fault';
  const { code, stdout } = await comment();
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^No plan: The ledger at .*503/)]);
  expect(host.comments.map(({ body }) => body)).toEqual([expect.stringContaining('No plan: The ledger at')]);
});

test('without a token the plan is printed, and nobody asked', async () => {
  const { code, stdout, stderr } = await comment({ POSTERN_GITHUB_TOKEN: '' });
  expect([code, stdout, stderr]).toEqual([0, expect.stringContaining('### Plan for'), '']);
  expect(host.asked().filter((line) => line.includes('/api/'))).toEqual([]);
});

test.each([
  ['a host that does not take the token', { POSTERN_GITHUB_TOKEN: 'other' }, /could not be posted .*401/],
  ['no repository', { REPOSITORY_URL: 'nowhere' }, /REPOSITORY_URL is not the address/],
  ['a setting that is none', { PORT: 'x' }, /PORT: "x" is not a port/],
])('%s fails no preview', async (_, more, message) => {
  const { code, stderr } = await comment(more);
  expect([code, stderr]).toEqual([0, expect.stringMatching(message)]);
});

test('a build that fails fails no preview here: its own step does', async () => {
  clone.write('content/posts/broken.md', '---\ntitel: x\n---\n');
  const { code, stderr } = await comment({}, []);
  expect(code).toBe(0);
  expect(stderr).toContain('there is no plan of this preview');
  expect(host.comments).toEqual([]);
});
