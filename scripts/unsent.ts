import { PosternError } from '../server/errors.ts';
import { type PreparedPlan, preparePlan } from '../server/publish.ts';
import { openSite } from '../server/site.ts';
import type { Store } from '../server/store/store.ts';
import type { Told } from './print-receipts.ts';
import { shownTime } from './times.ts';

/** A post of the live build that the network was not told of. */
export interface Unsent extends Told {
  readonly unsent: Reason;
}

interface Reason {
  /** For people: `it waits for its date, until 10:10`. */
  readonly why: string;
  /** When it goes out by itself. RFC 3339 UTC. */
  readonly until?: string;
}

/** What may be wrong with a site without anything being wrong with the receipts. */
const NO_SITE: ReadonlySet<string> = new Set(['no-build', 'manifest-unreadable', 'document-unreadable']);

/** Reads what the live build in `folder` has and nobody was told yet; nothing where there is no build. */
export async function readUnsent(store: Store, folder: string): Promise<Unsent[]> {
  const deps = { store, site: openSite(folder), clock: Date.now, log: () => {} };
  try {
    return unsentPosts(await preparePlan(deps));
  } catch (error) {
    if (error instanceof PosternError && NO_SITE.has(error.code)) return [];
    throw error;
  }
}

/** Gives the posts of a plan that the ledger does not know, each with what it waits for. */
export function unsentPosts({ plan, manifest, known, options }: Omit<PreparedPlan, 'audience' | 'build'>): Unsent[] {
  const entries = [...(options.scheduled ?? []), ...manifest.objects];
  const isPublished = known?.ledger.approved?.content === manifest.content;
  const at = (time: string): string => shownTime(Date.parse(time), options.now);
  const reasons = new Map<string, Reason>();
  for (const { id, until } of plan.waiting) {
    const once = isPublished ? '' : ', if npm run publish comes first';
    reasons.set(id, { why: `it waits for its date, until ${at(until)}${once}`, until });
  }
  for (const { code, ids } of plan.holds)
    for (const id of ids) reasons.set(id, { why: `it is held (${code}); npm run plan tells what releases it` });
  for (const planned of plan.activities) {
    if (planned.type !== 'Create') continue;
    reasons.set(planned.entry.id, createReason(isPublished, plan.sendAt, at));
  }
  return [...new Map(entries.map((entry) => [entry.id, entry])).values()].flatMap((entry) => {
    const unsent = known?.ledger.objects.has(entry.id) ? undefined : reasons.get(entry.id);
    const { id, title, source, url } = entry;
    return unsent ? [{ id, title, source, url, unsent }] : [];
  });
}

function createReason(isPublished: boolean, sendAt: string | undefined, at: (time: string) => string): Reason {
  if (!isPublished) return { why: 'npm run publish sends it' };
  if (sendAt === undefined) return { why: 'it is due now' };
  return { why: `it waits until ${at(sendAt)} (sendAfter in the profile)`, until: sendAt };
}
