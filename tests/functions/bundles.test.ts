import { readdirSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Packaged, type PackagedFunction, packageFunctions, sizesOf } from './packaged.ts';

const NAMES = readdirSync(new URL('../../functions', import.meta.url)).map((file) => basename(file, '.ts'));

/** Bytes, minified: what the inbox loads before it answers, and all that any function may ever load. */
const INBOX_AT_ONCE = 100_000;
const ALL = 250_000;

/** Of the built site: what a function may read, and what it has no use for. */
const SITE = {
  ...{ '.rules.json': '{}', 'nodeinfo/2.1.json': '{}', 'ap/manifest.json': '{}', 'ap/manifest/00.json': '{}' },
  ...{
    '.own-replies.json': '{}',
    'ap/posts/a.json': '{}',
    'ap/notes/b.json': '{}',
    'index.html': '',
    'media/a.jpg': '',
  },
};

const READS_POSTS = ['collections', 'comments', 'deployed', 'inbox', 'objects', 'pages', 'publish', 'sweep'];

/** What Netlify's client of Blobs brings, less than a kilobyte. */
const SMALL = new Set(['@netlify/otel', '@netlify/runtime-utils']);

let packaged: Packaged;
beforeAll(async () => {
  packaged = await packageFunctions(SITE);
});
afterAll(() => packaged.remove());

function find(name: string): PackagedFunction {
  const found = packaged.functions.find((each) => each.name === name);
  if (!found) throw new Error(`${name} was not packaged`);
  return found;
}

describe('as Netlify packages it', () => {
  it.each(NAMES)('%s stays within its size', async (name) => {
    const { eager, all } = await sizesOf(find(name));
    expect(eager).toBeGreaterThan(10_000);
    if (name === 'inbox') expect(eager).toBeLessThanOrEqual(INBOX_AT_ONCE);
    expect(all).toBeLessThanOrEqual(ALL);
  });

  it('the inbox loads at once what is needed for every request, and no more', async () => {
    const { packages } = await sizesOf(find('inbox'));
    // What seals messages, asks others and starts work is loaded when there is something to seal, to ask or to start.
    expect([...packages].filter((name) => !SMALL.has(name)).sort()).toEqual(['@netlify/blobs']);
  });

  it('what delivers, counts or plans is in the functions that do that', () => {
    const having = (source: string) =>
      packaged.functions
        .filter(({ sources }) => [...sources.values()].flat().some((path) => path.endsWith(source)))
        .map(({ name }) => name)
        .sort();
    expect(having('server/store/blobs-lease.ts')).toEqual(['deliver']);
    expect(having('server/store/blobs-sizes.ts')).toEqual(['owner']);
    expect(having('federation/plan.ts')).toEqual(['deployed', 'owner-sending', 'publish', 'sweep']);
  });

  it('nothing is in a package but its own files and what of the build it reads', () => {
    for (const { name, folder } of packaged.functions) {
      const files = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
        .filter((path) => !path.startsWith(`_functions/${name}/`) && !path.startsWith('___netlify-'));
      const always = [
        '_site/.rules.json',
        '_site/ap/manifest.json',
        '_site/ap/manifest/00.json',
        '_site/nodeinfo/2.1.json',
      ];
      const posts = READS_POSTS.includes(name)
        ? ['_site/.own-replies.json', '_site/ap/notes/b.json', '_site/ap/posts/a.json']
        : [];
      expect([name, files.sort()]).toEqual([name, [...always, ...posts].sort()]);
    }
  });

  it('each finds the site beside it, where nothing else of the project is, and answers as far as it can', async () => {
    for (const { entry, eventSubscriptions, schedule, invocationMode } of packaged.functions) {
      if (eventSubscriptions.length > 0 || schedule !== undefined || invocationMode === 'background') continue;
      const lines: string[] = [];
      const write = vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
      const loaded: { default: (request: Request, context: object) => Promise<Response> } = await import(entry);
      const answer = await loaded.default(new Request('https://blog.example/x'), { params: {} });
      write.mockRestore();
      // The manifest is none: it was found, and not understood.
      expect([entry, answer.status]).toEqual([entry, 503]);
      expect(lines.join('')).toContain('"code":"manifest-');
    }
  });

  it('nothing is loaded at once that only some requests need', async () => {
    for (const each of packaged.functions) {
      const { packages } = await sizesOf(each);
      expect([each.name, [...packages].filter((name) => ['node-fetch', 'libsql', 'zod'].includes(name))]).toEqual([
        each.name,
        [],
      ]);
    }
  });

  it('whatever strangers can have done is bounded for each of them', () => {
    const limits = { publish: 60, deliver: 60, webhook: 60, interact: 120, comments: 600, media: 1200, inbox: 1200 };
    expect(Object.keys(limits).map((name) => [name, find(name).limit])).toEqual(Object.entries(limits));
  });

  it('what works in the background answers at once, and no stranger has an address of it', () => {
    expect(find('publish')).toMatchObject({ invocationMode: 'background', routes: ['/ap/work/publish'] });
    expect(find('deliver')).toMatchObject({ invocationMode: 'background', routes: ['/ap/work/deliver'] });
    expect(find('sweep')).toMatchObject({ schedule: '*/5 * * * *', routes: [] });
    expect(find('deployed')).toMatchObject({ eventSubscriptions: ['deploy_succeeded'], routes: [] });
    for (const name of ['publish', 'deliver']) expect(find(name).methods).toEqual(['POST']);
  });

  it('has the paths that its source says', async () => {
    for (const { name, routes } of packaged.functions) {
      const { config }: { config?: { path?: string | string[] } } = await import(`../../functions/${name}.ts`);
      expect([name, routes]).toEqual([name, [config?.path ?? []].flat()]);
    }
  });
});
