import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { actorOf, indent, must, type Scene, tellPage } from './scene.ts';

const WORDS = 'Nobody else should read this.';

/** What is for the owner alone arrives sealed, is shown nowhere, and is read with the owner's key. */
export async function tellMessage(scene: Scene): Promise<void> {
  const { blog, reader, tell } = scene;
  await reader.peer.say({ kind: 'message', name: 'secret', to: actorOf(blog), text: WORDS });
  const store = filesBelow(String(blog.environment.POSTERN_DATA)).map((file) => readFileSync(file));
  const holds = (words: string): boolean => store.some((bytes) => bytes.includes(words));
  must(holds(`${reader.origin}/notes/agreed`), 'what is public can be read in the store', store.length);
  must(!holds(WORDS), 'the message cannot be read in the store', store.length);
  await tellPage(scene, 'The reader sent a message to the blog alone; its store holds it sealed.', { gone: [WORDS] });
  const opened = await blog.run('messages');
  must(opened.includes(WORDS) && opened.includes(reader.handle), 'the owner can read it', opened);
  tell(`npm run messages opens it with the owner’s key:\n${indent(opened)}`, { opened });
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
