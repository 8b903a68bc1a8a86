import type { RefusalStatus } from '../outcome.ts';

/** Why a request is not taken for its signer's: stable words for the log. */
export type SignatureFailure =
  | 'no-signature'
  | 'signature-malformed'
  | 'signature-coverage'
  | 'signature-expired'
  | 'signature-algorithm'
  | 'signature-wrong'
  | 'digest-malformed'
  | 'digest-unsupported'
  | 'digest-mismatch'
  | 'key-id-refused'
  | 'key-unknown'
  | 'key-gone'
  | 'key-unreachable';

/** What the peer may read of a failure, and the status to answer with: 503 where the sender should try again. */
export const SIGNATURE_ANSWERS: Readonly<
  Record<SignatureFailure, { readonly status: RefusalStatus; readonly message: string }>
> = {
  'no-signature': {
    status: 401,
    message: 'This request must be signed (draft-cavage-http-signatures-12 or RFC 9421).',
  },
  'signature-malformed': {
    status: 400,
    message: 'The signature headers cannot be parsed, or name what the request lacks.',
  },
  'signature-coverage': {
    status: 401,
    message:
      'The signature must cover the date or its creation time, the request target, on GET the host, otherwise the digest.',
  },
  'signature-expired': { status: 401, message: 'The signature is too old, or from the future: check the clock.' },
  'signature-algorithm': { status: 401, message: 'The algorithm is not supported: use RSA PKCS#1 v1.5 with SHA-256.' },
  'signature-wrong': { status: 401, message: 'The signature does not fit the request and the key.' },
  'digest-malformed': { status: 400, message: 'The digest header cannot be parsed.' },
  'digest-unsupported': { status: 401, message: 'The digest must be SHA-256 or SHA-512.' },
  'digest-mismatch': { status: 401, message: 'The digest does not fit the body.' },
  'key-id-refused': { status: 401, message: 'The keyId must be an http(s) URL.' },
  'key-unknown': { status: 401, message: 'No key with this keyId that its owner lists was found.' },
  'key-gone': { status: 401, message: 'The owner of the key is gone.' },
  'key-unreachable': { status: 503, message: 'The key could not be fetched. Try again later.' },
};
