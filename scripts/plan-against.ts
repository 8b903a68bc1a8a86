import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { checkOrigin, type Settings } from '../build/settings.ts';
import { PosternError } from '../server/errors.ts';
import { planOptionsOf } from '../server/publish.ts';
import { openSite } from '../server/site.ts';
import { build, plannedFolder } from './blog.ts';
import { confirmPlan } from './confirm.ts';
import { readLiveLedger } from './live-ledger.ts';
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
  const named = against === 'live' ? undefined : originFrom(against);
  return withSite(settings, site, async (folder) => {
    const opened = openSite(folder);
    const manifest = await opened.manifest();
    const origin = named ?? liveOrigin(settings, manifest.origin);
    const ledger = await readLiveLedger(origin);
    const options = await planOptionsOf({ site: opened, clock: Date.now }, manifest, ledger?.approved, {});
    const from = { manifest, ledger, options, contentFolder: settings.contentFolder };
    const confirmed = confirmPlan(from, names);
    return viewOf({ manifest, ledger, ...confirmed }, { against: origin });
  });
}

/** Plain http too: a server on this machine, behind its proxy, may be asked directly. */
function originFrom(against: string): string {
  const checked = checkOrigin(against, true);
  if (checked.ok) return checked.origin;
  throw new PosternError('not-an-origin', `--against: ${checked.message}.`, {
    hint: 'Write the origin of a server, or live for the one in content/profile.md.',
    facts: { against },
  });
}

function liveOrigin(settings: Settings, origin: string): string {
  if (origin !== settings.origin.fallback) return origin;
  throw new PosternError('no-origin', 'The blog has no origin yet, so there is no live site to compare with.', {
    hint: 'Set `origin` in content/profile.md, or name a server: npm run plan -- --against http://localhost:4321',
  });
}

async function withSite<T>(
  settings: Settings,
  site: string | undefined,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  if (site !== undefined) return use(resolve(site));
  const { contentFolder, dataFolder } = settings;
  if (existsSync(dataFolder)) {
    await build(plannedFolder(settings), { scheduled: true });
    return use(plannedFolder(settings));
  }
  if (!existsSync(join(contentFolder, 'keys.json'))) {
    throw new PosternError(
      'keys-missing',
      `${join(contentFolder, 'keys.json')} is not there, so what is live is not this blog.`,
      {
        hint: 'Commit the public keys that the first npm start made.',
        facts: { contentFolder },
      },
    );
  }
  const folder = mkdtempSync(join(tmpdir(), 'postern-plan-'));
  try {
    const planned = join(folder, 'site');
    await build(planned, { scheduled: true, environment: { POSTERN_DATA: join(folder, 'data') } });
    return await use(planned);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
