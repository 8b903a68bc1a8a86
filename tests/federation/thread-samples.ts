import type { Author, Interaction, InteractionContent } from '../../federation/interaction.ts';

export const TARGET = 'https://blog.example/ap/posts/hello.json';

/** Somebody at `https://far.example`. */
export function author(name: string, changes: Partial<Author> = {}): Author {
  return {
    actor: `https://far.example/users/${name}`,
    name: name[0]?.toUpperCase() + name.slice(1),
    handle: `@${name}@far.example`,
    url: `https://far.example/@${name}`,
    emojis: [],
    at: '2026-11-01T00:00:00Z',
    ...changes,
  };
}

/** What one reply says, with one paragraph. */
export function content(changes: Partial<InteractionContent> = {}): InteractionContent {
  return {
    text: [{ tag: 'p', children: ['Well said.'] }],
    sensitive: false,
    published: '2026-11-02T10:00:00Z',
    url: 'https://far.example/@amy/1',
    emojis: [],
    attachments: [],
    ...changes,
  };
}

/** A reply by amy to the post; `name` is the last part of its id. */
export function reply(name: string, changes: Partial<Interaction> = {}): Interaction {
  return {
    id: `https://far.example/notes/${name}`,
    kind: 'reply',
    target: TARGET,
    actor: author('amy').actor,
    state: 'shown',
    inReplyTo: TARGET,
    activity: `https://far.example/activities/${name}`,
    content: content(),
    at: '2026-11-02T10:00:05Z',
    ...changes,
  };
}

/** A like or boost of the post by somebody. */
export function favour(kind: 'like' | 'boost', who: string, changes: Partial<Interaction> = {}): Interaction {
  return {
    id: `https://far.example/${kind}s/${who}`,
    kind,
    target: TARGET,
    actor: author(who).actor,
    state: 'shown',
    activity: `https://far.example/${kind}s/${who}`,
    at: '2026-11-03T10:00:00Z',
    ...changes,
  };
}
