import { createHash, createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import type { LogLine } from '../../../server/ports.ts';
import { webhook } from '../../../server/routes/webhook.ts';

const SECRET = 'between builder and blog';
const NOW = Date.parse('2026-11-23T12:00:00Z');
const BODY = JSON.stringify({ id: 'd1', state: 'ready', context: 'production' });
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A JWS made by hand, as builders without a library make it (RFC 7515 §3.1). */
function sign(payload: object, { secret = SECRET, alg = 'HS256' } = {}): string {
  const input = `${base64url({ alg, typ: 'JWT' })}.${base64url(payload)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

const sha256 = createHash('sha256').update(BODY).digest('hex');
const good = sign({ iss: 'netlify', sha256 });

async function ask(signature: string | undefined, { body = BODY, method = 'POST', secret = SECRET } = {}) {
  const lines: LogLine[] = [];
  const published: unknown[] = [];
  const headers: Record<string, string> = signature === undefined ? {} : { 'x-webhook-signature': signature };
  const deps = {
    secret: secret || undefined,
    clock: () => NOW,
    log: (line: LogLine) => void lines.push(line),
    publish: async () => published.push(1) === 1,
  };
  const request = new Request('https://blog.example/ap/webhook', {
    method,
    headers,
    ...(method === 'POST' ? { body } : {}),
  });
  const { status } = await webhook(deps, request);
  return { status, published: published.length, reason: lines[0]?.reason, lines: lines.length };
}

test('A signed notification has what is live published', async () => {
  expect(await ask(good)).toEqual({ status: 202, published: 1, reason: undefined, lines: 1 });
});

test.each([
  ['no signature', undefined, 'signature-missing'],
  ['nonsense', 'nonsense', 'signature-invalid'],
  ['another secret', sign({ iss: 'netlify', sha256 }, { secret: 'other' }), 'signature-invalid'],
  ['another issuer', sign({ iss: 'somebody', sha256 }), 'signature-invalid'],
  ['no digest', sign({ iss: 'netlify' }), 'body-differs'],
  ['another algorithm in its header', sign({ iss: 'netlify', sha256 }, { alg: 'none' }), 'signature-invalid'],
])('With %s nothing is published: 401', async (_, signature, reason) => {
  expect(await ask(signature)).toEqual({ status: 401, published: 0, reason, lines: 1 });
});

test('A signature of another body is none', async () => {
  expect(await ask(good, { body: `${BODY} ` })).toMatchObject({ status: 401, published: 0, reason: 'body-differs' });
});

const at = (seconds: number) => NOW / 1_000 + seconds;

test.each([
  ['made ten minutes ago', { iat: at(-600) }],
  ['made by a clock that is ahead', { iat: at(60) }],
  ['that ends later', { exp: at(5) }],
])('A signature %s holds', async (_, claims) => {
  expect(await ask(sign({ iss: 'netlify', sha256, ...claims }))).toMatchObject({ status: 202, published: 1 });
});

test.each([
  ['made longer ago', { iat: at(-601) }, 'signature-old'],
  ['made longer ago, though it never ends', { iat: at(-601), exp: at(86_400) }, 'signature-old'],
  ['made tomorrow', { iat: at(86_400) }, 'signature-old'],
  ['made at no time', { iat: 'today' }, 'signature-invalid'],
  ['that ended', { exp: at(-61) }, 'signature-invalid'],
])('A signature %s is none', async (_, claims, reason) => {
  const answer = { status: 401, published: 0, reason, lines: 1 };
  expect(await ask(sign({ iss: 'netlify', sha256, ...claims }))).toEqual(answer);
});

test('A secret that could be guessed is not used, whoever knows it, and the log says what to do', async () => {
  const secret = 'fifteen letters';
  const lines: LogLine[] = [];
  const headers = { 'x-webhook-signature': sign({ iss: 'netlify', sha256 }, { secret }) };
  const deps = { secret, clock: () => NOW, log: (line: LogLine) => void lines.push(line), publish: async () => true };
  const request = new Request('https://blog.example/ap/webhook', { method: 'POST', headers, body: BODY });
  expect((await webhook(deps, request)).status).toBe(404);
  const hint = expect.stringContaining('openssl rand -hex 32');
  expect(lines).toEqual([{ event: 'webhook.secret-too-short', level: 'error', hint }]);
  expect(JSON.stringify(lines)).not.toContain(secret);
});

test('A body that is too large is not read', async () => {
  expect(await ask(good, { body: 'x'.repeat(300_000) })).toMatchObject({ status: 413, published: 0 });
});

test('Without a secret there is nothing here, and GET is no notification', async () => {
  expect(await ask(good, { secret: '' })).toMatchObject({ status: 404, published: 0 });
  expect(await ask(good, { method: 'GET' })).toMatchObject({ status: 405, published: 0 });
});
