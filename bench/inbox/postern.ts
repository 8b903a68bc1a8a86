/** Postern's inbox with its store in memory: everything that it does but for the disk. */
import { inbox } from '../../server/routes/inbox.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import { openBlog } from './open-blog.ts';
import { runReceiver } from './side.ts';

await runReceiver(async ({ document }) => {
  const deps = openBlog(openMemoryStore(), document);
  return (request) => inbox(deps, request);
});
