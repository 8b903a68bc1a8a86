import { own } from '../../federation/inbox/bounds.ts';
import { isJsonObject, type JsonObject } from '../../federation/vocabulary.ts';
import { broken, type Finding, ok, skipped, warning } from './finding.ts';
import { type Met, type Patient, stringOf } from './patient.ts';

const AS2 = 'https://www.w3.org/ns/activitystreams';
const TYPES: ReadonlySet<string> = new Set(['Application', 'Group', 'Organization', 'Person', 'Service']);
const ADDRESSES = ['inbox', 'outbox', 'followers', 'following', 'featured', 'url'] as const;
const REBUILD =
  'Build again with this version of Postern and deploy that build; nothing else should write this document.';

/** Looks at what the actor document says: all that other servers want of it, and one host for everything in it. */
export async function lookAtActor({ addresses }: Patient, { actor }: Met): Promise<Finding[]> {
  if (actor === undefined) return [skipped('actor.members', 'there is no actor that can be read')];
  return [...lookAtHosts(actor, addresses.actor), lookAtMembers(actor), lookAtKeyMember(actor, addresses.actor)];
}

/** Misskey refuses an actor that has one address on another host; Mastodon drops its `url`. */
function lookAtHosts(actor: JsonObject, id: string): Finding[] {
  const { host } = new URL(id);
  const endpoints = own(actor, 'endpoints');
  const publicKey = own(actor, 'publicKey');
  const named: (readonly [string, string | undefined])[] = [
    ['id', stringOf(actor, 'id')],
    ...ADDRESSES.map((name) => [name, stringOf(actor, name)] as const),
    ['endpoints.sharedInbox', isJsonObject(endpoints) ? stringOf(endpoints, 'sharedInbox') : undefined],
    ['publicKey.id', isJsonObject(publicKey) ? stringOf(publicKey, 'id') : undefined],
  ];
  const elsewhere = named.filter(([, url]) => url !== undefined && (!URL.canParse(url) || new URL(url).host !== host));
  if (elsewhere.length === 0) return [ok('actor.host', `all addresses of the actor are on ${host}`)];
  return elsewhere.map(([name, url]) =>
    broken(
      'actor.host',
      `${name} of the actor is ${url}, not on ${host}`,
      `${REBUILD} Misskey refuses an actor whose addresses are on two hosts.`,
    ),
  );
}

function lookAtMembers(actor: JsonObject): Finding {
  const check = 'actor.members';
  const context = own(actor, '@context');
  const type = stringOf(actor, 'type') ?? '';
  const missing = ['preferredUsername', 'inbox', 'outbox', 'followers'].filter(
    (name) => stringOf(actor, name) === undefined,
  );
  if (context !== AS2 && !(Array.isArray(context) && context.includes(AS2))) missing.push(`@context with ${AS2}`);
  if (!TYPES.has(type)) missing.push('a type of actor');
  if (missing.length > 0) return broken(check, `the actor lacks ${missing.join(', ')}`, REBUILD);
  if (type === 'Group') return warning(check, 'the actor is a Group, which Lemmy takes for a community', 'Use Person.');
  return ok(check, `${type} ${stringOf(actor, 'preferredUsername')}, with all that other servers want`);
}

function lookAtKeyMember(actor: JsonObject, id: string): Finding {
  const check = 'actor.key';
  const key = own(actor, 'publicKey');
  if (!isJsonObject(key)) {
    const saw = Array.isArray(key)
      ? 'the actor has its key in a list, which Lemmy and Misskey do not read'
      : 'the actor has no public key';
    return broken(check, saw, REBUILD);
  }
  const owner = stringOf(key, 'owner');
  if (owner !== id) return broken(check, `the key says that it belongs to ${owner ?? 'nobody'}, not to ${id}`, REBUILD);
  const keyId = stringOf(key, 'id') ?? '';
  // Keys that were changed have a number: `npm run keys`.
  if (!keyId.startsWith(`${id}#`) || !/^main-key(?:-\d+)?$/.test(keyId.slice(id.length + 1)))
    return broken(check, `the key is called ${keyId || 'nothing'}, not ${id}#main-key`, REBUILD);
  if (!/^-----BEGIN PUBLIC KEY-----/.test(stringOf(key, 'publicKeyPem') ?? '')) {
    return broken(check, 'the key is not written as "BEGIN PUBLIC KEY" (SPKI)', REBUILD);
  }
  return ok(check, `the key ${keyId} belongs to the actor`);
}
