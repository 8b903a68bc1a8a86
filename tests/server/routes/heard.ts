import type { Author, Interaction, InteractionKind } from '../../../federation/interaction.ts';
import { ledgerObject } from '../store/samples.ts';
import { NOW, ORIGIN, type World } from './world.ts';

export const POST_ID = `${ORIGIN}/ap/posts/p1.json`;

/** An RFC 3339 time some seconds before the world's. */
export const secondsAgo = (seconds: number): string => new Date(NOW - seconds * 1_000).toISOString();

export function author(name: string, more: Partial<Author> = {}): Author {
  return {
    actor: `https://peer.example/users/${name}`,
    name: `${name} of peer`,
    handle: `@${name}@peer.example`,
    url: `https://peer.example/@${name}`,
    emojis: [],
    at: secondsAgo(60),
    ...more,
  };
}

export function interaction(kind: InteractionKind, name: string, more: Partial<Interaction> = {}): Interaction {
  const id = `https://peer.example/${kind}/${name}`;
  const isSaid = kind !== 'like' && kind !== 'boost';
  return {
    id,
    kind,
    target: POST_ID,
    actor: author(name).actor,
    state: 'shown',
    activity: isSaid ? `${id}/activity` : id,
    ...(isSaid
      ? {
          inReplyTo: POST_ID,
          content: {
            text: [{ tag: 'p', children: [`Words of ${name}`] }],
            sensitive: false,
            published: secondsAgo(30),
            url: `https://peer.example/@${name}/1`,
            emojis: [],
            attachments: [],
          },
        }
      : {}),
    at: secondsAgo(30),
    ...more,
  };
}

/** Stores what somebody of that name said or did. */
export async function hear(
  { deps }: World,
  kind: InteractionKind,
  name: string,
  more: Partial<Interaction> = {},
): Promise<string> {
  const heard = interaction(kind, name, more);
  await deps.store.interactions.put(heard, author(name));
  return heard.id;
}

/** Makes the ledger know one object. */
export async function tell({ deps }: World, id: string, more: Parameters<typeof ledgerObject>[1]): Promise<void> {
  const actor = { id: `${ORIGIN}/ap/actor.json`, digest: 'a0', revision: 0 };
  const objects = new Map([[id, ledgerObject(id, more)]]);
  await deps.store.ledger.begin({ origin: ORIGIN, actor, begun: '2026-01-01T00:00:00Z', objects });
}
