import { readHandle } from '../../build/handles.ts';
import type { Settings } from '../../build/settings.ts';
import { own } from '../../federation/inbox/bounds.ts';
import { idOf, idsOf, listOf, stringsOf } from '../../federation/inbox/references.ts';
import { readRemoteActor } from '../../federation/inbox/remote-actor.ts';
import { isJsonObject, type JsonObject } from '../../federation/vocabulary.ts';
import { PosternError } from '../../server/errors.ts';
import type { Fetched } from '../../server/ports.ts';
import { resolveHandle } from '../../server/resolve-handle.ts';
import { jsonOf } from '../doctor/answers.ts';
import { type Ask, openAsk } from '../doctor/ask.ts';
import { quoted } from '../printable.ts';
import { openResolveClients } from '../resolve-clients.ts';

/** An account elsewhere, as its server shows it. */
export interface OtherAccount {
  readonly id: string;
  /** `@user@host`. */
  readonly handle: string;
  readonly alsoKnownAs: readonly string[];
  readonly movedTo?: string;
  /** How many follow it, where its server says. */
  readonly followers?: number;
  /** As NodeInfo names it, in lower case: `mastodon`. */
  readonly software?: string;
}

export interface AskedBy {
  readonly settings: Settings;
  /** Of the blog that asks. */
  readonly origin: string;
}

/**
 * Finds an account by its handle or its id: WebFinger, then its document, signed where the keys are here; how many follow it,
 * and what its server runs. Throws `not-a-handle` and `account-not-found`, with what to do.
 */
export async function findAccount(typed: string, { settings, origin }: AskedBy): Promise<OtherAccount> {
  const clients = await openResolveClients(settings, { origin, hasOrigin: origin !== settings.origin.fallback });
  const { ask, close } = openAsk({ allowPrivate: settings.allowPrivateAddresses, clock: Date.now });
  try {
    const { address, handle } = await addressOfTyped(typed, clients);
    const fetched = await clients.documents.get(address);
    if (fetched.kind !== 'document') throw notFound(typed, whyNot(fetched));
    // What is typed may be the page of the profile: the account is known by the id of the document alone.
    const { document, url: id } = fetched;
    const read = readRemoteActor(document, id);
    if (read.kind === 'fault') throw notFound(typed, `${id} is no account that can be written to (${read.reason})`);
    const movedTo = idOf(own(document, 'movedTo'));
    const [followers, software] = await Promise.all([
      followersOf(document, (url) => clients.documents.get(url)),
      softwareAt(new URL(id).origin, ask),
    ]);
    return {
      id,
      handle: handle ?? handleOf(document, id),
      alsoKnownAs: idsOf(own(document, 'alsoKnownAs')),
      ...(movedTo === undefined ? {} : { movedTo }),
      ...(followers === undefined ? {} : { followers }),
      ...(software === undefined ? {} : { software }),
    };
  } finally {
    clients.close();
    close();
  }
}

type Clients = Awaited<ReturnType<typeof openResolveClients>>;

async function addressOfTyped(typed: string, clients: Clients): Promise<{ address: string; handle?: string }> {
  const text = typed.trim();
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return { address: text };
  const bare = text.replace(/^@/, '');
  // A host with a port is a blog in development; names of people have none.
  const named = readHandle(text) ?? (/^[^@\s/]+@[^@\s/]+$/.test(bare) ? { handle: `@${bare}` } : undefined);
  if (!named) {
    throw new PosternError('not-a-handle', `${quoted(typed)} is no handle.`, {
      hint: 'Write one such as @ann@social.example, or the address of the account.',
      facts: { typed },
    });
  }
  const found = await resolveHandle(clients, named.handle);
  if (found.kind !== 'found') throw notFound(typed, found.reason);
  return { address: found.actor.id, handle: named.handle };
}

function notFound(typed: string, why: string): PosternError {
  return new PosternError('account-not-found', `${typed} cannot be found: ${why}.`, {
    hint: 'Check how it is spelled, and that its server answers; nothing was changed.',
    facts: { typed },
  });
}

function whyNot(fetched: Exclude<Fetched, { kind: 'document' }>): string {
  if (fetched.kind === 'failed') return `its server does not answer (${fetched.reason})`;
  if (fetched.kind === 'blocked') return `its address may not be asked (${fetched.reason})`;
  return fetched.reason === 'status'
    ? `its server answers ${fetched.status}`
    : `its document cannot be used (${fetched.reason})`;
}

function handleOf(document: JsonObject, id: string): string {
  const [name = 'unknown'] = stringsOf(own(document, 'preferredUsername'));
  return `@${name}@${new URL(id).host}`;
}

async function followersOf(document: JsonObject, get: (url: string) => Promise<Fetched>): Promise<number | undefined> {
  const url = idOf(own(document, 'followers'));
  if (url === undefined) return undefined;
  const fetched = await get(url);
  const total = fetched.kind === 'document' ? own(fetched.document, 'totalItems') : undefined;
  return typeof total === 'number' && Number.isSafeInteger(total) && total >= 0 ? total : undefined;
}

/** What a server says of its software (NodeInfo 2.0 and 2.1, FEP-f1d5); undefined where it says nothing. */
async function softwareAt(origin: string, ask: Ask): Promise<string | undefined> {
  const links = await jsonAt(`${origin}/.well-known/nodeinfo`, ask);
  for (const link of listOf(links && own(links, 'links')).filter(isJsonObject)) {
    const href = idOf(own(link, 'href'));
    if (href === undefined || new URL(href).origin !== origin) continue;
    const software = await jsonAt(href, ask).then((info) => info && own(info, 'software'));
    const [name] = isJsonObject(software) ? stringsOf(own(software, 'name')) : [];
    if (name !== undefined) return name.toLowerCase().slice(0, 40);
  }
  return undefined;
}

async function jsonAt(url: string, ask: Ask): Promise<JsonObject | undefined> {
  const answer = await ask(url, { accept: 'application/json' });
  if (answer.kind === 'none' || answer.status !== 200) return undefined;
  const read = jsonOf(answer);
  return 'json' in read ? read.json : undefined;
}
