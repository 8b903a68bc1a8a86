/** Fedify as its manual sets it up, with a store in memory, no queue, and listeners that do nothing. */
import { createFederation, MemoryKvStore } from '@fedify/fedify';
import { Create, Delete, Follow, Person } from '@fedify/vocab';
import { getDocumentLoader } from '@fedify/vocab-runtime';
import { INBOX } from './requests.ts';
import { runReceiver } from './side.ts';

// Fedify 2 reads `navigator`, which Node.js has from version 21 on.
if (!('navigator' in globalThis))
  Object.defineProperty(globalThis, 'navigator', { value: { userAgent: `Node.js/${process.versions.node}` } });

await runReceiver(async ({ document }) => {
  const loader = async (url: string) => {
    const found = document(url);
    if (!found) throw new Error(`there is no ${url}`);
    return { contextUrl: null, documentUrl: url, document: found };
  };
  const federation = createFederation<void>({
    kv: new MemoryKvStore(),
    documentLoaderFactory: () => loader,
    authenticatedDocumentLoaderFactory: () => loader,
    // It has the contexts with it.
    contextLoaderFactory: () => getDocumentLoader(),
  });
  federation.setActorDispatcher('/users/{identifier}', (context, identifier) => {
    return new Person({ id: context.getActorUri(identifier) });
  });
  federation
    .setInboxListeners('/users/{identifier}/inbox', new URL(INBOX).pathname)
    .on(Follow, () => {})
    .on(Create, () => {})
    .on(Delete, () => {});
  return (request) => federation.fetch(request, { contextData: undefined });
});
