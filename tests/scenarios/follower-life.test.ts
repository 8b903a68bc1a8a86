import { beforeEach, describe, expect, it } from 'vitest';
import type { Attempt } from '../../federation/delivery.ts';
import { BLOG, createFakeBlog, type FakeBlog, NOW } from '../remote/fake-blog.ts';
import type { Peer } from '../remote/fake-remote.ts';
import { openEachBlog } from '../remote/open-each.ts';
import { NEAR_STORES, type OpenStore, STORES, type TestStore, withDelivery } from '../remote/stores.ts';
import { countingStore } from '../remote/watched-store.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const answer = (status: number): Attempt => ({ kind: 'response', status });
const noAnswer: Attempt = { kind: 'network', error: 'ECONNREFUSED' };

withDelivery();

let opened: TestStore;
let blog: FakeBlog;
let ann: Peer;
let posts: string[];
let runs = 0;
/** What the follower's server answers. */
let answerOf: (inbox: string) => Attempt;

function openEachFollowed(open: OpenStore): void {
  openEachBlog(open, async (scene) => {
    ({ opened, blog, ann } = scene);
    posts = [];
    answerOf = () => answer(202);
    await blog.receive(ann.send({ id: ann.id('follow'), type: 'Follow', actor: ann.actor, object: BLOG.actor }));
    await deliver();
  });
}

async function deliver(): Promise<void> {
  const { store, site, remote, lines } = blog;
  const post = async (inbox: string): Promise<Attempt> => {
    posts.push(inbox);
    return answerOf(inbox);
  };
  const deps = { store, site, documents: remote.documents, clock: () => blog.now, log: lines.push.bind(lines), post };
  await opened.deliver(deps, `run ${runs++}`);
}

async function publish(name: string): Promise<void> {
  const id = `${BLOG.origin}/ap/activities/create/${name}`;
  await blog.store.activities.put(
    { id, type: 'Create', object: name, json: { id, type: 'Create' } },
    { now: blog.now },
  );
  await blog.store.deliveries.enqueue(id, ['https://peer.test/inbox'], { now: blog.now });
}

/** Lets the time pass and delivers what comes due in it. */
async function pass(ms: number): Promise<void> {
  const end = blog.now + ms;
  for (;;) {
    await deliver();
    const next = await blog.store.deliveries.nextDue();
    if (next === undefined || next > end) break;
    blog.now = Math.max(blog.now, next);
  }
  blog.now = end;
}

/** A post each day. */
async function passDays(from: number, to: number): Promise<void> {
  for (let day = from; day < to; day += 1) {
    await publish(`day-${day}`);
    await pass(DAY);
  }
}

const like = (name: string) =>
  blog.receive(
    ann.send({ id: ann.id(name), type: 'Like', actor: ann.actor, object: `${BLOG.origin}/ap/posts/p1.json` }),
  );
const health = () => blog.store.hosts.get('peer.test');

// A month of these is hundreds of runs, each of which the emulation has to be asked for.
describe.each(NEAR_STORES)('a follower stays, with the store in %s', (_name, open) => {
  openEachFollowed(open);

  it.each([
    ['does not answer', () => noAnswer],
    ['answers 500', () => answer(500)],
    ['answers 503', () => answer(503)],
    ['answers 401', () => answer(401)],
    ['answers 403', () => answer(403)],
    ['answers 429', () => answer(429)],
  ])('while its server %s for 30 days of daily posts', async (_what, each) => {
    answerOf = each;
    await passDays(0, 30);
    expect(await blog.followers()).toEqual([ann.actor]);
    // And when it is back it gets what is new.
    answerOf = () => answer(202);
    await pass(8 * DAY);
    await publish('back');
    await pass(8 * DAY);
    expect(await blog.store.deliveries.ofActivity(`${BLOG.origin}/ap/activities/create/back`)).toMatchObject([
      { state: 'delivered' },
    ]);
    expect(await health()).toBeUndefined();
  });

  it('while 404s are interrupted by other answers', async () => {
    let requests = 0;
    answerOf = () => {
      requests += 1;
      return answer(requests % 5 === 0 ? 403 : 404);
    };
    await passDays(0, 30);
    expect(requests).toBeGreaterThan(30);
    expect(await blog.followers()).toEqual([ann.actor]);
  });

  it('while 404s are interrupted by what it writes', async () => {
    answerOf = () => answer(404);
    for (let day = 0; day < 30; day += 1) {
      await passDays(day, day + 1);
      expect(await like(`like-${day}`)).toMatchObject({ kind: 'accepted' });
    }
    expect(await blog.followers()).toEqual([ann.actor]);
  });
});

describe.each(STORES)('a follower goes, with the store in %s', (_name, open) => {
  openEachFollowed(open);

  it('when its inbox answers 404 for more than 48 h, and not before', async () => {
    answerOf = () => answer(404);
    await publish('p');
    await pass(47 * HOUR);
    expect(await blog.followers()).toEqual([ann.actor]);
    await pass(14 * HOUR);
    expect(await blog.followers()).toEqual([]);
    expect(await blog.store.deliveries.counts()).toMatchObject({ pending: 0, gone: 1 });
  });

  it('when its inbox answers 410, at once', async () => {
    answerOf = () => answer(410);
    await publish('p');
    await deliver();
    expect(await blog.followers()).toEqual([]);
  });

  it('when its actor is gone (410), whatever came in its name', async () => {
    blog.now += 2 * DAY;
    blog.remote.answer(ann.actor, 410);
    expect(await like('late')).toMatchObject({ kind: 'refused', reason: 'key-gone', status: 401 });
    expect(await blog.followers()).toEqual([]);
  });

  it('but not when only a key that is named in its name is gone', async () => {
    blog.remote.answer('https://evil.test/key', 410);
    const forged = { id: ann.id('forged'), type: 'Like', actor: ann.actor, object: BLOG.actor };
    await blog.receive(ann.send(forged, { keyId: 'https://evil.test/key#k' }));
    expect(await blog.followers()).toEqual([ann.actor]);
  });
});

it.each(NEAR_STORES)(
  'what is written while all is well costs no write to hosts or the queue (%s)',
  async (_name, open) => {
    opened = await open();
    const { store, writes } = countingStore(opened.store);
    blog = createFakeBlog({ ...opened.blog, store });
    ann = blog.peer();
    await blog.receive(ann.send({ id: ann.id('follow'), type: 'Follow', actor: ann.actor, object: BLOG.actor }));
    writes.length = 0;
    expect((await like('l')).kind).toBe('accepted');
    expect(writes).toEqual(['interactions.put', 'notifications.add', 'inbound.markSeen']);
    await opened.close();
  },
);

describe.each(STORES)('what a follower writes, with the store in %s', (_name, open) => {
  openEachFollowed(open);
  beforeEach(async () => {
    answerOf = () => noAnswer;
    await passDays(0, 2);
    expect((await health())?.openUntil).toBeGreaterThan(blog.now);
    answerOf = () => answer(202);
    posts = [];
  });

  it('brings its server back to life: what waits is sent at once', async () => {
    await like('alive');
    expect(await health()).toBeUndefined();
    await deliver();
    expect(posts).toEqual(['https://peer.test/inbox', 'https://peer.test/inbox']);
    expect(blog.lines).toContainEqual(expect.objectContaining({ event: 'host.recovered', host: 'peer.test' }));
  });

  it('opens the way to its own server alone', async () => {
    const eve = blog.peer({ host: 'evil.test', name: 'eve' });
    await blog.receive(eve.send({ id: eve.id('l'), type: 'Like', actor: eve.actor, object: BLOG.actor }));
    // In Ann's name, and signed by Eve.
    await blog.receive(eve.send({ id: ann.id('f'), type: 'Like', actor: ann.actor, object: BLOG.actor }));
    expect((await health())?.openUntil).toBeGreaterThan(blog.now);
    await deliver();
    expect(posts).toEqual([]);
  });

  it('with a signature that is wrong → nothing', async () => {
    ann.changeKey();
    blog.remote.serve(ann.actor, ann.document);
    expect((await like('forged')).kind).toBe('refused');
    expect(await health()).toBeDefined();
  });

  it('ends 404s of inboxes on its own server, and of no other', async () => {
    const follower = await blog.store.followers.get(ann.actor);
    if (follower === undefined) throw new Error('no follower');
    await blog.store.followers.put({ ...follower, sharedInbox: 'https://other.test/inbox' });
    await blog.store.inboxes.put([
      { inbox: ann.inbox, missingSince: NOW },
      { inbox: 'https://other.test/inbox', missingSince: NOW },
    ]);
    await like('alive');
    expect(await blog.store.inboxes.get(ann.inbox)).toEqual({ inbox: ann.inbox });
    expect(await blog.store.inboxes.get('https://other.test/inbox')).toMatchObject({ missingSince: NOW });
  });
});
