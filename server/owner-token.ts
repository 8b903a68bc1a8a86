import { errors, jwtVerify, SignJWT } from 'jose';
import { OWNER_KID } from '../federation/signatures/owner-jwk.ts';
import { sha256 } from './crypto.ts';

type Jwk = Readonly<Record<string, string>>;

/** How long a token holds; one is made for each request. */
const HOLDS_SECONDS = 60;

/** How far apart the two clocks may be. */
const SKEW_SECONDS = 60;

/** A token has some 400 letters: what is longer is not looked at. */
const MAX_LENGTH = 2_048;

/** What a token is made for: one request to one blog. */
export interface TokenOptions {
  /** The origin of the blog. */
  readonly audience: string;
  readonly body: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export type TokenCheck =
  | { readonly kind: 'valid'; readonly jti: string }
  /** `reason` for the log, `message` for whoever asked. */
  | { readonly kind: 'refused'; readonly reason: string; readonly message: string };

/**
 * Signs the token of one request with the owner's key: for this blog, this body, a minute, and once. `jti` is random and
 * never used again. (RFC 7519; RFC 8037 §3.1)
 */
export function signOwnerToken(
  privateJwk: Jwk,
  { audience, body, now, jti }: TokenOptions & { jti: string },
): Promise<string> {
  const issuedAt = Math.floor(now / 1_000);
  return new SignJWT({ digest: digestOf(body) })
    .setProtectedHeader({ alg: 'EdDSA', kid: OWNER_KID, typ: 'JWT' })
    .setAudience(audience)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + HOLDS_SECONDS)
    .setJti(jti)
    .sign({ ...privateJwk, kty: privateJwk.kty ?? '' });
}

/**
 * Checks the token of one request against the public half of the owner's key. Whether it was used before is the caller's to
 * know: `jti` says which it is. Never throws.
 *
 * A bad token costs one verification at most, and nothing is read, stored or fetched for it. The algorithm is Ed25519
 * whatever the token says: `none` and HMAC with the public key are other algorithms (RFC 8725 §2.1, §3.1).
 */
export async function checkOwnerToken(publicJwk: Jwk, token: string, options: TokenOptions): Promise<TokenCheck> {
  if (token.length > MAX_LENGTH) return refused('token-malformed', 'The token is not one of this blog.');
  try {
    const { payload } = await jwtVerify(
      token,
      { ...publicJwk, kty: publicJwk.kty ?? '', alg: 'EdDSA' },
      {
        algorithms: ['EdDSA'],
        audience: options.audience,
        clockTolerance: SKEW_SECONDS,
        currentDate: new Date(options.now),
        requiredClaims: ['exp', 'iat', 'jti', 'aud', 'digest'],
      },
    );
    const { iat = 0, exp = Number.POSITIVE_INFINITY, jti = '', digest } = payload;
    if (exp - iat > HOLDS_SECONDS) return refused('token-holds-too-long', 'The token holds for more than a minute.');
    if (iat > options.now / 1_000 + SKEW_SECONDS) return clockDiffers;
    if (digest !== digestOf(options.body)) return refused('token-of-other-body', 'The token is of another request.');
    if (jti === '' || jti.length > 128) return refused('token-malformed', 'The token is not one of this blog.');
    return { kind: 'valid', jti };
  } catch (fault) {
    return refusalOf(fault);
  }
}

const clockDiffers = refused(
  'token-expired',
  'The token has expired or is not valid yet: check the clocks of both machines.',
);

function refusalOf(fault: unknown): TokenCheck {
  if (fault instanceof errors.JWTExpired) return clockDiffers;
  if (fault instanceof errors.JWTClaimValidationFailed) {
    if (fault.claim === 'aud') return refused('token-of-other-blog', 'The token is of another blog.');
    if (fault.claim === 'nbf') return clockDiffers;
    return refused('token-incomplete', 'The token lacks something that it must say.');
  }
  if (fault instanceof errors.JWSSignatureVerificationFailed) {
    return refused('token-of-other-key', "The token was not signed with the owner's key of this blog.");
  }
  return refused('token-malformed', 'The token is not one of this blog.');
}

function refused(reason: string, message: string): TokenCheck {
  return { kind: 'refused', reason, message };
}

function digestOf(body: Uint8Array): string {
  return Buffer.from(sha256(body)).toString('base64url');
}
