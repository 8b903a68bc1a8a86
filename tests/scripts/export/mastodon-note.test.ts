import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileFinder } from '../../../scripts/export/mastodon-archive.ts';
import { type FindFile, toMastodonNote } from '../../../scripts/export/mastodon-note.ts';

const ORIGIN = 'https://blog.example';

let folder: string;
let find: FindFile;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-note-'));
  mkdirSync(join(folder, 'content/media'), { recursive: true });
  mkdirSync(join(folder, 'site'));
  for (const name of ['content/media/a.png', 'content/media/b.mp4', 'content/media/ü b.png', 'secret'])
    writeFileSync(join(folder, name), 'x');
  find = fileFinder(ORIGIN, join(folder, 'content'), join(folder, 'site'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function noteOf(content: string, more: Record<string, string> = {}) {
  return toMastodonNote({ id: `${ORIGIN}/ap/notes/a.json`, type: 'Note', content, ...more }, find);
}

test('a file of the blog becomes an attachment, and the paragraph, link or figure that held it alone goes', () => {
  const html = `<p>One</p><p><a href="${ORIGIN}/media/a.png"><img src="${ORIGIN}/media/a.png" alt="A &amp; b"></a></p><figure><video controls><source src="${ORIGIN}/media/b.mp4"></video></figure><p>Two</p>`;
  const { note, files } = noteOf(html);
  expect(note.content).toBe('<p>One</p><p>Two</p>');
  expect(note.attachment).toEqual([
    { type: 'Document', mediaType: 'image/png', url: '/media_attachments/files/a.png', name: 'A & b' },
    { type: 'Document', mediaType: 'video/mp4', url: '/media_attachments/files/b.mp4', name: null },
  ]);
  expect(files.map(({ file }) => file)).toEqual([
    join(folder, 'content/media/a.png'),
    join(folder, 'content/media/b.mp4'),
  ]);
});

test('words beside a picture stay, and so does a picture of another server', () => {
  const html = `<p>Before <img src="${ORIGIN}/media/a.png" alt=""> after</p><p><img src="https://other.example/x.png" alt="x"></p>`;
  const { note } = noteOf(html);
  expect(note.content).toBe('<p>Before  after</p><p><img src="https://other.example/x.png" alt="x"></p>');
});

test('an address finds files of the blog alone, however it is written', () => {
  expect(find(`${ORIGIN}/media/%C3%BC%20b.png`)).toMatchObject({ file: join(folder, 'content/media/ü b.png') });
  for (const path of [
    '/..%2fsecret',
    '/media/..%2f..%2fsecret',
    '/%2e%2e/secret',
    '/..%5csecret',
    '/%zz',
    '/media',
    '/',
    '/a%00',
  ])
    expect([path, find(ORIGIN + path)]).toEqual([path, undefined]);
  for (const url of ['https://other.example/media/a.png', `${ORIGIN}.evil.example/media/a.png`, 'media/a.png', ''])
    expect([url, find(url)]).toEqual([url, undefined]);
});
