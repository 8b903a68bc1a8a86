import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { expect, onTestFinished, test } from 'vitest';
import { assertNoLostOptions } from '../../scripts/lost-options.ts';
import { PosternError } from '../../server/errors.ts';

const RUN = fileURLToPath(new URL('../../scripts/run.mjs', import.meta.url));

function program(): Command {
  const replies = new Command('npm run replies --').option('--json').option('--at <origin>').option('--no-color');
  replies.command('hide').option('-n, --note [text]');
  return replies;
}

function hintOf(environment: NodeJS.ProcessEnv): string | undefined {
  try {
    assertNoLostOptions(program(), { npm_lifecycle_event: 'replies', ...environment });
    return undefined;
  } catch (error) {
    return error instanceof PosternError ? error.hint : `${error}`;
  }
}

test('what npm itself prepares: options without `--` stop the command, and nothing is written', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-npm-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts: { new: `node "${RUN}" new` } }));
  writeFileSync(join(folder, '.npmrc'), 'update-notifier=false\n');
  const { PATH, HOME } = process.env;
  const run = (...args: string[]): Promise<[unknown, string]> =>
    new Promise((resolve) => {
      execFile(
        'npm',
        ['run', 'new', ...args],
        { cwd: folder, env: { PATH, HOME, NO_COLOR: '1' } },
        (error, _, stderr) => resolve([error?.code ?? 0, stderr]),
      );
    });
  const [code, stderr] = await run('--note', 'A few words', '--draft');
  expect(code).toBe(2);
  expect(stderr).toContain('npm run new -- --note … --draft');
  expect(existsSync(join(folder, 'content'))).toBe(false);
  expect((await run('--', '--note', 'A few words', '--draft'))[0]).toBe(0);
  expect(existsSync(join(folder, 'content/notes'))).toBe(true);
});

test.each<[string, NodeJS.ProcessEnv, string]>([
  ['an option', { npm_config_at: 'https://b.example' }, '--at …'],
  ['an option of a part of the command', { npm_config_note: 'true' }, '--note …'],
  ['an option that takes something away', { npm_config_color: '' }, '--no-color'],
  [
    'one that npm has, too, beside one that it has not',
    { npm_config_json: 'true', npm_config_at: 'x' },
    '--json --at …',
  ],
])('%s stops it', (_, environment, flags) => {
  expect(hintOf(environment)).toBe(`Write \`--\` before the options: npm run replies -- ${flags}`);
});

test.each<[string, NodeJS.ProcessEnv]>([
  ["npm's own settings", { npm_config_json: 'true', npm_config_user_agent: 'npm', npm_config_yes: 'true' }],
  ['another script, which calls this one', { npm_config_at: 'x', npm_lifecycle_event: 'nightly' }],
  ['no npm', { npm_config_at: 'x', npm_lifecycle_event: undefined }],
  ['an option that was switched off', { npm_config_at: '', npm_config_color: 'true' }],
])('%s stops nothing', (_, environment) => {
  expect(hintOf(environment)).toBeUndefined();
});
