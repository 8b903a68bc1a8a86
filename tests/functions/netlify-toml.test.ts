import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resolveConfig } from '@netlify/config';
import { type Header, parseAllHeaders } from '@netlify/headers-parser';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSettings } from '../../build/settings.ts';
import { buildSite } from '../../scripts/build-site.ts';
import { contentTypeOf } from '../../server/hosts/content-types.ts';
import { isHtml, staticHeaders } from '../../server/hosts/static-headers.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TOML = join(ROOT, 'netlify.toml');

let folder: string;
let paths: string[];
let rules: Header[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-toml-'));
  await cp(join(ROOT, 'content'), join(folder, 'content'), { recursive: true });
  const env = { POSTERN_ORIGIN: 'https://blog.example', POSTERN_CONTENT: 'content', POSTERN_DATA: 'data' };
  await buildSite(readSettings(env, folder), join(folder, 'site'));
  const files = await readdir(join(folder, 'site'), { recursive: true, withFileTypes: true });
  paths = files
    .filter((file) => file.isFile())
    .map((file) => `/${relative(join(folder, 'site'), join(file.parentPath, file.name))}`)
    .filter((path) => path !== '/.rules.json' && path !== '/.own-replies.json');
  const parsed = await parseAllHeaders({
    headersFiles: [],
    netlifyConfigPath: TOML,
    minimal: false,
    configHeaders: [],
  });
  expect(parsed.errors).toEqual([]);
  rules = parsed.headers.filter((rule) => 'forRegExp' in rule);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Each value that Netlify would be told to give a header of this path. */
function valuesOf(path: string, name: string): string[] {
  const address = path.replace(/index\.html$/, '');
  return rules
    .filter(({ forRegExp }) => forRegExp.test(address))
    .flatMap(({ values }) => Object.entries(values))
    .flatMap(([header, value]) => (header.toLowerCase() === name ? [value] : []));
}

const NAMES = ['content-type', 'cache-control', 'access-control-allow-origin', 'content-security-policy', 'vary'];
NAMES.push('x-content-type-options', 'referrer-policy');

test('Every file of a built site has the headers that the Node host gives it, each from one rule', () => {
  expect(paths.length).toBeGreaterThan(50);
  for (const path of paths) {
    const expected = staticHeaders(contentTypeOf(path));
    const isPage = isHtml(contentTypeOf(path));
    const isDrawing = path.endsWith('.svg');
    for (const name of NAMES) {
      const values = valuesOf(path, name);
      const given = values.at(-1) ?? byDefault(path, name);
      if (!isDrawing) expect([path, name, values.length]).toEqual([path, name, Math.min(values.length, 1)]);
      // What pages need does no harm to other files.
      if ((name === 'content-security-policy' || name === 'vary') && !isPage && !isDrawing) continue;
      if (name === 'vary' && isDrawing) continue;
      expect([path, name, given]).toEqual([path, name, expected.get(name)]);
    }
  }
});

/** What Netlify takes for a file by its name, as every server does. */
const BY_EXTENSION: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  jpg: 'image/jpeg',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
  webp: 'image/webp',
};

/** What Netlify says where nobody says otherwise. */
function byDefault(path: string, name: string): string | null {
  if (name === 'cache-control') return 'public, max-age=0, must-revalidate';
  if (name !== 'content-type') return null;
  return BY_EXTENSION[/\.(\w+)$/.exec(path)?.[1] ?? ''] ?? null;
}

test('Netlify reads the file without a fault, and makes the functions before it packages them', async () => {
  const { config } = await resolveConfig({
    config: TOML,
    repositoryRoot: ROOT,
    cwd: ROOT,
    offline: true,
    mode: 'cli',
    context: 'production',
    branch: 'main',
    quiet: true,
  });
  expect(config.build).toMatchObject({ publish: join(ROOT, '_site'), edge_functions: join(ROOT, 'edge') });
  expect(config.functionsDirectory).toBe(join(ROOT, '_functions'));
  const commands = [...readFileSync(TOML, 'utf8').matchAll(/^command = "(.*)"$/gm)].map(([, each]) => each);
  expect(commands).toHaveLength(3);
  for (const each of commands) expect(each).toMatch(/^npm run build .*&& npm run bundle/);
});

test.each(['rules', 'own-replies'])('What lies beside the site for functions alone has no address: %s', (name) => {
  const text = readFileSync(TOML, 'utf8');
  expect(text).toContain(`from = "/.${name}.json"\nto = "/404.html"\nstatus = 404\nforce = true`);
});
