import { afterEach, describe, expect, it } from 'vitest';
import { createInboundLimits } from '../../../server/inbound-limits.ts';
import { ways } from './ways.ts';
import { createWorld, ORIGIN, PEER, post } from './world.ts';

const follow = (number: number) => ({
  id: `${PEER}#follow-${number}`,
  type: 'Follow',
  actor: PEER,
  object: `${ORIGIN}/ap/actor.json`,
});

describe.each(ways)('a host that sends too much, %s', (_name, open) => {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  it('reads 429 and when to come again, once its burst is used up', async () => {
    const made = createWorld();
    closing.push(made.remove);
    const limits = createInboundLimits({ requests: { burst: 2, perSecond: 0 } });
    const way = await open({ ...made, deps: { ...made.deps, limits } });
    closing.push(way.close);
    const responses: Response[] = [];
    for (const number of [1, 2, 3]) {
      const { host: _, Host: __, ...headers } = post(follow(number)).headers;
      responses.push(await way.ask('/ap/inbox', { ...post(follow(number)), headers }));
    }
    expect(responses.map(({ status }) => status)).toEqual([202, 202, 429]);
    expect(responses[2]?.headers.get('retry-after')).toBe('60');
    expect(await responses[2]?.json()).toEqual({ error: expect.any(String) });
  });
});
