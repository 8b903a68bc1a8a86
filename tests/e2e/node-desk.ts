import { expect } from 'vitest';
import { openBlog, siteFolder } from '../../scripts/blog.ts';
import { buildSite } from '../../scripts/build-site.ts';
import { confirmPrepared } from '../../scripts/confirm.ts';
import { FUNCTIONS } from '../../scripts/functions.ts';
import { putLive } from '../../scripts/put-live.ts';
import { approve } from '../../server/approve.ts';
import { ownWork } from '../../server/host-work.ts';
import { liveComments } from '../../server/hosts/live-comments.ts';
import { serve } from '../../server/hosts/node.ts';
import { besideFolder } from '../../server/mend-folder.ts';
import { newFeedSecret } from '../../server/notification-feed.ts';
import type { Deps, LogLine } from '../../server/ports.ts';
import { applyPlan, preparePlan } from '../../server/publish.ts';
import { readingAddress } from '../../server/reading-feed.ts';
import { openSite } from '../../server/site.ts';
import { runSweep } from '../../server/sweep.ts';
import { runWorker } from '../../server/worker.ts';
import { renderComments } from '../../templates/comments.ts';
import { type Desk, type LiveBlog, textAt } from './desk.ts';

/** A blog whose own process serves, delivers and sweeps, as `npm start` has it, on a SQLite file. */
export interface NodeBlog extends LiveBlog {
  readonly deps: Deps;
  readonly lines: readonly LogLine[];
}

export async function startNodeBlog(desk: Desk): Promise<NodeBlog> {
  const { settings } = desk;
  const live = siteFolder(settings);
  const staged = besideFolder(live, 'staged');
  await buildSite(settings, live, { scheduled: true });
  const lines: LogLine[] = [];
  const blog = await openBlog(settings, live, (line) => void lines.push(line));
  const { deps } = blog;
  expect(await applyPlan(deps, await preparePlan(deps))).toMatchObject({ baseline: true });
  const serving = await serve({
    functions: FUNCTIONS,
    siteFolder: live,
    deps: { ...deps, hostWork: ownWork },
    ...{ host: settings.host, port: settings.port },
    livePart: liveComments(deps, renderComments),
  });
  const ending = new AbortController();
  const { signal } = ending;
  const working = [runWorker(deps, { owner: 'server', signal, pollMs: 50 }), runSweep(deps, { signal, everyMs: 100 })];

  const prepare = async (confirm: readonly string[]) => {
    await buildSite(settings, staged, { scheduled: true });
    const found = await preparePlan({ ...deps, site: openSite(staged) }, { whole: confirm.length > 0 });
    return confirmPrepared(found, confirm, settings.contentFolder).prepared;
  };
  const publishOnce = async (confirm: readonly string[]): Promise<string[]> => {
    const prepared = await prepare(confirm);
    expect(prepared.plan.holds).toEqual([]);
    putLive(staged, live);
    const report = await applyPlan(deps, await approve(deps, prepared));
    expect(report.activities).toHaveLength(prepared.plan.activities.length);
    return prepared.plan.activities.map(({ type }) => type);
  };
  return {
    ...{ desk, deps, lines, store: deps.store },
    async read() {
      const secret = await deps.store.notifications.secret(newFeedSecret);
      return textAt(readingAddress(desk.origin, secret, 'json'), 'application/feed+json');
    },
    held: async () => (await prepare([])).plan.holds.map(({ code }) => code),
    async publish(...confirm) {
      const sent = await publishOnce(confirm);
      expect(await publishOnce([])).toEqual([]);
      return sent;
    },
    async close() {
      ending.abort();
      await Promise.all(working);
      await serving.close();
      await blog.close();
      await desk.close();
    },
  };
}
