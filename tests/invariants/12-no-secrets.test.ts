import { execFileSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { freePort, PROJECT } from '../../scripts/demo/world.ts';
import { type LoopbackPeer, startLoopbackPeer } from './loopback-peer.ts';
import { createOwnBlog, filesBelow, git, type OwnBlog, postFile, whileServing } from './own-blog.ts';

const ORIGIN = 'https://one.example';
const INBOX = `${ORIGIN}/ap/inbox`;
const ACTOR = `${ORIGIN}/ap/actor.json`;
/** Stands in every body, header and query that is sent in. */
const MARK = 'xyzzy7391';

const jwkSet = z.object({ keys: z.array(z.record(z.string(), z.string())) });

let peer: LoopbackPeer;
let blog: OwnBlog;
beforeEach(async () => {
  peer = await startLoopbackPeer();
  blog = createOwnBlog({
    PORT: String(await freePort()),
    POSTERN_ORIGIN: ORIGIN,
    POSTERN_ALLOW_PRIVATE_ADDRESSES: '1',
  });
});
afterEach(async () => {
  await peer.close();
  blog.remove();
});

/** The private numbers of a JWK Set in every way they may be written: base64url, base64, hex, and inside of a PEM. */
function writings(jwks: string): string[] {
  const { keys } = jwkSet.parse(JSON.parse(jwks));
  const numbers = keys.flatMap((key) => ['d', 'p', 'q', 'dp', 'dq', 'qi'].flatMap((name) => key[name] ?? []));
  const bytes = numbers.map((number) => Buffer.from(number, 'base64url'));
  const pems = keys.map((key) => createPrivateKey({ key, format: 'jwk' }).export({ type: 'pkcs8', format: 'pem' }));
  // The first lines of a PEM also have what is public; each of the later ones is private.
  const lines = pems.flatMap((pem) => pem.toString().split('\n').slice(-4, -2)).filter((line) => line.length === 64);
  const written = [
    ...numbers,
    ...bytes.map((each) => each.toString('base64').slice(0, 40)),
    ...bytes.map((each) => each.toString('hex')),
  ];
  expect(written).toHaveLength(3 * numbers.length);
  expect(numbers.length).toBeGreaterThan(1);
  return [...written, ...lines, 'PRIVATE KEY', '"d":', '"qi":'];
}

function expectNone(secrets: readonly string[], files: Iterable<readonly [path: string, text: string]>): void {
  let searched = 0;
  for (const [path, text] of files) {
    searched += 1;
    for (const secret of secrets) expect(text.includes(secret), `${path} has ${secret.slice(0, 12)}`).toBe(false);
  }
  expect(searched).toBeGreaterThan(0);
}

/** A blog in git, as a person who cloned the project has it. */
function useGit(): void {
  git(blog, ['init', '-q', '-b', 'main']);
  copyFileSync(join(PROJECT, '.gitignore'), join(blog.folder, '.gitignore'));
}

test('private keys are in no built file, in nothing that git takes, and in nothing that a command prints', async () => {
  useGit();
  blog.write('posts/a.md', postFile('A', 'Text.'));
  const printed: string[] = [];
  for (const command of [
    ['build', '--output', join(blog.folder, '_site')],
    ['plan'],
    ['publish'],
    ['followers'],
    ['messages'],
  ]) {
    const [name = '', ...args] = command;
    const { code, stdout, stderr } = await blog.run(name, ...args);
    expect([name, code]).toEqual([name, 0]);
    printed.push(stdout, stderr);
  }
  const secrets = ['keys.json', 'owner.json'].flatMap((file) => writings(readFileSync(join(blog.data, file), 'utf8')));
  const folders = [join(blog.folder, '_site'), join(blog.data, 'site'), join(blog.data, 'planned'), blog.content];
  for (const folder of folders) expectNone(secrets, filesBelow(folder));
  expectNone(
    secrets,
    printed.map((text, n) => [`output ${n}`, text]),
  );

  git(blog, ['add', '-A']);
  const taken = git(blog, ['ls-files']).trim().split('\n');
  expect(taken).toEqual(expect.arrayContaining(['content/keys.json', 'content/owner.json']));
  expectNone(
    secrets,
    taken.map((path) => [path, git(blog, ['show', `:${path}`])]),
  );
}, 300_000);

test('keys from the environment are written nowhere', async () => {
  useGit();
  await blog.run('build', '--output', join(blog.folder, '_site'));
  const jwks = readFileSync(join(blog.data, 'keys.json'), 'utf8');
  // The owner's own keys are no part of what a server needs.
  execFileSync('rm', [join(blog.data, 'keys.json'), join(blog.data, 'owner.json')]);
  blog.environment.POSTERN_PRIVATE_KEYS = jwks;
  const published = await blog.run('publish');
  expect(published.code).toBe(0);
  const files = [...filesBelow(blog.folder)].filter(([path]) => !path.startsWith('.git/'));
  expectNone(writings(jwks), [...files, ['publish', published.stdout + published.stderr]]);
}, 300_000);

/** Requests that carry the mark wherever a request can, and end in every kind of outcome. */
function* inbound(): Generator<RequestInit> {
  const act = (name: string, type: string, object: unknown) =>
    JSON.stringify({ id: peer.id(name), type, actor: peer.actor, object, content: MARK, [MARK]: { summary: MARK } });
  const secret = { authorization: `Bearer ${MARK}`, cookie: `session=${MARK}`, 'x-forwarded-for': MARK };
  const now = Date.now();
  const note = { id: peer.id('n'), type: 'Note', attributedTo: peer.actor, content: MARK, to: [ACTOR] };
  const follow = { id: peer.id('f'), type: 'Follow', actor: peer.actor, object: ACTOR };
  for (const activity of [
    act('f', 'Follow', ACTOR),
    act('f', 'Follow', ACTOR),
    act('c', 'Create', note),
    act('c', 'Create', note),
    act('l', 'Like', ACTOR),
    act('u', 'Undo', follow),
    act('f2', 'Follow', ACTOR),
    act('x', 'Undo', { ...follow, actor: 'https://other.test/x' }),
  ]) {
    const { headers, ...rest } = peer.signed(INBOX, activity, now);
    yield { ...rest, headers: { ...headers, ...secret } };
  }
  const forged = peer.signed(INBOX, act('f', 'Follow', ACTOR), now);
  yield { ...forged, headers: { ...forged.headers, ...secret, digest: `SHA-256=${MARK}` } };
  yield { ...forged, headers: { ...forged.headers, ...secret, signature: MARK } };
  for (const body of [MARK, `{"${MARK}":`, `["${MARK}"]`, `{"content":"${MARK}"}`, act('q', 'Question', MARK)]) {
    yield { method: 'POST', headers: { ...secret, 'content-type': 'application/activity+json' }, body };
  }
  yield { method: 'POST', headers: { ...secret, 'content-type': MARK }, body: MARK };
}

test('the log of a server that takes in and sends out has no body, no token, no signature and no key', async () => {
  const signatures: string[] = [];
  const log = await whileServing(blog, async (url) => {
    for (const init of inbound()) {
      await fetch(`${url}/ap/inbox?token=${MARK}`, init);
      await fetch(`${url}/ap/inbox`, init);
      signatures.push(
        ...(/signature="([^"]{40})/i.exec(JSON.stringify(init.headers).replaceAll('\\', ''))?.slice(1) ?? []),
      );
    }
    await expect.poll(() => peer.arrived.length, { timeout: 15_000 }).toBeGreaterThan(1);
  });
  const events = new Set(log.match(/"event":"[a-z.-]+"/g));
  for (const event of ['inbox.accepted', 'inbox.ignored', 'inbox.refused', 'delivery.delivered']) {
    expect(events).toContain(`"event":"${event}"`);
  }
  expect(signatures.length).toBeGreaterThan(5);
  const contents = peer.arrived.map((accept) => JSON.stringify(accept));
  const pem = peer.publicKeyPem.split('\n').slice(1, 3);
  const secrets = writings(readFileSync(join(blog.data, 'keys.json'), 'utf8'));
  expectNone([...secrets, ...signatures, ...contents, ...pem, MARK, 'PUBLIC KEY', 'Bearer'], [['the log', log]]);
}, 300_000);
