import { sha256 } from './crypto.ts';

export type WebhookCheck =
  | { readonly kind: 'valid' }
  /** For the log; whoever asked learns nothing of it. */
  | {
      readonly kind: 'refused';
      readonly reason: 'signature-missing' | 'signature-invalid' | 'signature-old' | 'body-differs';
    };

/** A shorter secret can be found by trying, from one signature that was seen (RFC 7518 §3.2 asks for 32 bytes). */
export const SECRET_LENGTH = 16;

const HOLDS_SECONDS = 600;
const SKEW_SECONDS = 60;

/**
 * Checks the `X-Webhook-Signature` of a request: a JWS in compact form, HS256 with the shared secret, with the claims `iss`
 * = `netlify` and `sha256` = hex SHA-256 of the raw body. Netlify signs its own notifications so, and another builder can in
 * one line:
 *
 *     await new SignJWT({ sha256: createHash('sha256').update(body).digest('hex') })
 *       .setProtectedHeader({ alg: 'HS256' }).setIssuer('netlify').setIssuedAt().sign(new TextEncoder().encode(secret))
 *
 * With `iat` it holds for ten minutes, with `exp` until then; without either for as long as the secret does. `now` is in
 * milliseconds since the epoch. (RFC 7515; https://docs.netlify.com/deploy/deploy-notifications/#payload-signature)
 */
export async function checkWebhook(
  secret: string,
  signature: string | null,
  { body, now }: { readonly body: Uint8Array; readonly now: number },
): Promise<WebhookCheck> {
  if (signature === null || signature.length > 2_048) return { kind: 'refused', reason: 'signature-missing' };
  const { jwtVerify } = await import('jose/jwt/verify');
  try {
    const key = new TextEncoder().encode(secret);
    const { payload } = await jwtVerify(signature, key, {
      algorithms: ['HS256'],
      issuer: 'netlify',
      clockTolerance: SKEW_SECONDS,
      currentDate: new Date(now),
    });
    if (payload.iat !== undefined && !isFresh(payload.iat, now)) return { kind: 'refused', reason: 'signature-old' };
    return payload.sha256 === Buffer.from(sha256(body)).toString('hex')
      ? { kind: 'valid' }
      : { kind: 'refused', reason: 'body-differs' };
  } catch {
    return { kind: 'refused', reason: 'signature-invalid' };
  }
}

function isFresh(iat: number, now: number): boolean {
  const age = now / 1_000 - iat;
  return age >= -SKEW_SECONDS && age <= HOLDS_SECONDS;
}
