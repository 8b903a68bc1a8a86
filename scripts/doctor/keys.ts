import { createPublicKey } from 'node:crypto';
import { own } from '../../federation/inbox/bounds.ts';
import { multikeyOf } from '../../federation/signatures/jwk.ts';
import { isJsonObject, type JsonObject } from '../../federation/vocabulary.ts';
import { broken, type Finding, ok, skipped, warning } from './finding.ts';
import type { OwnSide } from './own-side.ts';
import { type Met, type Patient, stringOf } from './patient.ts';

/** AWS gives all variables of a function 4 KB together. */
export const ENVIRONMENT_BYTES = 4_096;
const ROOM_BYTES = 1_024;

/** Compares the key that others verify with by the one that signs. */
export function lookAtKeys(
  { origin }: Pick<Patient, 'origin'>,
  { actor, answer }: Pick<Met, 'actor' | 'answer'>,
  side: OwnSide | undefined,
): Finding[] {
  if (side === undefined)
    return [skipped('keys.published', 'the keys of a blog that is not the one in this folder are not here')];
  if (side.publishedFault) return [broken('keys.published', side.publishedFault.message, side.publishedFault.hint)];
  return [
    ...(actor ? lookAtPublished(actor, side) : []),
    lookAtPrivate(side),
    ...(isAtNetlify(origin, answer) ? lookAtSize(side) : []),
  ];
}

/** A machine of one's own has no such bound. */
function isAtNetlify(origin: string, answer: Met['answer']): boolean {
  if (new URL(origin).hostname.endsWith('.netlify.app')) return true;
  return answer.kind === 'answer' && answer.headers['x-nf-request-id'] !== undefined;
}

function lookAtPublished(actor: JsonObject, { published, held = [] }: OwnSide): Finding[] {
  if (published === undefined) return [];
  const next =
    'Deploy a build that was made with this content/keys.json; or bring back the keys.json that the live site was built with, from git.';
  const key = own(actor, 'publicKey');
  const pem = isJsonObject(key) ? stringOf(key, 'publicKeyPem') : undefined;
  const modulus = modulusOf(pem ?? '');
  if (modulus !== published.rsa.n && held.some(({ rsa }) => rsa.n === modulus)) {
    const saw = 'the live actor shows other keys than content/keys.json, which are held too: a change is under way';
    return [warning('keys.published', saw, 'npm run keys says what is left of it.')];
  }
  if (modulus !== published.rsa.n) {
    const saw =
      modulus === undefined
        ? 'the actor has no RSA key that can be read'
        : 'the key in the live actor is not the one in content/keys.json';
    return [broken('keys.published', `${saw}: other servers refuse what is signed (401)`, next)];
  }
  const methods = own(actor, 'assertionMethod');
  const named = (Array.isArray(methods) ? methods : [methods]).filter((method) => isJsonObject(method));
  if (!named.some((method) => stringOf(method, 'publicKeyMultibase') === multikeyOf(published))) {
    return [warning('keys.proof', 'the Ed25519 key in the live actor is not the one in content/keys.json', next)];
  }
  return [ok('keys.published', 'the keys in the live actor are those in content/keys.json')];
}

function modulusOf(pem: string): string | undefined {
  try {
    const { n } = createPublicKey(pem).export({ format: 'jwk' });
    return typeof n === 'string' ? n : undefined;
  } catch {
    return undefined;
  }
}

function lookAtPrivate({ privateFault, signPost }: OwnSide): Finding {
  const check = 'keys.private';
  if (privateFault) return broken(check, privateFault.message, privateFault.hint);
  if (signPost) return ok(check, 'the private keys here fit them');
  return skipped(
    check,
    'the private keys are not on this machine, so nothing could be signed',
    'Run doctor where they are, or with POSTERN_PRIVATE_KEYS, to see whether they fit.',
  );
}

function lookAtSize({ privateBytes, isInEnvironment }: OwnSide): Finding[] {
  if (privateBytes === undefined) return [];
  const saw = `the private keys take ${privateBytes.toLocaleString('en')} of the ${ENVIRONMENT_BYTES.toLocaleString('en')} bytes that all variables of a function have`;
  const next = 'Use RSA keys of 2,048 bits, and write the JSON without line breaks and spaces.';
  if (privateBytes > ENVIRONMENT_BYTES) {
    return [isInEnvironment ? broken('keys.size', saw, next) : warning('keys.size', saw, next)];
  }
  return [privateBytes > ENVIRONMENT_BYTES - ROOM_BYTES ? warning('keys.size', saw, next) : ok('keys.size', saw)];
}
