import { expect, test } from 'vitest';
import { contentFolder } from './content-folder.ts';

const file = (title: string, date: string, more = '') =>
  `---\ntitle: ${title}\ndate: ${date}\n${more}---\nBody of ${title}.\n`;
const id = (key: string) => `https://blog.example/ap/posts/${key}.json`;
const OLD = file('Old', '2020-03-04');
const NEW = file('New', '2026-11-23');

async function keysOf(files: Record<string, string>, live: Record<string, string>) {
  const { site } = await contentFolder(files).read({
    live: new Map(Object.entries(live).map(([key, source]) => [id(key), source])),
  });
  return Object.fromEntries(site.posts.map(({ source, key, path }) => [source, `${key} ${path}`]));
}

test('an older post of the same name comes → what was published keeps its id and its page', async () => {
  const files = { 'posts/2020/hello.md': OLD, 'posts/hello.md': NEW };
  expect(await keysOf(files, { hello: 'posts/hello.md' })).toEqual({
    'posts/hello.md': 'hello /posts/hello/',
    'posts/2020/hello.md': 'hello-2020-03-04 /posts/hello-2020-03-04/',
  });
  expect(await keysOf(files, {})).toEqual({
    'posts/2020/hello.md': 'hello /posts/hello/',
    'posts/hello.md': 'hello-2026-11-23 /posts/hello-2026-11-23/',
  });
});

test('the older post goes → the newer one keeps the name with its day', async () => {
  const live = { hello: 'posts/2020/hello.md', 'hello-2026-11-23': 'posts/hello.md' };
  const kept = { 'posts/hello.md': 'hello-2026-11-23 /posts/hello-2026-11-23/' };
  expect(await keysOf({ 'posts/hello.md': NEW }, live)).toEqual(kept);
  expect(await keysOf({ 'posts/hello.md': NEW }, { 'hello-2026-11-23': 'posts/hello.md' })).toEqual(kept);
});

test('the dates of two posts of one name change places → each keeps its name', async () => {
  const live = { hello: 'posts/2020/hello.md', 'hello-2026-11-23': 'posts/hello.md' };
  const files = { 'posts/2020/hello.md': file('Old', '2027-01-01'), 'posts/hello.md': NEW };
  expect(await keysOf(files, live)).toEqual({
    'posts/2020/hello.md': 'hello /posts/hello/',
    'posts/hello.md': 'hello-2026-11-23 /posts/hello-2026-11-23/',
  });
});

test('a published post with an id keeps its page when an older one of its name comes', async () => {
  const files = { 'posts/2020/hello.md': OLD, 'posts/hello.md': file('New', '2026-11-23', 'id: hello\n') };
  expect(await keysOf(files, { hello: 'posts/hello.md' })).toEqual({
    'posts/hello.md': 'hello /posts/hello/',
    'posts/2020/hello.md': 'hello-2020-03-04 /posts/hello-2020-03-04/',
  });
});
