import { createHash, timingSafeEqual } from 'node:crypto';

/** What every answer of a feed with a secret address has: nobody else shall keep it, find it, or learn where it is. */
export const PRIVATE = {
  'cache-control': 'private, no-store',
  'x-robots-tag': 'noindex, nofollow',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** Compares by digests: the time depends on neither text nor length. An empty secret is nobody's. */
export function isSameSecret(given: string, secret: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return secret !== '' && timingSafeEqual(digest(given), digest(secret));
}
