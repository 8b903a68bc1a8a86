import { stampOf } from './quote.ts';
import { countsOf, readCollections } from './reactions.ts';
import { indent, must, type Scene, tellPage } from './scene.ts';

/** The owner hides a reply with what answers it, and takes the consent to the quote back. */
export async function tellHiding(scene: Scene): Promise<void> {
  const { blog, neighbour, tell } = scene;
  tell(`npm run replies says:\n${indent(await blog.run('replies'))}`);

  const view = `${neighbour.origin}/notes/view`;
  tell(`npm run replies -- hide ${view} says:\n${indent(await blog.run('replies', 'hide', view))}`);
  await tellPage(scene, 'The neighbour’s reply is hidden, and with it what answers it.', {
    shown: ['1 quote'],
    gone: ['another view', 'A fine one', 'soup'],
  });

  const read = await readCollections(scene);
  must(read.replies.items.length === 0, 'no reply is in the collection', read);
  tell(`Fedify walked through the collections again: ${countsOf(read)}.`, { collections: read });
  await tellRemoval(scene);
}

/** Other servers are told that the quote is not consented to any more; each that looks the stamp up finds it gone. */
async function tellRemoval(scene: Scene): Promise<void> {
  const { blog, reader, tell } = scene;
  const stamp = await stampOf(scene);
  const quote = `${reader.origin}/notes/quote`;
  tell(`npm run replies -- remove ${quote} says:\n${indent(await blog.run('replies', 'remove', quote))}`);
  await tellPage(scene, 'The quote is gone.', { gone: ['archive'] });

  const removal = await reader.peer.activity('Delete', stamp);
  reader.peer.ask({ command: 'fetch', url: stamp });
  const gone = await reader.peer.until('the stamp to be gone', (event) =>
    event.event === 'fetched' && event.url === stamp ? event : undefined,
  );
  must(gone.status === 410, 'the stamp is gone', gone);
  tell('The Delete of the stamp arrived at the reader’s server; its address now answers 410.', removal);
}
