import { exportJWK, generateKeyPair } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Message } from '../../federation/interaction.ts';
import { type MessageJwk, openMessage, sealMessage } from '../../server/messages.ts';
import { faultOf } from './fault-of.ts';

const MESSAGE: Message = {
  id: 'https://mastodon.example/notes/7',
  kind: 'message',
  actor: 'https://mastodon.example/users/ada',
  handle: '@ada@mastodon.example',
  about: ['https://blog.example/ap/posts/a.json'],
  text: [{ tag: 'p', children: ['A secret ', { tag: 'a', href: 'https://a.example/', children: ['link'] }, ' 🗝'] }],
  contentWarning: 'private',
  inReplyTo: 'https://blog.example/ap/posts/a.json',
  url: 'https://mastodon.example/@ada/7',
  attachments: [{ url: 'https://mastodon.example/a.png', alt: 'A key' }],
  published: '2026-11-23T12:00:00Z',
  at: '2026-11-23T12:00:01Z',
};

async function makePair(): Promise<{ publicJwk: MessageJwk; privateJwk: MessageJwk }> {
  const pair = await generateKeyPair('ECDH-ES+A256KW', { crv: 'P-256', extractable: true });
  return { publicJwk: textsOf(await exportJWK(pair.publicKey)), privateJwk: textsOf(await exportJWK(pair.privateKey)) };
}

function textsOf(jwk: object): MessageJwk {
  return Object.fromEntries(Object.entries(jwk).filter(([, value]) => typeof value === 'string'));
}

let pair: Awaited<ReturnType<typeof makePair>>;
let jwe: string;
beforeAll(async () => {
  pair = await makePair();
  jwe = await sealMessage(pair.publicJwk, MESSAGE);
});

describe('a sealed message', () => {
  test('opened with the private half → every word of it', async () => {
    expect(await openMessage(pair.privateJwk, jwe)).toEqual(MESSAGE);
  });

  test('shows nothing of what it says, nor who said it', async () => {
    const [head = '', ...rest] = jwe.split('.');
    expect(rest).toHaveLength(4);
    expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toMatchObject({
      alg: 'ECDH-ES+A256KW',
      enc: 'A256GCM',
      kid: 'message-key',
    });
    const readable = jwe.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'));
    for (const word of ['secret', 'mastodon', 'ada']) expect(readable.join(' ')).not.toContain(word);
  });

  test('sealed twice → two different texts', async () => {
    expect(await sealMessage(pair.publicJwk, MESSAGE)).not.toBe(jwe);
  });

  test('the public half opens nothing', async () => {
    expect((await faultOf(openMessage(pair.publicJwk, jwe))).code).toBe('message-not-opened');
  });

  test('another key opens nothing, and the fault holds no key', async () => {
    const other = await makePair();
    const fault = await faultOf(openMessage(other.privateJwk, jwe));
    expect(fault.code).toBe('message-not-opened');
    expect(JSON.stringify({ ...fault, message: fault.message, cause: fault.cause })).not.toContain(
      other.privateJwk.d ?? '',
    );
  });

  test.each([1, 2, 3, 4])('part %i changed → not opened', async (index) => {
    const parts = jwe.split('.');
    const part = parts[index] ?? '';
    parts[index] = `${part.startsWith('A') ? 'B' : 'A'}${part.slice(1)}`;
    expect((await faultOf(openMessage(pair.privateJwk, parts.join('.')))).code).toBe('message-not-opened');
  });

  test('what is no sealed message → not opened', async () => {
    for (const text of ['', 'a.b.c.d.e', '{}', `${jwe}.x`])
      expect((await faultOf(openMessage(pair.privateJwk, text))).code).toBe('message-not-opened');
  });

  test('a private key in the rules by mistake seals for its public half', async () => {
    expect(await openMessage(pair.privateJwk, await sealMessage(pair.privateJwk, MESSAGE))).toEqual(MESSAGE);
  });

  test('a key that cannot be used → our own fault, without a word of the message', async () => {
    const fault = await faultOf(sealMessage({ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }, MESSAGE));
    expect(fault.code).toBe('message-key-unusable');
    expect(`${fault.message} ${fault.hint}`).not.toContain('secret');
  });

  test('a report without anything optional', async () => {
    const { contentWarning: _w, inReplyTo: _r, url: _u, ...rest } = MESSAGE;
    const report: Message = { ...rest, kind: 'report', attachments: [] };
    expect(await openMessage(pair.privateJwk, await sealMessage(pair.publicJwk, report))).toEqual(report);
  });
});
