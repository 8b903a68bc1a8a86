import { createHmac, randomBytes } from 'node:crypto';
import type { BlobStore } from './blobs-client.ts';
import { type DocumentKind, type DocumentsOptions, openDocuments } from './blobs-documents.ts';
import { hasTexts } from './stored-texts.ts';

/** Gives the number of the bucket, of so many, that an id is in. */
export type PlaceOf = (buckets: number, id: string) => number;

/**
 * What puts ids into buckets. Strangers choose ids, and could choose thousands that a plain digest puts into one document; so
 * it is keyed with a secret of the store, which is made once and never changed: ids would be looked for where they are not.
 * It is asked for before anything is looked up, and read once by a process.
 */
export type Ground = () => Promise<PlaceOf>;

export interface GroundOptions extends DocumentsOptions {
  /** That of the store, where others have it already. */
  readonly ground?: Ground;
}

const NAME = 'buckets';
const SECRET_BYTES = 32;

/** The kind of what nobody else may know; it is empty until it is made. */
export const secretKind: DocumentKind<{ value?: string }> = {
  folder: 'secrets',
  empty: () => ({}),
  parse: (json) => {
    if (!hasTexts(json, [], ['value'])) throw new TypeError('no secret');
    return json;
  },
  print: (secret) => secret,
};

/** Gives the ground of the options, or opens one. After a fault the secret is asked for anew. */
export function openGround(blobs: BlobStore, { ground, ...options }: GroundOptions = {}): Ground {
  if (ground) return ground;
  const secrets = openDocuments(blobs, secretKind, options);
  let known: Promise<PlaceOf> | undefined;
  const read = async (): Promise<PlaceOf> => {
    const { value } = await secrets.readToChange(NAME);
    return placing(value ?? (await secrets.change(NAME, make)));
  };
  return () => {
    known ??= read().catch((fault: unknown) => {
      known = undefined;
      throw fault;
    });
    return known;
  };
}

/** Makes the secret, unless another process was first. */
function make(secret: { value?: string }): string {
  secret.value ??= randomBytes(SECRET_BYTES).toString('hex');
  return secret.value;
}

/** By HMAC-SHA-256: who does not know the secret learns nothing of where an id is. */
export function placing(secret: string): PlaceOf {
  const key = Buffer.from(secret, 'hex');
  return (buckets, id) => createHmac('sha256', key).update(id).digest().readUInt32BE(0) % buckets;
}
