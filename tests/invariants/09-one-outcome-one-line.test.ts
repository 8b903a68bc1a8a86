import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import { crashingStore } from '../remote/watched-store.ts';
import { ACTOR, INBOX, type LiveBlog, POST, startLiveBlog } from './live-blog.ts';
import { type LoopbackPeer, startLoopbackPeer } from './loopback-peer.ts';

let blog: LiveBlog;
let ann: LoopbackPeer;
let eve: LoopbackPeer;
beforeEach(async () => {
  [blog, ann, eve] = await Promise.all([startLiveBlog(), startLoopbackPeer(), startLoopbackPeer('eve')]);
});
afterEach(() => Promise.all([blog.close(), ann.close(), eve.close()]));

const json = 'application/activity+json';
const plain = (body: string, type = json): RequestInit => ({ method: 'POST', headers: { 'content-type': type }, body });
const act = (name: string, type: string, object: unknown, more: JsonObject = {}) =>
  JSON.stringify({ id: ann.id(name), type, actor: ann.actor, object, ...more });
const signed = (activity: string, by = ann) => by.signed(INBOX, activity, blog.now);

/** Sends one request and gives the one line it left, which must fit the answer. */
async function lineOf(init: RequestInit, to = blog): Promise<Record<string, unknown>> {
  const before = to.lines.length;
  const response = await fetch(`${to.url}/ap/inbox`, init);
  const lines = to.lines.slice(before);
  expect(lines).toHaveLength(1);
  const line = { ...lines[0] };
  expect(line.event).toMatch(/^inbox\.(accepted|ignored|refused)$/);
  expect(response.status).toBe(line.event === 'inbox.refused' ? line.status : 202);
  expect(line.event === 'inbox.accepted' ? line.effects : line.reason).toMatch(/^[a-z][a-z -]+$/);
  return line;
}

test('each request, whatever it is, leaves one line that says what came of it and fits the answer', async () => {
  const follow = signed(act('f', 'Follow', ACTOR));
  const reply = {
    id: ann.id('n'),
    type: 'Note',
    attributedTo: ann.actor,
    inReplyTo: POST,
    content: 'x',
    to: ['as:Public'],
  };
  const expected: [RequestInit, string][] = [
    [{ method: 'GET' }, 'method'],
    [{ ...plain('{}'), method: 'PUT' }, 'method'],
    [{ method: 'DELETE' }, 'method'],
    [plain('{}', 'text/html'), 'content-type'],
    [plain(''), 'not-json'],
    [plain('{"id":'), 'not-json'],
    [plain('[]'), 'not-an-object'],
    [plain('{}'), 'no-type'],
    [plain(`"${'x'.repeat(1_100_000)}"`), 'body-too-large'],
    [plain(act('q', 'Question', ACTOR)), 'unsupported-type'],
    [plain(act('d', 'Delete', ann.actor)), 'unknown-actor'],
    [plain(act('f', 'Follow', ACTOR)), 'no-signature'],
    [{ ...follow, body: act('g', 'Follow', ACTOR) }, 'digest-mismatch'],
    [signed(act('f', 'Follow', ACTOR), eve), 'forwarded'],
    [ann.signed(INBOX, act('f', 'Follow', ACTOR), blog.now - 86_400_000), 'signature-expired'],
    [signed(act('f', 'Follow', 'https://other.test/x')), 'not-our-actor'],
    [follow, 'store-follower notify send'],
    [follow, 'store-follower notify send'],
    [signed(act('l', 'Like', POST)), 'store-interaction notify'],
    [signed(act('l', 'Like', POST)), 'already-seen'],
    [signed(act('m', 'Like', 'https://other.test/x')), 'not-concerned'],
    [signed(act('c', 'Create', reply)), 'store-interaction notify'],
    [signed(act('c', 'Create', { ...reply, id: ann.id('dm'), to: [ACTOR] })), 'already-seen'],
    [signed(act('c2', 'Create', { ...reply, id: ann.id('dm'), to: [ACTOR] })), 'store-message notify'],
    [signed(act('d2', 'Delete', ann.id('n'))), 'remove-interaction remove-message mark'],
    [
      signed(act('u', 'Undo', { id: ann.id('f'), type: 'Follow', actor: ann.actor, object: ACTOR })),
      'remove-follower notify',
    ],
    [follow, 'replayed'],
    [signed(act('u2', 'Undo', { id: ann.id('f'), type: 'Follow', object: ACTOR })), 'not-following'],
    [signed(act('v', 'Undo', { id: eve.id('l'), type: 'Like', actor: eve.actor })), 'undo-of-another'],
    [signed(act('w', 'Move', eve.actor)), 'move-of-another'],
  ];
  for (const [init, what] of expected) {
    const line = await lineOf(init);
    expect(line.effects ?? line.reason).toBe(what);
  }
  expect(blog.lines).toHaveLength(expected.length);
});

test('a peer that cannot be asked, and a store that fails, leave their line too', async () => {
  const away = await startLoopbackPeer('bea');
  await away.close();
  const like = { id: away.id('l'), type: 'Like', actor: away.actor, object: POST };
  expect(await lineOf(away.signed(INBOX, like, blog.now))).toMatchObject({ event: 'inbox.refused' });

  const failing = await startLiveBlog({ store: crashingStore(openMemoryStore(), 0, 'before').store });
  const line = await lineOf(signed(act('f', 'Follow', ACTOR)), failing).finally(() => failing.close());
  expect(line).toMatchObject({ event: 'inbox.refused', level: 'error', status: 503, id: ann.id('f') });
});

test('many at once leave a line each', async () => {
  const ids = Array.from({ length: 60 }, (_, n) => `like-${n}`);
  await Promise.all(ids.map((id) => fetch(`${blog.url}/ap/inbox`, signed(act(id, 'Like', POST)))));
  expect(blog.lines.map(({ id }) => id).sort()).toEqual(ids.map((id) => ann.id(id)).sort());
});
