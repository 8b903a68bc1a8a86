import { startPeer } from './forked-peer.ts';
import { tellHiding } from './hiding.ts';
import { Blog } from './loopback-blog.ts';
import { tellMessage } from './message.ts';
import { tellPostLife } from './post-life.ts';
import { tellQuote } from './quote.ts';
import { tellReactions } from './reactions.ts';
import { tellReplies } from './replies.ts';
import { mustBeProven, type Scene, type Step } from './scene.ts';
import { createWorld, type World } from './world.ts';

/** Plays what happens between a blog and two independent servers. Each step is told as it happens. */
export async function tellStory(told: (step: Step) => void): Promise<void> {
  const world = await createWorld('postern-demo-');
  const began = performance.now();
  let last = began;
  const tell = (text: string, detail?: unknown): void => {
    const now = performance.now();
    told({ text, milliseconds: Math.round(now - last), ...(detail === undefined ? {} : { detail }) });
    last = now;
  };
  const scene = await openScene(world, tell);
  const { blog, reader, neighbour } = scene;
  try {
    await tellPostLife(scene);
    await tellReplies(scene);
    await tellReactions(scene);
    await tellQuote(scene);
    await tellHiding(scene);
    await tellMessage(scene);
    const sent = reader.peer.events.filter((event) => event.event === 'activity');
    for (const activity of sent) mustBeProven(blog, activity);
    tell(`Fedify verified the integrity proofs of all ${sent.length} activities that the blog sent.`);
    told({
      text: 'Done.',
      milliseconds: Math.round(performance.now() - began),
      detail: { creates: reader.peer.activities('Create').length },
    });
  } finally {
    await Promise.all([reader.peer.stop(), neighbour.peer.stop()]);
    await blog.close();
    await world.close();
  }
}

async function openScene(world: World, tell: Scene['tell']): Promise<Scene> {
  const blog = await Blog.create(world);
  const [reader, neighbour] = await Promise.all([startPeer(world), startPeer(world, 'neighbour')]);
  tell(`An independent server (Fedify) runs at ${reader.origin}; its reader is ${reader.handle}.`);
  tell(`Another one runs at ${neighbour.origin}; a neighbour is ${neighbour.handle}.`);
  return { blog, reader, neighbour, tell };
}
