import { actorOf, indent, type Scene } from './scene.ts';

const OLD_POST =
  '---\ntitle: Written before anyone followed\ndate: 2026-01-02T08:00:00Z\n---\n\nIt is not announced.\n';

function newPost(body: string): string {
  const date = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  return `---\ntitle: Hello, fediverse\nid: hello\ndate: ${date}\ntags: [hello]\n---\n\n${body}\n`;
}

/** A blog is found and followed; a post of it is announced, edited and removed. */
export async function tellPostLife(scene: Scene): Promise<void> {
  await tellFollow(scene);
  const { blog, reader, tell } = scene;
  const { peer } = reader;

  blog.write('posts/hello.md', newPost('The first words that travel. #hello'));
  tell(`A file was written. npm run plan says:\n${indent(await blog.run('plan'))}`);
  await blog.run('publish');
  const create = await peer.activity('Create');
  tell('npm run publish: the Create arrived, its signature verified by Fedify.', create);

  blog.write('posts/hello.md', newPost('The first words that travel, mended. #hello'));
  await blog.run('publish');
  const update = await peer.activity('Update');
  tell('The file was edited and published: the Update arrived.', update);

  blog.remove('posts/hello.md');
  await blog.run('publish');
  const removal = await peer.activity('Delete');
  tell('The file was removed and published: the Delete arrived.', removal);

  peer.ask({ command: 'fetch', url: `${blog.origin}/ap/posts/hello.json` });
  const gone = await peer.until('the tombstone', (event) => (event.event === 'fetched' ? event : undefined));
  tell(`The object's address now answers ${gone.status} with a Tombstone.`, gone);

  const again = await blog.run('publish');
  tell(`npm run publish once more: ${again.trim().split('\n').at(-1)}`, { again });
}

async function tellFollow({ blog, reader: { peer, origin }, tell }: Scene): Promise<void> {
  blog.write('posts/old.md', OLD_POST);
  await blog.start();
  tell(`Postern built its site and serves it at ${blog.origin}; the blog is ${blog.handle}.`);

  peer.ask({ command: 'look-up', handle: blog.handle });
  const actor = await peer.until('the actor', (event) => (event.event === 'looked-up' ? event : undefined));
  tell(`Fedify looked up ${blog.handle} and found "${actor.name}" at ${actor.id}.`, actor);

  peer.ask({ command: 'follow', id: actorOf(blog), followId: `${origin}/follows/1` });
  const accept = await peer.activity('Accept');
  tell('The reader followed the blog; the Accept arrived, signed by the blog.', accept);
}
