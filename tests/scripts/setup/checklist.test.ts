import { expect, test } from 'vitest';
import { checklist, type Facts } from '../../../scripts/setup/checklist.ts';
import type { LiveSite } from '../../../scripts/setup/live-site.ts';

const FACTS: Facts = {
  handle: '@mara@mara.example',
  origin: 'https://mara.example',
  content: 'content',
  profile: 'content/profile.md',
  privateKeys: '.postern/keys.json',
  hasPrivateKeys: true,
  privateKeysSize: 2026,
  samples: 0,
  sampleWords: [],
  git: { repository: true, uncommitted: [], remote: 'https://git.example/blog', unpushed: 0 },
  linked: false,
};

const LIVE: LiveSite = { page: { ok: true }, webfinger: { ok: true }, key: { ok: true }, followers: 0 };

function states(more: Partial<Facts>): Record<string, string> {
  return Object.fromEntries(checklist({ ...FACTS, ...more }).map(({ id, state }) => [id, state]));
}

test('a blog that is followed has nothing left to do', () => {
  const all = states({ live: { ...LIVE, followers: 1 } });
  expect(new Set(Object.values(all))).toEqual(new Set(['done']));
  expect(Object.keys(all)).toContain('followed');
});

test('whether Netlify has the keys shows only once somebody follows', () => {
  expect(states({ live: LIVE })).toMatchObject({ site: 'done', secret: 'unknown', followed: 'open' });
});

test('a site that does not answer is said once', () => {
  const none = { ok: false, saw: 'does not answer' } as const;
  const all = states({ live: { page: none, webfinger: none, key: none } });
  expect(all).toMatchObject({ site: 'open', answers: 'open' });
  expect(Object.keys(all)).not.toContain('webfinger');
});

test('a linked folder is a site, before it answers', () => {
  expect(states({ linked: true })).toMatchObject({ site: 'done' });
});

test('a folder without git gets one thing to do about it', () => {
  expect(states({ git: { repository: false, uncommitted: ['a'] } })).toMatchObject({ repository: 'open' });
  expect(Object.keys(states({ git: { repository: false, uncommitted: ['a'] } }))).not.toContain('committed');
});

test('keys that leave no room are told', () => {
  const secret = checklist({ ...FACTS, privateKeysSize: 4_096 }).find(({ id }) => id === 'secret');
  expect(secret?.todo.join('\n')).toContain(
    "4,096 of the 4,096 bytes that a function's variables have, which is too much",
  );
});

test('a path with a space is typed as the shell wants it', () => {
  const secret = checklist({ ...FACTS, privateKeys: '/my data/keys.json' }).find(({ id }) => id === 'secret');
  expect(secret?.todo.join('\n')).toContain(`"$(cat '/my data/keys.json')"`);
});
