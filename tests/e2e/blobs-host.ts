import { readSettings } from '../../build/settings.ts';
import { readVersion } from '../../build/version.ts';
import { addressesOf } from '../../federation/addresses.ts';
import { siteFolder } from '../../scripts/blog.ts';
import { openSiteStore } from '../../scripts/export/netlify-blobs.ts';
import { FUNCTIONS } from '../../scripts/functions.ts';
import { approve } from '../../server/approve.ts';
import { createDeps } from '../../server/deps.ts';
import { serve } from '../../server/hosts/node.ts';
import { loadKeys } from '../../server/keys.ts';
import { applyPlan, preparePlan } from '../../server/publish.ts';
import { openSite } from '../../server/site.ts';
import { runWorker } from '../../server/worker.ts';

/**
 * The functions of a blog on a site's Blobs, in a process of its own that trusts the test's certificates, which Netlify's emulation
 * cannot. It tells when it listens; asked to, it publishes what the site folder holds and tells what was sent and held.
 */
const settings = readSettings(process.env, process.cwd());
const store = openSiteStore('site', process.env);
const live = siteFolder(settings);
const site = openSite(live);
const { origin } = (await site.parts()).head;
const keys = (await loadKeys(settings)).signingKeys(addressesOf(origin).actor);
const { deps, close } = createDeps({
  ...{ store, site, keys, origin, version: readVersion(), allowPrivate: settings.allowPrivateAddresses },
  log: () => {},
});
const { host, port } = settings;
const serving = await serve({ functions: FUNCTIONS, siteFolder: live, deps, host, port });
const ending = new AbortController();
const working = runWorker(deps, { owner: 'functions', signal: ending.signal, pollMs: 1_000 });

process.on('message', async () => {
  const again = { ...deps, site: openSite(live) };
  const prepared = await preparePlan(again);
  const { activities } = await applyPlan(again, await approve(again, prepared));
  process.send?.({ sent: activities.length, held: prepared.plan.holds.map(({ code }) => code) });
});
process.once('disconnect', async () => {
  ending.abort();
  await working;
  await serving.close();
  await close();
  process.exit(0);
});
process.send?.('ready');
