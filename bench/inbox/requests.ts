import { createHash, createPrivateKey, generateKeyPair, type KeyObject, sign } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { JsonObject } from '../../federation/vocabulary.ts';

export const ORIGIN = 'https://blog.bench.test';
export const INBOX = `${ORIGIN}/ap/inbox`;
export const POST = `${ORIGIN}/ap/posts/p1.json`;
export const BLOG = `${ORIGIN}/ap/actor.json`;
export const ACTORS = 1_000;

const AS = 'https://www.w3.org/ns/activitystreams';
const PUBLIC = `${AS}#Public`;

/** A person on a server of their own. */
export interface Sender {
  readonly actor: string;
  readonly publicKeyPem: string;
  readonly privateKeyPem: string;
}

/** One request as it comes over the wire. */
export interface Sent {
  readonly actor: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const generate = promisify(generateKeyPair);

/** Makes a key for each, which takes a minute, or takes those that an earlier run left in `folder`. */
export async function makeSenders(folder: string): Promise<Sender[]> {
  const file = join(folder, 'senders.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const senders: Sender[] = [];
  while (senders.length < ACTORS) {
    const made = await Promise.all(Array.from({ length: 4 }, () => makePair()));
    for (const pair of made) senders.push({ actor: `https://p${senders.length}.bench.test/users/ann`, ...pair });
    if (senders.length % 100 === 0) process.stderr.write('.');
  }
  writeFileSync(file, JSON.stringify(senders), { mode: 0o600 });
  return senders;
}

async function makePair(): Promise<{ publicKeyPem: string; privateKeyPem: string }> {
  const { publicKey, privateKey } = await generate('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { publicKeyPem: publicKey, privateKeyPem: privateKey };
}

/** The actor document, as long as Mastodon's. */
export function documentOf({ actor, publicKeyPem }: Sender): JsonObject {
  const { origin } = new URL(actor);
  return {
    '@context': [AS, 'https://w3id.org/security/v1'],
    id: actor,
    type: 'Person',
    preferredUsername: 'ann',
    name: 'Ann of the bench',
    summary: '<p>Writes to a blog to see how long it takes.</p>'.repeat(6),
    url: `${origin}/@ann`,
    inbox: `${actor}/inbox`,
    outbox: `${actor}/outbox`,
    followers: `${actor}/followers`,
    following: `${actor}/following`,
    endpoints: { sharedInbox: `${origin}/inbox` },
    icon: { type: 'Image', mediaType: 'image/png', url: `${origin}/ann.png` },
    publicKey: { id: `${actor}#main-key`, owner: actor, publicKeyPem },
  };
}

export function followOf({ actor }: Sender, name: string): JsonObject {
  return { '@context': AS, id: `${actor}/follows/${name}`, type: 'Follow', actor, object: BLOG };
}

/** A reply as Mastodon writes it. */
export function replyOf({ actor }: Sender, name: string): JsonObject {
  const { origin } = new URL(actor);
  const id = `${actor}/statuses/${name}`;
  const audience = { to: [PUBLIC], cc: [`${actor}/followers`, BLOG] };
  const published = new Date().toISOString().replace(/\.\d+Z/, 'Z');
  return {
    '@context': [
      AS,
      { ostatus: 'http://ostatus.org#', sensitive: 'as:sensitive', toot: 'http://joinmastodon.org/ns#' },
    ],
    id: `${id}/activity`,
    type: 'Create',
    actor,
    published,
    ...audience,
    object: {
      id,
      type: 'Note',
      summary: null,
      inReplyTo: POST,
      published,
      url: `${origin}/@ann/${name}`,
      attributedTo: actor,
      ...audience,
      sensitive: false,
      content: `<p><span class="h-card"><a href="${ORIGIN}/" class="u-url mention">@<span>blog</span></a></span> ${'I have read this with pleasure. '.repeat(8)}</p>`,
      contentMap: { en: '<p>…</p>' },
      attachment: [],
      tag: [{ type: 'Mention', href: BLOG, name: '@blog@blog.bench.test' }],
    },
  };
}

/** The Delete of an actor nobody has heard of, signed with a key that is gone, as Mastodon sends it to all the world. */
export function deleteOf(index: number): JsonObject {
  const actor = `https://gone${index % 500}.bench.test/users/u${index}`;
  return { '@context': AS, id: `${actor}#delete`, type: 'Delete', actor, to: [PUBLIC], object: actor };
}

const keys = new Map<string, KeyObject>();

/** Signs as Mastodon does: draft-cavage over request target, host, date and digest. */
export function signed(sender: Pick<Sender, 'actor' | 'privateKeyPem'>, activity: JsonObject): Sent {
  const body = JSON.stringify(activity);
  const url = new URL(INBOX);
  const fields: [string, string][] = [
    ['host', url.host],
    ['date', new Date().toUTCString()],
    ['digest', `SHA-256=${createHash('sha256').update(body).digest('base64')}`],
    ['content-type', 'application/activity+json'],
  ];
  const lines = [['(request-target)', `post ${url.pathname}`], ...fields];
  const text = lines.map(([name, value]) => `${name}: ${value}`).join('\n');
  const key = keys.get(sender.actor) ?? createPrivateKey(sender.privateKeyPem);
  keys.set(sender.actor, key);
  const signature = sign('sha256', Buffer.from(text), key).toString('base64');
  const names = lines.map(([name]) => name).join(' ');
  const header = `keyId="${sender.actor}#main-key",algorithm="rsa-sha256",headers="${names}",signature="${signature}"`;
  return { actor: sender.actor, headers: { ...Object.fromEntries(fields), signature: header }, body };
}

/** What a host hands to a function. */
export function requestOf({ headers, body }: Sent): Request {
  return new Request(INBOX, { method: 'POST', headers, body });
}
