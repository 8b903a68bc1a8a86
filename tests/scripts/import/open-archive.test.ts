import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { describe, expect, test } from 'vitest';
import { wholeText } from '../../../scripts/import/json-items.ts';
import { openInput } from '../../../scripts/import/open-archive.ts';
import type { Archive } from '../../../scripts/import/source.ts';
import { writeTar, writeZip } from './mastodon-archive.ts';

const root = mkdtempSync(join(tmpdir(), 'postern-archive-'));
const temporaryFolder = join(root, 'data');
let n = 0;
const newPath = (name: string): string => {
  n += 1;
  return join(root, `${n}-${name}`);
};

async function opened(path: string, total?: number): Promise<Archive> {
  const input = await openInput(path, { temporaryFolder, ...(total === undefined ? {} : { total }) });
  if (input.kind !== 'archive') throw new Error('it is no archive');
  return input.archive;
}

async function contents(archive: Archive): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const path of archive.files.keys()) found[path] = await wholeText(await archive.open(path));
  await archive.close();
  return found;
}

/** Reads all of it: some damage shows only there. */
async function readAll(path: string, total?: number): Promise<Record<string, string>> {
  const archive = await opened(path, total);
  try {
    return await contents(archive);
  } finally {
    await archive.close().catch(() => {});
  }
}

const FILES = [
  { name: 'a/one.txt', data: 'one' },
  { name: 'empty.txt', data: '' },
  { name: 'b/große.txt', data: 'zwei'.repeat(50_000) },
];
const WHOLE = { 'a/one.txt': 'one', 'empty.txt': '', 'b/große.txt': 'zwei'.repeat(50_000) };

/** Puts a name of the same length in place of another, in the directory and before the file. */
function renamed(path: string, from: string, to: string | Buffer): void {
  let text = readFileSync(path).toString('latin1');
  text = text.replaceAll(from, Buffer.from(to).toString('latin1'));
  writeFileSync(path, text, 'latin1');
}

async function writeEntry(header: Parameters<ReturnType<typeof pack>['entry']>[0]): Promise<string> {
  const tar = pack();
  if (header.type === undefined || header.type === 'file') tar.entry(header, 'x');
  else tar.entry(header);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of Readable.from(tar)) chunks.push(chunk);
  const path = newPath('x.tar');
  writeFileSync(path, Buffer.concat(chunks));
  return path;
}

describe('archives', () => {
  test('zip, tar, tar.gz and a folder → the same files', async () => {
    const folder = newPath('folder');
    for (const { name, data } of FILES) {
      mkdirSync(join(folder, name, '..'), { recursive: true });
      writeFileSync(join(folder, name), data);
    }
    const paths = [
      await writeZip(newPath('a.zip'), FILES),
      await writeTar(newPath('a.tar.gz'), FILES),
      await writeTar(newPath('a.tar'), FILES, { gzip: false }),
      folder,
    ];
    for (const path of paths) expect(await readAll(path), path).toEqual(WHOLE);
  });

  test('entries read at once and in any order → each whole', async () => {
    const archive = await opened(await writeTar(newPath('a.tar.gz'), FILES));
    const texts = await Promise.all(
      ['b/große.txt', 'a/one.txt', 'b/große.txt'].map(async (name) => wholeText(await archive.open(name))),
    );
    expect(texts).toEqual([WHOLE['b/große.txt'], 'one', WHOLE['b/große.txt']]);
    await archive.close();
  });

  test('what a tar file is unpacked into has no name, and nothing of it is left', async () => {
    const archive = await opened(await writeTar(newPath('a.tar.gz'), FILES));
    expect(readdirSync(temporaryFolder)).toEqual([]);
    await archive.close();
    expect(readdirSync(temporaryFolder)).toEqual([]);
  });

  test('any other file → a file of its own', async () => {
    const path = newPath('following.csv');
    writeFileSync(path, 'Account address\n');
    expect(await openInput(path, { temporaryFolder })).toMatchObject({ kind: 'file', head: 'Account address\n' });
  });

  test('what systems add of their own accord → passed over', async () => {
    const path = await writeZip(newPath('a.zip'), [
      { name: '__MACOSX/._x', data: '' },
      { name: 'a/.DS_Store', data: '' },
      { name: 'x', data: 'x' },
    ]);
    expect(await readAll(path)).toEqual({ x: 'x' });
  });

  test('a name in the letters of DOS → those letters', async () => {
    const path = await writeZip(newPath('a.zip'), [{ name: 'caf?.txt', data: 'x' }]);
    renamed(path, 'caf?.txt', Buffer.from([0x63, 0x61, 0x66, 0x82, 0x2e, 0x74, 0x78, 0x74]));
    const bytes = readFileSync(path);
    // The flag that says UTF-8.
    for (const [mark, at] of [
      ['PK\u0003\u0004', 7],
      ['PK\u0001\u0002', 9],
    ] as const) {
      const place = bytes.indexOf(mark, 0, 'latin1') + at;
      bytes[place] = (bytes[place] ?? 0) & ~0x08;
    }
    writeFileSync(path, bytes);
    expect(Object.keys(await readAll(path))).toEqual(['café.txt']);
  });

  test('media by the path on a server of Mastodon before 4.2 → by the path that the outbox has', async () => {
    const path = await writeEntry({
      name: '/home/mastodon/live/public/system/media_attachments/files/1/a.png',
      size: 1,
    });
    expect(Object.keys(await readAll(path))).toEqual(['media_attachments/files/1/a.png']);
  });
});

describe('hostile archives', () => {
  test.each([
    ['../../evil', /leads out of the archive/],
    ['a/../../b1', /leads out of the archive/],
    ['/etc/passw', /absolute path/],
    ['C:/windows', /letter of a drive/],
    ['a\\..\\..\\bb', /backslash/],
    ['a/evil\0.md', /NUL/],
  ])('a zip entry called %j → refused by its name', async (name, why) => {
    const path = await writeZip(newPath('a.zip'), [{ name: '0123456789', data: 'x' }]);
    renamed(path, '0123456789', name);
    await expect(readAll(path)).rejects.toMatchObject({ code: 'archive-refused', message: expect.stringMatching(why) });
  });

  test.each([
    [{ name: '../evil', size: 1 }, /leads out/],
    [{ name: '/evil', size: 1 }, /absolute/],
    [{ name: 'x', type: 'symlink' as const, linkname: '/etc/passwd' }, /"x".*link/],
    [{ name: 'x', type: 'link' as const, linkname: 'y' }, /"x".*link/],
    [{ name: 'x', type: 'character-device' as const }, /"x".*device/],
    [{ name: 'x', type: 'fifo' as const }, /"x".*pipe/],
  ])('a tar entry %j → refused by its name', async (header, why) => {
    await expect(readAll(await writeEntry(header))).rejects.toMatchObject({
      code: 'archive-refused',
      message: expect.stringMatching(why),
    });
    expect(readdirSync(temporaryFolder)).toEqual([]);
  });

  test('a link in a folder → refused by its name', async () => {
    const folder = newPath('folder');
    mkdirSync(folder);
    symlinkSync('/etc/passwd', join(folder, 'x'));
    await expect(readAll(folder)).rejects.toMatchObject({
      code: 'archive-refused',
      message: expect.stringContaining('"x"'),
    });
  });

  test('a link in a zip file → refused', async () => {
    const path = await writeZip(newPath('a.zip'), [{ name: 'x', data: '/etc/passwd' }]);
    const bytes = readFileSync(path);
    const entry = bytes.indexOf('PK\u0001\u0002', 0, 'latin1');
    bytes[entry + 5] = 3;
    bytes.writeUInt32LE((0o120777 << 16) >>> 0, entry + 38);
    writeFileSync(path, bytes);
    await expect(readAll(path)).rejects.toMatchObject({
      code: 'archive-refused',
      message: expect.stringContaining('link'),
    });
  });

  test('two entries of one name → refused', async () => {
    const files = [
      { name: 'x', data: '1' },
      { name: 'x', data: '2' },
    ];
    for (const path of [await writeZip(newPath('a.zip'), files), await writeTar(newPath('a.tar.gz'), files)])
      await expect(readAll(path)).rejects.toMatchObject({
        code: 'archive-refused',
        message: expect.stringContaining('two of that name'),
      });
  });

  test('bombs → refused before they go off', async () => {
    const zeros = Buffer.alloc(24 * 1024 ** 2);
    const zip = await writeZip(newPath('a.zip'), [{ name: 'x', data: zeros }]);
    await expect(readAll(zip)).rejects.toMatchObject({ code: 'archive-refused' });
    const tar = await writeTar(newPath('a.tar.gz'), [{ name: 'x', data: zeros }]);
    await expect(readAll(tar)).rejects.toMatchObject({ code: 'archive-too-large' });
    expect(readdirSync(temporaryFolder)).toEqual([]);
  });

  test('more than --max-size → refused, and the error says how to allow it', async () => {
    for (const path of [await writeZip(newPath('a.zip'), FILES), await writeTar(newPath('a.tar.gz'), FILES)])
      await expect(readAll(path, 1_000)).rejects.toMatchObject({
        code: 'archive-too-large',
        hint: expect.stringContaining('--max-size'),
      });
  });

  test('encrypted → refused', async () => {
    const path = await writeZip(newPath('a.zip'), [{ name: 'x', data: 'x' }]);
    const bytes = readFileSync(path);
    const place = bytes.indexOf('PK\u0001\u0002', 0, 'latin1') + 8;
    bytes[place] = (bytes[place] ?? 0) | 1;
    writeFileSync(path, bytes);
    await expect(readAll(path)).rejects.toMatchObject({
      code: 'archive-refused',
      message: expect.stringContaining('encrypted'),
    });
  });

  test('another checksum than that of the contents → damaged, naming the entry', async () => {
    const path = await writeZip(newPath('a.zip'), [{ name: 'name.txt', data: 'x'.repeat(100) }]);
    const bytes = readFileSync(path);
    const place = bytes.indexOf('PK\u0001\u0002', 0, 'latin1') + 16;
    bytes[place] = (bytes[place] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    await expect(readAll(path)).rejects.toMatchObject({
      code: 'archive-damaged',
      message: expect.stringContaining('name.txt'),
    });
  });

  test('cut anywhere → damaged, refused, or no archive at all; nothing is left', async () => {
    const small = FILES.slice(0, 2);
    for (const path of [
      await writeZip(newPath('a.zip'), small),
      await writeTar(newPath('a.tar.gz'), small),
      await writeTar(newPath('a.tar'), small, { gzip: false }),
    ]) {
      const bytes = readFileSync(path);
      const step = Math.max(1, Math.floor(bytes.length / 60));
      for (let length = 0; length < bytes.length; length += step) {
        // The last blocks of a tar file say nothing but that it ends, and one of them is enough.
        if (path.endsWith('.tar') && length > bytes.length - 512) continue;
        const cut = newPath('cut');
        writeFileSync(cut, bytes.subarray(0, length));
        const read = openInput(cut, { temporaryFolder }).then(async (input) =>
          input.kind === 'archive' ? contents(input.archive) : 'file',
        );
        const result = await read.catch((error: { code?: string }) => error.code);
        expect(['archive-damaged', 'archive-refused', 'file'], `${path} at ${length}`).toContain(result);
      }
    }
    expect(readdirSync(temporaryFolder)).toEqual([]);
  });

  test('a tar file cut between two entries → damaged, though each entry is whole', async () => {
    const path = await writeTar(newPath('a.tar'), FILES.slice(0, 2), { gzip: false });
    // A header and a block for the first entry.
    writeFileSync(path, readFileSync(path).subarray(0, 1_024));
    await expect(readAll(path)).rejects.toMatchObject({
      code: 'archive-damaged',
      message: expect.stringContaining('breaks off'),
    });
  });

  test('gzip around something that is no tar file → damaged', async () => {
    const path = newPath('a.tar.gz');
    writeFileSync(path, gzipSync('no tar file'));
    await expect(readAll(path)).rejects.toMatchObject({ code: 'archive-damaged' });
    expect(gunzipSync(readFileSync(path)).toString()).toBe('no tar file');
  });
});
