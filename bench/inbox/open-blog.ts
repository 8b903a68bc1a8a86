import { addressesOf } from '../../federation/addresses.ts';
import { DEFAULT_POLICY, type Manifest } from '../../federation/manifest.ts';
import { DEFAULT_RULES } from '../../federation/rules.ts';
import type { JsonObject } from '../../federation/vocabulary.ts';
import type { Fetched, Site } from '../../server/ports.ts';
import type { ReceiveDeps } from '../../server/receive.ts';
import type { Store } from '../../server/store/store.ts';
import { BLOG, ORIGIN, POST } from './requests.ts';

/** A blog of one post, with its log written nowhere but in full. */
export function openBlog(store: Store, document: (url: string) => JsonObject | undefined): ReceiveDeps {
  const lines = { bytes: 0 };
  return {
    store,
    site: siteOf(),
    documents: { get: async (url): Promise<Fetched> => fetched(url, document(url)) },
    clock: Date.now,
    log: (line) => {
      lines.bytes += JSON.stringify(line).length;
    },
  };
}

function fetched(url: string, document: JsonObject | undefined): Fetched {
  return document ? { kind: 'document', url, document } : { kind: 'refused', status: 404, reason: 'status' };
}

function siteOf(): Pick<Site, 'manifest' | 'rules'> & Site {
  const published = new Date().toISOString();
  const manifest: Manifest = {
    version: 1,
    origin: ORIGIN,
    content: '',
    policy: DEFAULT_POLICY,
    actor: { id: addressesOf(ORIGIN).actor, username: 'blog', digest: '', keyDigest: '', showFollowers: false },
    objects: [
      {
        id: POST,
        type: 'Article',
        url: `${ORIGIN}/posts/p1/`,
        title: 'p1',
        source: 'posts/p1.md',
        digest: '',
        published,
        dateOnly: false,
        visibility: 'public',
      },
    ],
  };
  const unused = (): never => {
    throw new Error(`nothing of ${BLOG} is read in parts here`);
  };
  return {
    manifest: async () => manifest,
    scheduled: async () => [],
    parts: unused,
    scheduledParts: unused,
    rules: async () => DEFAULT_RULES,
    ownReplies: unused,
    document: async () => undefined,
  };
}
