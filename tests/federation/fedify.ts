import { preloadedContexts } from '@fedify/vocab-runtime';

/** Only what Fedify carries with it: a context that would have to be fetched fails the test. */
async function documentLoader(url: string) {
  const document = preloadedContexts[url];
  if (document === undefined) throw new Error(`${url} is not preloaded`);
  return { contextUrl: null, documentUrl: url, document };
}
export const OPTIONS = { documentLoader, contextLoader: documentLoader };

/** `Array.fromAsync` is newer than Node 20. */
export async function gather<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const gathered: Item[] = [];
  for await (const item of items) gathered.push(item);
  return gathered;
}

/** A real SPKI key: Fedify imports it. */
export async function spki(): Promise<string> {
  const { publicKey } = await crypto.subtle.generateKey(
    { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
    true,
    ['sign', 'verify'],
  );
  const base64 = Buffer.from(await crypto.subtle.exportKey('spki', publicKey)).toString('base64');
  return `-----BEGIN PUBLIC KEY-----\n${base64.match(/.{1,64}/g)?.join('\n')}\n-----END PUBLIC KEY-----\n`;
}
