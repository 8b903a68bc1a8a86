import { afterEach, beforeEach, expect, test } from 'vitest';
import { ACTIVITY_JSON } from '../../../federation/vocabulary.ts';
import { negotiated } from '../../../server/routes/negotiated.ts';
import { pages } from '../../../server/routes/pages.ts';
import { createWorld, ORIGIN, type World } from './world.ts';

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.remove());

const asking = (path: string, accept = ACTIVITY_JSON) => new Request(ORIGIN + path, { headers: { accept } });
const ask = (path: string, accept?: string) => pages(world.deps, asking(`/ap/pages${path}`, accept));

test.each(['/', '', '/posts/p1/', '/posts/p1', '/notes/n1/'])(
  '%s: what the host that serves pages answers there',
  async (path) => {
    const answer = await ask(path);
    const there = await negotiated(world.deps, asking(path === '' ? '/' : path));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual(await there?.json());
    expect(Object.fromEntries(answer.headers)).toEqual(Object.fromEntries(there?.headers ?? []));
    expect(answer.headers.get('vary')).toBe('Accept');
  },
);

test.each([
  ['/about/', ACTIVITY_JSON],
  ['/posts/never/', ACTIVITY_JSON],
  ['/posts/p1/', 'text/html'],
  ['/ap/posts/p1.json', ACTIVITY_JSON],
])('%s for %s: 404, the page itself is meant', async (path, accept) => {
  expect((await ask(path, accept)).status).toBe(404);
});
