/** Postern's inbox without its store: everything that it does but for remembering, which `durable.ts` measures on disk. */
import type { Author, Interaction } from '../../federation/interaction.ts';
import type { Follower } from '../../federation/outcome.ts';
import { inbox } from '../../server/routes/inbox.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import type { CachedDocument, Store } from '../../server/store/store.ts';
import { openBlog } from './open-blog.ts';
import { runReceiver } from './side.ts';

/** The store in memory copies and looks through all that it has, as befits a test; this one keeps what it is given. */
function quickStore(store: Store): Store {
  const said = new Map<string, Interaction>();
  const authors = new Map<string, Author>();
  const followers = new Map<string, Follower>();
  const documents = new Map<string, CachedDocument>();
  return {
    ...store,
    interactions: {
      ...store.interactions,
      put: async (interaction, author) => {
        said.set(interaction.id, interaction);
        authors.set(author.actor, author);
        return 'added';
      },
      get: async (id) => said.get(id),
      find: async (_, id) => said.get(id),
      author: async (actor) => authors.get(actor),
      wasShown: async (actor) => authors.has(actor),
      countSince: async () => 0,
    },
    followers: {
      ...store.followers,
      get: async (actor) => followers.get(actor),
      put: async (follower) => {
        followers.set(follower.actor, follower);
        return 'added';
      },
    },
    actors: {
      ...store.actors,
      get: async (url) => documents.get(url),
      put: async (entry) => {
        documents.set(entry.url, entry);
      },
    },
    activities: { ...store.activities, put: async (activity) => activity },
    deliveries: { ...store.deliveries, enqueue: async () => 1 },
    notifications: { ...store.notifications, add: async () => true },
  };
}

await runReceiver(async ({ document }) => {
  const deps = openBlog(quickStore(openMemoryStore()), document);
  return (request) => inbox(deps, request);
});
