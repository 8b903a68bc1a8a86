import { createHash } from 'node:crypto';
import type { SignatureForm } from '../../federation/delivery.ts';
import { signCavage } from '../../federation/signatures/cavage.ts';
import { signMessage } from '../../federation/signatures/message-signatures.ts';
import { ACCEPT_ACTIVITY, ACTIVITY_JSON } from '../../federation/vocabulary.ts';
import type { SigningKeys } from '../ports.ts';

/** Gives the headers of a signed GET. `now` is in milliseconds: a signature is made when the request is sent. */
export type SignGet = (url: string, now: number) => Readonly<Record<string, string>>;

/**
 * Gives the headers of a signed POST of `body`, by draft-cavage unless `form` says otherwise. `retired`: by the key that others
 * knew before, as long as it is held.
 */
export type SignPost = (
  url: string,
  body: Uint8Array,
  now: number,
  form?: SignatureForm,
  by?: 'retired',
) => Readonly<Record<string, string>>;

/**
 * Makes the signers of outbound requests: draft-cavage, which everyone accepts, and RFC 9421 where it is asked for. The digest of a body is computed once for
 * all the inboxes that the same bytes go to.
 */
export function createSigning(keys: Pick<SigningKeys, 'keyId' | 'sign' | 'retired'>): {
  readonly signGet: SignGet;
  readonly signPost: SignPost;
} {
  const digests = new WeakMap<Uint8Array, Uint8Array>();
  const sha256 = (data: Uint8Array): Uint8Array => {
    const known = digests.get(data) ?? createHash('sha256').update(data).digest();
    digests.set(data, known);
    return known;
  };
  const deps = { sha256, signer: keys };
  return {
    signGet: (url, now) => signCavage(deps, { method: 'GET', url, accept: ACCEPT_ACTIVITY }, { now }),
    signPost: (url, body, now, form = 'draft-cavage', by) => {
      const sign = form === 'rfc9421' ? signMessage : signCavage;
      const before = by === 'retired' ? keys.retired?.() : undefined;
      return sign(
        before ? { ...deps, signer: before } : deps,
        { method: 'POST', url, body, contentType: ACTIVITY_JSON },
        { now },
      );
    },
  };
}
