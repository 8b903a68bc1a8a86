import { actorOf, must, type Scene, tellPage } from './scene.ts';

/** The id of the post that is answered: it was never sent to anybody, only found. */
export function postOf({ blog }: Scene): string {
  return `${blog.origin}/ap/posts/old.json`;
}

/** The reader and the neighbour reply, edit, delete, and answer each other. */
export async function tellReplies(scene: Scene): Promise<void> {
  const { reader } = scene;
  const to = postOf(scene);
  await reader.peer.say({ kind: 'reply', name: 'first', to, text: 'I read it on the way <em>home</em>.' });
  await tellPage(scene, 'The reader looked the old post up and replied (Create).', {
    shown: ['1 reply', 'A reader: I read it on the way home.'],
  });

  await reader.peer.say({ kind: 'edit', name: 'first', text: 'I read it twice on the way home.' });
  await tellPage(scene, 'The reader edited the reply (Update).', {
    shown: ['1 reply', 'A reader: I read it twice on the way home.'],
    gone: ['I read it on the way'],
  });

  await reader.peer.say({ kind: 'delete', name: 'first' });
  await tellPage(scene, 'The reader deleted the reply (Delete).', { gone: ['A reader'] });
  await tellForwarding(scene);
}

/** What the reader says to the neighbour is heard of the neighbour alone, whose server passes it on to the whole thread. */
async function tellForwarding(scene: Scene): Promise<void> {
  const { blog, reader, neighbour } = scene;
  const to = actorOf(blog);
  const view = await neighbour.peer.say({
    kind: 'reply',
    name: 'view',
    to: postOf(scene),
    text: 'Here is another view.',
  });
  const answer = { kind: 'reply', to: view.about } as const;

  const first = await reader.peer.say({ ...answer, name: 'agreed', text: 'A fine one.' });
  await mustBeSecured(scene, first.id);
  await neighbour.peer.answer('said', { command: 'forward', id: first.id, to });
  await tellPage(
    scene,
    'The neighbour replied; its server forwarded what the reader answered it, proven by Fedify’s integrity proof.',
    { shown: ['2 replies', '  A neighbour: Here is another view.', '    A reader: A fine one.'] },
  );

  const second = await reader.peer.say({ ...answer, name: 'truth', text: 'I never eat soup.' });
  await mustBeSecured(scene, second.id);
  const change = ['never eat', 'always steal'] as const;
  await neighbour.peer.answer('said', { command: 'forward', id: second.id, to, change });
  await tellPage(
    scene,
    'Another answer was forwarded with its words changed; the blog asked the author’s server for the true ones.',
    {
      shown: ['3 replies', 'A reader: I never eat soup.'],
      gone: ['steal'],
    },
  );
}

/** Fedify put its object integrity proof and its LD signature on what it sent, and its other half took it for the reader's. */
async function mustBeSecured({ neighbour }: Scene, id: string): Promise<void> {
  const posted = await neighbour.peer.until('what is to be forwarded', (event) =>
    event.event === 'posted' && event.id === id ? event : undefined,
  );
  must(posted.proof && posted.ldSignature, 'it carries a proof and an LD signature', posted);
  await neighbour.peer.until('its signature', (event) =>
    event.event === 'activity' && event.id === id ? event : undefined,
  );
}
