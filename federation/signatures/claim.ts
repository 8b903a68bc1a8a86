import { type CavageSignature, cavageSigningString, parseCavage } from './cavage.ts';
import type { SignatureFailure } from './failure.ts';
import { type MessageSignature, parseMessageSignatures, signatureBase } from './message-signatures.ts';
import { headerValue, type RequestMessage, type Target } from './request.ts';
import { parseHttpDate, type SignatureTimes } from './time-window.ts';

export type SignatureAlgorithm = 'rsa-sha256' | 'rsa-sha512' | 'ed25519';

/** What a request claims, read from its headers alone: no key has been looked at. */
export interface Claim {
  readonly keyId: string;
  /** The algorithms that the claim allows, likeliest first. */
  readonly algorithms: readonly SignatureAlgorithm[];
  /** The texts that may have been signed, likeliest first. */
  readonly signed: readonly string[];
  readonly signature: Uint8Array;
  /** The covered fields and components, lower case. */
  readonly covered: readonly string[];
  readonly times: SignatureTimes;
}

/**
 * Reads what a request claims, or why that is no claim: by RFC 9421 where there is a `Signature-Input`, else by
 * draft-cavage-12. Coverage is what Mastodon 4.6 demands and never less: the date or creation time, the request target,
 * the host on GET, a digest on any other method. Of several RFC 9421 signatures the first that suffices is taken, so that
 * one request never costs more than one key.
 */
export function readClaim(request: RequestMessage, target: Target): Claim | SignatureFailure {
  const signature = headerValue(request.headers, 'signature');
  if (signature === undefined) return 'no-signature';
  const input = headerValue(request.headers, 'signature-input');
  if (input === undefined) {
    const parsed = parseCavage(signature);
    return parsed === undefined ? 'signature-malformed' : cavageClaim(request, target, parsed);
  }
  const candidates = parseMessageSignatures(input, signature);
  if (candidates === undefined) return 'signature-malformed';
  const claims = candidates.map((candidate) => messageClaim(request, target, candidate));
  return claims.find((claim) => typeof claim !== 'string') ?? claims[0] ?? 'no-signature';
}

const CAVAGE_ALGORITHMS: Readonly<Record<string, readonly SignatureAlgorithm[]>> = {
  'rsa-sha256': ['rsa-sha256'],
  'rsa-sha512': ['rsa-sha512'],
  // GoToSocial writes hs2019 and uses SHA-256; by the draft's letter it would be SHA-512.
  hs2019: ['rsa-sha256', 'rsa-sha512'],
};

function cavageClaim(request: RequestMessage, target: Target, parsed: CavageSignature): Claim | SignatureFailure {
  const { keyId, signature, headers: covered } = parsed;
  const algorithms = Object.hasOwn(CAVAGE_ALGORITHMS, parsed.algorithm)
    ? CAVAGE_ALGORITHMS[parsed.algorithm]
    : undefined;
  if (algorithms === undefined) return 'signature-algorithm';
  const timed = covered.includes('(created)') || covered.includes('(expires)');
  // §2.3: an algorithm that names its primitives must not be used with signed times.
  if (timed && parsed.algorithm !== 'hs2019') return 'signature-malformed';
  if (!covered.includes('(request-target)') || !coversRest(request, covered, ['host'])) return 'signature-coverage';
  if (!covered.includes('(created)') && !covered.includes('date')) return 'signature-coverage';
  const times = cavageTimes(request, parsed);
  const text = cavageSigningString(request, target, parsed);
  if (times === undefined || text === undefined) return 'signature-malformed';
  const signed = [text];
  // Mastodon before 4.3, Misskey and Pixelfed sign the path without the query.
  const withoutQuery = target.query === '' ? undefined : cavageSigningString(request, { ...target, query: '' }, parsed);
  if (withoutQuery !== undefined) signed.push(withoutQuery);
  return { keyId, algorithms, signed, signature, covered, times };
}

function cavageTimes(request: RequestMessage, parsed: CavageSignature): SignatureTimes | undefined {
  const created = parsed.headers.includes('(created)') ? parsed.created : undefined;
  const made =
    created === undefined ? parseHttpDate(headerValue(request.headers, 'date') ?? '') : Number(created) * 1000;
  if (made === undefined) return undefined;
  const expiresSigned = parsed.headers.includes('(expires)');
  return { made, expiresSigned, ...(parsed.expires === undefined ? {} : { expires: Number(parsed.expires) * 1000 }) };
}

function messageClaim(request: RequestMessage, target: Target, parsed: MessageSignature): Claim | SignatureFailure {
  const { keyId, created, expires, signature, components: covered } = parsed;
  const algorithms = messageAlgorithms(parsed.algorithm);
  if (algorithms === undefined) return 'signature-algorithm';
  if (keyId === undefined || created === undefined) return 'signature-coverage';
  const hosts = ['host', '@authority', '@target-uri'];
  if (!covered.includes('@method') || !coversTarget(target, covered) || !coversRest(request, covered, hosts)) {
    return 'signature-coverage';
  }
  const text = signatureBase(request, target, parsed);
  if (text === undefined) return 'signature-malformed';
  const times = {
    made: created * 1000,
    expiresSigned: true,
    ...(expires === undefined ? {} : { expires: expires * 1000 }),
  };
  return { keyId, algorithms, signed: [text], signature, covered, times };
}

function messageAlgorithms(algorithm: string | undefined): readonly SignatureAlgorithm[] | undefined {
  // Without `alg` the key decides (RFC 9421 §3.2, step 6): each is tried, and one of another type fits nothing.
  if (algorithm === undefined) return ['rsa-sha256', 'ed25519'];
  if (algorithm === 'rsa-v1_5-sha256') return ['rsa-sha256'];
  return algorithm === 'ed25519' ? ['ed25519'] : undefined;
}

function coversTarget(target: Target, covered: readonly string[]): boolean {
  if (covered.includes('@target-uri') || covered.includes('@request-target')) return true;
  return covered.includes('@path') && (target.query === '' || covered.includes('@query'));
}

function coversRest(request: RequestMessage, covered: readonly string[], hosts: readonly string[]): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return hosts.some((host) => covered.includes(host));
  return covered.includes('digest') || covered.includes('content-digest');
}
