import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { readSettings } from '../../build/settings.ts';
import { buildSite } from '../../scripts/build-site.ts';
import { FUNCTIONS } from '../../scripts/functions.ts';
import { serve } from '../../server/hosts/node.ts';
import type { Deps } from '../../server/ports.ts';
import { openSite } from '../../server/site.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import type { Store } from '../../server/store/store.ts';
import { signingKeys } from '../remote/signing-keys.ts';
import { heardBefore } from './heard.ts';

const CHROMIUM = '/usr/bin/chromium';

/** A browser that reaches loopback alone, with a profile of its own that is gone afterwards. */
export async function openBrowser(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) {
    throw new Error(`${CHROMIUM} is missing: the pages are tested in Debian's browser. Run: apt-get install chromium`);
  }
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-quic',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });
}

const PROFILE = `---
username: blog
name: A blog
origin: https://blog.example
---
Hello.
`;
const LINES = 'Long enough that what others said is out of view when the page is opened. '.repeat(12);
const POST = `---\ntitle: Hello\ndate: 2026-11-01T10:00:00Z\n---\n${`${LINES}\n\n`.repeat(8)}`;
const SHORT = '---\ntitle: Kurz\ndate: 2026-11-02T10:00:00Z\nlanguage: de\n---\nNur ein Satz.\n';

/** One pixel. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** A blog that was built with what others had said, and is served with what they say now. */
export interface World {
  readonly url: string;
  readonly store: Store;
  /** The pictures of other servers that the blog itself fetched. */
  readonly fetched: readonly string[];
  close(): Promise<void>;
}

/** `more`: other files of the content, or other texts of those that are there, by their paths. */
export async function startWorld(more: Readonly<Record<string, string>> = {}): Promise<World> {
  const root = mkdtempSync(join(tmpdir(), 'postern-browser-'));
  const settings = readSettings({ POSTERN_CONTENT: join(root, 'content'), POSTERN_DATA: join(root, 'data') }, root);
  const files = { 'profile.md': PROFILE, 'posts/hello.md': POST, 'posts/kurz.md': SHORT, ...more };
  for (const [path, text] of Object.entries(files)) {
    const file = join(settings.contentFolder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const store = openSqliteStore(join(settings.dataFolder, 'postern.db'));
  for (const [interaction, author] of heardBefore()) await store.interactions.put(interaction, author);
  const siteFolder = join(root, 'site');
  await buildSite(settings, siteFolder);
  const fetched: string[] = [];
  const deps = depsOf(store, siteFolder, fetched);
  const serving = await serve({ functions: FUNCTIONS, siteFolder, deps, host: '127.0.0.1', port: 0 });
  return {
    url: serving.url,
    store,
    fetched,
    async close() {
      await serving.close();
      await store.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

const SUBSCRIBE = 'http://ostatus.org/schema/1.0/subscribe';

/** The blog as it is, but for the network: there is a picture at every address, and one server that knows its readers. */
function depsOf(store: Store, siteFolder: string, fetched: string[]): Deps {
  const templates = new Map([[SUBSCRIBE, 'https://home.example/authorize?uri={uri}']]);
  return {
    store,
    site: openSite(siteFolder),
    keys: signingKeys('https://blog.example/ap/actor.json'),
    documents: { get: async () => ({ kind: 'failed', reason: 'no network' }) },
    media: {
      get: async (url) => {
        fetched.push(url);
        return { kind: 'media', type: 'image/png', bytes: PICTURE };
      },
    },
    webfinger: {
      get: async (handle) => {
        const isKnown = handle.replace(/^@/, '') === 'me@home.example';
        if (!isKnown) return { kind: 'refused', status: 404, reason: 'no such account' };
        return { kind: 'answer', subject: 'me@home.example', self: 'https://home.example/me', templates };
      },
    },
    inboxes: {
      post: async () => {
        throw new Error('nothing is sent here');
      },
      close: async () => {},
    },
    clock: Date.now,
    log: () => {},
  };
}
