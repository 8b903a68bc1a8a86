import type { CollectionName, ReadCollection } from './peer-messages.ts';
import { postOf } from './replies.ts';
import { must, type Scene, tellPage } from './scene.ts';

/** Likes, an emoji, a boost; and what the collections say of them. */
export async function tellReactions(scene: Scene): Promise<void> {
  const { reader, neighbour, tell } = scene;
  const to = postOf(scene);
  await reader.peer.say({ kind: 'like', name: 'heart', to });
  await neighbour.peer.say({ kind: 'react', name: 'party', to, emoji: '🎉' });
  await neighbour.peer.say({ kind: 'boost', name: 'boost', to });
  await tellPage(
    scene,
    'The reader liked the post (Like), the neighbour reacted (EmojiReact) and boosted it (Announce).',
    {
      shown: ['2 likes', '1 boost', 'liked by A reader', '🎉 1 A neighbour', 'boosted by A neighbour'],
    },
  );

  const read = await readCollections(scene);
  const ids = (from: string, ...paths: string[]): string[] => paths.map((path) => `${from}/${path}`);
  mustHold('replies', read.replies, [
    ...ids(neighbour.origin, 'notes/view'),
    ...ids(reader.origin, 'notes/agreed', 'notes/truth'),
  ]);
  mustHold('likes', read.likes, [...ids(reader.origin, 'likes/heart'), ...ids(neighbour.origin, 'reactions/party')]);
  mustHold('shares', read.shares, ids(neighbour.origin, 'boosts/boost'));
  tell(`Fedify looked the post up and walked through its collections: ${countsOf(read)}.`, { collections: read });

  await reader.peer.say({ kind: 'undo', name: 'heart' });
  await tellPage(scene, 'The reader took the like back (Undo).', { shown: ['1 like', '1 boost'], gone: ['liked by'] });
}

type Read = Readonly<Record<CollectionName, ReadCollection>>;

/** The collections of the post, as the reader's server reads them. */
export async function readCollections(scene: Scene): Promise<Read> {
  const { collections } = await scene.reader.peer.answer('read', { command: 'read', url: postOf(scene) });
  return collections;
}

export function countsOf(read: Read): string {
  return Object.entries(read)
    .map(([name, { items }]) => `${items.length} in ${name}`)
    .join(', ');
}

/** The collection holds these and nothing else, and the post itself says how many. */
function mustHold(name: string, { total, items }: ReadCollection, ids: readonly string[]): void {
  const same = items.toSorted().join() === ids.toSorted().join() && total === ids.length;
  must(same, `${name} holds ${ids.join(', ')}`, { total, items });
}
