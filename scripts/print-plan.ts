import pc from 'picocolors';
import type { Audience } from '../federation/audience.ts';
import type { Plan, PlannedActivity } from '../federation/plan.ts';
import type { PreparedPlan } from '../server/publish.ts';
import { count } from './command.ts';
import { RELEASABLE } from './confirm.ts';

/** What one planned activity looks like to people: sign, name, title, file. */
function lineOf(planned: PlannedActivity): string {
  switch (planned.type) {
    case 'Create':
      return line(pc.green('+'), 'Create', planned.entry.type, planned.entry.title, planned.entry.source, planned.why);
    case 'Update':
      return line(pc.yellow('~'), 'Update', planned.entry.type, planned.entry.title, planned.entry.source, planned.why);
    case 'Delete':
      return line(pc.red('-'), 'Delete', planned.formerType, planned.title, planned.id, planned.why);
    case 'UpdateActor':
      return line(pc.yellow('~'), 'Update', 'Person', 'the blog itself', 'profile.md', planned.why);
    default:
      return planned satisfies never;
  }
}

function line(sign: string, activity: string, type: string, title: string, source: string, why: string): string {
  return `  ${sign} ${pc.bold(activity)} ${type} ${JSON.stringify(title)}  ${pc.dim(source)}\n      ${pc.dim(why)}`;
}

/** `3 followers on 2 servers`. */
export function audienceText({ followers, servers }: Pick<Audience, 'followers' | 'servers'>): string {
  return followers === 0 ? 'no followers yet' : `${count(followers, 'follower')} on ${count(servers, 'server')}`;
}

/** Prints what the next publish would send, what it holds and why, and what waits for its date. */
export function printPlan(prepared: PreparedPlan): void {
  const { plan, audience } = prepared;
  console.log(`${pc.bold('plan')} for ${plan.origin}, ${audienceText(audience)}`);
  if (plan.baseline) {
    console.log('  Federation begins with this publish: what exists now is not announced. New posts will be.');
    return;
  }
  for (const { title, activityId } of plan.unfinished) {
    console.log(
      `  ${pc.cyan('…')} ${pc.bold('finish')} ${JSON.stringify(title)}  ${pc.dim(activityId)}\n      ${pc.dim('an interrupted publish had begun to send it')}`,
    );
  }
  for (const planned of plan.activities) console.log(lineOf(planned));
  for (const hold of plan.holds) {
    console.log(`  ${pc.magenta('!')} ${pc.bold('held')} ${hold.code}: ${hold.why}`);
    for (const id of hold.ids) console.log(`      ${JSON.stringify(titleOf(prepared, id))}  ${pc.dim(id)}`);
    console.log(`      ${hold.release}`);
    if (RELEASABLE.includes(hold.code)) console.log(`      npm run publish -- --confirm ${hold.code}`);
  }
  for (const { title, source, until } of plan.waiting) {
    console.log(`  ${pc.dim('·')} waits until ${until}: ${JSON.stringify(title)}  ${pc.dim(source)}`);
  }
  console.log(summaryOf(plan));
}

function titleOf({ manifest, known }: PreparedPlan, id: string): string {
  return manifest.objects.find((entry) => entry.id === id)?.title ?? known?.ledger.objects.get(id)?.title ?? '';
}

/** `1 to create, 2 to update, 0 to delete; 1 held`. */
export function summaryOf(plan: Plan): string {
  const of = (...types: string[]): number => plan.activities.filter(({ type }) => types.includes(type)).length;
  const held = plan.holds.length > 0 ? `; ${plan.holds.length} held` : '';
  if (plan.activities.length === 0 && plan.unfinished.length === 0) return `nothing to send${held}`;
  return `${of('Create')} to create, ${of('Update', 'UpdateActor')} to update, ${of('Delete')} to delete${held}`;
}
