import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findPost, findPosts } from '../../scripts/find-post.ts';

const CONTENT = join(process.cwd(), 'content');
const post = (key: string, source: string, title: string, slug = key, more: object = {}) => ({
  id: `https://blog.example/ap/${source.split('/')[0]}/${encodeURIComponent(key)}.json`,
  url: `https://blog.example/${source.split('/')[0]}/${slug}/`,
  source,
  title,
  ...more,
});

const gate = post('gate-7c1f', 'posts/2026/the-gate.md', 'The gate', 'the-gate', {
  formerUrls: ['https://blog.example/posts/a-gate/'],
});
const morning = post('morning', 'notes/morning.md', 'Good morning');
const other = post('morning', 'posts/morning.md', 'The gate-keeper');
const umlaut = post('grüße', 'posts/grüße.md', 'Grüße', 'gr%C3%BC%C3%9Fe');
const posts = [gate, morning, other, umlaut];

test.each([
  ['its id', gate.id],
  ['its page', gate.url],
  ['its page without the slash', gate.url.slice(0, -1)],
  ['a former page', 'https://blog.example/posts/a-gate/'],
  ['its key', 'gate-7c1f'],
  ['its slug', 'the-gate'],
  ['its file within content', 'posts/2026/the-gate.md'],
  ['its file as the shell completes it', 'content/posts/2026/the-gate.md'],
  ['its file from the root', join(CONTENT, 'posts/2026/the-gate.md')],
  ['the name of its file', 'the-gate.md'],
  ['its title in other letters', 'THE GATE'],
])('a post is found by %s', (_, name) => {
  expect(findPost(posts, name, CONTENT)).toBe(gate);
});

test('letters beyond ASCII, in key and slug', () => {
  expect(findPost(posts, 'grüße', CONTENT)).toBe(umlaut);
});

test('a name of two → both are listed with what tells them apart', () => {
  expect(findPosts(posts, 'morning', CONTENT)).toEqual([morning, other]);
  expect(() => findPost(posts, 'morning', CONTENT)).toThrow(
    /names 2 posts:\n {2}notes\/morning\.md {2}\S+notes\/morning\.json\n {2}posts\/morning\.md/,
  );
  expect(findPost(posts, 'notes/morning.md', CONTENT)).toBe(morning);
});

test('a file whose post asks to quote is the post; what a file does alone is found as well', () => {
  const deed = (key: string, source: string) => ({
    ...post(key, source, 'Said'),
    id: `https://blog.example/ap/deeds/${key}`,
  });
  const all = [deed('quoterequest/1', morning.source), morning, deed('like/2', 'notes/like.md')];
  expect(findPost(all, 'notes/morning.md', CONTENT)).toBe(morning);
  expect(findPost(all, 'notes/like.md', CONTENT)).toBe(all[2]);
});

test('a name of none → an error, and no part of a name is enough', () => {
  for (const name of ['gate', '', 'posts', 'https://blog.example/']) {
    expect(() => findPost(posts, name, CONTENT), name).toThrow('No post that the network was told of');
  }
});

test('what came back after its Delete → its file names the one that is there; the id of the other names that', () => {
  const deleted = { ...post('gate', 'posts/gate.md', 'Gate'), state: 'deleted' } as const;
  const back = { ...post('gate-2', 'posts/gate.md', 'Gate', 'gate'), state: 'announced' } as const;
  for (const name of ['posts/gate.md', back.url, 'Gate']) expect(findPost([deleted, back], name, CONTENT)).toBe(back);
  expect(findPost([deleted, back], deleted.id, CONTENT)).toBe(deleted);
  const again = { ...post('gate-3', 'posts/gate.md', 'Gate'), state: 'deleted' } as const;
  expect(() => findPost([deleted, again], 'posts/gate.md', CONTENT)).toThrow('names 2 posts');
});
