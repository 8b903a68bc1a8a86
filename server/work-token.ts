import { createPublicKey, randomUUID, sign } from 'node:crypto';
import { ED25519_KID } from '../federation/signatures/jwk.ts';
import type { HeldKeys } from './held-keys.ts';

/** What a function may be asked to do in the background. */
export const WORK = ['publish', 'reconcile', 'deliver', 'upkeep'] as const;
export type Work = (typeof WORK)[number];

/** A token is used at once. */
const HOLDS_SECONDS = 60;
const SKEW_SECONDS = 10;

/** Another kind of token than the owner's, which this key never signs (RFC 8725 §3.11). */
const TYPE = 'postern-work+jwt';

export interface WorkTokenOptions {
  readonly origin: string;
  readonly work: Work;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Signs what lets the blog's own functions start each other: which work, of which blog, for a minute (RFC 7519). Loads no package:
 * every function that answers may have to start something, and has no time for it.
 */
export function signWorkToken(keys: HeldKeys, { origin, work, now }: WorkTokenOptions): string {
  const iat = Math.floor(now / 1_000);
  const claims = { work, aud: origin, iat, exp: iat + HOLDS_SECONDS, jti: randomUUID() };
  const parts = [{ alg: 'EdDSA', kid: ED25519_KID, typ: TYPE }, claims];
  const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  // EdDSA over what is sent, in its compact form (RFC 7515 §5.1, RFC 8037 §3.1).
  return `${signed}.${sign(null, Buffer.from(signed), keys.ed25519).toString('base64url')}`;
}

/**
 * Gives the work that a request's token asks for; undefined for what is no such token. It may be used again while it holds:
 * whatever is started twice finds nothing left to do.
 */
export async function readWorkToken(
  keys: HeldKeys,
  authorization: string | null,
  { origin, now }: Omit<WorkTokenOptions, 'work'>,
): Promise<Work | undefined> {
  const [, token] = /^Bearer ([\w-]{1,512}\.[\w-]{1,1024}\.[\w-]{1,512})$/i.exec(authorization ?? '') ?? [];
  if (token === undefined) return undefined;
  const { jwtVerify } = await import('jose/jwt/verify');
  try {
    const { payload } = await jwtVerify(token, createPublicKey(keys.ed25519), {
      algorithms: ['EdDSA'],
      typ: TYPE,
      audience: origin,
      clockTolerance: SKEW_SECONDS,
      maxTokenAge: HOLDS_SECONDS,
      currentDate: new Date(now),
      requiredClaims: ['exp', 'jti'],
    });
    return WORK.find((work) => work === payload.work);
  } catch {
    return undefined;
  }
}
