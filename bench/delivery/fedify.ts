/**
 * Fedify as its manual sets it up, in its cheapest form: keys of both kinds, a store in memory, and `immediate`, which
 * spares it its queue. One `sendActivity` for each activity, so that it signs the document once for all recipients.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFederation, importJwk, MemoryKvStore } from '@fedify/fedify';
import { Article, Create, Person, PUBLIC_COLLECTION } from '@fedify/vocab';
import { inboxesOf, makeArticle, ORIGIN } from './setup.ts';
import { runSide } from './side.ts';

const USER = 'blog';

// Fedify 2 reads `navigator`, which Node.js has from version 21 on.
if (!('navigator' in globalThis))
  Object.defineProperty(globalThis, 'navigator', { value: { userAgent: `Node.js/${process.versions.node}` } });

async function readKeyPairs(folder: string): Promise<CryptoKeyPair[]> {
  const { keys }: { keys: JsonWebKey[] } = JSON.parse(readFileSync(join(folder, 'keys-fedify.json'), 'utf8'));
  return Promise.all(
    keys.map(async (jwk) => {
      const { kty, n, e, crv, x, alg } = jwk;
      const open = kty === 'RSA' ? { kty, n, e, alg } : { kty, crv, x };
      const publicKey = Object.fromEntries(Object.entries(open).filter(([, value]) => value !== undefined));
      return { privateKey: await importJwk(jwk, 'private'), publicKey: await importJwk(publicKey, 'public') };
    }),
  );
}

await runSide(async (setup) => {
  const pairs = await readKeyPairs(setup.folder);
  const federation = createFederation<void>({ kv: new MemoryKvStore(), allowPrivateAddress: true });
  federation
    .setActorDispatcher('/users/{identifier}', (context, identifier) =>
      identifier === USER ? new Person({ id: context.getActorUri(identifier) }) : null,
    )
    .setKeyPairsDispatcher(() => pairs);
  const context = federation.createContext(new URL(ORIGIN));
  let round = 0;
  return async (work) => {
    round += 1;
    const inboxes = inboxesOf(setup, work);
    const recipients = inboxes.map((inbox) => ({ id: new URL('/actor', inbox), inboxId: new URL(inbox) }));
    for (let i = 0; i < work.activities; i += 1) {
      const { id, name, content } = makeArticle(`${round}-${i}`);
      const actor = context.getActorUri(USER);
      const shared = { tos: [PUBLIC_COLLECTION], ccs: [new URL(`${ORIGIN}/ap/followers.json`)] };
      const object = new Article({ id: new URL(id), attribution: actor, name, content, ...shared });
      const create = new Create({ id: new URL(`${id}#create`), actor, object, ...shared });
      await context.sendActivity({ identifier: USER }, recipients, create, { immediate: true });
    }
    // It rejects when a delivery failed.
    return inboxes.length * work.activities;
  };
});
