import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { buildSite } from '../../scripts/build-site.ts';
import { knownIdsOf } from '../../scripts/known-ids.ts';
import { readKnownLedger } from '../../scripts/known-ledger.ts';
import { readLiveContent } from '../../scripts/live-content.ts';
import { openRemote } from '../../scripts/owner-access.ts';
import { planAgainst } from '../../scripts/plan-against.ts';
import { writeRedirects } from '../../scripts/redirects.ts';
import { openRemoteSending } from '../../scripts/remote-sending.ts';
import { filesIn } from '../netlify/built-site.ts';
import { openBlobsOf, startEmulation } from '../netlify/emulation.ts';
import { type Desk, eventually, type LiveBlog } from './desk.ts';

/** What an inbox, a publish and their readers need; packaging more takes seconds. */
const FUNCTIONS = [
  'comments',
  'deliver',
  'inbox',
  'ledger',
  'objects',
  'owner-sending',
  'publish',
  'stamps',
  'sweep',
  'webfinger',
];

/** A blog on Netlify, in its emulation: what the owner builds is deployed, and published by the owner's word. */
export interface NetlifyBlog extends LiveBlog {
  /** What the schedule does every five minutes. */
  sweep(): Promise<void>;
  /** Everything that the functions logged. */
  log(): string;
}

export async function startNetlifyBlog(desk: Desk): Promise<NetlifyBlog> {
  const { origin, settings } = desk;
  const built = join(settings.dataFolder, 'built');
  // As netlify.toml has it.
  const build = async () => {
    const ledger = await readKnownLedger(settings, { ledger: 'live', lenient: true });
    await buildSite(settings, built, ledger ? { known: knownIdsOf(ledger) } : {});
    if (ledger) await writeRedirects(built, ledger);
  };
  await buildSite(settings, built);
  const log = join(settings.dataFolder, 'functions.log');
  const emulation = await startEmulation({
    functions: FUNCTIONS,
    site: filesIn(built),
    port: settings.port,
    variables: {
      POSTERN_PRIVATE_KEYS: readFileSync(join(settings.dataFolder, 'keys.json'), 'utf8'),
      POSTERN_ALLOW_PRIVATE_ADDRESSES: '1',
      TESTS_LOG: log,
    },
  });
  const { siteID } = JSON.parse(Buffer.from(emulation.blobs, 'base64').toString());
  const store = openBlobsOf(emulation, siteID);
  const sending = openRemoteSending(await openRemote(settings, origin));

  const say = async (confirm: readonly string[]) => {
    const content = await readLiveContent(origin);
    const answer = await sending.publish({ content, confirm, now: false });
    if (answer.kind !== 'published') throw new Error(JSON.stringify(answer));
    return answer.report;
  };
  const plan = async (confirm: readonly string[]) =>
    (await planAgainst(settings, { against: 'live', site: built }, confirm)).plan;
  const publish = async (confirm: readonly string[]): Promise<string[]> => {
    await build();
    emulation.deploy(filesIn(built));
    const planned = await plan(confirm);
    expect(planned.holds).toEqual([]);
    const types = planned.activities.map(({ type }) => type);
    expect((await say(confirm)).plan.activities.map(({ type }) => type)).toEqual(types);
    await eventually('the ledger to know what was published', async () =>
      (await plan([])).activities.length === 0 ? true : undefined,
    );
    return types;
  };
  expect(await say([])).toMatchObject({ plan: { baseline: true } });
  await eventually('the blog to begin', () => store.ledger.head());
  return {
    ...{ desk, store },
    read: async () => JSON.stringify(await store.reading.newest(100)),
    async held() {
      await build();
      return (await plan([])).holds.map(({ code }) => code);
    },
    async publish(...confirm) {
      const sent = await publish(confirm);
      await build();
      expect((await plan([])).activities).toEqual([]);
      expect((await say([])).plan.activities).toEqual([]);
      return sent;
    },
    async sweep() {
      const { ok } = await fetch(`${origin}/.netlify/functions/sweep`, { method: 'POST' });
      expect(ok).toBe(true);
    },
    log: () => readFileSync(log, 'utf8'),
    async close() {
      await store.close();
      await emulation.close();
      await desk.close();
    },
  };
}
