import {
  type ActivityDeps,
  buildActorUpdate,
  buildCreate,
  buildDelete,
  buildUpdate,
} from '../federation/activities.ts';
import { type Addresses, addressesOf } from '../federation/addresses.ts';
import {
  buildAnnounce,
  buildMove,
  buildPersonal,
  buildQuoteRequest,
  buildUndo,
  deedActivityId,
} from '../federation/deeds.ts';
import type { Ledger } from '../federation/ledger.ts';
import { bucketOf, type ManifestHead, type ManifestParts } from '../federation/manifest-parts.ts';
import type { OutgoingActivity } from '../federation/outcome.ts';
import type { PlannedActivity } from '../federation/plan.ts';
import { withToldDates } from '../federation/told-dates.ts';
import type { JsonObject } from '../federation/vocabulary.ts';
import { sha256Hex } from './crypto.ts';
import { PosternError } from './errors.ts';
import type { Deps, Site } from './ports.ts';
import { withAnswers } from './routes/live-object.ts';
import type { BuiltActivity } from './tell.ts';

interface BuildDeps extends Pick<Deps, 'site' | 'store' | 'clock'> {
  /** As it is now: what was told of the posts that quote. */
  readonly ledger: Ledger;
}

const DEPS: ActivityDeps = { sha256: sha256Hex };

/**
 * Builds activities that were planned from the build of `parts`, from the documents of the built site, and for an Undo from
 * what was sent.
 *
 * Another build may take its place meanwhile, and its documents say something else than the plan showed (invariant 1), so
 * its manifest is looked at again once they are read. Rejects with `build-changed` or `object-missing`.
 */
export async function buildPlanned(
  deps: BuildDeps,
  parts: ManifestParts,
  activities: readonly PlannedActivity[],
): Promise<BuiltActivity[]> {
  const addresses = addressesOf(parts.head.origin);
  const built: BuiltActivity[] = [];
  try {
    for (const planned of activities) built.push({ planned, activity: await buildOne(deps, addresses, planned) });
  } finally {
    // Also when a document is missing: that the build changed says better why.
    await assertUnchanged(await deps.site.parts(), { head: parts.head, ledger: deps.ledger }, activities);
  }
  return built;
}

async function assertUnchanged(
  { head, objects }: ManifestParts,
  { head: planned, ledger }: { readonly head: ManifestHead; readonly ledger: Ledger },
  activities: readonly PlannedActivity[],
): Promise<void> {
  if (head === planned) return;
  const ids = activities.flatMap((activity) => [idOf(activity, head), instrumentOf(activity) ?? idOf(activity, head)]);
  const buckets = new Set(ids.map((id) => bucketOf(DEPS, id)));
  const digests = new Map((await objects(buckets)).map(({ id, digest }) => [id, digest]));
  // A request to quote has its post inside, which says what the ledger has.
  const isQuotedAsTold = (activity: PlannedActivity): boolean => {
    const quoting = instrumentOf(activity);
    return quoting === undefined || digests.get(quoting) === ledger.objects.get(quoting)?.digest;
  };
  const changed = activities.find((activity) => !stillSays(head, digests, activity) || !isQuotedAsTold(activity));
  if (head.origin === planned.origin && changed === undefined) return;
  const id = changed === undefined ? head.origin : idOf(changed, head);
  throw new PosternError('build-changed', `The site was built anew while it was published, and ${id} is another now.`, {
    hint: 'What was sent by then is sent. Run npm run publish again for the rest, as the new build has it.',
    facts: { id },
  });
}

/** The post of ours that a request is about. */
function instrumentOf(planned: PlannedActivity): string | undefined {
  return planned.type === 'QuoteRequest' ? planned.entry.instrument : undefined;
}

/** A Delete above all must still be meant: nothing takes it back. */
function stillSays(now: ManifestHead, digests: ReadonlyMap<string, string>, planned: PlannedActivity): boolean {
  switch (planned.type) {
    case 'Create':
    case 'Update':
      return digests.get(planned.entry.id) === planned.entry.digest;
    case 'Like':
    case 'Announce':
    case 'Follow':
    case 'QuoteRequest':
      return digests.has(planned.entry.id);
    case 'Delete':
    case 'Undo':
      return !digests.has(planned.id);
    case 'UpdateActor':
      return now.actor.digest === planned.digest;
    case 'Move':
      return now.actor.movedTo === planned.target;
    default:
      return planned satisfies never;
  }
}

function idOf(planned: PlannedActivity, { actor }: ManifestHead): string {
  if (planned.type === 'UpdateActor' || planned.type === 'Move') return actor.id;
  return planned.type === 'Delete' || planned.type === 'Undo' ? planned.id : planned.entry.id;
}

async function buildOne(
  { site, store, clock, ledger }: BuildDeps,
  addresses: Addresses,
  planned: PlannedActivity,
): Promise<OutgoingActivity> {
  switch (planned.type) {
    case 'Create': {
      const told = { document: await read(site, planned.entry.id), digest: planned.entry.digest };
      return buildCreate(DEPS, addresses, told, planned);
    }
    case 'Update': {
      const { id, digest } = planned.entry;
      // As built a poll has no votes and a quote no stamp: peers take that for what is so.
      const told = { document: await withAnswers({ store, clock }, id, await read(site, id)), digest };
      return buildUpdate(DEPS, addresses, told, planned);
    }
    case 'Delete':
      return buildDelete(DEPS, addresses, planned);
    case 'UpdateActor': {
      const told = { document: await read(site, addresses.actor), digest: planned.digest };
      return buildActorUpdate(DEPS, addresses, told, planned);
    }
    case 'Like':
    case 'Follow':
      return buildPersonal(DEPS, addresses, planned.type, planned);
    case 'Announce':
      return buildAnnounce(DEPS, addresses, planned);
    case 'QuoteRequest': {
      const { instrument = '' } = planned.entry;
      const quoting = withToldDates(await read(site, instrument), ledger.objects.get(instrument));
      return buildQuoteRequest(DEPS, addresses, { ...planned, quoting });
    }
    case 'Undo': {
      const { of: type, id, revision } = planned;
      const sent = await store.activities.get(deedActivityId(DEPS, addresses.origin, { type, id, revision }));
      return buildUndo(DEPS, addresses, planned, sent?.json);
    }
    case 'Move':
      return buildMove(DEPS, addresses, planned);
    default:
      return planned satisfies never;
  }
}

async function read(site: Site, id: string): Promise<JsonObject> {
  const document = await site.document(id);
  if (document?.id === id) return document;
  throw new PosternError('object-missing', `The manifest names ${id}, but the build has no document of that id.`, {
    hint: 'Build again, completely, then publish.',
    facts: { id },
  });
}
