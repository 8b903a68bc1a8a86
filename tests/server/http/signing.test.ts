import { createHash, createSign, createVerify, generateKeyPairSync } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { createAgents } from '../../../server/http/agents.ts';
import { createDocumentClient } from '../../../server/http/document-client.ts';
import { createInboxClient } from '../../../server/http/inbox-client.ts';
import { createSigning } from '../../../server/http/signing.ts';
import { type Peer, startPeer } from './peer.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const keyId = 'https://blog.example/ap/actor.json#main-key';
const signing = createSigning({ keyId, sign: (data) => createSign('RSA-SHA256').update(data).sign(privateKey) });
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

const common = {
  allowPrivate: true,
  userAgent: 'Postern/0.1.0 (+https://blog.example)',
  clock: () => Date.UTC(2026, 10, 23),
};

function options() {
  const agents = createAgents({ allowPrivate: true });
  opened.push(agents);
  return { ...common, ...signing, agents };
}

/** Checks the signature over what arrived on the wire, in the plainest words of draft-cavage §2.3. */
function verifies({ method, url, headers }: Peer['requests'][number]): string | undefined {
  const header = String(headers.signature);
  const part = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(header)?.[1] ?? '';
  const lines = part('headers')
    .split(' ')
    .map((name) =>
      name === '(request-target)' ? `${name}: ${method.toLowerCase()} ${url}` : `${name}: ${headers[name]}`,
    );
  const valid = createVerify('RSA-SHA256').update(lines.join('\n')).verify(publicKey, part('signature'), 'base64');
  return valid ? part('headers') : undefined;
}

it('a GET arrives with a signature that fits what arrives', async () => {
  const remote = await startPeer((_request, response) => response.writeHead(404).end());
  opened.push(remote);
  await createDocumentClient(options()).get(`${remote.origin}/users/a?b=c`);
  expect(remote.requests.map(verifies)).toEqual(['(request-target) host date accept']);
});

it('a POST arrives with a signature and a digest that fit what arrives', async () => {
  const body = Buffer.from('{"type":"Create"}');
  const remote = await startPeer((_request, response) => response.writeHead(202).end());
  opened.push(remote);
  await createInboxClient(options()).post(`${remote.origin}/inbox`, body);
  expect(remote.requests.map(verifies)).toEqual(['(request-target) host date digest content-type']);
  const digest = createHash('sha256').update(body).digest('base64');
  expect(remote.requests[0]?.headers.digest).toBe(`SHA-256=${digest}`);
});

it('one body to many inboxes is signed for each of them', () => {
  const body = Buffer.from('{}');
  const [one, other] = ['https://a.example/inbox', 'https://b.example/inbox'].map((url) =>
    signing.signPost(url, body, 0),
  );
  expect(one?.Digest).toBe(other?.Digest);
  expect(one?.Signature).not.toBe(other?.Signature);
  expect(signing.signPost('https://a.example/inbox', Buffer.from('{"x":1}'), 0).Digest).not.toBe(one?.Digest);
});
