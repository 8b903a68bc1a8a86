import { toBase64, utf8 } from './bytes.ts';
import { makeContentDigest } from './digest.ts';
import { coveredField, type OutgoingRequest, type RequestMessage, type SigningDeps, type Target } from './request.ts';
import { type BareItem, type InnerList, parseDictionary, serializeInnerList } from './structured-fields.ts';
import { httpDate } from './time-window.ts';

/** One signature of a message (RFC 9421 §4), with what is needed to rebuild its base. */
export interface MessageSignature {
  readonly label: string;
  /** The names of the covered components, in their order, each once. */
  readonly components: readonly string[];
  /** The value of `@signature-params`, serialized again by the rules. */
  readonly parameters: string;
  readonly signature: Uint8Array;
  readonly keyId?: string;
  readonly algorithm?: string;
  /** Seconds since the epoch. */
  readonly created?: number;
  readonly expires?: number;
}

const LABEL = 'sig1';

/**
 * Signs a request with RFC 9421 and gives all the headers that belong to it: the second form to try where a peer refuses
 * draft-cavage with 401. `now` is in milliseconds. The profile suits Mastodon 4.5+, Fedify 2 and WordPress' plugin: `alg`
 * is named because the last one otherwise guesses the hash by the size of the key.
 */
export function signMessage(
  deps: SigningDeps,
  request: OutgoingRequest,
  options: { readonly now: number },
): Record<string, string> {
  const url = new URL(request.url);
  url.hash = '';
  const fields: Record<string, string> = { Host: url.host, Date: httpDate(options.now) };
  const covered: [string, string][] = [
    ['@method', request.method],
    ['@target-uri', url.href],
  ];
  if (request.method === 'POST') {
    const digest = makeContentDigest(deps, request.body);
    covered.push(['content-digest', digest]);
    Object.assign(fields, { 'Content-Digest': digest, 'Content-Type': request.contentType });
  } else {
    fields.Accept = request.accept;
  }
  const parameters = serializeInnerList({
    items: covered.map(([name]) => ({ item: { type: 'string', value: name }, parameters: new Map() })),
    parameters: new Map<string, BareItem>([
      ['created', { type: 'integer', value: Math.floor(options.now / 1000) }],
      ['keyid', { type: 'string', value: deps.signer.keyId }],
      ['alg', { type: 'string', value: 'rsa-v1_5-sha256' }],
    ]),
  });
  const signature = toBase64(deps.signer.sign(utf8(joinBase(covered, parameters))));
  return { ...fields, 'Signature-Input': `${LABEL}=${parameters}`, Signature: `${LABEL}=:${signature}:` };
}

/**
 * Parses `Signature-Input` and `Signature` (RFC 9421 §4.1, §4.2) into the signatures that both name, in their order, or
 * gives undefined when either is malformed. Component parameters (`;req`, `;sf`, `;bs` …) are refused as malformed: they
 * change what a name means, no peer sends them, and a rule less is a bypass less.
 */
export function parseMessageSignatures(input: string, signature: string): readonly MessageSignature[] | undefined {
  const inputs = parseDictionary(input);
  const signatures = parseDictionary(signature);
  if (inputs === undefined || signatures === undefined) return undefined;
  const found: MessageSignature[] = [];
  for (const [label, list] of inputs) {
    const bytes = signatures.get(label);
    if (!('items' in list)) return undefined;
    if (bytes === undefined) continue;
    if (!('item' in bytes) || bytes.item.type !== 'bytes') return undefined;
    const parsed = parseInput(label, list, bytes.item.value);
    if (parsed === undefined) return undefined;
    found.push(parsed);
  }
  return found;
}

/**
 * Gives the signature base (RFC 9421 §2.5), or undefined when a covered component is absent from the request or not one
 * that Postern knows. Fields are taken as they came; derived components come from the public URL.
 */
export function signatureBase(
  request: RequestMessage,
  target: Target,
  signature: Pick<MessageSignature, 'components' | 'parameters'>,
): string | undefined {
  const covered: [string, string][] = [];
  for (const name of signature.components) {
    const value = name.startsWith('@') ? derived(request, target, name) : coveredField(request, target, name);
    if (value === undefined || /[\r\n]/.test(value)) return undefined;
    covered.push([name, value]);
  }
  return joinBase(covered, signature.parameters);
}

function joinBase(covered: readonly (readonly [string, string])[], parameters: string): string {
  return [...covered, ['@signature-params', parameters]].map(([name, value]) => `"${name}": ${value}`).join('\n');
}

function derived(request: RequestMessage, target: Target, name: string): string | undefined {
  switch (name) {
    case '@method':
      return request.method;
    case '@target-uri':
      return request.url.replace(/#.*$/s, '');
    case '@authority':
      return target.authority;
    case '@scheme':
      return target.scheme;
    case '@request-target':
      return `${target.path}${target.query}`;
    case '@path':
      return target.path;
    case '@query':
      // §2.2.7: an absent query is written as a lone question mark.
      return target.query === '' ? '?' : target.query;
    default:
      return undefined;
  }
}

function parseInput(label: string, list: InnerList, signature: Uint8Array): MessageSignature | undefined {
  const components: string[] = [];
  for (const { item, parameters } of list.items) {
    // §2: names are strings in lower case, each at most once.
    if (item.type !== 'string' || parameters.size > 0 || item.value !== item.value.toLowerCase()) return undefined;
    if (item.value === '' || item.value === '@signature-params' || components.includes(item.value)) return undefined;
    components.push(item.value);
  }
  const text = (key: string) => parameterOf(list.parameters.get(key), 'string');
  const time = (key: string) => parameterOf(list.parameters.get(key), 'integer');
  const [keyId, algorithm, created, expires] = [text('keyid'), text('alg'), time('created'), time('expires')];
  if ([keyId, algorithm, created, expires].includes(null)) return undefined;
  return {
    label,
    components,
    parameters: serializeInnerList(list),
    signature,
    ...(typeof keyId === 'string' ? { keyId } : {}),
    ...(typeof algorithm === 'string' ? { algorithm } : {}),
    ...(typeof created === 'number' ? { created } : {}),
    ...(typeof expires === 'number' ? { expires } : {}),
  };
}

/** A parameter's value, undefined when it is absent, null when it is of another type than RFC 9421 §2.3 gives it. */
function parameterOf(item: BareItem | undefined, type: 'string' | 'integer'): string | number | null | undefined {
  if (item === undefined) return undefined;
  return (item.type === 'string' || item.type === 'integer') && item.type === type ? item.value : null;
}
