import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openRemoteOwner } from '../../scripts/remote-owner.ts';
import { checkOwnerToken } from '../../server/owner-token.ts';
import { faultOf } from '../server/fault-of.ts';

type Jwk = Readonly<Record<string, string>>;

let ownerKey: Jwk;
let publicKey: Jwk;
beforeAll(async () => {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const texts = (jwk: object): Jwk =>
    Object.fromEntries(Object.entries(jwk).filter(([, value]) => typeof value === 'string'));
  publicKey = texts(await exportJWK(pair.publicKey));
  ownerKey = { ...texts(await exportJWK(pair.privateKey)), alg: 'EdDSA' };
});

let server: Server;
let answer: RequestListener;
let origin: string;
const got: { headers: IncomingHttpHeaders; url: string | undefined; body: string }[] = [];
beforeEach(async () => {
  got.length = 0;
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    got.push({ headers: request.headers, url: request.url, body: Buffer.concat(chunks).toString() });
    answer(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const open = (deadlineMs = 10_000) => openRemoteOwner({ origin, ownerKey, clock: Date.now, deadlineMs });

const says = (status: number, body: string): void => {
  answer = (_request, response) => void response.writeHead(status, { 'content-type': 'application/json' }).end(body);
};

test('each request has a token of its own, for its body and this blog', async () => {
  says(200, '{"result":[{"kind":"replies","count":1,"bytes":2}]}');
  const owner = open();
  expect(await owner.sizes()).toEqual([{ kind: 'replies', count: 1, bytes: 2 }]);
  await owner.sizes();
  const tokens = got.map(({ headers }) => headers.authorization?.replace('Bearer ', '') ?? '');
  const checked = await Promise.all(
    tokens.map((token, n) => {
      const body = new TextEncoder().encode(got[n]?.body);
      return checkOwnerToken(publicKey, token, { audience: origin, body, now: Date.now() });
    }),
  );
  expect(checked.map(({ kind }) => kind)).toEqual(['valid', 'valid']);
  expect(new Set(checked.map((each) => (each.kind === 'valid' ? each.jti : ''))).size).toBe(2);
});

test('a redirect is not followed: the token is for this blog alone', async () => {
  answer = (_request, response) => void response.writeHead(307, { location: `${origin}/elsewhere` }).end();
  expect((await faultOf(open().sizes())).code).toBe('owner-unavailable');
  expect(got.map(({ url }) => url)).toEqual(['/ap/owner']);
});

test.each([
  [401, '{"error":"The token was used before."}', 'owner-refused', 'The token was used before.'],
  [404, '{"error":"x"}', 'owner-refused', 'takes no commands from elsewhere'],
  [400, '{"error":"There is no such command here."}', 'owner-refused', 'There is no such command here.'],
  [500, '<html>', 'owner-unavailable', 'it answers 500'],
  [200, '<html>', 'owner-unreadable', 'cannot be read'],
  [200, '{"result":[{"kind":"replies"}]}', 'owner-unreadable', 'cannot be read'],
])('it answers %i %s → %s', async (status, body, code, message) => {
  says(status, body);
  const fault = await faultOf(open().sizes());
  expect([fault.code, fault.message]).toEqual([code, expect.stringContaining(message)]);
  expect(`${fault.message} ${fault.hint}`).not.toContain(ownerKey.d);
});

test('what the server says of it is quoted without control characters, and not at any length', async () => {
  says(401, JSON.stringify({ error: `\u001b[2J${'x'.repeat(10_000)}` }));
  const { message } = await faultOf(open().sizes());
  expect(message).not.toContain('\u001b');
  expect(message.length).toBeLessThan(400);
});

test('no answer in time, and nobody there → owner-unavailable', async () => {
  answer = () => {};
  expect((await faultOf(open(50).sizes())).message).toContain('no answer within');
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  expect((await faultOf(open().sizes())).code).toBe('owner-unavailable');
});
