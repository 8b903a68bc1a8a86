import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSettings, type Settings } from '../../../build/settings.ts';
import { restore } from '../../../scripts/backup-files.ts';
import { type ExportOptions, exportBlog } from '../../../scripts/export/export-blog.ts';
import { restoreToNetlify } from '../../../scripts/export/restore-to-netlify.ts';
import { openRestorable } from '../../../scripts/export/unpack.ts';
import { openInput } from '../../../scripts/import/open-archive.ts';
import { readLedgerFile } from '../../../scripts/ledger-file.ts';
import { openMemoryStore } from '../../../server/store/memory.ts';
import { openSqliteStore } from '../../../server/store/sqlite.ts';
import type { Store } from '../../../server/store/store.ts';
import {
  activity,
  author,
  BEGUN,
  by,
  collect,
  enqueued,
  follower,
  ledgerObject,
  ORIGIN,
  POST,
} from '../../server/store/samples.ts';
import { writeTar } from '../import/mastodon-archive.ts';

const NOW = '2026-11-23T10:00:00.000Z';
const ADA = author('ada', { name: 'Ada' });

let folder: string;
let settings: Settings;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-export-'));
  const content = join(folder, 'content');
  settings = readSettings({ POSTERN_DATA: join(folder, 'data'), POSTERN_CONTENT: content }, folder);
  mkdirSync(join(content, 'posts'), { recursive: true });
  writeFileSync(join(content, 'profile.md'), 'the profile');
  writeFileSync(join(content, 'posts/empty.md'), '');
  writeFileSync(join(content, 'blocks.csv'), 'bad.example\n');
  mkdirSync(settings.dataFolder);
  writeFileSync(join(settings.dataFolder, 'keys.json'), 'private', { mode: 0o600 });
  await inStore(fill);
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function inStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const store = openSqliteStore(join(settings.dataFolder, 'postern.db'));
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

async function fill(store: Store): Promise<void> {
  await store.followers.put(follower('ann', { handle: '@ann@ann.example' }));
  await enqueued(store, activity('a'), [follower('ann').inbox]);
  await store.interactions.put(by(ADA, 'one', { state: 'held', reason: 'first' }), ADA);
  await store.interactions.setState('https://remote.example/notes/one', 'shown');
  await store.ledger.begin({
    ...{ origin: ORIGIN, begun: BEGUN, objects: new Map([[POST, ledgerObject(POST)]]) },
    actor: { id: `${ORIGIN}/ap/actor.json`, digest: 'a', revision: 0, username: 'mara' },
  });
}

const target = (name: string) => join(folder, name);

function exported(name = 'out.tar.gz', more: Partial<ExportOptions> = {}) {
  return exportBlog(settings, { target: () => target(name), withKeys: true, now: NOW, ...more });
}

/** The files of an archive as text, in their order. */
async function textsIn(name: string): Promise<Map<string, string>> {
  const input = await openInput(target(name), { temporaryFolder: folder });
  if (input.kind !== 'archive') throw new Error('no archive');
  const texts = new Map<string, string>();
  for (const path of input.archive.files.keys()) {
    const parts: Buffer[] = [];
    for await (const part of await input.archive.open(path)) parts.push(part);
    texts.set(path, Buffer.concat(parts).toString('latin1'));
  }
  await input.archive.close();
  return texts;
}

test('an archive has everything, in one order: content, keys, the store, and files that are read without it', async () => {
  const told = await exported();
  expect(told).toMatchObject({
    handle: '@mara@blog.example',
    posts: 1,
    followers: 1,
    replies: 1,
    receipts: 1,
    pending: 1,
  });
  expect(statSync(target('out.tar.gz')).mode & 0o777).toBe(0o600);
  const texts = await textsIn('out.tar.gz');
  expect([...texts.keys()]).toEqual([
    ...['README.txt', 'blocks.csv', 'followers.csv', 'followers.json', 'ledger.json', 'receipts.json', 'replies.json'],
    ...['content/blocks.csv', 'content/posts/empty.md', 'content/profile.md', 'keys/keys.json', 'store/postern.db'],
  ]);
  expect(texts.get('content/profile.md')).toBe('the profile');
  expect(texts.get('keys/keys.json')).toBe('private');
  expect(texts.get('followers.csv')).toBe('Account address\nann@ann.example\n');
  expect(readLedgerFile(texts.get('ledger.json') ?? '').ledger.objects.get(POST)).toEqual(ledgerObject(POST));
  const { replies } = JSON.parse(texts.get('replies.json') ?? '');
  expect(replies).toMatchObject([{ state: 'shown', approved: true, words: 'one', author: { name: 'Ada' } }]);
  const { receipts } = JSON.parse(texts.get('receipts.json') ?? '');
  expect(receipts).toMatchObject([{ type: 'Create', state: 'pending', inbox: follower('ann').inbox }]);
  const readMe = texts.get('README.txt') ?? '';
  for (const name of ['keys/keys.json', 'replies.json', 'store/postern.db']) expect(readMe).toContain(name);
  expect(readMe).not.toContain('actor.json');
  expect(Math.max(...readMe.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  // Nothing of it stays beside the data.
  expect(readdirSync(settings.dataFolder).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('an archive in the content folder → refused, for it would be public', async () => {
  const media = join(settings.contentFolder, 'media');
  mkdirSync(media);
  await expect(exported('content/media/out.tar.gz')).rejects.toMatchObject({ code: 'export-not-written' });
  expect(readdirSync(media)).toEqual([]);
});

test('without keys no private half is in it, whoever asks; keys of the environment are keys', async () => {
  await exported('bare.tar.gz', { withKeys: false });
  const bare = await textsIn('bare.tar.gz');
  expect([...bare.keys()].filter((name) => name.startsWith('keys/'))).toEqual([]);
  expect(bare.get('README.txt')).toContain('private keys are not in this archive');
  rmSync(join(settings.dataFolder, 'keys.json'));
  settings = { ...settings, privateKeys: 'of the environment' };
  await exported('environment.tar.gz');
  expect((await textsIn('environment.tar.gz')).get('keys/keys.json')).toBe('of the environment');
});

test('a store elsewhere comes along as the file of a server of one’s own', async () => {
  const store = openMemoryStore();
  await fill(store);
  rmSync(settings.dataFolder, { recursive: true });
  await exported('out.tar.gz', { elsewhere: store });
  const { folder: unpacked, close } = await openRestorable(target('out.tar.gz'), {
    temporaryFolder: settings.dataFolder,
  });
  restore(unpacked, settings.dataFolder);
  await close();
  await inStore(async ({ followers, deliveries }) => {
    expect(await collect(followers.all())).toEqual(await collect(store.followers.all()));
    expect((await deliveries.counts()).pending).toBe(1);
  });
});

test('nothing is written over an export, into no folder, or where there is no store; and nothing is left behind', async () => {
  await exported();
  const before = readFileSync(target('out.tar.gz'));
  await expect(exported()).rejects.toMatchObject({ code: 'export-exists' });
  expect(readFileSync(target('out.tar.gz'))).toEqual(before);
  await expect(exported('none/out.tar.gz')).rejects.toMatchObject({ code: 'export-not-written' });
  const stop = new AbortController();
  stop.abort();
  await expect(exported('stopped.tar.gz', { signal: stop.signal })).rejects.toMatchObject({ code: 'stopped' });
  rmSync(join(settings.dataFolder, 'postern.db'));
  await expect(exported('other.tar.gz')).rejects.toMatchObject({ code: 'no-store' });
  expect(readdirSync(folder).sort()).toEqual(['content', 'data', 'out.tar.gz']);
  expect(existsSync(join(settings.dataFolder, 'postern.db'))).toBe(false);
});

test('content is written where there is none, whole; where there is some it stays as it is', async () => {
  await exported();
  const { content, close } = await openRestorable(target('out.tar.gz'), { temporaryFolder: join(folder, 'new') });
  expect(content?.files).toBe(3);
  expect(await content?.writeTo(join(folder, 'here'))).toBe(true);
  expect(readFileSync(join(folder, 'here/profile.md'), 'utf8')).toBe('the profile');
  writeFileSync(join(folder, 'here/profile.md'), 'another');
  expect(await content?.writeTo(join(folder, 'here'))).toBe(false);
  expect(readFileSync(join(folder, 'here/profile.md'), 'utf8')).toBe('another');
  mkdirSync(join(folder, 'empty'));
  expect(await content?.writeTo(join(folder, 'empty'))).toBe(true);
  await close();
  expect(readdirSync(join(folder, 'new'))).toEqual([]);
});

test('what is no export is refused, and so is one that breaks off; nothing is left of it', async () => {
  await exported();
  const whole = readFileSync(target('out.tar.gz'));
  writeFileSync(target('cut.tar.gz'), whole.subarray(0, whole.length / 2));
  writeFileSync(target('text.txt'), 'no archive');
  await writeTar(target('other.tar.gz'), [{ name: 'README.txt', data: 'x' }]);
  await writeTar(target('out-of-it.tar.gz'), [
    { name: 'store/postern.db', data: 'x' },
    { name: 'content/../../../evil', data: 'x' },
  ]);
  const temporaryFolder = join(folder, 'new');
  const codes = await Promise.all(
    ['cut.tar.gz', 'text.txt', 'other.tar.gz', 'out-of-it.tar.gz', 'none.tar.gz', 'content'].map((name) =>
      openRestorable(target(name), { temporaryFolder }).then(
        () => 'opened',
        ({ code }) => code,
      ),
    ),
  );
  const wanted = ['archive-damaged', 'no-backup', 'no-backup', 'archive-refused', 'file-not-read', 'no-backup'];
  expect(codes).toEqual(wanted);
  expect(existsSync(temporaryFolder) ? readdirSync(temporaryFolder) : []).toEqual([]);
});

test('an export of any size is opened: it is one of ours', async () => {
  await writeTar(target('large.tar'), [{ name: 'store/postern.db', data: 'x' }], { gzip: false });
  const header = readFileSync(target('large.tar')).subarray(0, 512);
  // Sizes of 8 GiB and more are binary, and the sum of the header is over spaces in its own place.
  header.writeBigUInt64BE(30n * 1024n ** 3n, 128);
  header.writeUInt32BE(0x80000000, 124);
  header.fill(' ', 148, 156);
  const sum = header.reduce((all, byte) => all + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  writeFileSync(target('large.tar'), header);
  // It breaks off here, and is not too large.
  await expect(openRestorable(target('large.tar'), { temporaryFolder: join(folder, 'new') })).rejects.toMatchObject({
    code: 'archive-damaged',
  });
});

test('a copy to Netlify that is stopped leaves nothing that publishes, and is completed by the next', async () => {
  const site = openMemoryStore();
  const copy = (onProgress: () => void) => restoreToNetlify(settings.dataFolder, folder, site, onProgress);
  const stopped = copy(() => {
    throw new Error('stopped');
  });
  await expect(stopped).rejects.toThrow('stopped');
  expect(await site.ledger.head()).toBeUndefined();
  await copy(() => {});
  expect((await site.ledger.head())?.actor.username).toBe('mara');
  expect(await site.followers.count()).toBe(1);
});
