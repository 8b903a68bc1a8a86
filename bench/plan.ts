/**
 * Planning, and publishing one new post, on a small blog and on a large one. `node --import tsx bench/plan.ts
 * [--posts 10,10000] [--runs 9]`
 *
 * The CPU is this process's, warm; each run opens the site anew, as the command does. A plan
 * reads what differs. To compare: what it costs to read all of the manifest and the ledger, with `JSON.parse` and
 * the rows as the driver gives them, and to plan all of it once it is read.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Database from 'libsql';
import type { Manifest, ManifestObject } from '../federation/manifest.ts';
import { emitManifest } from '../federation/manifest-parts.ts';
import { planPublish } from '../federation/plan.ts';
import { approve } from '../server/approve.ts';
import { sha256Hex } from '../server/crypto.ts';
import { applyPlan, type PublishDeps, preparePlan } from '../server/publish.ts';
import { openSite } from '../server/site.ts';
import { openSqliteStore } from '../server/store/sqlite.ts';
import type { Store } from '../server/store/store.ts';
import { ACTOR, makeArticle, ORIGIN } from './delivery/setup.ts';
import { machine, median, printTable } from './measure.ts';

const { values } = parseArgs({
  options: { posts: { type: 'string', default: '10,10000' }, runs: { type: 'string', default: '9' } },
});
const runs = Number(values.runs);
const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';

function entryOf(index: number, published: string): ManifestObject {
  const { id, name } = makeArticle(String(index));
  return {
    id,
    type: 'Article',
    url: `${ORIGIN}/posts/${index}/`,
    title: name,
    source: `posts/post-${index}.md`,
    digest: sha256Hex(`${id}, as it was told`),
    bodyDigest: sha256Hex(id),
    published,
    dateOnly: false,
    visibility: 'public',
  };
}

function manifestOf(objects: readonly ManifestObject[]): Manifest {
  return {
    version: 1,
    origin: ORIGIN,
    content: sha256Hex(JSON.stringify(objects.length)),
    policy: { limits: { creates: 10, updates: 20, deletes: 5 }, sendAfterMs: 0 },
    actor: { id: ACTOR, username: 'blog', digest: 'a', keyDigest: 'b', showFollowers: true },
    objects,
  };
}

/** A build with one post more than the last one. */
function writeBuild(folder: string, objects: readonly ManifestObject[]): void {
  mkdirSync(join(folder, 'ap/posts'), { recursive: true });
  const [newest] = objects;
  if (newest) {
    const { id, type, published, url } = newest;
    const { name, content } = makeArticle(newest.title);
    const cc = [`${ORIGIN}/ap/followers.json`];
    const document = { id, type, attributedTo: ACTOR, name, content, published, url, to: [PUBLIC], cc };
    writeFileSync(join(folder, new URL(id).pathname), JSON.stringify(document));
  }
  mkdirSync(join(folder, 'ap/manifest'), { recursive: true });
  for (const { path, json } of emitManifest({ sha256: sha256Hex }, manifestOf(objects))) {
    writeFileSync(join(folder, path), json);
  }
}

/** Counts the calls of the store by name, those of SQLite underneath not. */
function counting(store: Store, calls: Map<string, number>): Store {
  const counted = <T extends object>(part: string, methods: T): T =>
    new Proxy(methods, {
      get(target, name, receiver) {
        const called = `${part}.${String(name)}`;
        calls.set(called, (calls.get(called) ?? 0) + 1);
        return Reflect.get(target, name, receiver);
      },
    });
  const { followers, ledger, activities, deliveries, inboxes } = store;
  return {
    ...store,
    followers: counted('followers', followers),
    ledger: counted('ledger', ledger),
    activities: counted('activities', activities),
    deliveries: counted('deliveries', deliveries),
    inboxes: counted('inboxes', inboxes),
  };
}

async function cpuOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Milliseconds of CPU. */
interface Costs {
  readonly floor: number;
  readonly pure: number;
  readonly plan: number;
  readonly publish: number;
}

/** What is measured, with the calls of its store since they were last cleared. */
interface Blog {
  readonly site: string;
  readonly file: string;
  readonly store: Store;
  readonly calls: Map<string, number>;
  deps(): PublishDeps;
}

function openBlog(folder: string): Blog {
  const file = join(folder, 'postern.db');
  const site = join(folder, '_site');
  const calls = new Map<string, number>();
  const store = openSqliteStore(file);
  const deps = (): PublishDeps => ({
    store: counting(store, calls),
    site: openSite(site),
    clock: Date.now,
    log: () => {},
  });
  return { site, file, store, calls, deps };
}

/** Tells all posts, then adds the followers, so that the posts are delivered to nobody. */
async function fill({ site, store, deps }: Blog, objects: readonly ManifestObject[], since: string): Promise<void> {
  writeBuild(site, objects);
  await applyPlan(deps(), await preparePlan(deps()));
  for (let i = 0; i < 200; i += 1) {
    const inbox = `https://p${i}.peers.test/inbox`;
    await store.followers.put({ actor: `https://p${i}.peers.test/u`, inbox, followId: `${inbox}#f`, since });
  }
}

/** Publishes the first of `objects`, which is the new one. */
async function measureRun({ site, file, store, calls, deps }: Blog, objects: ManifestObject[]): Promise<Costs> {
  writeBuild(site, objects);
  const ledger = (await store.ledger.read())?.ledger;
  const manifest = manifestOf(objects);
  const floor = await cpuOf(() => readPlainly(join(site, 'ap/manifest.json'), file));
  const pure = await cpuOf(() => planPublish(manifest, ledger, { now: Date.now() }));
  const plan = await cpuOf(() => preparePlan(deps()));
  calls.clear();
  const publish = await cpuOf(async () => {
    const of = deps();
    const report = await applyPlan(of, await approve(of, await preparePlan(of)));
    if (report.activities.length !== 1) throw new Error(`${report.activities.length} activities were told`);
  });
  return { floor, pure, plan, publish };
}

async function measureBlog(folder: string, posts: number): Promise<string[]> {
  const blog = openBlog(folder);
  const old = new Date(Date.now() - 30 * 86_400_000).toISOString();
  let objects = Array.from({ length: posts }, (_, i) => entryOf(i, old));
  await fill(blog, objects, old);
  const costs: Costs[] = [];
  for (let i = 0; i < runs + 2; i += 1) {
    objects = [entryOf(posts + i, new Date(Date.now() - 60_000).toISOString()), ...objects];
    const cost = await measureRun(blog, objects);
    // The first two warm up.
    if (i >= 2) costs.push(cost);
  }
  await blog.store.close();
  const perPublish = [...blog.calls].map(([name, times]) => `${name} ${times}`);
  console.log(`${posts} posts: ${perPublish.join(', ')}`);
  const cell = (name: keyof Costs): string => median(costs.map((cost) => cost[name])).toFixed(1);
  return [posts.toLocaleString('en'), cell('floor'), cell('pure'), cell('plan'), cell('publish')];
}

function readPlainly(manifest: string, file: string): number {
  const parsed = JSON.parse(readFileSync(manifest, 'utf8'));
  const database = new Database(file, { readonly: true });
  const rows = database.prepare('SELECT * FROM ledger_objects').all();
  database.close();
  return rows.length + parsed.objects.length;
}

const folder = mkdtempSync(join(tmpdir(), 'postern-bench-'));
try {
  console.log(`${machine()}; medians of ${runs} runs, milliseconds of CPU\n`);
  const rows: string[][] = [];
  for (const posts of values.posts.split(',').map(Number)) {
    const blog = join(folder, String(posts));
    mkdirSync(blog);
    rows.push(await measureBlog(blog, posts));
  }
  console.log('');
  printTable(['posts', 'reading all', 'planning all', 'plan', 'publish one new post'], rows);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
