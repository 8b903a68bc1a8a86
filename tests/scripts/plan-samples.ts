import type { ManifestObject } from '../../federation/manifest.ts';
import type { Hold, Plan } from '../../federation/plan.ts';
import type { PlanView } from '../../scripts/plan-view.ts';

export const NOW = Date.UTC(2026, 10, 23, 10, 0, 0);

/** Titles that someone could write in order to break what shows them. */
export const HOSTILE = [
  'a | b',
  'line\r\nbreak\n\n# Heading\n- item',
  '`code` ``` fence',
  '```\n</details>',
  '<img src=x onerror=alert(1)><!-- ',
  '@everyone @org/team #1 GH-1',
  '[link](https://evil.example) ![p](https://evil.example/p.png)',
  'https://evil.example www.evil.example a@evil.example',
  '&lt;b&gt; &#64;me',
  '\u001b[2J\u202egnp.exe\u2066',
  '\\` \\\\',
  '` `',
  '',
  ' ',
  '$`x`$',
];

export function entry(key: string, title: string, more: Partial<ManifestObject> = {}): ManifestObject {
  return {
    id: `https://blog.example/ap/posts/${key}.json`,
    type: 'Article',
    url: `https://blog.example/posts/${key}/`,
    title,
    source: `posts/${key}.md`,
    digest: 'd'.repeat(64),
    published: '2026-11-23T09:00:00Z',
    dateOnly: false,
    visibility: 'public',
    ...more,
  };
}

export function planOf(more: Partial<Plan> = {}): Plan {
  return {
    origin: 'https://blog.example',
    baseline: false,
    activities: [],
    holds: [],
    quiet: [],
    waiting: [],
    unfinished: [],
    ...more,
  };
}

export function holdOf(code: Hold['code'], ids: readonly string[], more: Partial<Hold> = {}): Hold {
  return { code, ids, why: 'too many', release: 'look through them', ...more };
}

/** A view in which every object is named by the entries given. */
export function view(plan: Plan, entries: readonly ManifestObject[] = [], more: Partial<PlanView> = {}): PlanView {
  const names = new Map(entries.map(({ id, title, source }) => [id, { title, source }]));
  return {
    plan,
    now: NOW,
    nameOf: (id) => names.get(id) ?? { title: '', source: '' },
    audience: { followers: 3, servers: 2 },
    ...more,
  };
}
