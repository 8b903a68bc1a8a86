import type { LedgerObject } from '../federation/ledger.ts';
import type { DeedType, ManifestObject, PostType } from '../federation/manifest.ts';
import type { Hold, Plan, PlannedActivity, Unfinished, Waiting } from '../federation/plan.ts';
import type { PreparedPlan } from './publish.ts';

/** `addressees` are those who are named, and `ends` when a poll does; neither is of what is quiet. */
export type ShownEntry = Pick<ManifestObject, 'id' | 'type' | 'title' | 'source' | 'ends'> & {
  readonly addressees?: readonly { readonly handle: string }[];
};

/** Of an activity of a plan what people are shown. */
export type ShownActivity =
  | { readonly type: 'Create' | 'Update'; readonly entry: ShownEntry; readonly why: string }
  | { readonly type: DeedType; readonly entry: ShownEntry; readonly why: string }
  | {
      readonly type: 'Delete';
      readonly id: string;
      readonly formerType: PostType;
      readonly title: string;
      readonly why: string;
    }
  | {
      readonly type: 'Undo';
      readonly of: DeedType;
      readonly id: string;
      readonly object: string;
      readonly title: string;
      readonly why: string;
    }
  | { readonly type: 'UpdateActor'; readonly why: string }
  | { readonly type: 'Move'; readonly target: string; readonly why: string };

/** Of a plan what people are shown; every plan is one. */
export interface ShownPlan {
  readonly origin: string;
  readonly baseline: boolean;
  readonly activities: readonly ShownActivity[];
  readonly holds: readonly Hold[];
  readonly quiet: readonly { readonly entry: ShownEntry; readonly gone?: string; readonly why: string }[];
  readonly sendAt?: string;
  readonly waiting: readonly Waiting[];
  readonly unfinished: readonly Unfinished[];
  readonly follows?: readonly string[];
}

/** How much there is of what a plan has lists of, however long they are. */
export interface PlanCounts {
  readonly creates: number;
  readonly updates: number;
  readonly deletes: number;
  /** Deeds that are done, and undone. */
  readonly deeds: number;
  readonly undos: number;
  readonly moves: number;
  readonly quiet: number;
  readonly holds: number;
  readonly waiting: number;
  readonly unfinished: number;
}

/** A plan for somebody elsewhere: no list is longer than what one answer carries. */
export interface PlanReport {
  readonly plan: ShownPlan;
  readonly counts: PlanCounts;
  /** How many objects each hold has, in the order of the holds. */
  readonly held: readonly number[];
  /** Title and file of what the holds name. */
  readonly names: Readonly<Record<string, { readonly title: string; readonly source: string }>>;
  readonly audience: { readonly followers: number; readonly servers: number };
  /** The clock of the server, in milliseconds since the epoch. */
  readonly now: number;
}

export function planCounts({ activities, quiet, holds, waiting, unfinished }: ShownPlan): PlanCounts {
  const of = (...types: string[]): number => activities.filter(({ type }) => types.includes(type)).length;
  return {
    creates: of('Create'),
    updates: of('Update', 'UpdateActor'),
    deletes: of('Delete'),
    deeds: of('Like', 'Announce', 'Follow', 'QuoteRequest'),
    undos: of('Undo'),
    moves: of('Move'),
    quiet: quiet.length,
    holds: holds.length,
    waiting: waiting.length,
    unfinished: unfinished.length,
  };
}

type ReportedFrom = Pick<PreparedPlan, 'plan' | 'manifest' | 'known' | 'options'> & Pick<PlanReport, 'audience'>;

/** Gives of a plan what is shown, each list as far as `most`; the ids of all its holds are no more than that either. */
export function reportPlan({ plan, manifest, known, options, audience }: ReportedFrom, most: number): PlanReport {
  let room = most;
  const holds = plan.holds.slice(0, most).map((hold) => {
    const ids = hold.ids.slice(0, room);
    room -= ids.length;
    return { ...hold, ids };
  });
  const wanted = new Set(holds.flatMap(({ ids }) => ids));
  const named = [...(known?.ledger.objects.values() ?? []), ...(options.scheduled ?? []), ...manifest.objects];
  const names = named.filter(({ id }) => wanted.has(id)).map(({ id, title, source }) => [id, { title, source }]);
  return {
    plan: shownOf(plan, holds, most),
    counts: planCounts(plan),
    held: holds.map((_, at) => plan.holds[at]?.ids.length ?? 0),
    names: Object.fromEntries(names),
    audience: { followers: audience.followers, servers: audience.servers },
    now: options.now,
  };
}

function shownOf(plan: Plan, holds: readonly Hold[], most: number): ShownPlan {
  const { origin, baseline, sendAt } = plan;
  return {
    origin,
    baseline,
    activities: plan.activities.slice(0, most).map(shownActivity),
    holds,
    quiet: plan.quiet.slice(0, most).map(({ entry, gone, why }) => {
      return { entry: shownEntry(entry), ...(gone === undefined ? {} : { gone }), why };
    }),
    ...(sendAt === undefined ? {} : { sendAt }),
    waiting: plan.waiting.slice(0, most),
    unfinished: plan.unfinished.slice(0, most),
    ...(plan.follows ? { follows: plan.follows.slice(0, most) } : {}),
  };
}

function shownActivity(planned: PlannedActivity): ShownActivity {
  const { why } = planned;
  switch (planned.type) {
    case 'Create':
    case 'Update':
      return { type: planned.type, entry: shownEntry(planned.entry), why };
    case 'Like':
    case 'Announce':
    case 'Follow':
    case 'QuoteRequest':
      return { type: planned.type, entry: shownEntry(planned.entry), why };
    case 'Delete': {
      const { type, id, formerType, title } = planned;
      return { type, id, formerType, title, why };
    }
    case 'Undo': {
      const { type, of, id, object, title } = planned;
      return { type, of, id, object, title, why };
    }
    case 'UpdateActor':
      return { type: planned.type, why };
    case 'Move':
      return { type: planned.type, target: planned.target, why };
    default:
      return planned satisfies never;
  }
}

function shownEntry(entry: ManifestObject | LedgerObject): ShownEntry {
  const { id, type, title, source } = entry;
  const { ends, addressees } = 'addressees' in entry || 'ends' in entry ? entry : {};
  return {
    id,
    type,
    title,
    source,
    ...(ends === undefined ? {} : { ends }),
    ...(addressees === undefined ? {} : { addressees: addressees.map(({ handle }) => ({ handle })) }),
  };
}
