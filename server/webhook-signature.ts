import { sha256 } from './crypto.ts';

export type WebhookCheck =
  | { readonly kind: 'valid' }
  /** For the log; whoever asked learns nothing of it. */
  | { readonly kind: 'refused'; readonly reason: 'signature-missing' | 'signature-invalid' | 'body-differs' };

/**
 * Checks the `X-Webhook-Signature` of a request: a JWS in compact form, HS256 with the shared secret, with the claims `iss`
 * = `netlify` and `sha256` = hex SHA-256 of the raw body. Netlify signs its own notifications so, and another builder can in
 * one line:
 *
 *     await new SignJWT({ sha256: createHash('sha256').update(body).digest('hex') })
 *       .setProtectedHeader({ alg: 'HS256' }).setIssuer('netlify').sign(new TextEncoder().encode(secret))
 *
 * (RFC 7515; https://docs.netlify.com/deploy/deploy-notifications/#payload-signature)
 */
export async function checkWebhook(secret: string, signature: string | null, body: Uint8Array): Promise<WebhookCheck> {
  if (signature === null || signature.length > 2_048) return { kind: 'refused', reason: 'signature-missing' };
  const { jwtVerify } = await import('jose/jwt/verify');
  try {
    const key = new TextEncoder().encode(secret);
    const { payload } = await jwtVerify(signature, key, { algorithms: ['HS256'], issuer: 'netlify' });
    return payload.sha256 === Buffer.from(sha256(body)).toString('hex')
      ? { kind: 'valid' }
      : { kind: 'refused', reason: 'body-differs' };
  } catch {
    return { kind: 'refused', reason: 'signature-invalid' };
  }
}
