import { beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_RULES } from '../../federation/rules.ts';
import type { Deployment } from '../../server/deployment.ts';
import type { LiveContent } from '../../server/http/own-client.ts';
import type { Deps } from '../../server/ports.ts';
import type { Workplace } from '../../server/start-work.ts';
import { lastSweep } from '../../server/sweep-mark.ts';
import { keepUpDaily } from '../../server/upkeep.ts';
import { sweepOften, workOnPublish, workOnReconcile, workOnUpkeep } from '../../server/work.ts';
import { workOnDeliveries } from '../../server/work-deliveries.ts';
import { readWorkToken } from '../../server/work-token.ts';
import { deed } from '../federation/plan-samples.ts';
import { heldKeys, showing } from './blog-keys.ts';
import {
  ADDRESSES,
  createWorld,
  followerAt,
  idOf,
  manifestOf,
  NOW,
  ORIGIN,
  post,
  type World,
} from './publish-world.ts';

const KEYS = heldKeys();
const PRODUCTION: Deployment = { context: 'production', siteUrl: ORIGIN, allowPrivateAddresses: false };
const OLD = { commit: 'a'.repeat(40), committedAt: '2026-11-20T10:00:00Z' };
const NEW = { commit: 'b'.repeat(40), committedAt: '2026-11-22T10:00:00Z' };
const ONCE = { looks: 1 };
const DAY = 86_400_000;

let world: World;
/** What visitors of the origin are shown: what was built, unless a test has another site live. */
let live: () => LiveContent;
let started: { url: string; token: string }[];

function place(deployment: Deployment = PRODUCTION, more: Partial<Workplace> = {}): Workplace {
  const { site } = world.deps;
  const document = async (url: string) => {
    const found = await site.document(url);
    return url === ADDRESSES.actor ? showing(KEYS, found) : found;
  };
  const deps: Deps = {
    ...world.deps,
    documents: { get: async () => ({ kind: 'refused', status: 404, reason: 'status' }) },
    media: { get: async () => ({ kind: 'refused', reason: 'status' }) },
    webfinger: { get: async () => ({ kind: 'refused', status: 404, reason: 'status' }) },
    site: { ...site, document, rules: async () => DEFAULT_RULES },
  };
  const own = {
    content: async () => live(),
    post: async (url: string, token: string) => {
      started.push({ url, token });
      return 202;
    },
  };
  return { deps, own, deployment, held: () => KEYS, ...more };
}

const events = (name: string) => world.lines.filter(({ event }) => event === name);
const pending = async () => (await world.store.deliveries.counts()).pending;

beforeEach(async () => {
  world = createWorld();
  started = [];
  live = () => ({ kind: 'content', content: manifestOf(world).content });
  world.source = OLD;
  await world.store.followers.put(followerAt('a.example'));
});

test('The first deploy that succeeds is the baseline, and announces nothing', async () => {
  world.files.set('old', post('old'));
  await workOnPublish(place(), ONCE);
  expect(await world.store.ledger.head()).toMatchObject({ version: 1 });
  expect(await pending()).toBe(0);
  expect(started).toEqual([]);
});

describe('once the blog federates', () => {
  beforeEach(async () => {
    world.files.set('old', post('old'));
    await workOnPublish(place(), ONCE);
    await keepUpDaily(place().deps);
    world.lines.length = 0;
    world.files.set('new', post('new'));
    world.source = NEW;
  });

  test('A deploy that went live is published, and its delivery started with a token for just that', async () => {
    await workOnPublish(place(), ONCE);
    expect(await pending()).toBe(1);
    expect(started).toMatchObject([{ url: `${ORIGIN}/ap/work/deliver` }]);
    const authorization = `Bearer ${started[0]?.token}`;
    expect(await readWorkToken(KEYS, authorization, { origin: ORIGIN, now: NOW })).toBe('deliver');
    await workOnDeliveries(place());
    expect(world.posted).toMatchObject([{ inbox: 'https://a.example/inbox', json: { type: 'Create' } }]);
  });

  const elsewhere: [string, Deployment, string][] = [
    ['A deploy preview', { ...PRODUCTION, context: 'deploy-preview' }, 'not-production'],
    ['A branch deploy', { ...PRODUCTION, context: 'branch-deploy' }, 'not-production'],
    ['A production deploy that is not live', { ...PRODUCTION, context: 'unpublished' }, 'not-production'],
    ['A machine that does not say what it runs', { ...PRODUCTION, context: 'unknown' }, 'not-production'],
    ['A second site of the same repository', { ...PRODUCTION, siteUrl: 'https://copy.netlify.app' }, 'other-site'],
    ['A site that does not say who it is', { context: 'production', allowPrivateAddresses: false }, 'other-site'],
    ['A look on a developer’s machine', { ...PRODUCTION, context: 'dev' }, 'local-look'],
  ];
  test.each(elsewhere)('%s sends nothing, by no way', async (_, deployment, why) => {
    const there = place(deployment);
    await workOnPublish(there, ONCE);
    await workOnReconcile(there);
    await sweepOften(there);
    await workOnDeliveries(there);
    await workOnUpkeep(there);
    expect(await pending()).toBe(0);
    expect([world.posted, started]).toEqual([[], []]);
    expect(events('publish.nothing-sent')[0]).toMatchObject({ why });
    for (const work of ['sweep', 'deliver', 'upkeep']) expect(events(`${work}.nothing-sent`)).toMatchObject([{ why }]);
  });

  test('Where the platform does not say what runs, the sweep is an error, with what to do', async () => {
    await sweepOften(place({ ...PRODUCTION, context: 'unknown' }));
    const hint = expect.stringContaining('Deploy once more');
    expect(events('sweep.nothing-sent')).toMatchObject([{ level: 'error', context: 'unknown', hint }]);
  });

  test('A deploy that is locked out sends nothing: another one is live', async () => {
    live = () => ({ kind: 'content', content: 'that of the locked deploy' });
    await workOnPublish(place(), { looks: 3, pauseMs: 1 });
    await workOnReconcile(place());
    expect(await pending()).toBe(0);
    expect(started).toEqual([]);
    expect(events('publish.nothing-sent')).toMatchObject([{ why: 'not-live' }, { why: 'not-live' }]);
  });

  test('A deploy whose visitors are shown it some seconds later is published then', async () => {
    let looks = 0;
    const late = { kind: 'content' as const, content: manifestOf(world).content };
    live = () => (++looks < 3 ? { kind: 'failed', reason: 'status 502' } : late);
    await workOnPublish(place(), { looks: 3, pauseMs: 1 });
    expect(await pending()).toBe(1);
  });

  test('A deploy that was rolled back sends nothing: its functions sweep, and it is live', async () => {
    await workOnPublish(place(), ONCE);
    await workOnDeliveries(place());
    world.files.delete('new');
    world.source = OLD;
    world.posted.length = 0;
    started.length = 0;
    await sweepOften(place());
    await workOnReconcile(place());
    await workOnPublish(place(), ONCE);
    expect(await pending()).toBe(0);
    expect([world.posted, started]).toEqual([[], []]);
  });

  test('A rollback to an earlier build of the same commit sends nothing: a post that came out since is not deleted', async () => {
    await workOnPublish(place(), ONCE);
    await workOnDeliveries(place());
    world.files.delete('new');
    world.posted.length = 0;
    started.length = 0;
    await sweepOften(place());
    await workOnReconcile(place());
    expect(await pending()).toBe(0);
    expect(started).toEqual([]);
  });

  test('What no event told of is published by the sweep, and only what is newer', async () => {
    await sweepOften(place());
    expect(started.map(({ url }) => url)).toEqual([`${ORIGIN}/ap/work/publish`]);
    await workOnReconcile(place());
    expect(await pending()).toBe(1);
    started.length = 0;
    await sweepOften(place());
    expect(started.map(({ url }) => url)).toEqual([`${ORIGIN}/ap/work/deliver`]);
  });

  test('A build that does not say where it comes from waits for its event', async () => {
    world.source = undefined;
    await sweepOften(place());
    expect(started).toEqual([]);
    await workOnPublish(place(), ONCE);
    expect(await pending()).toBe(1);
  });

  test('A post whose date has come in a later build of the same commit is published by the sweep', async () => {
    await workOnPublish(place(), ONCE);
    world.files.set('ahead', post('ahead'));
    started.length = 0;
    await workOnReconcile(place());
    expect(await pending()).toBe(2);
  });

  test.each([
    ['none', { held: () => undefined }, 'keys-missing'],
    ['other keys', { held: heldKeys }, 'key-mismatch'],
  ])('With %s of the private keys nothing is published, and the log says so', async (_, more, why) => {
    await workOnPublish(place(PRODUCTION, more), ONCE);
    expect(await pending()).toBe(0);
    expect(events('publish.nothing-sent')).toMatchObject([{ why }]);
  });

  test('What is held is not sent, and told with what releases it', async () => {
    for (let n = 0; n < 11; n += 1) world.files.set(`many${n}`, post(`many${n}`));
    await workOnPublish(place(), ONCE);
    expect(await pending()).toBe(0);
    expect(events('publish.held')).toMatchObject([{ code: 'many-creates', release: expect.any(String) }]);
  });

  test('A publish that is repeated by the platform sends nothing twice', async () => {
    await workOnPublish(place(), ONCE);
    await workOnPublish(place(), ONCE);
    await workOnDeliveries(place());
    await workOnDeliveries(place());
    expect(world.posted).toHaveLength(1);
  });

  test('A publish that was cut short is finished by a sweep', async () => {
    const { store } = world.deps;
    const { deliveries } = store;
    const broken = { ...deliveries, enqueue: () => Promise.reject(new Error('the platform ended it')) };
    const cut = place();
    await expect(
      workOnPublish({ ...cut, deps: { ...cut.deps, store: { ...store, deliveries: broken } } }, ONCE),
    ).rejects.toThrow('ended it');
    await sweepOften(place());
    expect(started.map(({ url }) => url)).toEqual([`${ORIGIN}/ap/work/publish`]);
    await workOnReconcile(place());
    expect(await pending()).toBe(1);
  });

  test('A consent that came is told by a sweep of the live deploy; a preview, or one that is not live, tells nothing', async () => {
    const quoted = 'https://there.example/notes/1';
    const request = deed('QuoteRequest', quoted, { instrument: idOf('new') });
    world.deeds.set(request.id, request);
    await workOnPublish(place(), ONCE);
    await workOnDeliveries(place());
    const stamp = 'https://there.example/stamps/1';
    const { answers } = world.store;
    await answers.putConsent({ object: idOf('new'), quoted, state: 'accepted', stamp, at: '2026-11-23T12:00:00Z' });
    await sweepOften(place({ ...PRODUCTION, context: 'deploy-preview' }));
    live = () => ({ kind: 'content', content: 'of another build' });
    await sweepOften(place());
    expect([await pending(), await answers.told(idOf('new'))]).toEqual([0, undefined]);
    live = () => ({ kind: 'content', content: manifestOf(world).content });
    await sweepOften(place());
    await sweepOften(place());
    expect(events('live.queued')).toMatchObject([{ type: 'Update', object: idOf('new') }]);
  });

  test('The upkeep of a day is started by a sweep, once, and done in the background', async () => {
    await workOnPublish(place(), ONCE);
    await workOnDeliveries(place());
    started.length = 0;
    world.now += DAY;
    await world.store.inbound.markSeen('old', NOW - 40 * DAY);
    await sweepOften(place());
    await sweepOften(place());
    expect(started).toMatchObject([{ url: `${ORIGIN}/ap/work/publish` }]);
    const authorization = `Bearer ${started[0]?.token}`;
    expect(await readWorkToken(KEYS, authorization, { origin: ORIGIN, now: world.now })).toBe('upkeep');
    expect(await world.store.inbound.seen('old')).toBe(true);
    await workOnUpkeep(place());
    expect(await world.store.inbound.seen('old')).toBe(false);
    await sweepOften(place());
    expect(started).toHaveLength(1);
  });

  test('A sweep starts no delivery while one is at it, and leaves a mark that it came', async () => {
    await workOnPublish(place(), ONCE);
    started.length = 0;
    await world.store.workers.beat('run-1', NOW + 30_000);
    await sweepOften(place());
    expect(started).toEqual([]);
    expect(await lastSweep(world.deps)).toBe(NOW);
    world.now += 59 * 60_000;
    expect(await lastSweep(world.deps)).toBe(NOW);
    world.now += 60_000;
    expect(await lastSweep(world.deps)).toBeUndefined();
  });

  test('A step of the sweep that fails leaves the others to go on, in one line', async () => {
    await workOnPublish(place(), ONCE);
    started.length = 0;
    const failing = place();
    const store = {
      ...failing.deps.store,
      ledger: { ...failing.deps.store.ledger, outline: () => Promise.reject(new Error('no')) },
    };
    await sweepOften({ ...failing, deps: { ...failing.deps, store } });
    expect(events('sweep.fault')).toMatchObject([{ doing: 'reconcile' }]);
    expect(started.map(({ url }) => url)).toEqual([`${ORIGIN}/ap/work/deliver`]);
  });
});
