import type { Settings } from '../../build/settings.ts';
import { readVersion } from '../../build/version.ts';
import { addressesOf } from '../../federation/addresses.ts';
import { ACTIVITY_JSON, isJsonObject, type JsonObject } from '../../federation/vocabulary.ts';
import { JRD_JSON, readWebfinger } from '../../federation/webfinger.ts';
import { createAgents } from '../../server/http/agents.ts';
import { type Got, type GuardedGet, guardedGet } from '../../server/http/guarded-get.ts';
import { userAgent } from '../../server/http/user-agent.ts';

/** One look at the site from outside. `saw` is for people. */
export type Seen = { readonly ok: true } | { readonly ok: false; readonly saw: string };

/** What the site answers at its origin. */
export interface LiveSite {
  readonly page: Seen;
  readonly webfinger: Seen;
  /** Whether the actor there has the key that was made here. */
  readonly key: Seen;
  /** Undefined when the site does not say. */
  readonly followers?: number;
}

export interface LookedFor {
  readonly origin: string;
  readonly username: string;
  /** As it is in the actor document; undefined where no keys are. */
  readonly publicKeyPem?: string;
}

const DEADLINE_MS = 8_000;

/**
 * Looks at the site as another server would: its page, WebFinger, the actor with its key, and how many follow. Never throws
 * for what it answers.
 */
export async function lookAtSite(
  { allowPrivateAddresses: allowPrivate }: Pick<Settings, 'allowPrivateAddresses'>,
  { origin, username, publicKeyPem }: LookedFor,
  deadlineMs = DEADLINE_MS,
): Promise<LiveSite> {
  const agents = createAgents({ allowPrivate });
  const common = { agents, allowPrivate, userAgent: userAgent(readVersion(), origin), deadlineMs, maxBytes: 4_194_304 };
  const get = (accept: string, url: string): Promise<Got> =>
    guardedGet({ ...common, accept } satisfies GuardedGet, url);
  const { actor, followers, host } = addressesOf(origin);
  const finger = `${origin}/.well-known/webfinger?resource=${encodeURIComponent(`acct:${username}@${host}`)}`;
  try {
    const [page, jrd, document, collection] = await Promise.all([
      get('text/html', `${origin}/`),
      get(JRD_JSON, finger),
      get(ACTIVITY_JSON, actor),
      get(ACTIVITY_JSON, followers),
    ]);
    const total = json(collection)?.totalItems;
    return {
      page: page.kind === 'body' ? { ok: true } : { ok: false, saw: sawOf(page) },
      webfinger: fingerOf(jrd, actor),
      key: keyOf(document, publicKeyPem),
      ...(typeof total === 'number' ? { followers: total } : {}),
    };
  } finally {
    agents.close();
  }
}

function fingerOf(got: Got, actor: string): Seen {
  if (got.kind !== 'body') return { ok: false, saw: sawOf(got) };
  const found = readWebfinger(json(got));
  if (found?.self === actor) return { ok: true };
  return { ok: false, saw: found ? `leads to ${found.self}` : 'answers without the blog in it' };
}

function keyOf(got: Got, expected: string | undefined): Seen {
  if (got.kind !== 'body') return { ok: false, saw: sawOf(got) };
  const key = json(got)?.publicKey;
  const pem = isJsonObject(key) ? key.publicKeyPem : undefined;
  if (typeof pem !== 'string') return { ok: false, saw: 'answers without a key in it' };
  if (expected === undefined || pem.trim() === expected.trim()) return { ok: true };
  return { ok: false, saw: 'shows another key than content/keys.json' };
}

function json(got: Got): JsonObject | undefined {
  if (got.kind !== 'body') return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(got.bytes));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function sawOf(got: Exclude<Got, { kind: 'body' }>): string {
  switch (got.kind) {
    case 'refused':
      return got.reason === 'status' ? `answers ${got.status}` : `answers ${got.status}: ${got.reason}`;
    case 'failed':
      return got.status === undefined ? `does not answer: ${reasonAlone(got.reason)}` : `answers ${got.status}`;
    case 'blocked':
      return `may not be asked: ${got.reason}`;
    case 'not-asked':
      return 'was not asked';
    default:
      return got satisfies never;
  }
}

/** The address is said already. */
function reasonAlone(reason: string): string {
  return reason.replace(/^request to \S+ failed, reason: /, '');
}
