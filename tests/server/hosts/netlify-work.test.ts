import { expect, it } from 'vitest';
import type { NetlifyContext } from '../../../server/hosts/netlify.ts';
import { doWork, startSeldom } from '../../../server/hosts/netlify-work.ts';
import type { LogLine } from '../../../server/ports.ts';
import { workOnDeliveries } from '../../../server/work-deliveries.ts';
import { signWorkToken } from '../../../server/work-token.ts';
import { NOW, ORIGIN, type World } from '../routes/world.ts';
import { openBlog, openEachWorld, PRODUCTION } from './netlify-blog.ts';

let world: World;
let lines: LogLine[];
openEachWorld((made, log) => {
  world = made;
  lines = log;
});

const open = (context?: NetlifyContext, env?: Record<string, string>) => openBlog(world, lines, context, env);

it('work is done for who has a token for it, and for nobody else', async () => {
  const blog = await open();
  const keys = blog.held();
  if (!keys) throw new Error('no keys');
  const ask = async (headers: Record<string, string>) => {
    lines.length = 0;
    const request = new Request(`${ORIGIN}/ap/work/deliver`, { method: 'POST', headers });
    await doWork(blog, request, { deliver: workOnDeliveries });
    return lines.map(({ event }) => event);
  };
  const token = (work: 'deliver' | 'publish') => signWorkToken(keys, { origin: ORIGIN, work, now: NOW });
  expect(await ask({})).toEqual(['work.refused']);
  expect(await ask({ authorization: `Bearer ${await token('publish')}` })).toEqual(['work.refused']);
  expect(await ask({ authorization: `Bearer ${await token('deliver')}` })).toEqual(['deliver.run']);
});

it.each([
  ['damaged keys', { POSTERN_PRIVATE_KEYS: '{"keys":[]}' }],
  ['no keys', {}],
])('with %s nobody’s request for work is one that the platform repeats: it is logged', async (_, env) => {
  const blog = await open(PRODUCTION, env);
  const request = new Request(`${ORIGIN}/ap/work/deliver`, { method: 'POST' });
  await doWork(blog, request, { deliver: workOnDeliveries });
  expect(lines).toMatchObject([{ event: 'work.refused' }]);
});

it('work that fails is thrown, so that the platform repeats it', async () => {
  const blog = await open();
  const keys = blog.held();
  if (!keys) throw new Error('no keys');
  const token = await signWorkToken(keys, { origin: ORIGIN, work: 'deliver', now: NOW });
  const headers = { authorization: `Bearer ${token}` };
  const request = new Request(`${ORIGIN}/ap/work/deliver`, { method: 'POST', headers });
  const doing = { deliver: () => Promise.reject(new Error('the store is away')) };
  await expect(doWork(blog, request, doing)).rejects.toThrow('away');
});

it('who is told the same many times starts one run in ten seconds', async () => {
  const blog = await open();
  let now = NOW;
  let posts = 0;
  const own = { ...blog.own, post: async () => ++posts && 202 };
  const place = { ...blog, own, deps: { ...blog.deps, clock: () => now } };
  const startPublish = startSeldom('publish');
  expect([await startPublish(place), await startPublish(place)]).toEqual([true, false]);
  now += 10_000;
  expect(await startPublish(place)).toBe(true);
  expect(posts).toBe(2);
});
