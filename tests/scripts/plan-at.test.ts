import { expect, test } from 'vitest';
import { planPublish } from '../../federation/plan.ts';
import { markdownPlan } from '../../scripts/markdown-plan.ts';
import { viewOf, viewOfReport } from '../../scripts/plan-view.ts';
import { planLines } from '../../scripts/print-plan.ts';
import { reportPlan } from '../../server/shown-plan.ts';
import { entry, keys, ledger, manifest, NOW, told } from '../federation/plan-samples.ts';

const AT = 'https://blog.example';
const built = manifest([...keys(12).map((key) => entry(key)), entry('old')]);
const known = ledger([told('old')]);
const options = { now: NOW };
const plan = planPublish(built, known, options);
const RELEASE = `npm run publish -- --at ${AT} --confirm many-creates`;

test('what is held of a blog elsewhere is released by a command that names it, and that can be copied', () => {
  const view = viewOf({ plan, manifest: built, ledger: known, options }, { against: AT });
  expect(planLines(view).join('\n')).toContain(RELEASE);
  expect(planLines(view).join('\n')).not.toContain('publish -- --confirm');
  expect(markdownPlan(view)).toContain(`\`${RELEASE}\``);
  const here = viewOf({ plan, manifest: built, ledger: known, options });
  expect(planLines(here).join('\n')).toContain('npm run publish -- --confirm many-creates');
});

test('a report has no list that is longer than it may be, and says how much there is', () => {
  const audience = { followers: 3, servers: 2 };
  const prepared = { plan, manifest: built, known: { ledger: known, version: 1 }, options, audience };
  const report = reportPlan(prepared, 5);
  expect([report.plan.holds[0]?.ids.length, report.held, Object.keys(report.names).length]).toEqual([5, [12], 5]);
  const lines = planLines(viewOfReport(report, AT)).join('\n');
  expect(lines).toContain('and 7 more');
  expect(lines).toContain('nothing to send; 1 held');
  const released = planPublish(built, known, { now: NOW, confirm: new Set(['many-creates']) });
  const all = planLines(viewOfReport(reportPlan({ ...prepared, plan: released }, 5), AT)).join('\n');
  expect(all).toContain('and 7 more to send');
  expect(all).toContain('12 to create, 0 to update, 0 to delete');
});
