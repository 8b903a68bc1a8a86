import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { readSettings, type Settings } from '../../build/settings.ts';
import { RULES_PATH } from '../../federation/rules.ts';
import { type BuildSiteOptions, buildSite } from '../../scripts/build-site.ts';
import { openSite } from '../../server/site.ts';

const PROFILE = '---\nusername: blog\nname: A blog\norigin: https://blog.example\n';

let settings: Settings;
let output: string;
beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), 'postern-rules-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  settings = readSettings({ POSTERN_CONTENT: join(root, 'content'), POSTERN_DATA: join(root, 'data') }, root);
  output = join(root, 'site');
  write('profile.md', `${PROFILE}---\nHello.\n`);
  write('posts/one.md', '---\ntitle: One\ndate: 2026-11-01\n---\nText.\n');
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(settings.contentFolder, path)), { recursive: true });
  writeFileSync(join(settings.contentFolder, path), text);
}

const build = (options: BuildSiteOptions = {}) => buildSite(settings, output, options);

/** Every file of a folder, hidden ones too, as text by its path. */
function filesOf(folder: string): Map<string, string> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = paths.map(({ parentPath, name }) => join(parentPath, name).slice(folder.length));
  return new Map(names.map((name) => [name, readFileSync(folder + name, 'latin1')]));
}

describe('the rules', () => {
  const rulesOf = async () => openSite(output).rules();
  const profileWith = (lines: string): void => write('profile.md', `${PROFILE}${lines}---\nHello.\n`);

  test('lie in the site for its server, with the owner\u2019s keys, and nothing else of the site tells them', async () => {
    profileWith('replies:\n  from: followers\nkeep: { replies: 30d }\n');
    write('blocks.csv', 'name,severity,reason\nwhom-we-block.example,block,Because\n');
    await build();
    const rules = await rulesOf();
    expect(rules).toMatchObject({
      replies: { from: 'followers' },
      blocks: { hosts: [{ name: 'whom-we-block.example', reason: 'Because' }] },
      keep: { repliesMs: 30 * 86_400_000 },
      messageKey: { kid: 'message-key' },
      ownerKey: { kid: 'owner-key' },
    });
    for (const [path, text] of filesOf(output)) if (path !== RULES_PATH) expect(text).not.toContain('whom-we-block');
  });

  test('that change make no other manifest, so that nothing is announced', async () => {
    await build();
    const before = filesOf(output).get('/ap/manifest.json');
    profileWith('quotes: ask\nreplies: { from: nobody }\navatars: hide\n');
    write('blocklists/a.csv', 'spam.example\n');
    await build();
    expect((await rulesOf()).quotes).toBe('ask');
    expect(filesOf(output).get('/ap/manifest.json')).toBe(before);
  });

  test('are the same whatever comes later, so no layer has them', async () => {
    write('posts/ahead.md', '---\ntitle: Ahead\ndate: 2999-12-01\n---\nText.\n');
    await build({ scheduled: true });
    expect([...filesOf(output).keys()].filter((path) => path.endsWith(RULES_PATH))).toEqual([RULES_PATH]);
  });
});
