import { isDeed } from '../federation/deeds.ts';
import type { HoldCode } from '../federation/plan.ts';
import { PosternError } from './errors.ts';
import { type PreparedPlan, type PublishDeps, preparePlan } from './publish.ts';

/** What a post, or a deed, that the network was not told of waits for. Times are RFC 3339 UTC. */
export type UnsentReason =
  /** Its date; when the build is not published, somebody has to do that first. */
  | { readonly kind: 'date'; readonly until: string; readonly published: boolean }
  | { readonly kind: 'held'; readonly code: HoldCode }
  | { readonly kind: 'publish' }
  | { readonly kind: 'due' }
  /** The profile's `sendAfter`. */
  | { readonly kind: 'delay'; readonly until: string };

export interface UnsentPost {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly url: string;
  readonly reason: UnsentReason;
}

/** What may be wrong with a site without anything being wrong with the receipts. */
const NO_SITE: ReadonlySet<string> = new Set(['no-build', 'manifest-unreadable', 'document-unreadable']);

/** Reads what the live build has and nobody was told yet; nothing where there is no build. */
export async function readUnsentPosts(deps: PublishDeps): Promise<UnsentPost[]> {
  try {
    return findUnsent(await preparePlan(deps));
  } catch (error) {
    if (error instanceof PosternError && NO_SITE.has(error.code)) return [];
    throw error;
  }
}

/** Gives the posts of a plan that the ledger does not know, each with what it waits for. */
export function findUnsent({ plan, manifest, known, options }: Omit<PreparedPlan, 'audience' | 'build'>): UnsentPost[] {
  const entries = [...(options.scheduled ?? []), ...manifest.objects];
  const published = known?.ledger.approved?.content === manifest.content;
  const reasons = new Map<string, UnsentReason>();
  for (const { id, until } of plan.waiting) reasons.set(id, { kind: 'date', until, published });
  for (const { code, ids } of plan.holds) for (const id of ids) reasons.set(id, { kind: 'held', code });
  for (const planned of plan.activities) {
    const isNew = planned.type === 'Create' || ('entry' in planned && planned.type !== 'Update');
    if (isNew) reasons.set(planned.entry.id, ofCreate(published, plan.sendAt));
  }
  return [...new Map(entries.map((entry) => [entry.id, entry])).values()].flatMap((entry) => {
    const told = known?.ledger.objects.get(entry.id);
    const isTold = told !== undefined && !(isDeed(entry) && told.state === 'deleted');
    const reason = isTold ? undefined : reasons.get(entry.id);
    const { id, title, source, url } = entry;
    return reason ? [{ id, title, source, url, reason }] : [];
  });
}

function ofCreate(published: boolean, sendAt: string | undefined): UnsentReason {
  if (!published) return { kind: 'publish' };
  return sendAt === undefined ? { kind: 'due' } : { kind: 'delay', until: sendAt };
}
