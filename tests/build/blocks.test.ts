import { describe, expect, test } from 'vitest';
import { contentFolder } from './content-folder.ts';

const blocksOf = async (files: Record<string, string>) => (await contentFolder(files).read()).site.rules.blocks;

test('no list → nobody is blocked', async () => {
  expect(await blocksOf({})).toEqual({ accounts: [], hosts: [] });
});

test('the own file and the lists, each in its order of names, with where it comes from', async () => {
  const files = {
    'blocks.csv': 'name,severity,reason\nzebra.example,block,Mine\n@A@bad.example,limit,\n',
    'blocklists/one.csv': 'spam.example\n',
    'blocklists/two.csv': '#domain,#severity,#public_comment\nloud.example,silence,Loud\nfine.example,noop,\n',
  };
  expect(await blocksOf(files)).toEqual({
    accounts: [{ name: 'a@bad.example', severity: 'limit', source: 'blocks.csv' }],
    hosts: [
      { name: 'loud.example', severity: 'limit', reason: 'Loud', source: 'blocklists/two.csv' },
      { name: 'spam.example', severity: 'block', source: 'blocklists/one.csv' },
      { name: 'zebra.example', severity: 'block', reason: 'Mine', source: 'blocks.csv' },
    ],
  });
});

describe('the same name twice', () => {
  const list = (severity: string, reason = '') => `domain,severity,reason\nSpam.example.,${severity},${reason}\n`;

  test('in lists → the harder word, and a reason of either', async () => {
    const { hosts } = await blocksOf({
      'blocklists/a.csv': list('silence', 'Loud'),
      'blocklists/b.csv': list('suspend'),
    });
    expect(hosts).toEqual([{ name: 'spam.example', severity: 'block', reason: 'Loud', source: 'blocklists/b.csv' }]);
  });

  test('in the own file → it counts, whatever the lists say', async () => {
    const lists = { 'blocklists/a.csv': list('suspend', 'Spam') };
    expect((await blocksOf({ ...lists, 'blocks.csv': list('limit') })).hosts).toEqual([
      { name: 'spam.example', severity: 'limit', source: 'blocks.csv' },
    ]);
    expect((await blocksOf({ ...lists, 'blocks.csv': list('noop') })).hosts).toEqual([]);
  });
});

describe('faults', () => {
  test('in the own file they stop the build, with file and line', async () => {
    const folder = contentFolder({ 'blocks.csv': 'name,severity\nok.example,block\nspam,block\nx.example,kick\n' });
    expect(await folder.faults()).toEqual([
      expect.stringContaining('blocks.csv:3 "spam" names nobody'),
      expect.stringContaining('blocks.csv:4 "kick" is no severity'),
    ]);
  });

  test('in a list of others they are warnings, and so is what is obfuscated anywhere', async () => {
    const { warnings, site } = await contentFolder({
      'blocks.csv': 'b*d.example\n',
      'blocklists/a.csv': 'spam\nok.example\nsp**.example\n',
      'blocklists/b.txt': 'spam.example\n',
    }).read();
    expect(warnings.map(({ file, line, message }) => `${file}:${line} ${message}`)).toEqual([
      expect.stringContaining('blocklists/a.csv:1 "spam" names nobody'),
      expect.stringContaining('blocklists/a.csv:3 "sp**.example" is obfuscated'),
      expect.stringContaining('blocklists/b.txt:1 lists of blocks end in .csv'),
      expect.stringContaining('blocks.csv:1 "b*d.example" is obfuscated'),
    ]);
    expect(site.rules.blocks.hosts.map(({ name }) => name)).toEqual(['ok.example']);
  });

  test('a list that is damaged, or none of blocks, stops the build', async () => {
    const folder = contentFolder({
      'blocklists/a.csv': 'ok.example\n"x\n',
      'blocklists/b.csv': 'Account address,Show boosts\na@b.example,true\n',
    });
    expect(await folder.faults()).toEqual([
      expect.stringContaining('blocklists/a.csv:2 a quote is opened'),
      expect.stringContaining('blocklists/b.csv:1 this is a list of accounts that are followed'),
    ]);
  });

  test.each([
    ['blog.example', 'this blog itself'],
    ['EXAMPLE.org', undefined],
    ['@me@blog.example', 'an account of this blog'],
    ['https://blog.example/ap/actor.json', 'an account of this blog'],
    ['*.blog.example', 'this blog itself'],
  ])('%s → %s', async (name, message) => {
    const folder = contentFolder({ 'blocklists/a.csv': `ok.example\n${name}\n` });
    if (message === undefined) await folder.read();
    else
      expect(await folder.faults()).toEqual([
        expect.stringMatching(`^blocklists/a.csv:2 .* is ${message}; take the line out$`),
      ]);
  });

  test('a domain above the blog is a fault too: it covers the blog', async () => {
    const profile = '---\nusername: blog\nname: A blog\norigin: https://me.blog.example\n---\n';
    const folder = contentFolder({ 'profile.md': profile, 'blocks.csv': 'blog.example\n' });
    expect(await folder.faults()).toEqual([
      expect.stringContaining('blocks.csv:1 "blog.example" is above me.blog.example'),
    ]);
  });
});
