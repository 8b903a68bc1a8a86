/** Postern's inbox without its store: everything that it does but for remembering, which `durable.ts` measures on disk. */
import type { Author, Interaction } from '../../federation/interaction.ts';
import { inbox } from '../../server/routes/inbox.ts';
import type { InteractionStore } from '../../server/store/interaction-store.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import { openBlog } from './open-blog.ts';
import { runReceiver } from './side.ts';

/** The store in memory looks through all that it has, as befits a test; this one knows what it is asked at once. */
function quickInteractions(store: InteractionStore): InteractionStore {
  const said = new Map<string, Interaction>();
  const authors = new Map<string, Author>();
  return {
    ...store,
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
  };
}

await runReceiver(async ({ document }) => {
  const store = openMemoryStore();
  const deps = openBlog({ ...store, interactions: quickInteractions(store.interactions) }, document);
  return (request) => inbox(deps, request);
});
