import { expect } from 'vitest';
import { makeDigest } from '../../../federation/signatures/digest.ts';
import type { RequestMessage } from '../../../federation/signatures/request.ts';
import { httpDate } from '../../../federation/signatures/time-window.ts';
import { verifyRequest } from '../../../federation/signatures/verify.ts';
import * as crypto from '../../../server/crypto.ts';
import { ALICE, ALICE_KEY, aliceKey, handSigned, INBOX, NOW, verifierWith } from './support.ts';

export const BODY = Buffer.from('{"type":"Follow"}');
export const DATE = httpDate(NOW);
export const DIGEST = makeDigest(crypto, BODY);
export const HOUR = 3_600_000;
export const VERIFIED = { kind: 'verified', keyId: ALICE_KEY, owner: ALICE, signature: expect.any(Uint8Array) };

export type Lines = (readonly [string, string])[];
export const POST_LINES: Lines = [
  ['(request-target)', 'post /ap/inbox'],
  ['host', 'blog.test'],
  ['date', DATE],
  ['digest', DIGEST],
];

/** A POST whose headers are the covered ones of `lines`, signed by hand. */
export function post(
  lines: Lines,
  parameters?: Record<string, string>,
  hash?: 'sha256' | 'sha512',
  url = INBOX,
): RequestMessage {
  const headers = lines
    .filter(([name]) => !name.startsWith('('))
    .map(([name, value]): [string, string] => [name, value]);
  return { method: 'POST', url, headers: [...headers, ['Signature', handSigned(lines, parameters, hash)]], body: BODY };
}

export function get(lines: Lines): RequestMessage {
  return { ...post(lines), method: 'GET', body: new Uint8Array() };
}

export const without = (name: string): Lines => POST_LINES.filter(([other]) => other !== name);
export const verify = (request: RequestMessage, now = NOW) => verifyRequest(verifierWith(now, aliceKey()), request);
