import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { markdownPlan } from '../../scripts/markdown-plan.ts';
import { planLines } from '../../scripts/print-plan.ts';
import { shownTime } from '../../scripts/times.ts';
import { entry, HOSTILE, holdOf, NOW, planOf, view } from './plan-samples.ts';

const MINUTE = 60_000;
const at = (ms: number): string => new Date(ms).toISOString();

function lines(...of: Parameters<typeof view>): string[] {
  return planLines(view(...of)).map(stripVTControlCharacters);
}

test('what is sent, taken quietly and waiting; when it goes, and what is left of earlier', () => {
  const plan = planOf({
    activities: [{ type: 'Create', entry: entry('a', 'A'), published: at(NOW), why: 'new' }],
    quiet: [{ entry: entry('b', 'B'), why: 'federate: silent' }],
    waiting: [{ id: 'c', title: 'C', source: 'posts/c.md', until: at(NOW + 20 * MINUTE) }],
    sendAt: at(NOW + 10 * MINUTE),
  });
  const queue = { pending: 2, nextDue: NOW + 12 * MINUTE };
  expect(lines(plan, [], { queue })).toEqual([
    'plan for https://blog.example, 3 followers on 2 servers',
    '  + Create Article "A"  posts/a.md\n      new',
    '  = quiet Article "B"  posts/b.md\n      federate: silent',
    `  · waits until ${shownTime(NOW + 20 * MINUTE, NOW)}: "C"  posts/c.md`,
    '1 to create, 0 to update, 0 to delete; 1 quiet change',
    `sends at ${shownTime(NOW + 10 * MINUTE, NOW)} (sendAfter in the profile); npm run publish -- --now does not wait`,
    `2 deliveries of earlier publishes wait for a retry, next at ${shownTime(NOW + 12 * MINUTE, NOW)}`,
  ]);
  const shown = lines(plan, [], { sendNow: true }).join('\n');
  expect(shown).not.toContain('sends at');
});

test('a hold shows its posts, what releases it, and the command once', () => {
  const entries = [entry('a', 'A'), entry('b', 'B')];
  const hold = holdOf(
    'many-creates',
    entries.map(({ id }) => id),
  );
  const shown = lines(planOf({ holds: [hold] }), entries).join('\n');
  expect(shown).toContain('! held many-creates: too many\n      "A"  https://blog.example/ap/posts/a.json\n      "B"');
  expect(shown).toContain('npm run publish -- --confirm many-creates\n');
  expect(shown).toContain('npm run publish -- --confirm posts/a.md   (one of them alone)');
  expect(shown).toContain('nothing to send; 1 held');

  const said = { ...hold, release: 'look, then npm run publish -- --confirm many-creates' };
  const once = lines(planOf({ holds: [said] }), entries).join('\n');
  expect(once.split('--confirm many-creates')).toHaveLength(2);
});

test('a command to paste has no name that a shell or a terminal would act on', () => {
  const ids = ['$(reboot)', '\u001b[2J', 'a b', '`id`'].map((key) => `https://blog.example/ap/posts/${key}.json`);
  for (const [index, id] of ids.entries()) {
    const posts = [entry('a', 'A', { id, source: '--now' }), entry('b', 'B')];
    const hold = holdOf('many-creates', [id, ...posts.slice(1).map((post) => post.id)]);
    const shown = lines(planOf({ holds: [hold] }), posts).join('\n');
    expect(shown.match(/--confirm .*/g), `${index}`).toEqual(['--confirm many-creates']);
  }
  const named = [entry('a', 'A', { source: 'posts/a b.md' }), entry('b', 'B')];
  const hold = holdOf('many-creates', [named[0]?.id ?? '', named[1]?.id ?? '']);
  expect(lines(planOf({ holds: [hold] }), named).join('\n')).toContain(
    `--confirm ${named[0]?.id}   (one of them alone)`,
  );
});

test('a hold that nothing releases names no command; one of very many lists some', () => {
  const tombstone = holdOf('tombstoned-id', [entry('a', 'A').id]);
  expect(lines(planOf({ holds: [tombstone] })).join('\n')).not.toContain('--confirm');
  const many = holdOf(
    'many-deletes',
    Array.from({ length: 1_000 }, (_, n) => `https://blog.example/ap/posts/${n}.json`),
  );
  const shown = lines(planOf({ holds: [many] })).join('\n');
  expect(shown).toContain('and 980 more (--json lists all)');
  expect(shown.split('\n').length).toBeLessThan(40);
});

test('federation that has not begun: of a server that was asked, its address is named', () => {
  expect(lines(planOf({ baseline: true })).join('\n')).toContain('Federation begins with this publish');
  const { audience: _, ...afar } = view(planOf({ baseline: true }), [], { against: 'https://blog.example' });
  const shown = planLines(afar).map(stripVTControlCharacters).join('\n');
  expect(shown).toContain('compared with the ledger of https://blog.example');
  expect(shown).toContain('https://blog.example has no ledger yet. Federation begins');
});

test('a deleted account has no followers to count, on the terminal or in Markdown', () => {
  const gone = view(planOf({ holds: [holdOf('account-deleted', [])] }));
  expect(stripVTControlCharacters(planLines(gone)[0] ?? '')).toBe(
    'plan for https://blog.example, the account is deleted',
  );
  expect(markdownPlan(gone)).toContain('. The account is deleted.\n');
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const UNSEEMLY = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2066]/;

test.each(HOSTILE)('a title %j moves no cursor and adds no line', (title) => {
  const planWith = (text: string) => {
    const hostile = entry('a', text, { source: `posts/${text}.md` });
    const plan = planOf({
      activities: [
        { type: 'Create', entry: hostile, published: at(NOW), why: text },
        { type: 'Delete', id: text, formerType: 'Note', title: text, deleted: at(NOW), why: text },
      ],
      quiet: [{ entry: hostile, why: text }],
      holds: [holdOf('many-creates', [hostile.id, text], { why: text, release: text })],
      waiting: [{ id: text, title: text, source: text, until: at(NOW) }],
      unfinished: [{ id: text, title: text, activityId: text }],
    });
    return lines(plan, [hostile]).join('\n');
  };
  // A reason that quotes a long title may take a line more, below its own.
  const heads = (text: string) => text.split('\n').filter((line) => !/^ {6}/.test(line));
  expect(heads(planWith(title))).toHaveLength(heads(planWith('title')).length);
  expect(planWith(title)).not.toMatch(UNSEEMLY);
});
