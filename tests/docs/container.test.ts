import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { FUNCTIONS } from '../../scripts/functions.ts';
import { serve } from '../../server/hosts/node.ts';
import { createWorld } from '../server/routes/world.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const linesOf = (name: string) => readFileSync(join(ROOT, name), 'utf8').split('\n').filter(Boolean);

/** The instructions in order, each with its operands as written; a line that ends in a backslash goes on. */
const INSTRUCTIONS = linesOf('Dockerfile')
  .filter((line) => !line.startsWith('#'))
  .join('\n')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .map((line): [string, string] => [line.split(' ', 1)[0] ?? '', line.slice(line.indexOf(' ') + 1).trim()]);
const all = (name: string) => INSTRUCTIONS.filter(([each]) => each === name).map(([, operands]) => operands);
const only = (name: string): string => {
  const [operands = '', ...more] = all(name);
  expect([name, more]).toEqual([name, []]);
  return operands;
};
const pair = (text: string): [string, string] => {
  const [name = '', value = ''] = text.split('=', 2);
  return [name, value];
};
const words = (json: string): string[] => JSON.parse(json);
const variables = new Map(all('ENV').flatMap((line) => line.split(' ').map(pair)));
const excluded = linesOf('.dockerignore');

test('what is copied is in the repository, and not left out', () => {
  const copied = all('COPY').flatMap((line) =>
    line
      .replace(/^--\S+ /, '')
      .split(' ')
      .slice(0, -1),
  );
  expect(copied).toContain('.');
  for (const path of copied.filter((each) => each !== '.')) {
    expect(execFileSync('git', ['ls-files', path], { cwd: ROOT, encoding: 'utf8' }).trim()).toBe(path);
    expect(excluded).not.toContain(path);
  }
  // The commit is told by git: without its folder an older build could be published over a newer one.
  expect(excluded).not.toContain('.git');
});

test('what git does not keep is not in the image either: keys, builds, packages of another system', () => {
  for (const pattern of linesOf('.gitignore')) expect(excluded).toContain(pattern.replace(/\/$/, ''));
});

test('it starts what npm start starts, as nobody in particular, on a Node.js that is supported', () => {
  const { scripts, engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  expect(words(only('CMD')).join(' ')).toBe(scripts.start);
  expect(existsSync(join(ROOT, words(only('CMD'))[2] ?? ''))).toBe(true);
  expect(only('USER')).toBe('node');
  const [, major] = /^node:(\d+)-/.exec(only('FROM')) ?? [];
  expect(Number(major)).toBeGreaterThanOrEqual(Number(/\d+/.exec(engines.node)?.[0]));
});

test('what must last is in the volume, and what is exposed is what it listens on', () => {
  expect(variables.get('POSTERN_DATA')).toBe(only('VOLUME'));
  expect(variables.get('PORT')).toBe(only('EXPOSE'));
  expect(variables.get('HOST')).toBe('0.0.0.0');
});

test('its health check passes while the blog answers, and fails when it does not', async () => {
  const [, program = '', ...given] = words(/CMD (\[.*\])$/.exec(only('HEALTHCHECK'))?.[1] ?? '[]');
  expect([program, given]).toEqual(['-e', [expect.stringContaining(`127.0.0.1:${only('EXPOSE')}/`)]]);
  const world = createWorld();
  const serving = await serve({
    ...{ functions: FUNCTIONS, siteFolder: world.siteFolder, deps: world.deps, host: '127.0.0.1', port: 0 },
  });
  const check = async (): Promise<unknown> => {
    const code = given.join('').replace(`:${only('EXPOSE')}/`, `:${serving.port}/`);
    const [status] = await once(spawn(process.execPath, ['-e', code], { stdio: 'ignore' }), 'exit');
    return status;
  };
  try {
    expect(await check()).toBe(0);
  } finally {
    await serving.close();
    world.remove();
  }
  expect(await check()).toBe(1);
});
