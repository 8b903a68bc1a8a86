import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { readContent } from '../../../build/read-site.ts';
import { siteAt } from '../../../build/site-at.ts';
import type { ImportedPost, ImportFormat } from '../../../scripts/import/source.ts';
import { announceOf, attachmentOf, createOf, noteId, noteUrl, PNG } from './mastodon-archive.ts';
import { createBench } from './workbench.ts';

test('a post → a note with its old address, sent to nobody', async () => {
  const bench = createBench();
  const report = await bench.mastodon({ outbox: [createOf({ id: 7, html: '<p>Hello, <b>gate</b></p>' })] });
  expect(report.posts.imported).toBe(1);
  const { 'notes/20240506-070809.md': text } = bench.content();
  expect(text).toBe(
    `---\nid: imported-${/imported-(\w{16})/.exec(text ?? '')?.[1]}\ndate: 2024-05-06T07:08:09Z\nlang: en\noriginal-url: ${noteUrl(7)}\nfederate: silent\n---\n\nHello, **gate**\n`,
  );
  expect(bench.leftovers()).toEqual([]);
});

test('imported twice → the second time nothing is written', async () => {
  const bench = createBench();
  const facts = {
    outbox: [
      createOf({ id: 1 }),
      createOf({ id: 2, object: { inReplyTo: noteId(1), attachment: [attachmentOf('a.png', 'A')] } }),
      announceOf(3, 'https://other.example/1'),
    ],
    likes: ['https://other.example/2'],
    media: [{ name: 'a.png', data: PNG }],
  };
  await bench.mastodon(facts, { boosts: true, likes: true });
  const before = bench.content();
  const report = await bench.mastodon(facts, { boosts: true, likes: true });
  expect(report.posts).toMatchObject({ imported: 0, there: 4, changed: 0 });
  expect(report.media.files).toBe(0);
  expect(bench.content()).toEqual(before);
});

test('without the records, and under another name → still known, by its old address or its id', async () => {
  const bench = createBench();
  await bench.mastodon({ outbox: [createOf({ id: 1 }), createOf({ id: 2, published: '2024-05-06T07:08:10Z' })] });
  const text = bench.content()['notes/20240506-070809.md'] ?? '';
  rmSync(bench.dataFolder, { recursive: true });
  rmSync(join(bench.contentFolder, 'notes/20240506-070809.md'));
  writeFileSync(join(bench.contentFolder, 'notes/mine.md'), text.replace(/original-url: .*\n/, ''));
  const report = await bench.mastodon({
    outbox: [createOf({ id: 1 }), createOf({ id: 2, published: '2024-05-06T07:08:10Z' })],
  });
  expect(report.posts).toMatchObject({ imported: 0, there: 2 });
});

test('edited here, changed there → the file stays, with --update too', async () => {
  const bench = createBench();
  await bench.mastodon({ outbox: [createOf({ id: 1 })] });
  const file = join(bench.contentFolder, 'notes/20240506-070809.md');
  writeFileSync(file, `${readFileSync(file, 'utf8')}Mine.\n`);
  const same = await bench.mastodon({ outbox: [createOf({ id: 1 })] }, { update: true });
  expect(same.posts).toMatchObject({ there: 1, edited: 0 });
  const changed = await bench.mastodon({ outbox: [createOf({ id: 1, html: '<p>Other</p>' })] }, { update: true });
  expect(changed.posts).toMatchObject({ there: 0, edited: 1, updated: 0 });
  expect(readFileSync(file, 'utf8')).toContain('Mine.');
});

test('changed there alone → told, and taken with --update', async () => {
  const bench = createBench();
  await bench.mastodon({ outbox: [createOf({ id: 1 })] });
  const outbox = [createOf({ id: 1, html: '<p>Other</p>' })];
  expect((await bench.mastodon({ outbox })).posts).toMatchObject({ changed: 1 });
  expect(bench.content()['notes/20240506-070809.md']).toContain('Hello');
  expect((await bench.mastodon({ outbox }, { update: true })).posts).toMatchObject({ updated: 1 });
  expect(bench.content()['notes/20240506-070809.md']).toContain('Other');
  expect((await bench.mastodon({ outbox }, { update: true })).posts).toMatchObject({ there: 1 });
});

test('removed here → it stays away; --again takes it back', async () => {
  const bench = createBench();
  const outbox = [createOf({ id: 1 })];
  await bench.mastodon({ outbox });
  rmSync(join(bench.contentFolder, 'notes/20240506-070809.md'));
  expect((await bench.mastodon({ outbox })).posts).toMatchObject({ removed: 1, imported: 0 });
  expect((await bench.mastodon({ outbox }, { again: true })).posts).toMatchObject({ imported: 1 });
});

test('posts of one second → a name each; a file that is there is left alone', async () => {
  const bench = createBench();
  await bench.mastodon({ outbox: [createOf({ id: 1 }), createOf({ id: 2 }), createOf({ id: 3 })] });
  expect(Object.keys(bench.content())).toEqual([
    'notes/20240506-070809-2.md',
    'notes/20240506-070809-3.md',
    'notes/20240506-070809.md',
    'profile.md',
  ]);
});

test('a thread → each leads to the file before, whatever their order', async () => {
  const at = (second: number) => `2024-05-06T07:08:0${second}Z`;
  const first = createOf({ id: 1, published: at(1) });
  const second = createOf({ id: 2, published: at(2), object: { inReplyTo: noteId(1) } });
  const third = createOf({ id: 3, published: at(3), object: { inReplyTo: noteId(2) } });
  const forward = createBench();
  await forward.mastodon({ outbox: [first, second, third] });
  const backward = createBench();
  await backward.mastodon({ outbox: [third, second, first] });
  expect(backward.content()).toEqual(forward.content());
  expect(forward.content()['notes/20240506-070803.md']).toContain('\nin-reply-to: ./20240506-070802.md\n');
  const again = await backward.mastodon({ outbox: [third, second, first] }, { update: true });
  expect(again.posts).toMatchObject({ there: 3, updated: 0, edited: 0 });
});

test('stopped in the middle → what is there is whole, and the next import goes on', async () => {
  const bench = createBench();
  const controller = new AbortController();
  const outbox = Array.from({ length: 20 }, (_, index) =>
    createOf({ id: index + 1, published: `2024-05-06T07:08:${10 + index}Z` }),
  );
  const onProgress = (done: number): void => {
    if (done === 8) controller.abort();
  };
  const stopped = await bench.mastodon({ outbox }, { signal: controller.signal, onProgress });
  expect(stopped.isStopped).toBe(true);
  expect(bench.leftovers()).toEqual([]);
  const done = stopped.posts.imported;
  expect(done).toBeGreaterThan(0);
  const rest = await bench.mastodon({ outbox });
  expect(rest.posts).toMatchObject({ there: done, imported: 20 - done });
  const whole = createBench();
  await whole.mastodon({ outbox });
  expect(bench.content()).toEqual({ ...whole.content() });
});

test('a dry run → the same counts, and no file', async () => {
  const bench = createBench();
  const before = bench.content();
  const facts = {
    outbox: [
      createOf({ id: 1, object: { attachment: [attachmentOf('a.png', 'A')] } }),
      createOf({ id: 2, visibility: 'direct' as const }),
    ],
    media: [{ name: 'a.png', data: PNG }],
  };
  const dry = await bench.mastodon(facts, { dryRun: true });
  expect(bench.content()).toEqual(before);
  expect(bench.leftovers()).toEqual([]);
  const wet = await bench.mastodon(facts);
  expect(dry.posts).toEqual(wet.posts);
  expect(dry.leftOut).toEqual(wet.leftOut);
  expect(dry.media.files).toBe(wet.media.files);
});

test('the same picture in two posts → one file; a damaged one → left out, and the build is not stopped', async () => {
  const bench = createBench();
  const broken = PNG.subarray(0, 40);
  const report = await bench.mastodon({
    outbox: [1, 2, 3].map((id) =>
      createOf({ id, object: { attachment: [attachmentOf(`${id}.png`, `Picture ${id}`)] } }),
    ),
    media: [1, 2].map((id) => ({ name: `${id}.png`, data: PNG })).concat([{ name: '3.png', data: broken }]),
  });
  const files = Object.keys(bench.content()).filter((file) => file.startsWith('media/'));
  expect(files).toHaveLength(1);
  expect(report.media.files).toBe(1);
  expect(report.leftOut).toMatchObject([{ kind: 'media file', reason: 'the picture is damaged', count: 1 }]);
});

test('a file of HTML among the media → not copied', async () => {
  const bench = createBench();
  await bench.mastodon({
    outbox: [createOf({ id: 1, object: { attachment: [attachmentOf('a.html', 'A')] } })],
    media: [{ name: 'a.html', data: '<script>alert(1)</script>' }],
  });
  expect(Object.keys(bench.content()).some((file) => file.includes('media'))).toBe(false);
});

test('what a draft shows is not in the site before the draft is', async () => {
  const bench = createBench();
  const media = ['a.png', 'b.png'].map((name) => ({ name, alt: 'A', open: async () => Readable.from([PNG]) }));
  const draft: ImportedPost = {
    ...{ kind: 'article', title: 'D', originalUrl: 'https://a.example/d', published: '2024-01-01T00:00:00Z' },
    ...{ tags: [], markdown: '![A](media:a.png)', visibility: 'public', draft: true, media, image: 'b.png' },
  };
  const format: ImportFormat = {
    name: 'x',
    recognises: () => true,
    open: async () => ({
      title: 'x',
      async *entries() {
        yield { type: 'post', post: draft };
      },
      close: async () => {},
    }),
  };
  const file = join(bench.root, 'x.csv');
  writeFileSync(file, 'x');
  await bench.run(file, { format, drafts: true });
  const read = async () =>
    siteAt(
      await readContent({
        ...{ contentFolder: bench.contentFolder, dataFolder: bench.dataFolder },
        ...{ origin: { fallback: 'https://b.example', allowHttp: false } },
        ...{ keys: { publicKeyPem: 'pem', publicKeyMultibase: 'z6Mk' } },
      }),
      { now: Date.now() },
    );
  expect((await read()).copies).toEqual([]);
  const path = join(bench.contentFolder, 'posts/d.md');
  writeFileSync(path, readFileSync(path, 'utf8').replace('draft: true\n', ''));
  const { site, copies } = await read();
  expect(copies.length).toBe(1);
  expect(site.posts[0]?.html).toContain(String(copies[0]?.to));
});
