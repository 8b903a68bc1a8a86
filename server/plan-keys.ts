import type { Plan, PlannedActivity, QuietChange } from '../federation/plan.ts';

/** What a plan shows: see `PreparedPlan.shown`. */
export function shownBy(plan: Plan): ReadonlySet<string> {
  return new Set([...plan.activities.map(keyOf), ...plan.quiet.map(keyOfQuiet)]);
}

/** What a planned activity says, without its times: equal for the same change in a plan that is made again. */
export function keyOf(planned: PlannedActivity): string {
  switch (planned.type) {
    case 'Create':
    case 'Update':
      return `${planned.type} ${planned.entry.id} ${planned.entry.digest}`;
    case 'Delete':
      return `Delete ${planned.id}`;
    case 'Like':
    case 'Announce':
    case 'Follow':
    case 'QuoteRequest':
      return `${planned.type} ${planned.entry.id} ${planned.revision}`;
    case 'Undo':
      return `Undo ${planned.id} ${planned.revision}`;
    case 'UpdateActor':
      return `UpdateActor ${planned.digest}`;
    case 'Move':
      return `Move ${planned.target}`;
    default:
      return planned satisfies never;
  }
}

/** The same of what only the ledger takes. */
export function keyOfQuiet({ entry, gone }: QuietChange): string {
  return `${gone === undefined ? 'quiet' : 'forgotten'} ${entry.id} ${entry.digest}`;
}
