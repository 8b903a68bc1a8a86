import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { describe, expect, test } from 'vitest';
import { asCode, asProse, markdownPlan } from '../../scripts/markdown-plan.ts';
import { entry, HOSTILE, holdOf, NOW, planOf, view } from './plan-samples.ts';

const at = (ms: number): string => new Date(ms).toISOString();
const markdown = new MarkdownIt({ html: true, linkify: true });

/** Everything that a plan can show, with `title` wherever foreign text can stand. */
function everything(title: string) {
  const hostile = entry('a', title, { source: title });
  const plan = planOf({
    activities: [
      { type: 'Create', entry: hostile, published: at(NOW), why: `it is "${title}"` },
      { type: 'Delete', id: title, formerType: 'Note', title, deleted: at(NOW), why: title },
    ],
    quiet: [{ entry: hostile, why: title }],
    holds: [holdOf('many-creates', [hostile.id, title], { why: title, release: title })],
    waiting: [{ id: title, title, source: title, until: at(NOW) }],
    unfinished: [{ id: title, title, activityId: title }],
  });
  return view(plan, [hostile]);
}

/** The elements of a document, without its text. */
function shapeOf(text: string): string {
  return (markdown.render(text).match(/<[^>]*>/g) ?? []).join('');
}

const PLAIN = shapeOf(markdownPlan(everything('title')));

describe('a hostile title', () => {
  test.each(HOSTILE)('%j changes nothing of the comment but its own text', (title) => {
    expect(shapeOf(markdownPlan(everything(title)))).toBe(PLAIN);
  });

  test('whatever it is', () => {
    const letters = fc.constantFrom(
      '`',
      '|',
      '\\',
      '<',
      '>',
      '&',
      '@',
      '#',
      '*',
      '_',
      '[',
      ']',
      '(',
      ')',
      '!',
      '\n',
      ' ',
      'a',
      ':',
      '/',
      '~',
      '-',
      '.',
      'www.',
      'https://',
      '\u2028',
      '$',
    );
    fc.assert(
      fc.property(fc.string({ unit: letters, maxLength: 20 }), (title) => {
        expect(shapeOf(markdownPlan(everything(title)))).toBe(PLAIN);
      }),
      { numRuns: 500 },
    );
  });

  test('calls nobody: an @ or # that is no code is followed by a letter without width', () => {
    for (const title of HOSTILE) {
      const prose = markdown.render(markdownPlan(everything(title))).replace(/<code>[\s\S]*?<\/code>/g, '');
      expect(prose, title).not.toMatch(/@\w|#\d|:\/\/|www\.\w/i);
    }
  });
});

test('code and prose are one line', () => {
  expect(asCode('a\r\nb`c')).toBe('``a b`c``');
  expect(asCode('`a`')).toBe('`` `a` ``');
  expect(asProse('a\n\n- b <i> @me')).toBe('a - b &lt;i&gt; \u2060@\u2060me');
});

test('a plan as a comment: what is sent, quiet, held with its release, waiting with its time', () => {
  const [a, b, c] = [entry('a', 'A | B'), entry('b', 'B'), entry('c', 'C')];
  const plan = planOf({
    activities: [{ type: 'Create', entry: a, published: at(NOW), why: 'new' }],
    quiet: [{ entry: b, why: 'federate: silent' }],
    holds: [holdOf('many-deletes', [c.id])],
    waiting: [{ id: 'd', title: 'D', source: 'posts/d.md', until: '2026-11-24T08:00:00Z' }],
    sendAt: at(NOW + 600_000),
  });
  expect(
    markdownPlan(view(plan, [a, b, c], { queue: { pending: 2, nextDue: NOW + 60_000 } })),
  ).toBe(`### Plan for \`https://blog.example\`

**1 to create, 0 to update, 0 to delete; 1 quiet change; 1 held**. 3 followers on 2 servers.

Sends at 2026-11-23 10:10 UTC, the profile's sendAfter later.

2 deliveries of earlier publishes wait, next at 2026-11-23 10:01 UTC.

#### To send

- **Create** Article \`A | B\` in \`posts/a.md\`: new

#### Quiet: only the ledger takes it

- **Quiet** Article \`B\` in \`posts/b.md\`: federate: silent

#### Held

- **many-deletes**: too many
  - \`C\` in \`posts/c.md\`
  - Release: look through them (\`npm run publish -- --confirm many-deletes\`)

#### Waiting for its date

- \`D\` in \`posts/d.md\`: 2026-11-24 08:00 UTC
`);
});

test('a thousand posts stay a comment', () => {
  const many = Array.from({ length: 1_000 }, (_, n) => entry(`p${n}`, 'x'.repeat(300)));
  const plan = planOf({
    activities: many.map((each) => ({ type: 'Create', entry: each, published: at(NOW), why: 'new' })),
    holds: [
      holdOf(
        'many-creates',
        many.map(({ id }) => id),
      ),
    ],
  });
  const text = markdownPlan(view(plan, many));
  expect(text).toContain('- … and 950 more');
  expect(text.length).toBeLessThan(65_536);
});

test('a thousand posts of each kind with long titles stay a comment, cut at the end of a line', () => {
  const many = Array.from({ length: 1_000 }, (_, n) => entry(`p${n}`, `${'`'.repeat(9)}${'x'.repeat(600)}`));
  const plan = planOf({
    activities: many.map((each) => ({ type: 'Create', entry: each, published: at(NOW), why: 'new' })),
    quiet: many.map((each) => ({ entry: each, why: 'federate: silent' })),
    waiting: many.map(({ id, title, source }) => ({ id, title, source, until: at(NOW) })),
  });
  const text = markdownPlan(view(plan, many));
  expect(text.length).toBeLessThan(65_536);
  const [last, , note] = text.trimEnd().split('\n').slice(-3);
  expect(note).toContain('npm run plan shows all of it');
  expect(last).toMatch(/^- .*: federate: silent$/);
});

test('federation that has not begun', () => {
  const { audience: _, ...afar } = view(planOf({ baseline: true }), [], { against: 'https://blog.example' });
  expect(markdownPlan(afar)).toContain(
    'Federation has not begun there: the first publish takes what exists as the baseline',
  );
});
