import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHost } from '../../scripts/comment-plan-host.ts';
import { postComment } from '../../scripts/comment-plan-post.ts';
import { readTarget } from '../../scripts/comment-plan-target.ts';
import { type Agents, createAgents } from '../../server/http/agents.ts';
import { type GitHost, ME, startGitHost, TOKEN } from './fake-git-host.ts';

const MARKER = '<!-- postern-plan https://blog.example -->';

let host: GitHost;
let agents: Agents;
beforeEach(async () => {
  host = await startGitHost();
  agents = createAgents({ allowPrivate: true });
});
afterEach(async () => {
  agents.close();
  await host.peer.close();
});

interface Posting {
  readonly kind?: 'GITHUB' | 'GITLAB';
  readonly token?: string;
  readonly deadlineMs?: number;
  readonly allowPrivate?: boolean;
}

function post(text: string, { kind = 'GITHUB', token = TOKEN, allowPrivate = true, ...bounds }: Posting = {}) {
  const address = `${host.peer.origin.replace('://', '://git:other-secret@')}/mara/blog.git`;
  const read = readTarget({ REPOSITORY_URL: address, REVIEW_ID: '12', [`POSTERN_${kind}_TOKEN`]: token });
  if (read.kind !== 'target') throw new Error(JSON.stringify(read));
  const ask = createHost({ agents, allowPrivate, userAgent: 'Postern', headers: read.target.headers, ...bounds });
  return postComment(ask, read.target, MARKER, text);
}

const bodies = (): string[] => host.comments.map(({ body }) => body);
const status =
  (code: number, headers: Record<string, string> = {}) =>
  (_: unknown, response: ServerResponse) => {
    response.writeHead(code, headers).end('{"message":"no"}');
    return true;
  };

describe.each(['GITHUB', 'GITLAB'] as const)('%s', (kind) => {
  test('the first push makes one comment, later ones change it, and the same plan changes nothing', async () => {
    expect(await post('one', { kind })).toEqual({ kind: 'created' });
    expect(await post('two', { kind })).toEqual({ kind: 'updated' });
    expect(await post('two', { kind })).toEqual({ kind: 'unchanged' });
    expect(bodies()).toEqual([`${MARKER}\ntwo`]);
    expect(host.asked().filter((line) => !line.startsWith('GET'))).toHaveLength(2);
  });
});

test('it is found again behind many comments', async () => {
  for (let id = 1; id <= 120; id += 1) host.comments.push({ id, body: 'Nice.', user: { id: 3, type: 'User' } });
  await post('one');
  expect(await post('two')).toEqual({ kind: 'updated' });
  expect(host.comments).toHaveLength(121);
});

test('what somebody else wrote with the marker is left alone', async () => {
  host.comments.push({ id: 1, body: `${MARKER}\nall is well`, user: { id: 3, type: 'User' } });
  expect(await post('one')).toEqual({ kind: 'created' });
  expect(bodies()).toEqual([`${MARKER}\nall is well`, `${MARKER}\none`]);
});

test('a comment of one’s own that only quotes the marker is not taken for it', async () => {
  host.comments.push({ id: 1, body: `> ${MARKER}\n`, user: { id: ME, type: 'User' } });
  expect(await post('one')).toEqual({ kind: 'created' });
});

test('line ends as the host’s forms have them are the same', async () => {
  host.comments.push({ id: 1, body: `${MARKER}\r\none`, user: { id: ME, type: 'User' } });
  expect(await post('one')).toEqual({ kind: 'unchanged' });
});

test('the token of an app, which is no user, finds the comment of its bot', async () => {
  host.comments.push(
    { id: 1, body: `${MARKER}\nfalse`, user: { id: 3, type: 'User' } },
    { id: 2, body: `${MARKER}\nold`, user: { id: 4, type: 'Bot' } },
  );
  host.fault = (request, response) => request.url === '/api/v3/user' && status(403)(request, response);
  expect(await post('new')).toEqual({ kind: 'updated' });
  expect(bodies()).toEqual([`${MARKER}\nfalse`, `${MARKER}\nnew`]);
});

test('a comment that is removed meanwhile is made again', async () => {
  await post('one');
  host.fault = (request, response) => request.method === 'PATCH' && status(404)(request, response);
  expect(await post('two')).toEqual({ kind: 'created' });
});

describe('faults are told, never thrown, and never with the token', () => {
  const told = async (posting: Posting = {}): Promise<string> => {
    const posted = await post('one', posting);
    if (posted.kind !== 'failed') throw new Error(posted.kind);
    for (const secret of [TOKEN, 'other-secret']) expect(posted.reason).not.toContain(secret);
    expect(host.comments).toEqual([]);
    return posted.reason;
  };

  test('a token that is not taken', async () => {
    expect(await told({ token: 'other' })).toContain('does not take the token (401)');
    expect(host.asked()).toEqual(['GET /api/v3/user']);
  });

  test.each([
    [403, {}, 'may not comment there (403)'],
    [404, {}, 'finds no such request'],
    [301, { location: 'http://127.0.0.1:9/steal' }, 'another name now'],
    [500, {}, 'answers 500'],
    [503, {}, 'answers 503'],
    [429, {}, 'wants fewer requests (429)'],
    [403, { 'x-ratelimit-remaining': '0' }, 'wants fewer requests (403)'],
    [200, {}, 'not a list of comments'],
  ])('%d %j', async (code, headers, reason) => {
    host.fault = status(code, headers as Record<string, string>);
    expect(await told()).toContain(reason);
  });

  test('writing that is refused', async () => {
    host.fault = (request, response) => request.method === 'POST' && status(403)(request, response);
    expect(await told()).toContain('may not comment there');
  });

  test('a host that never answers', async () => {
    host.fault = () => true;
    expect(await told({ deadlineMs: 50 })).toBe('no answer within 0.05 s');
  });

  test('a host that begins and does not end', async () => {
    host.fault = (_, response) => Boolean(response.writeHead(200).write('['));
    expect(await told({ deadlineMs: 200 })).toBe('no answer within 0.2 s');
  });

  test('a host that hangs up', async () => {
    host.fault = (_, response) => Boolean(response.destroy());
    expect(await told()).toMatch(/socket hang up|ECONNRESET/);
  });

  test('what is no JSON', async () => {
    host.fault = (_, response) => Boolean(response.writeHead(200).end('<html>'));
    expect(await told()).toContain('not a list of comments');
  });

  test('a private address is not asked', async () => {
    expect(await told({ allowPrivate: false })).toContain('may not be asked');
    expect(host.peer.requests).toEqual([]);
  });
});
