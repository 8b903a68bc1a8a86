import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_RULES, type Rules } from '../../federation/rules.ts';
import { FUNCTIONS } from '../../scripts/functions.ts';
import { serve } from '../../server/hosts/node.ts';
import { createAgents } from '../../server/http/agents.ts';
import { createDocumentClient } from '../../server/http/document-client.ts';
import { createInboxClient } from '../../server/http/inbox-client.ts';
import { createMediaClient } from '../../server/http/media-client.ts';
import { createSigning } from '../../server/http/signing.ts';
import { createWebfingerClient } from '../../server/http/webfinger-client.ts';
import type { InboundLimits } from '../../server/inbound-limits.ts';
import type { Deps, LogLine } from '../../server/ports.ts';
import { openSite } from '../../server/site.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import type { Store } from '../../server/store/store.ts';
import { messageKeys } from '../remote/fake-blog.ts';
import { signingKeys } from '../remote/signing-keys.ts';
import { ORIGIN, siteFiles, writeSite } from '../server/routes/world.ts';

export const INBOX = `${ORIGIN}/ap/inbox`;
export const ACTOR = `${ORIGIN}/ap/actor.json`;
export const POST = `${ORIGIN}/ap/posts/p1.json`;

/** One for all: some tests start a blog for every write of a store, and an RSA key is dear to make. */
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** A blog that is served over real HTTP on loopback, and reaches peers there. */
export interface LiveBlog {
  readonly url: string;
  readonly deps: Deps;
  readonly lines: LogLine[];
  /** Milliseconds; move it to let time pass. */
  now: number;
  close(): Promise<void>;
}

export interface LiveBlogOptions {
  readonly store?: Store;
  readonly rules?: Partial<Rules>;
  readonly limits?: InboundLimits;
}

export async function startLiveBlog(options: LiveBlogOptions = {}): Promise<LiveBlog> {
  const siteFolder = mkdtempSync(join(tmpdir(), 'postern-live-'));
  writeSite(siteFolder, siteFiles());
  const keys = signingKeys(ACTOR, privateKey);
  const lines: LogLine[] = [];
  const clock = () => blog.now;
  const allowPrivate = true;
  const http = { agents: createAgents({ allowPrivate }), allowPrivate, userAgent: 'test', clock };
  const inboxes = createInboxClient({ ...http, ...createSigning(keys) });
  const rules = { ...DEFAULT_RULES, messageKey: messageKeys().publicJwk, ...options.rules };
  const deps: Deps = {
    store: options.store ?? openMemoryStore(),
    site: { ...openSite(siteFolder), rules: async () => rules },
    documents: createDocumentClient({ ...http, ...createSigning(keys) }),
    media: createMediaClient(http),
    webfinger: createWebfingerClient(http),
    inboxes,
    keys,
    clock,
    log: (line) => lines.push(line),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  };
  const serving = await serve({ functions: FUNCTIONS, siteFolder, deps, host: '127.0.0.1', port: 0 });
  const blog: LiveBlog = {
    url: serving.url,
    deps,
    lines,
    now: Date.now(),
    async close() {
      await serving.close();
      await inboxes.close();
      rmSync(siteFolder, { recursive: true, force: true });
    },
  };
  return blog;
}
