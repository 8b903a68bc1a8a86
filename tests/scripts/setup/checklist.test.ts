import { expect, test } from 'vitest';
import { checklist, type Facts } from '../../../scripts/setup/checklist.ts';
import type { LiveSite } from '../../../scripts/setup/live-site.ts';

const REMOTE = { name: 'origin', address: 'https://git.example/blog' };

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
  git: { repository: true, uncommitted: [], remote: REMOTE, unpushed: 0 },
  host: 'netlify',
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

test('what is not committed was not pushed, and whose the remote is is asked', () => {
  const git = { ...FACTS.git, uncommitted: ['content/profile.md'] };
  const pushed = checklist({ ...FACTS, git }).find(({ id }) => id === 'pushed');
  expect(pushed).toMatchObject({ state: 'open', text: 'Push the branch' });
  expect(pushed?.todo[0]).toBe('origin is https://git.example/blog; is it yours? If not, first:');
  expect(states({})).toMatchObject({ pushed: 'done' });
});

test.each(['own', 'local'] as const)('%s: nothing is for Netlify, and the guide of the other way is named', (host) => {
  const items = checklist({ ...FACTS, host });
  expect(JSON.stringify(items)).not.toMatch(/netlify/i);
  expect(items.find(({ id }) => id === 'site')?.todo).toContain('On a machine of your own: docs/self-host.md');
});

test('where it cannot be seen who serves the blog, both ways are given', () => {
  const [site, secret] = ['site', 'secret'].map((wanted) =>
    checklist({ ...FACTS, host: 'unknown' }).find(({ id }) => id === wanted),
  );
  expect(site?.todo.slice(0, 2)).toEqual(['On a machine of your own: docs/self-host.md', 'By Netlify:']);
  expect(secret?.text).toMatch(/^If Netlify serves it/);
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
