import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { actorOf, indent, must, type Scene, tellPage } from './scene.ts';

const WORDS = 'Nobody else should read this.';

/** What is for the owner alone arrives sealed, is shown nowhere, and is read with the owner's key. */
export async function tellMessage(scene: Scene): Promise<void> {
  const { blog, reader, tell } = scene;
  await reader.peer.say({ kind: 'message', name: 'secret', to: actorOf(blog), text: WORDS });
  const inClear = filesBelow(String(blog.environment.POSTERN_DATA)).filter((file) =>
    readFileSync(file).includes(WORDS),
  );
  must(inClear.length === 0, 'the message is nowhere in clear', inClear);
  await tellPage(scene, 'The reader sent a message to the blog alone; it was sealed on arrival.', { gone: [WORDS] });
  const opened = await blog.run('messages');
  must(opened.includes(WORDS) && opened.includes(reader.handle), 'the owner can read it', opened);
  tell(`npm run messages opens it with the owner’s key:\n${indent(opened)}`, { opened });
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
