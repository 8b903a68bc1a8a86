import type { Saying } from './peer-messages.ts';
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
  const { neighbour } = scene;
  const view = { kind: 'reply', name: 'view', to: postOf(scene), text: 'Here is another view.' } as const;
  const to = (await neighbour.peer.say(view)).about;

  const agreed = await forward(scene, { kind: 'reply', name: 'agreed', to, text: 'A fine one.' });
  must(agreed.asked === 0, 'the proof was enough for the blog', agreed);
  await tellPage(
    scene,
    'The neighbour replied; its server forwarded what the reader answered it, proven by Fedify’s integrity proof.',
    { shown: ['2 replies', '  A neighbour: Here is another view.', '    A reader: A fine one.'] },
  );

  const truth = { kind: 'reply', name: 'truth', to, text: 'I never eat soup.' } as const;
  const { asked } = await forward(scene, truth, ['never eat', 'always steal']);
  must(asked === 1, 'the blog asked the author’s server, once', { asked });
  await tellPage(
    scene,
    'Another answer was forwarded with its words changed; the blog asked the author’s server for the true ones.',
    { shown: ['3 replies', 'A reader: I never eat soup.'], gone: ['steal'] },
  );
}

/** The reader answers the neighbour, whose server sends it on to the blog; gives how often the reader’s server was asked for it. */
async function forward(
  scene: Scene,
  saying: Extract<Saying, { readonly kind: 'reply' }>,
  change?: readonly [string, string],
): Promise<{ readonly asked: number }> {
  const { blog, reader, neighbour } = scene;
  const { id, about } = await reader.peer.say(saying);
  await mustBeSecured(scene, id);
  const command = { command: 'forward', id, to: actorOf(blog), ...(change ? { change } : {}) } as const;
  await neighbour.peer.answer('said', command);
  const { pathname } = new URL(about);
  const asked = reader.peer.events.filter((event) => event.event === 'asked' && event.path === pathname);
  return { asked: asked.length };
}

/** Fedify put its object integrity proof and its LD signature on what it sent, and verified them where it arrived. */
async function mustBeSecured({ reader, neighbour }: Scene, id: string): Promise<void> {
  const posted = await neighbour.peer.until('what is to be forwarded', (event) =>
    event.event === 'posted' && event.id === id ? event : undefined,
  );
  must(posted.proof && posted.ldSignature, 'it carries a proof and an LD signature', posted);
  const { provenBy } = await neighbour.peer.until('its signature', (event) =>
    event.event === 'activity' && event.id === id ? event : undefined,
  );
  must(provenBy.startsWith(`${reader.origin}/`), 'its proof is the reader’s', provenBy);
}
