import { generateKeyPairSync, sign } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { foldInboxes } from '../../federation/audience.ts';
import type { Delivery } from '../../federation/delivery.ts';
import type { Follower } from '../../federation/outcome.ts';
import { type DeliverOptions, deliverDue } from '../../server/deliver.ts';
import { createAgents } from '../../server/http/agents.ts';
import { createInboxClient } from '../../server/http/inbox-client.ts';
import { createSigning } from '../../server/http/signing.ts';
import type { InboxClient } from '../../server/ports.ts';
import type { Store } from '../../server/store/store.ts';
import { siteOf } from '../remote/fake-blog.ts';
import { createFakeRemote } from '../remote/fake-remote.ts';
import { type Behave, behaviours, createFediverse, type Fediverse, type Origin } from '../remote/origins.ts';
import { signingKeys } from '../remote/signing-keys.ts';
import { isNear, NEAR_STORES, type OpenStore, STORES, type TestStore, withDelivery } from '../remote/stores.ts';
import { KINDS, type Kind, trap } from './fediverse-kinds.ts';

const BLOG = 'https://blog.test';
const { status } = behaviours;
const T0 = Date.parse('2026-11-23T12:00:00Z');
const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const { signPost } = createSigning({
  keyId: `${BLOG}/ap/actor.json#main-key`,
  sign: (data) => sign('sha256', data, privateKey),
});

/** A blog whose followers live on the origins; time passes only when it is moved. */
interface Blog {
  readonly fediverse: Fediverse;
  readonly store: Store;
  now: number;
  follow(origin: Origin, name: string, options?: { shared: boolean }): Promise<void>;
  publish(name: string): Promise<string>;
  deliver(options?: Partial<DeliverOptions>): Promise<void>;
  /** Delivers what comes due until then. */
  passUntil(time: number): Promise<void>;
  followersOf(origin: Origin): Promise<number>;
}

let blog: Blog;
let clients: InboxClient[];
let opened: TestStore;
let runs = 0;

/** Hosts that never answer are given up sooner than the others, so that a dozen rounds of them take seconds. */
const IMPATIENT = /^https?:\/\/hang/;

withDelivery();

function openEachFediverse(name: string, open: OpenStore): void {
  beforeEach(async () => {
    opened = await open();
    const fediverse = createFediverse();
    blog = createBlog(fediverse, createClient(fediverse), isNear(name));
  });
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await blog.fediverse.close();
    await opened.close();
  });
}

function createClient({ resolve }: Fediverse): InboxClient {
  const agents = createAgents({ allowPrivate: true, resolve });
  const client = (deadlineMs: number) =>
    createInboxClient({ agents, allowPrivate: true, signPost, userAgent: 'test', clock: () => blog.now, deadlineMs });
  const [patient, impatient] = [client(60_000), client(250)];
  clients = [patient, impatient];
  return {
    post: (inbox, body, options) => (IMPATIENT.test(inbox) ? impatient : patient).post(inbox, body, options),
    close: async () => {},
  };
}

function createBlog(fediverse: Fediverse, inboxes: InboxClient, isHere: boolean): Blog {
  const { store } = opened;
  const keys = signingKeys(`${BLOG}/ap/actor.json`);
  const world = { store, clock: () => blog.now, log: () => {} };
  const elsewhere = {
    ...world,
    site: siteOf(BLOG),
    documents: createFakeRemote().documents,
    resolve: fediverse.resolve,
  };
  return {
    fediverse,
    store,
    now: T0,
    follow: async (origin, name, { shared } = { shared: true }) => {
      await store.followers.put(followerAt(origin, name, shared));
    },
    publish: (name) => publish(store, name),
    async deliver(options = {}) {
      const owner = `run ${runs++}`;
      if (isHere) await deliverDue({ ...world, inboxes, keys }, { owner, random: () => 0, ...options });
      else await opened.deliver(elsewhere, owner);
    },
    async passUntil(time) {
      for (;;) {
        await blog.deliver();
        const next = await store.deliveries.nextDue();
        if (next === undefined || next > time) break;
        blog.now = Math.max(blog.now, next);
      }
      blog.now = time;
    },
    async followersOf({ host }) {
      let count = 0;
      for await (const { actor } of store.followers.all()) if (new URL(actor).host === host) count += 1;
      return count;
    },
  };
}

function followerAt({ host }: Origin, name: string, shared: boolean): Follower {
  const actor = `http://${host}/users/${name}`;
  const follower = { actor, inbox: `${actor}/inbox`, followId: `${actor}#f`, since: '2026-11-01T00:00:00Z' };
  return shared ? { ...follower, sharedInbox: `http://${host}/inbox` } : follower;
}

/** Queues a Create for every inbox of the followers, as a publish does. */
async function publish(store: Store, name: string): Promise<string> {
  const id = `${BLOG}/ap/activities/create/${name}`;
  const followers: Follower[] = [];
  for await (const follower of store.followers.all()) followers.push(follower);
  const inboxes = foldInboxes(followers).inboxes.map(({ inbox }) => inbox);
  await store.activities.put({ id, type: 'Create', object: name, json: { id, type: 'Create' } }, { now: blog.now });
  await store.deliveries.enqueue(id, inboxes, { now: blog.now });
  return id;
}

/** So many origins of each kind; the emulation would take minutes for hundreds, and for each that is waited for 10 s in vain. */
async function populate(isHere: boolean): Promise<{ kind: Kind; origin: Origin; name: string }[]> {
  const origins = [];
  const each = isHere ? 12 : 1;
  for (const [name, kind] of Object.entries(KINDS)) {
    if (name === 'hanging' && !isHere) continue;
    for (let n = 0; n < each; n += 1) {
      const origin = await blog.fediverse.start(`${name}-${n}.test`, kind.behave);
      for (let f = 0; f < kind.followers; f += 1) await blog.follow(origin, `f${f}`, kind);
      origins.push({ kind, origin, name });
    }
  }
  trap.host = (await blog.fediverse.start('trap.test', status(202))).host;
  return origins;
}

/** The deliveries of an activity by host. */
async function deliveriesByHost(id: string): Promise<Map<string, Delivery[]>> {
  const deliveries = await blog.store.deliveries.ofActivity(id);
  const byHost = new Map<string, Delivery[]>();
  for (const delivery of deliveries) {
    const { host } = new URL(delivery.inbox);
    byHost.set(host, [...(byHost.get(host) ?? []), delivery]);
  }
  return byHost;
}

describe.each(STORES)('one publish to a fediverse, with the store in %s', (name, open) => {
  openEachFediverse(name, open);

  test('ends with exactly the deliveries that their kinds allow, and asks nobody more often', async () => {
    const origins = await populate(isNear(name));
    const id = await blog.publish('p');
    await blog.deliver();

    const first = await deliveriesByHost(id);
    for (const { kind, origin, name } of origins) {
      const deliveries = first.get(origin.host) ?? [];
      const expected = kind.again === undefined ? { state: kind.state } : { state: 'pending', dueAt: T0 + kind.again };
      expect(deliveries, name).toHaveLength(kind.shared ? 1 : kind.followers);
      for (const each of deliveries) expect(each, name).toMatchObject({ ...expected, attempts: 1 });
    }

    await blog.passUntil(T0 + 10 * 24 * HOUR);
    const last = await deliveriesByHost(id);
    for (const { kind, origin, name } of origins) {
      const { state, attempts, status: lastStatus } = kind;
      const deliveries = last.get(origin.host) ?? [];
      expect(deliveries, name).toHaveLength(kind.shared ? 1 : kind.followers);
      for (const each of deliveries) {
        expect(each, name).toMatchObject({ state, attempts });
        expect(each.lastStatus, name).toBe(lastStatus);
      }
      expect(origin.arrived.length, name).toBeLessThanOrEqual(attempts * deliveries.length);
      // One that hangs may be left before the request is through.
      if (kind.behave && name !== 'hanging') expect(origin.arrived, name).toHaveLength(attempts * deliveries.length);
      expect(origin.mostAtOnce, name).toBeLessThanOrEqual(4);
      expect(await blog.followersOf(origin), name).toBe(state === 'gone' ? 0 : kind.followers);
    }
    expect(await blog.store.deliveries.counts()).toMatchObject({ pending: 0 });
  });

  test('a redirect is not followed', async () => {
    const elsewhere = await blog.fediverse.start('trap.test', status(202));
    const origin = await blog.fediverse.start('a.test', (answer) => {
      answer.writeHead(307, { location: `http://${elsewhere.host}/inbox` }).end();
    });
    await blog.follow(origin, 'ann');
    await blog.publish('p');
    await blog.deliver();
    expect(origin.arrived).toHaveLength(1);
    expect(elsewhere.arrived).toEqual([]);
  });
});

describe.each(NEAR_STORES)('a dead third, with the store in %s', (name, open) => {
  openEachFediverse(name, open);

  /** Hundreds of hosts of which every third holds its requests until `letGo`. */
  async function populateWithDead(count: number) {
    const held: (() => void)[] = [];
    const dead = new Set<string>();
    for (let n = 0; n < count; n += 1) {
      const isDead = n % 3 === 0;
      const hold: Behave = (answer) => void held.push(() => answer.writeHead(503).end());
      const origin = await blog.fediverse.start(`h${n}.test`, isDead ? hold : status(202));
      await blog.follow(origin, 'ann');
      if (isDead) dead.add(origin.host);
    }
    const letGo = () => {
      for (const release of held.splice(0)) release();
    };
    return { dead, letGo };
  }

  test('every delivery to a living host is settled before the first dead one ends', async () => {
    const { dead, letGo } = await populateWithDead(300);
    await blog.publish('p');
    const order: ('living' | 'dead')[] = [];
    await blog.deliver({
      slowAfterMs: 100,
      onSettled: ({ inbox }) => {
        order.push(dead.has(new URL(inbox).host) ? 'dead' : 'living');
        if (order.filter((each) => each === 'living').length === 200) letGo();
      },
    });
    expect(order).toHaveLength(300);
    expect(order.lastIndexOf('living')).toBeLessThan(order.indexOf('dead'));
  });
});
