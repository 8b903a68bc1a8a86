import { fromBase64, toBase64, utf8 } from './bytes.ts';
import { makeDigest } from './digest.ts';
import { coveredField, type OutgoingRequest, type RequestMessage, type SigningDeps, type Target } from './request.ts';
import { httpDate } from './time-window.ts';

/** A `Signature` header (draft-cavage-http-signatures-12 §2.1). Numbers keep their spelling, for it is what was signed. */
export interface CavageSignature {
  readonly keyId: string;
  /** Lower case; `hs2019` when the header names none (§2.1.3). */
  readonly algorithm: string;
  /** The covered headers, lower case, in their order, each once. */
  readonly headers: readonly string[];
  readonly signature: Uint8Array;
  readonly created?: string;
  readonly expires?: string;
}

/**
 * Signs a request with draft-cavage-12 and gives all the headers that belong to it: a POST covers `(request-target) host
 * date digest content-type`, a GET `(request-target) host date accept`. `now` is in milliseconds. The algorithm is named
 * `rsa-sha256`, because WordPress' plugin refuses a signature without one and takes another hash with `hs2019`.
 */
export function signCavage(
  deps: SigningDeps,
  request: OutgoingRequest,
  options: { readonly now: number },
): Record<string, string> {
  const { host, pathname, search } = new URL(request.url);
  const date = httpDate(options.now);
  const target = `${pathname}${search}\nhost: ${host}\ndate: ${date}`;
  if (request.method === 'GET') {
    const { accept } = request;
    const covered = `(request-target): get ${target}\naccept: ${accept}`;
    const signature = signatureHeader(deps, '(request-target) host date accept', covered);
    return { Host: host, Date: date, Accept: accept, Signature: signature };
  }
  const digest = makeDigest(deps, request.body);
  const { contentType } = request;
  const covered = `(request-target): post ${target}\ndigest: ${digest}\ncontent-type: ${contentType}`;
  const signature = signatureHeader(deps, '(request-target) host date digest content-type', covered);
  return { Host: host, Date: date, Digest: digest, 'Content-Type': contentType, Signature: signature };
}

function signatureHeader({ signer }: SigningDeps, names: string, covered: string): string {
  const signature = toBase64(signer.sign(utf8(covered)));
  return `keyId="${signer.keyId}",algorithm="rsa-sha256",headers="${names}",signature="${signature}"`;
}

/**
 * Parses a `Signature` header, or gives undefined when it is malformed. A parameter that occurs twice is malformed, and so
 * are two headers joined into one: which of the two counts is where verifiers differ. Unknown parameters are passed over.
 */
export function parseCavage(header: string): CavageSignature | undefined {
  const parameters = parseParameters(header);
  const keyId = parameters?.get('keyId');
  const encoded = parameters?.get('signature');
  const signature = encoded === undefined ? undefined : fromBase64(encoded);
  if (parameters === undefined || !keyId || signature === undefined || signature.length === 0) return undefined;
  // §2.1.6: without `headers` only `(created)` is covered.
  const headers = (parameters.get('headers') ?? '(created)').toLowerCase().split(' ');
  if (headers.includes('') || new Set(headers).size !== headers.length) return undefined;
  const created = parameters.get('created');
  const expires = parameters.get('expires');
  if (created !== undefined && !/^\d{1,12}$/.test(created)) return undefined;
  if (expires !== undefined && !/^\d{1,12}(?:\.\d{1,9})?$/.test(expires)) return undefined;
  return {
    keyId,
    algorithm: (parameters.get('algorithm') ?? 'hs2019').toLowerCase(),
    headers,
    signature,
    ...(created === undefined ? {} : { created }),
    ...(expires === undefined ? {} : { expires }),
  };
}

/**
 * Gives the string that was signed (§2.3), or undefined when a covered header is absent or has no meaning. `target` is the
 * request's URL split; a caller that doubts the query passes a target without it.
 */
export function cavageSigningString(
  request: RequestMessage,
  target: Target,
  signature: CavageSignature,
): string | undefined {
  const lines: string[] = [];
  for (const name of signature.headers) {
    const value = coveredValue(request, target, signature, name);
    if (value === undefined || /[\r\n]/.test(value)) return undefined;
    lines.push(`${name}: ${value}`);
  }
  return lines.join('\n');
}

function coveredValue(
  request: RequestMessage,
  target: Target,
  signature: CavageSignature,
  name: string,
): string | undefined {
  switch (name) {
    case '(request-target)':
      return `${request.method.toLowerCase()} ${target.path}${target.query}`;
    case '(created)':
      return signature.created;
    case '(expires)':
      return signature.expires;
    default:
      return coveredField(request, target, name);
  }
}

function parseParameters(header: string): Map<string, string> | undefined {
  const found = new Map<string, string>();
  const parameter = /[ \t]*([A-Za-z]+)=(?:"([^"\\]*)"|([0-9.]+))[ \t]*(,|$)/y;
  for (let ended = false; !ended; ) {
    const [, name, quoted, bare, separator] = parameter.exec(header) ?? [];
    if (name === undefined || found.has(name)) return undefined;
    found.set(name, quoted ?? bare ?? '');
    ended = separator === '';
  }
  return found;
}
