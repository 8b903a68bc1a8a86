import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseFollowing } from '../../../build/following.ts';
import { PNG } from './mastodon-archive.ts';
import { type Bench, createBench, groups, PROFILE } from './workbench.ts';

describe('the profile', () => {
  const media = [{ name: 'avatar.png', data: PNG }];

  test('what profile.md does not say → added to it, and the rest stays', async () => {
    const bench = createBench();
    const report = await bench.mastodon({ files: media });
    expect(report.profile).toMatchObject({ added: ['avatar', 'fields', 'bio'], kept: ['name'] });
    const text = bench.content()['profile.md'] ?? '';
    expect(text.startsWith(PROFILE.slice(0, -4))).toBe(true);
    expect(text).toContain('  - name: Web\n    value: https://mara.example\n');
    expect(text.endsWith('---\n\nGates and walls. <https://mara.example>\n')).toBe(true);
    await bench.mastodon({ files: media });
    expect(bench.content()['profile.md']).toBe(text);
  });

  test('a profile that says all of it → as it is', async () => {
    const bench = createBench();
    const full = '---\nusername: blog\nname: Blog\navatar: me.png\nheader: h.png\nfields: []\n---\n\nMine.\n';
    writeFileSync(
      join(bench.contentFolder, 'profile.md'),
      full.replace('fields: []', 'fields:\n  - name: a\n    value: b'),
    );
    const before = bench.content();
    await bench.mastodon({ files: media });
    expect(bench.content()).toEqual(before);
  });
});

describe("Mastodon's lists", () => {
  async function list(bench: Bench, name: string, text: string) {
    writeFileSync(join(bench.root, name), text);
    return bench.run(join(bench.root, name));
  }

  test('following → lines of following.csv, each once, that the build reads', async () => {
    const bench = createBench();
    const text =
      'Account address,Show boosts,Notify on new posts,Languages\nann@other.example,true,false,\n@bob@third.example,false,true,"en, de"\nnobody,true,false,\n';
    const report = await list(bench, 'following_accounts.csv', text);
    expect(report.lines).toEqual([{ file: 'following.csv', added: 2, there: 0 }]);
    expect(groups(report)).toEqual({ 'broken line': 1 });
    const after = bench.content()['following.csv'] ?? '';
    const read = parseFollowing(after, { ownHandles: new Set(), blocks: { accounts: [], hosts: [] } });
    expect(read.faults).toEqual([]);
    expect(read.entries).toMatchObject([
      { handle: '@ann@other.example', showBoosts: true, languages: [] },
      { handle: '@bob@third.example', showBoosts: false, notify: true, languages: ['en', 'de'] },
    ]);
    expect((await list(bench, 'following_accounts.csv', text)).lines).toEqual([
      { file: 'following.csv', added: 0, there: 2 },
    ]);
    expect(bench.content()['following.csv']).toBe(after);
  });

  test('blocks → lines of blocks.csv, below those that are there', async () => {
    const bench = createBench();
    const own = '# mine\nname,severity,reason\nann@other.example,limit,noise\n';
    writeFileSync(join(bench.contentFolder, 'blocks.csv'), own);
    await list(bench, 'blocked_accounts.csv', 'ann@other.example\nspam@third.example\n');
    await list(bench, 'blocked_domains.csv', 'bad.example\n');
    expect(bench.content()['blocks.csv']).toBe(`${own}spam@third.example,block,\nbad.example,block,\n`);
  });

  test.each([
    ['muted_accounts.csv', 'Account address,Hide notifications\nann@other.example,true\n', 'mute'],
    ['bookmarks.csv', 'https://other.example/1\n', 'bookmark'],
    ['lists.csv', 'Friends,ann@other.example\n', 'list'],
    ['followers.csv', 'Account address\nann@other.example\n', 'follower'],
  ])('%s → left out with a sentence', async (name, text, kind) => {
    const bench = createBench();
    expect(groups(await list(bench, name, text))).toEqual({ [kind]: 1 });
    expect(Object.keys(bench.content())).toEqual(['profile.md']);
  });
});
