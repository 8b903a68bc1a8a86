import { postOf } from './replies.ts';
import { actorOf, must, mustBeProven, type Scene, tellPage } from './scene.ts';

const WORDS = 'Look what I found in the archive.';

/** The reader asks whether it may quote the post, and gets a stamp. (FEP-044f) */
export async function tellQuote(scene: Scene): Promise<void> {
  const { blog, reader } = scene;
  const { peer } = reader;
  const asked = await peer.say({ kind: 'quote', name: 'quote', to: postOf(scene), text: WORDS });
  const accept = await peer.activity('Accept', asked.id);
  mustBeProven(blog, accept);
  const { stamp } = await peer.answer('stamp', { command: 'look-at-stamp', url: accept.result });
  const expected = { id: accept.result, by: actorOf(blog), quote: asked.about, target: postOf(scene) };
  must(JSON.stringify(stamp) === JSON.stringify(expected), 'the stamp names both posts and the blog', stamp);
  scene.tell('The reader asked to quote the post (QuoteRequest); the Accept arrived with a stamp.', accept);
  await tellPage(scene, 'Fedify fetched the stamp: it names the quote, the post and the blog.', {
    shown: ['1 quote', `A reader: ${WORDS}`],
  });
}

/** The address of the stamp that the reader was given. */
export async function stampOf({ reader }: Scene): Promise<string> {
  const accept = await reader.peer.until('the stamp', (event) =>
    event.event === 'activity' && event.type === 'Accept' && event.result !== '' ? event : undefined,
  );
  return accept.result;
}
