import { afterEach, expect, test } from 'vitest';
import { lookAtSite } from '../../../scripts/setup/live-site.ts';
import { type Peer, startPeer } from '../../server/http/peer.ts';

const PEM = '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n';

let peer: Peer | undefined;
afterEach(() => peer?.close());

type Answers = Readonly<Record<string, (origin: string) => unknown>>;

const HEALTHY: Answers = {
  '/': () => 'a page',
  '/.well-known/webfinger': (origin) => ({
    subject: 'acct:mara@x',
    links: [{ rel: 'self', type: 'application/activity+json', href: `${origin}/ap/actor.json` }],
  }),
  '/ap/actor.json': () => ({ publicKey: { publicKeyPem: PEM } }),
  '/ap/followers': () => ({ totalItems: 2 }),
};

async function look(answers: Answers, deadlineMs = 5_000) {
  peer = await startPeer((request, response) => {
    const answer = answers[new URL(request.url ?? '/', 'http://x').pathname];
    if (answer === undefined) return response.writeHead(404).end();
    const body = answer(peer?.origin ?? '');
    if (body === 'never') return response;
    return response.writeHead(200).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  const looked = { origin: peer.origin, username: 'mara', publicKeyPem: PEM.trim() };
  return lookAtSite({ allowPrivateAddresses: true }, looked, deadlineMs);
}

test('a healthy site', async () => {
  expect(await look(HEALTHY)).toEqual({
    page: { ok: true },
    webfinger: { ok: true },
    key: { ok: true },
    followers: 2,
  });
  expect(peer?.requests.map(({ url }) => url)).toContain(
    `/.well-known/webfinger?resource=${encodeURIComponent(`acct:mara@${new URL(peer?.origin ?? '').host}`)}`,
  );
});

test.each<[string, Answers, object]>([
  ['nothing there yet', {}, { page: { saw: 'answers 404' }, webfinger: { saw: 'answers 404' } }],
  [
    'another key',
    { ...HEALTHY, '/ap/actor.json': () => ({ publicKey: { publicKeyPem: 'other' } }) },
    { key: { saw: 'shows another key than content/keys.json' } },
  ],
  ['no key', { ...HEALTHY, '/ap/actor.json': () => ({}) }, { key: { saw: 'answers without a key in it' } }],
  [
    'a page for everything',
    { ...HEALTHY, '/.well-known/webfinger': () => '<html>', '/ap/followers': () => '<html>' },
    { webfinger: { saw: 'answers without the blog in it' }, followers: undefined },
  ],
  [
    'WebFinger of another',
    {
      ...HEALTHY,
      '/.well-known/webfinger': () => ({
        links: [{ rel: 'self', type: 'application/activity+json', href: 'https://other.example/me' }],
      }),
    },
    { webfinger: { saw: 'leads to https://other.example/me' } },
  ],
])('%s', async (_, answers, seen) => {
  const live = await look(answers);
  const told = Object.fromEntries(Object.keys(seen).map((key) => [key, live[key as keyof typeof live]]));
  expect(told).toMatchObject(seen);
});

test('a site that does not answer is not waited for', async () => {
  const live = await look({ '/': () => 'never' }, 50);
  expect(live.page).toEqual({ ok: false, saw: 'does not answer: no answer within 50 ms' });
});

test('why there is no connection is said without the address', async () => {
  await look(HEALTHY);
  const origin = peer?.origin ?? '';
  await peer?.close();
  const { page } = await lookAtSite({ allowPrivateAddresses: true }, { origin, username: 'mara' });
  expect(page).toEqual({ ok: false, saw: expect.stringMatching(/^does not answer: connect ECONNREFUSED/) });
});

test('a private address is not asked', async () => {
  const looked = { origin: 'https://127.0.0.1:1', username: 'mara' };
  const { page } = await lookAtSite({ allowPrivateAddresses: false }, looked);
  expect(page).toEqual({ ok: false, saw: expect.stringContaining('may not be asked') });
});
