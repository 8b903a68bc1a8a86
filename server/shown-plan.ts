import type { ManifestObject } from '../federation/manifest.ts';
import type { Hold, Plan, QuietChange, Unfinished, Waiting } from '../federation/plan.ts';
import type { PreparedPlan } from './publish.ts';

type Shown = Pick<ManifestObject, 'id' | 'type' | 'title' | 'source'>;

/** Of an activity of a plan what people are shown. */
export type ShownActivity =
  | { readonly type: 'Create' | 'Update'; readonly entry: Shown; readonly why: string }
  | {
      readonly type: 'Delete';
      readonly id: string;
      readonly formerType: 'Article' | 'Note';
      readonly title: string;
      readonly why: string;
    }
  | { readonly type: 'UpdateActor'; readonly why: string };

/** Of a plan what people are shown; every plan is one. */
export interface ShownPlan {
  readonly origin: string;
  readonly baseline: boolean;
  readonly activities: readonly ShownActivity[];
  readonly holds: readonly Hold[];
  readonly quiet: readonly { readonly entry: Shown; readonly why: QuietChange['why'] }[];
  readonly sendAt?: string;
  readonly waiting: readonly Waiting[];
  readonly unfinished: readonly Unfinished[];
}

/** How much there is of what a plan has lists of, however long they are. */
export interface PlanCounts {
  readonly creates: number;
  readonly updates: number;
  readonly deletes: number;
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
    activities: plan.activities.slice(0, most).map((planned): ShownActivity => {
      if (planned.type === 'Delete') {
        const { type, id, formerType, title, why } = planned;
        return { type, id, formerType, title, why };
      }
      if (planned.type === 'UpdateActor') return { type: planned.type, why: planned.why };
      return { type: planned.type, entry: shownEntry(planned.entry), why: planned.why };
    }),
    holds,
    quiet: plan.quiet.slice(0, most).map(({ entry, why }) => ({ entry: shownEntry(entry), why })),
    ...(sendAt === undefined ? {} : { sendAt }),
    waiting: plan.waiting.slice(0, most),
    unfinished: plan.unfinished.slice(0, most),
  };
}

function shownEntry({ id, type, title, source }: ManifestObject): Shown {
  return { id, type, title, source };
}
