import { generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type DocumentAnswer, type KeyLookup, lookUpKey } from '../../../federation/signatures/keys.ts';
import type { RequestMessage, SigningDeps } from '../../../federation/signatures/request.ts';
import type { VerifyDeps } from '../../../federation/signatures/verify.ts';
import * as crypto from '../../../server/crypto.ts';

/** What a server sent to a blog at `origin`, and the documents it signed with. */
const captureSchema = z.object({
  software: z.string(),
  origin: z.string(),
  requests: z.array(
    z.object({
      at: z.string(),
      method: z.string(),
      target: z.string(),
      headers: z.array(z.tuple([z.string(), z.string()])),
      body: z.string().default(''),
    }),
  ),
  documents: z.record(z.string(), z.object({ status: z.number(), body: z.string() })),
});
export type Capture = z.infer<typeof captureSchema>;
export type CapturedRequest = Capture['requests'][number];

export const CAPTURED_HOSTS = [
  'fedify.test',
  'gts.test',
  'hollo.test',
  'misskey.test',
  'robot.test',
  'snac.test',
  'snac2.test',
] as const;

export function readCapture(host: string): Capture {
  const file = new URL(`../../fixtures/${host}/captured.json`, import.meta.url);
  return captureSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

export function messageOf(capture: Capture, request: CapturedRequest): RequestMessage {
  return {
    method: request.method,
    url: capture.origin + request.target,
    headers: request.headers,
    body: Buffer.from(request.body),
  };
}

/** Serves the documents of a capture, and 404 for any other URL. */
export function serveDocuments(capture: Capture): (url: string) => Promise<DocumentAnswer> {
  return async (url) => {
    const found = capture.documents[url];
    if (found === undefined) return { kind: 'refused', status: 404, reason: 'not-found' };
    return { kind: 'document', document: JSON.parse(found.body) };
  };
}

/** A verifier with the clock at `now` and keys from `get`. */
export function verifierAt(now: number, get: (url: string) => Promise<DocumentAnswer>): VerifyDeps {
  return {
    ...crypto,
    clock: () => now,
    fetchKey: (keyId, options) => lookUpKey({ get }, keyId, { cached: !options.refresh }),
  };
}

/** A verifier that finds each key it is asked for by the same answer. */
export function verifierWith(now: number, lookup: KeyLookup): VerifyDeps {
  return { ...crypto, clock: () => now, fetchKey: async () => lookup };
}

export const ALICE = 'https://alice.test/users/alice';
export const ALICE_KEY = `${ALICE}#main-key`;
export const NOW = Date.parse('2026-11-23T12:00:00Z');
export const INBOX = 'https://blog.test/ap/inbox';

const pair = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
export const PUBLIC_PEM = pair.publicKey;
export const PRIVATE_PEM = pair.privateKey;

export const signingDeps: SigningDeps = {
  sha256: crypto.sha256,
  signer: { keyId: ALICE_KEY, sign: (data) => sign('sha256', data, PRIVATE_PEM) },
};

export function aliceKey(cached = false): KeyLookup {
  return { kind: 'key', key: { id: ALICE_KEY, owner: ALICE, publicKeyPem: PUBLIC_PEM }, cached };
}

/** Signs lines by hand with draft-cavage, for shapes that Postern itself never sends. */
export function handSigned(
  lines: readonly (readonly [string, string])[],
  parameters: Readonly<Record<string, string>> = { algorithm: '"rsa-sha256"' },
  hash: 'sha256' | 'sha512' = 'sha256',
): string {
  const text = lines.map(([name, value]) => `${name}: ${value}`).join('\n');
  const signature = sign(hash, Buffer.from(text), PRIVATE_PEM).toString('base64');
  const rest = Object.entries(parameters).map(([name, value]) => `,${name}=${value}`);
  return `keyId="${ALICE_KEY}",headers="${lines.map(([name]) => name).join(' ')}",signature="${signature}"${rest.join('')}`;
}
