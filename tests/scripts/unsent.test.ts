import { expect, test } from 'vitest';
import type { Ledger } from '../../federation/ledger.ts';
import type { Manifest } from '../../federation/manifest.ts';
import { type PlanOptions, planPublish } from '../../federation/plan.ts';
import { shownTime } from '../../scripts/times.ts';
import { unsentPosts } from '../../scripts/unsent.ts';
import { entry, id, keys, ledger, manifest, told } from '../federation/plan-samples.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const HOUR = 3_600_000;
const at = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

function unsent(built: Manifest, known: Ledger, more: Partial<PlanOptions> = {}) {
  const options = { now: NOW, ...more };
  const plan = planPublish(built, known, options);
  return unsentPosts({ plan, manifest: built, known: { ledger: known, version: 1 }, options });
}

/** A blog that was told of `old`, and whose owner published `built`. */
function published(built: Manifest): Ledger {
  return { ...ledger([told('old')]), approved: { content: built.content, at: at(NOW), confirmed: [] } };
}

const old = entry('old');
const fresh = entry('fresh', { published: at(NOW) });

test('a post dated ahead waits for its date; what the network was told of is not among them', () => {
  const ahead = { ...entry('ahead', { published: at(NOW + HOUR) }), comesAt: NOW + HOUR };
  const built = manifest([old]);
  const shown = shownTime(NOW + HOUR, NOW);
  const [post, ...others] = unsent(built, published(built), { scheduled: [ahead] });
  expect(others).toEqual([]);
  expect(post).toMatchObject({ id: id('ahead'), source: ahead.source });
  expect(post?.unsent).toEqual({ why: `it waits for its date, until ${shown}`, until: at(NOW + HOUR) });
  const [unpublished] = unsent(built, ledger([told('old')]), { scheduled: [ahead] });
  expect(unpublished?.unsent.why).toBe(`it waits for its date, until ${shown}, if npm run publish comes first`);
});

test('a post that sendAfter keeps back waits until then; published or not, it is never unknown', () => {
  const built = manifest([old, fresh], { policy: { ...manifest([]).policy, sendAfterMs: HOUR } });
  const options = { approvedAt: NOW };
  expect(unsent(built, published(built), options).map((post) => post.unsent)).toEqual([
    { why: `it waits until ${shownTime(NOW + HOUR, NOW)} (sendAfter in the profile)`, until: at(NOW + HOUR) },
  ]);
  const before = unsent(built, ledger([told('old')]));
  expect(before.map((post) => post.unsent)).toEqual([{ why: 'npm run publish sends it' }]);
});

test('a post that is held says by what', () => {
  const built = manifest(keys(12).map((key) => entry(key)));
  const reasons = unsent(built, ledger([])).map((post) => post.unsent.why);
  expect(new Set(reasons)).toEqual(new Set(['it is held (many-creates); npm run plan tells what releases it']));
  expect(reasons).toHaveLength(12);
});
