import { describe, expect, it } from 'vitest';
import { ED25519_KID, RSA_KID } from '../../../federation/signatures/jwk.ts';
import { ACTIVITY_JSON } from '../../../federation/vocabulary.ts';
import { answerOnNetlify, type NetlifyContext } from '../../../server/hosts/netlify.ts';
import { netlifyFacts } from '../../../server/hosts/netlify-facts.ts';
import type { LogLine } from '../../../server/ports.ts';
import { inbox } from '../../../server/routes/inbox.ts';
import { objects } from '../../../server/routes/objects.ts';
import { NOW, ORIGIN, PEER, post, type World } from '../routes/world.ts';
import { KEYS, openBlog, openEachWorld, PRODUCTION } from './netlify-blog.ts';

let world: World;
let lines: LogLine[];
openEachWorld((made, log) => {
  world = made;
  lines = log;
});

const open = (context?: NetlifyContext, env?: Record<string, string>) => openBlog(world, lines, context, env);

const follow = () => post({ id: `${PEER}#follow-1`, type: 'Follow', actor: PEER, object: `${ORIGIN}/ap/actor.json` });

async function receive(url: string, context: NetlifyContext = PRODUCTION): Promise<Response> {
  const blog = await open(context);
  return answerOnNetlify(async () => blog, { request: new Request(url, follow()), context }, inbox, {
    federatesOnly: true,
  });
}

describe('what a peer sends to the inbox', () => {
  it.each([
    `${ORIGIN}/ap/inbox`,
    'https://6743f1--blog.netlify.app/ap/inbox',
    'http://127.0.0.1:8888/ap/inbox',
    'https://main--blog.netlify.app/.netlify/functions/inbox',
  ])('is verified by the address that it was sent to, though the platform says %s', async (url) => {
    const blog = await open();
    const request = new Request(url, follow());
    const answer = await answerOnNetlify(async () => blog, { request, context: {} }, inbox, { federatesOnly: true });
    expect(lines.filter(({ event }) => event.startsWith('inbox'))).toMatchObject([{ event: 'inbox.accepted' }]);
    expect(answer.status).toBe(202);
  });

  it('under another path is none of ours', async () => {
    expect((await receive(`${ORIGIN}/.netlify/functions/deliver`)).status).toBe(401);
  });

  it.each([
    ['a preview', { ...PRODUCTION, deploy: { context: 'deploy-preview' } }],
    ['a branch deploy', { ...PRODUCTION, deploy: { context: 'branch-deploy' } }],
    ['a production deploy that is not live', { ...PRODUCTION, deploy: { context: 'production', published: false } }],
    ['a second site of the same repository', { ...PRODUCTION, site: { url: 'https://copy.netlify.app' } }],
    ['a look on a developer’s machine', { ...PRODUCTION, deploy: { context: 'dev' } }],
  ])('is refused by %s: there is no inbox', async (_, context) => {
    expect((await receive(`${ORIGIN}/ap/inbox`, context)).status).toBe(404);
    expect(lines).toMatchObject([{ event: 'request.not-federating' }]);
  });

  it('is answered before its answer is delivered, which is started then', async () => {
    const blog = await open();
    const posted: { url: string; token: string }[] = [];
    let answered: (status: number) => void = () => {};
    const own = {
      ...blog.own,
      post: (url: string, token: string) => {
        posted.push({ url, token });
        return new Promise<number>((resolve) => {
          answered = resolve;
        });
      },
    };
    const later: Promise<unknown>[] = [];
    const context = { ...PRODUCTION, waitUntil: (work: Promise<unknown>) => void later.push(work) };
    const request = new Request(`${ORIGIN}/ap/inbox`, follow());
    const place = { ...blog, own };
    const answer = await answerOnNetlify(async () => place, { request, context }, inbox, { federatesOnly: true });
    expect(answer.status).toBe(202);
    expect(later).toHaveLength(1);
    await expect.poll(() => posted).toMatchObject([{ url: `${ORIGIN}/ap/work/deliver` }]);
    answered(202);
    await Promise.all(later);
    expect(lines.filter(({ event }) => event === 'work.not-started')).toEqual([]);
  });

  it('starts nothing when nothing was queued, or a run is at it', async () => {
    const blog = await open();
    const later: Promise<unknown>[] = [];
    const context = { ...PRODUCTION, waitUntil: (work: Promise<unknown>) => void later.push(work) };
    const own = { ...blog.own, post: () => Promise.reject(new Error('nothing is to be started')) };
    const ask = (request: Request) => answerOnNetlify(async () => ({ ...blog, own }), { request, context }, inbox);
    const like = { id: `${PEER}#like-1`, type: 'Like', actor: PEER, object: `${ORIGIN}/ap/posts/p1.json` };
    await ask(new Request(`${ORIGIN}/ap/inbox`, post(like)));
    expect(later).toEqual([]);
    await blog.deps.store.workers.beat('run-1', NOW + 30_000);
    await ask(new Request(`${ORIGIN}/ap/inbox`, follow()));
    await Promise.all(later);
    expect(lines.filter(({ event }) => event === 'work.not-started')).toEqual([]);
  });
});

it('a page or document needs no keys, and is found by the public address', async () => {
  const blog = await open(PRODUCTION, {});
  const request = new Request('https://6743f1--blog.netlify.app/ap/posts/p1.json', {
    headers: { accept: ACTIVITY_JSON },
  });
  const answer = await answerOnNetlify(async () => blog, { request, context: PRODUCTION }, objects);
  expect(await answer.json()).toMatchObject({ id: `${ORIGIN}/ap/posts/p1.json` });
  expect(blog.held()).toBeUndefined();
});

it('the owner is told why nothing is sent, when something last was, and how much the environment holds', async () => {
  const env = { POSTERN_PRIVATE_KEYS: KEYS, AWS_REGION: 'us-east-1', URL: ORIGIN, POSTERN_X: '12345' };
  const facts = async (context?: NetlifyContext) => netlifyFacts(await open(context, env), env);
  const environmentBytes = KEYS.length + 'POSTERN_PRIVATE_KEYSPOSTERN_X12345'.length;
  // The site of this test shows no keys.
  expect(await facts()).toEqual({ name: 'netlify', idle: 'key-mismatch', environmentBytes });
  expect(await facts({ deploy: { context: 'deploy-preview' } })).toMatchObject({ idle: 'not-production' });
});

it.each([
  ['no build', () => Promise.reject(new Error('no build'))],
  [
    'damaged keys',
    () =>
      open(PRODUCTION, { POSTERN_PRIVATE_KEYS: '{"keys":[]}' }).then((blog) => ({
        ...blog,
        takeQueued: () => Boolean(blog.held()),
      })),
  ],
])('with %s a request is answered with 503 and a word without detail', async (_, opening) => {
  const request = new Request(`${ORIGIN}/ap/notifications/secret`);
  const answer = await answerOnNetlify(opening, { request, context: {} }, async () => new Response('ok'));
  expect(answer.status).toBe(503);
  expect(await answer.text()).not.toMatch(/build|key|secret/i);
});

it('what is logged of damaged keys holds nothing of them', async () => {
  const text = KEYS.replace(/"n":"[^"]{20}/, '"n":"AAAA');
  const blog = await open(PRODUCTION, { POSTERN_PRIVATE_KEYS: text });
  expect(() => blog.held()).toThrow(expect.objectContaining({ code: 'private-keys-malformed' }));
  expect(blog.deps.keys.keyId).toBe(`${ORIGIN}/ap/actor.json#${RSA_KID}`);
  expect(blog.deps.keys.proofKeyId).toBe(`${ORIGIN}/ap/actor.json#${ED25519_KID}`);
});
