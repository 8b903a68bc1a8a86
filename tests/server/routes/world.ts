import { createSign, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DEFAULT_POLICY, type Manifest, type ManifestObject } from '../../../federation/manifest.ts';
import type { JsonObject } from '../../../federation/vocabulary.ts';
import { createSigning } from '../../../server/http/signing.ts';
import type { Deps, LogLine } from '../../../server/ports.ts';
import { openSite } from '../../../server/site.ts';
import { openMemoryStore } from '../../../server/store/memory.ts';
import type { Store } from '../../../server/store/store.ts';
import { signingKeys } from '../../remote/signing-keys.ts';

export const ORIGIN = 'https://b1.test';
export const NOW = Date.UTC(2026, 10, 23, 12);
export const PEER = 'https://peer.test/users/ann';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** Signs as a remote actor does. */
export const peerSigning = createSigning({
  keyId: `${PEER}#main-key`,
  sign: (data) => createSign('RSA-SHA256').update(data).sign(privateKey),
});

const peerActor: JsonObject = {
  '@context': 'https://www.w3.org/ns/activitystreams',
  id: PEER,
  type: 'Person',
  preferredUsername: 'ann',
  inbox: `${PEER}/inbox`,
  publicKey: {
    id: `${PEER}#main-key`,
    owner: PEER,
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  },
};

export function manifestObject(path: string, more: Partial<ManifestObject> = {}): ManifestObject {
  return {
    id: `${ORIGIN}/ap/${path}.json`,
    type: 'Article',
    url: `${ORIGIN}/${path}/`,
    title: 'A title',
    source: `${path}.md`,
    digest: 'd0',
    published: '2026-03-01T10:00:00Z',
    dateOnly: false,
    visibility: 'public',
    ...more,
  };
}

export function manifest(more: Partial<Manifest['actor']> = {}): Manifest {
  const id = `${ORIGIN}/ap/actor.json`;
  return {
    version: 1,
    origin: ORIGIN,
    content: 'c0',
    policy: DEFAULT_POLICY,
    actor: { id, username: 'blog', digest: 'a0', keyDigest: 'k0', showFollowers: false, ...more },
    objects: [manifestObject('posts/p1'), manifestObject('notes/n1')],
  };
}

const page = (title: string) =>
  `<!doctype html><html><head><title>${title}</title></head><body><p>${title}</p></body></html>\n`;
const document = (path: string, type: string) => ({
  '@context': 'https://www.w3.org/ns/activitystreams',
  id: `${ORIGIN}${path}`,
  type,
});

/** The files of a small site, by URL path. */
export function siteFiles(): Record<string, string | Uint8Array> {
  const json = (value: unknown) => `${JSON.stringify(value)}\n`;
  return {
    '/index.html': page('Home'),
    '/posts/p1/index.html': page('Post'),
    '/notes/n1/index.html': page('Note'),
    '/about/index.html': page('About'),
    '/404.html': page('Not here'),
    '/assets/style.css': 'body { color: black }\n',
    '/media/picture.png': new Uint8Array([0x89, 0x50, 0x4e, 0x47]),
    '/media/drawing.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
    '/media/two words.txt': 'two\n',
    '/feed.xml': '<feed/>',
    '/rss.xml': '<rss/>',
    '/feed.json': '{}',
    '/robots.txt': 'User-agent: *\n',
    '/ap/actor.json': json(document('/ap/actor.json', 'Person')),
    '/ap/outbox.json': json(document('/ap/outbox.json', 'OrderedCollection')),
    '/ap/posts/p1.json': json(document('/ap/posts/p1.json', 'Article')),
    '/ap/notes/n1.json': json(document('/ap/notes/n1.json', 'Note')),
    '/ap/manifest.json': json(manifest()),
    '/.well-known/nodeinfo': json({ links: [] }),
    '/nodeinfo/2.1.json': json({ version: '2.1' }),
  };
}

export function writeSite(folder: string, files: Record<string, string | Uint8Array>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

export interface World {
  readonly siteFolder: string;
  readonly deps: Deps;
  readonly lines: LogLine[];
  remove(): void;
}

/** A built site on disk, a store (in memory unless given), one remote actor, and everything that was logged. */
export function createWorld(store: Store = openMemoryStore()): World {
  const root = mkdtempSync(join(tmpdir(), 'postern-routes-'));
  const siteFolder = join(root, 'site');
  writeSite(siteFolder, siteFiles());
  const lines: LogLine[] = [];
  const deps: Deps = {
    store,
    site: openSite(siteFolder),
    documents: {
      get: async (url) =>
        url === PEER
          ? { kind: 'document', url, document: peerActor }
          : { kind: 'refused', status: 404, reason: 'status' },
    },
    media: { get: async () => ({ kind: 'refused', reason: 'status 404' }) },
    webfinger: { get: async () => ({ kind: 'refused', status: 404, reason: 'status' }) },
    inboxes: { post: async () => ({ kind: 'response', status: 202 }), close: async () => {} },
    keys: signingKeys(`${ORIGIN}/ap/actor.json`),
    clock: () => NOW,
    log: (line) => void lines.push(line),
  };
  return { siteFolder, deps, lines, remove: () => rmSync(root, { recursive: true }) };
}

/** A signed POST of an activity. */
export function post(activity: unknown): { method: string; headers: Record<string, string>; body: string } {
  const body = JSON.stringify(activity);
  const headers = { ...peerSigning.signPost(`${ORIGIN}/ap/inbox`, Buffer.from(body), NOW) };
  return { method: 'POST', headers, body };
}
