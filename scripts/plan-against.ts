import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Settings } from '../build/settings.ts';
import { scheduledObjects } from '../federation/changes.ts';
import { isDeed } from '../federation/deeds.ts';
import type { Ledger } from '../federation/ledger.ts';
import type { Manifest } from '../federation/manifest.ts';
import { PosternError } from '../server/errors.ts';
import { planOptionsOf } from '../server/publish.ts';
import { openSite } from '../server/site.ts';
import { build, plannedFolder } from './blog.ts';
import { confirmPlan } from './confirm.ts';
import { readLiveLedger, readOrigin } from './live-ledger.ts';
import { type PlanView, viewOf } from './plan-view.ts';

/** Faults of the other side, which a deploy preview need not end for. */
const OTHER_SIDE: ReadonlySet<string> = new Set(['ledger-unavailable', 'ledger-unreadable', 'no-origin']);

export function isOtherSide(error: unknown): error is PosternError {
  return error instanceof PosternError && OTHER_SIDE.has(error.code);
}

/**
 * Plans against the ledger that a server shows at its origin, or at the blog's own for `live`. Needs neither keys nor a data
 * folder, and makes none.
 */
export async function planAgainst(
  settings: Settings,
  { against, site }: { readonly against: string; readonly site?: string },
  names: readonly string[],
): Promise<PlanView> {
  const named = against === 'live' ? undefined : readOrigin(against, '--against');
  return withSite(settings, site, async (folder, buildWith) => {
    const opened = openSite(folder);
    const first = await opened.manifest();
    const origin = named ?? liveOrigin(settings, first.origin);
    const ledger = await readLiveLedger(origin);
    // A publish knows what is deleted and who has which name; here only the ledger over there does.
    if (ledger && isNamedOtherwise(first, ledger)) await buildWith?.(origin);
    const manifest = await opened.manifest();
    const scheduled = scheduledObjects(manifest, await opened.scheduled());
    const known = ledger && { ledger };
    const { blocks } = await opened.rules();
    const options = planOptionsOf(Date.now(), { manifest, known, build: { scheduled, blocks } });
    const from = { manifest, ledger, options, contentFolder: settings.contentFolder };
    const confirmed = confirmPlan(from, names);
    return viewOf({ manifest, ledger, ...confirmed }, { against: origin });
  });
}

/** Whether a build that knows the ledger might give posts other ids: one came back, or two files have one name. */
function isNamedOtherwise({ objects }: Manifest, ledger: Ledger): boolean {
  const live = new Map<string, string>();
  const told = [...ledger.objects.values()].filter((each) => !isDeed(each));
  for (const { id, source, state } of told) if (state !== 'deleted') live.set(source, id);
  return objects.some((entry) => {
    const { id, source } = entry;
    if (isDeed(entry)) return false;
    const told = ledger.objects.get(id);
    return told?.state === 'deleted' || (live.get(source) ?? id) !== id || (told?.source ?? source) !== source;
  });
}

function liveOrigin(settings: Settings, origin: string): string {
  if (origin !== settings.origin.fallback) return origin;
  throw new PosternError('no-origin', 'The blog has no origin yet, so there is no live site to compare with.', {
    hint: 'Set `origin` in content/profile.md, or name a server: npm run plan -- --against http://localhost:4321',
  });
}

/** Builds again with the ids that the ledger at an origin knows. */
type BuildWith = (origin: string) => Promise<unknown>;

async function withSite<T>(
  settings: Settings,
  site: string | undefined,
  use: (folder: string, buildWith?: BuildWith) => Promise<T>,
): Promise<T> {
  if (site !== undefined) return use(resolve(site));
  const { contentFolder, dataFolder } = settings;
  const hasData = existsSync(dataFolder);
  if (!hasData && !existsSync(join(contentFolder, 'keys.json'))) {
    throw new PosternError(
      'keys-missing',
      `${join(contentFolder, 'keys.json')} is not there, so what is live is not this blog.`,
      {
        hint: 'Commit the public keys that the first npm start made.',
        facts: { contentFolder },
      },
    );
  }
  const temporary = hasData ? undefined : mkdtempSync(join(tmpdir(), 'postern-plan-'));
  const planned = temporary === undefined ? plannedFolder(settings) : join(temporary, 'site');
  const environment = temporary === undefined ? {} : { environment: { POSTERN_DATA: join(temporary, 'data') } };
  try {
    await build(planned, { scheduled: true, ...environment });
    return await use(planned, (ledger) => build(planned, { scheduled: true, ledger, ...environment }));
  } finally {
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
  }
}
