import { createPublicKey } from 'node:crypto';
import { addressesOf } from '../federation/addresses.ts';
import { multikeyOf } from '../federation/signatures/jwk.ts';
import { isJsonObject, type JsonObject } from '../federation/vocabulary.ts';
import type { Deployment, NotFederating } from './deployment.ts';
import { notFederating } from './deployment.ts';
import type { HeldKeys, HeldPair } from './held-keys.ts';
import type { OwnClient } from './http/own-client.ts';
import type { Deps } from './ports.ts';

export interface GateDeps extends Pick<Deps, 'site'> {
  readonly deployment: Deployment;
  readonly own: Pick<OwnClient, 'content'>;
  /** Rejects as `parsePrivateKeys`; undefined when the deployment has none. */
  readonly held: () => HeldKeys | undefined;
}

/**
 * Says why nothing may be sent from here now; undefined when it may.
 *
 * What is live must be what was built into these functions: a locked deploy has another site live, and so has one that was
 * rolled back. And the keys must be those that the site shows, for nobody would believe another signature.
 */
export async function closedGate({ site, deployment, own, held }: GateDeps): Promise<NotFederating | undefined> {
  const { origin, content } = (await site.parts()).head;
  const refused = notFederating(deployment, origin);
  if (refused) return refused;
  const keys = held();
  if (!keys) return { why: 'keys-missing', facts: {} };
  if (!isShown(keys, await site.document(addressesOf(origin).actor))) return { why: 'key-mismatch', facts: {} };
  const live = await own.content(origin);
  if (live.kind !== 'content') return { why: 'live-unknown', facts: { reason: live.reason } };
  return live.content === content ? undefined : { why: 'not-live', facts: { built: content, live: live.content } };
}

/** Whether an actor's document shows the public halves of these keys: of one generation that is held. */
export function isShown(keys: HeldKeys, actor: JsonObject | undefined): boolean {
  const key = isJsonObject(actor?.publicKey) ? actor.publicKey : undefined;
  const pem = key?.publicKeyPem;
  const methods = Array.isArray(actor?.assertionMethod) ? actor.assertionMethod : [];
  return (
    typeof pem === 'string' &&
    keys.pairs.some(
      (pair) =>
        isCalled(key?.id, pair) &&
        isSameKey(pem, pair) &&
        methods.some((method) => isJsonObject(method) && method.publicKeyMultibase === multikeyOf(pair.public)),
    )
  );
}

/** It signs under the id that the document has for it. */
function isCalled(id: unknown, { public: { rsa } }: HeldPair): boolean {
  return typeof id !== 'string' || id.endsWith(`#${rsa.kid}`);
}

function isSameKey(pem: string, { rsa }: HeldPair): boolean {
  try {
    return createPublicKey(pem).equals(createPublicKey(rsa));
  } catch {
    return false;
  }
}
