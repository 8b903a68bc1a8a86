/** What cannot be spared: the body is read, parsed and digested, and the signature verified with a key that is at hand. */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { isJsonObject, type JsonObject } from '../../federation/vocabulary.ts';
import { runReceiver } from './side.ts';

await runReceiver(async ({ document }) => {
  const keys = new Map<string, KeyObject>();
  return async (request) => {
    const body = new Uint8Array(await request.arrayBuffer());
    const { actor, type, object } = JSON.parse(new TextDecoder().decode(body));
    if (type === 'Delete' && actor === object) return new Response(null, { status: 202 });
    const { headers } = request;
    if (headers.get('digest') !== `SHA-256=${createHash('sha256').update(body).digest('base64')}`) return refuse();
    const key = keys.get(actor) ?? createPublicKey(pemOf(document(actor)));
    keys.set(actor, key);
    const [, names = '', signature = ''] =
      /headers="([^"]*)",signature="([^"]*)"/.exec(headers.get('signature') ?? '') ?? [];
    const lines = names.split(' ').map((name) => {
      return `${name}: ${name === '(request-target)' ? `post ${new URL(request.url).pathname}` : headers.get(name)}`;
    });
    const fits = verify('sha256', Buffer.from(lines.join('\n')), key, Buffer.from(signature, 'base64'));
    return fits ? new Response(null, { status: 202 }) : refuse();
  };
});

function refuse(): Response {
  return new Response(null, { status: 401 });
}

function pemOf(document: JsonObject | undefined): string {
  const { publicKey } = document ?? {};
  return isJsonObject(publicKey) ? String(publicKey.publicKeyPem) : '';
}
