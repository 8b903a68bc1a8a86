import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { planPublish } from '../../federation/plan.ts';
import { markdownPlan } from '../../scripts/markdown-plan.ts';
import { type PlanView, viewOf, viewOfReport } from '../../scripts/plan-view.ts';
import { planLines } from '../../scripts/print-plan.ts';
import { publishSchema } from '../../scripts/remote-schemas.ts';
import { reportPlan } from '../../server/shown-plan.ts';
import { ANN, deed, entry, id, keys, ledger, manifest, NOTE, NOW, toldDeed } from '../federation/plan-samples.ts';

const BEN = { ...ANN, handle: '@ben@there.example' };
const AUDIENCE = { followers: 12, servers: 5 };
const TARGET = 'https://there.example/users/me';

const post = entry('a', { title: 'Hello', addressees: [ANN, BEN] });
const poll = entry('poll', {
  title: 'Which?',
  type: 'Question',
  source: 'notes/poll.md',
  ends: '2026-12-01T12:00:00Z',
});
const quoting = deed('QuoteRequest', NOTE, { instrument: post.id });
const entries = [post, poll, quoting, deed('Like', NOTE), deed('Announce', `${NOTE}2`), deed('Follow', ANN.actor)];
const base = manifest(entries);
const built = { ...base, actor: { ...base.actor, digest: 'moved', movedTo: TARGET } };
const known = ledger([toldDeed('Follow', BEN.actor.replace('ann', 'ben')), toldDeed('Like', `${NOTE}3`)]);
const options = { now: NOW, confirm: new Set(['account-move']) };
const plan = planPublish(built, known, options);

const text = (view: PlanView) => planLines(view).map(stripVTControlCharacters).join('\n');
const here = viewOf({ plan, manifest: built, ledger: known, options }, { audience: AUDIENCE });

test('each deed in the words of its owner, whom a post reaches, and what comes of a poll', () => {
  const shown = text(here);
  expect(shown).toContain('plan for https://blog.example, 12 followers on 5 servers\n');
  expect(shown).toContain('  + Follow @ann@there.example  following.csv\n      new\n');
  expect(shown).toContain('  + Like "What 1 says" by @ann@there.example  notes/like-1.md\n');
  expect(shown).toContain('  + Boost "What 12 says" by @ann@there.example  notes/announce-12.md\n');
  expect(shown).toContain('  + Ask to quote "What 1 says" by @ann@there.example  ');
  expect(shown).toContain('  - Undo Follow @ben@there.example  ');
  expect(shown).toContain('      following.csv says so no more\n');
  expect(shown).toContain('  - Undo Like "What 13 says"  https://there.example/notes/13\n');
  expect(shown).toContain(`  > Move to ${TARGET}  profile.md\n`);
  expect(shown).toContain('      to 12 followers on 5 servers, @ann@there.example and @ben@there.example\n');
  expect(shown).toMatch(/\n {6}the poll ends 2026-12-01 \d\d:\d\d: the results are sent then\n/);
  expect(shown).toContain(
    '2 to create, 1 to update, 0 to delete, 4 follows, likes and boosts, 2 to undo,\nand the account moves',
  );
});

test('the same in Markdown', () => {
  const shown = markdownPlan(here);
  expect(shown).toContain('- **Follow** `@ann@there.example` in `following.csv`: new\n');
  expect(shown).toContain('- **Boost** `What 12 says` by `@ann@there.example` in ');
  expect(shown).toContain('- **Undo** Follow `@ben@there.example`: ');
  expect(shown).toContain(`- **Move** to \`${TARGET}\`: `);
  expect(shown).toContain('; to 12 followers on 5 servers, `@ann@there.example` and `@ben@there.example`\n');
  expect(shown).toContain('; the poll ends 2026-12-01 12:00 UTC: the results are sent then\n');
});

test('the same of a blog that runs elsewhere, by what its server reports', () => {
  const prepared = { plan, manifest: built, known: { ledger: known, version: 1 }, options, audience: AUDIENCE };
  const answer = { kind: 'published', report: reportPlan(prepared, 100), approved: true, idle: [] };
  const read = publishSchema.parse(JSON.parse(JSON.stringify(answer)));
  expect(read).toEqual(answer);
  expect(JSON.stringify(answer)).not.toContain(ANN.inbox);
  if (read.kind === 'published') expect(text(viewOfReport(read.report, 'https://blog.example'))).toBe(text(here));
});

test('an undone follow that the ledger does not name, as from afar', () => {
  const hidden = ledger([{ ...toldDeed('Follow', ANN.actor), title: '', source: '', object: '' }]);
  const afar = planPublish(manifest([]), hidden, options);
  const shown = text(
    viewOf({ plan: afar, manifest: manifest([]), ledger: hidden, options }, { against: 'https://blog.example' }),
  );
  expect(shown).toContain('  - Undo Follow an account\n      the build says so no more\n');
});

test('a post without anybody who is named says nothing of it; one that followers alone do not get, who gets it', () => {
  const named = (followers: number) => {
    const from = { plan: planPublish(manifest([post]), ledger([]), options), manifest: base, ledger: known, options };
    return text(viewOf(from, { audience: { followers, servers: followers } }));
  };
  expect(named(0)).toContain('      to @ann@there.example and @ben@there.example\n');
  const plain = planPublish(manifest([entry('b')]), ledger([]), options);
  expect(text(viewOf({ plan: plain, manifest: base, ledger: known, options }, { audience: AUDIENCE }))).not.toContain(
    '      to ',
  );
});

test('300 new lines of following.csv: one hold, a command for all, and one that names one of them', () => {
  const follows = keys(300).map((key) => deed('Follow', `https://there.example/users/${key}`));
  const held = planPublish(manifest(follows), ledger([]), options);
  const shown = text(viewOf({ plan: held, manifest: manifest(follows), ledger: ledger([]), options }));
  expect(shown).toContain('npm run publish -- --confirm many-creates');
  expect(shown).toContain('npm run publish -- --confirm @p000@there.example   (one of them alone)');
});

test('a baseline says whom the publish after it follows', () => {
  const first = planPublish(manifest([deed('Follow', ANN.actor), entry('a')]), undefined, options);
  const view = viewOf({ plan: first, manifest: base, ledger: undefined, options });
  expect(text(view).replace(/\s+/g, ' ')).toContain('The publish after it follows @ann@there.example.');
  expect(markdownPlan(view)).toContain('The one after it follows `@ann@there.example`.');
});

test('what comes later is said where it is decided: the word on a quote, a poll that is over already', () => {
  expect(text(here)).toContain('      once the author agrees, one Update of the post tells it\n');
  expect(markdownPlan(here)).toContain(': new; once the author agrees, one Update of the post tells it\n');
  const over = entry('poll', { type: 'Question', source: 'notes/poll.md', ends: new Date(NOW - 1000).toISOString() });
  const late = planPublish(manifest([over]), ledger([]), options);
  const view = viewOf({ plan: late, manifest: manifest([over]), ledger: ledger([]), options });
  expect(text(view)).toMatch(/\n {6}the poll ended .*: nobody can vote any more\n/);
  expect(markdownPlan(view)).toMatch(/; the poll ended .* UTC: nobody can vote any more\n/);
});

test('a list of posts and deeds says what each is', () => {
  const told = keys(6).map((key) => toldDeed('Follow', `https://there.example/users/${key}`));
  const known = ledger([...told, toldDeed('Like', NOTE), toldDeed('QuoteRequest', NOTE)]);
  const from = { plan: planPublish(manifest([]), known, options), manifest: manifest([]), ledger: known, options };
  const shown = text(viewOf(from));
  expect(shown).toContain('\n      Like "What 1 says"  https://blog.example/ap/deeds/like/');
  expect(shown).toContain('\n      Follow @p000@there.example  https://blog.example/ap/deeds/follow/');
  expect(shown).toContain('\n  = quiet Ask to quote "What 1 says"  ');
  expect(markdownPlan(viewOf(from))).toContain('\n  - Like `What 1 says` in `');
  expect(markdownPlan(viewOf(from))).toContain('\n  - Follow `@p000@there.example` in `');
});

test('no line of what is wrapped is wider than 80 columns', () => {
  const { actor } = built;
  const unresolved = entry('u', { unresolved: ['https://there.example/notes/gone', '@nobody@there.example'] });
  const polls = entry('poll', { type: 'Question', pollDigest: 'b', digest: 'b', source: 'notes/poll.md' });
  const told = {
    ...toldDeed('Like', NOTE),
    id: id('poll'),
    type: 'Question' as const,
    pollDigest: 'a',
    title: 'Which?',
  };
  const all = { ...manifest([unresolved, polls]), actor };
  const held = planPublish(all, ledger([told]), { now: NOW });
  expect(held.holds.map(({ code }) => code)).toEqual(['account-move', 'unresolved', 'poll-changed']);
  const shown = text(viewOf({ plan: held, manifest: all, ledger: ledger([told]), options: { now: NOW } }));
  for (const line of [...shown.split('\n'), ...text(here).split('\n')])
    expect(line.length, line).toBeLessThanOrEqual(80);
});
