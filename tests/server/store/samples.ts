import type { Author, Interaction, InteractionContent } from '../../../federation/interaction.ts';
import type { LedgerObject } from '../../../federation/ledger.ts';
import type { Follower, OutgoingActivity } from '../../../federation/outcome.ts';
import type { Store } from '../../../server/store/store.ts';

export const ORIGIN = 'https://blog.example';
export const BEGUN = '2026-01-01T00:00:00Z';

/** Ids that break what is careless: object prototypes, case, unicode, quotes, wildcards, length. */
export const AWKWARD = [
  '__proto__',
  'constructor',
  'toString',
  'https://blog.example/A',
  'https://blog.example/a',
  'https://bücher.example/Ünïcödé/日本語/👩‍👩‍👧',
  "https://blog.example/'; DROP TABLE followers; --",
  'https://blog.example/%_?*[a-z]"\\',
  'é',
  'e\u0301',
  ' ',
  '',
  `https://blog.example/${'long'.repeat(2_000)}`,
];

export function follower(name: string, more: Partial<Follower> = {}): Follower {
  const actor = `https://${name}.example/users/${name}`;
  return { actor, inbox: `${actor}/inbox`, followId: `${actor}#follow`, since: '2026-03-01T10:00:00Z', ...more };
}

export function ledgerObject(id: string, more: Partial<LedgerObject> = {}): LedgerObject {
  return {
    id,
    state: 'announced',
    type: 'Article',
    digest: 'd0',
    revision: 0,
    published: '2026-03-01T10:00:00Z',
    title: 'A title',
    visibility: 'public',
    url: `${id}#page`,
    source: 'content/posts/a.md',
    ...more,
  };
}

export function activity(name: string, object = `${ORIGIN}/ap/posts/${name}.json`, type = 'Create'): OutgoingActivity {
  const id = `${ORIGIN}/ap/activities/${type.toLowerCase()}/${name}`;
  return { id, type, object, json: { id, type, object: { id: object, content: `<p>${name}</p>` } } };
}

export const POST = `${ORIGIN}/ap/posts/a.json`;

export function content(words: string, more: Partial<InteractionContent> = {}): InteractionContent {
  const published = '2026-03-01T09:59:00Z';
  const url = 'https://remote.example/@r/1';
  return {
    text: [{ tag: 'p', children: [words] }],
    sensitive: false,
    published,
    url,
    emojis: [],
    attachments: [],
    ...more,
  };
}

/** A reply to the post, or whatever `more` makes of it. */
export function interaction(name: string, more: Partial<Interaction> = {}): Interaction {
  const isSaid = more.kind !== 'like' && more.kind !== 'boost';
  return {
    id: `https://remote.example/notes/${name}`,
    kind: 'reply',
    target: POST,
    actor: author('r').actor,
    state: 'shown',
    activity: `https://remote.example/activities/${name}`,
    at: '2026-03-01T10:00:00Z',
    ...(isSaid ? { inReplyTo: POST, content: content(name) } : {}),
    ...more,
  };
}

export function author(name: string, more: Partial<Author> = {}): Author {
  const actor = `https://remote.example/users/${name}`;
  const handle = `@${name}@remote.example`;
  return { actor, handle, url: `https://remote.example/@${name}`, emojis: [], at: '2026-03-01T10:00:00Z', ...more };
}

export const OWN_ACTOR = `${ORIGIN}/ap/actor.json`;
export const ALICE = author('alice', { name: 'Alice', avatar: 'https://remote.example/alice.png' });
export const BOB = author('bob');

export function by(who: Author, name: string, more: Partial<Interaction> = {}): Interaction {
  return interaction(name, { actor: who.actor, ...more });
}

/** An interaction that answers another. */
export function answer(name: string, to: string, more: Partial<Interaction> = {}): Interaction {
  return interaction(name, { inReplyTo: interaction(to).id, ...more });
}

export async function putAll(store: Store, all: readonly Interaction[]): Promise<void> {
  for (const each of all) await store.interactions.put(each, author('r', { actor: each.actor }));
}

/** Stores an activity and asks for its deliveries. */
export async function enqueued(
  store: Store,
  sent: OutgoingActivity,
  inboxes: readonly string[],
  now = 0,
): Promise<string> {
  await store.activities.put(sent, { now });
  await store.deliveries.enqueue(sent.id, inboxes, { now });
  return sent.id;
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
