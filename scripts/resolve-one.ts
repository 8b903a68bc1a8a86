import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ownName } from '../build/people.ts';
import { readProfileHead } from '../build/profile.ts';
import { peopleOf, type RemoteCache, readRemoteCache } from '../build/remote-cache.ts';
import { readSettings, type Settings } from '../build/settings.ts';
import { addressesOf } from '../federation/addresses.ts';
import type { KnownActor, KnownObject } from '../federation/reference.ts';
import { PosternError } from '../server/errors.ts';
import { addToRemoteCache } from './remote-cache-file.ts';
import { isOffline } from './resolve.ts';
import { openResolveClients, type ResolveClients } from './resolve-clients.ts';
import { type Resolved, type ResolveOptions, resolveObject, resolvePerson } from './resolve-reference.ts';

/** The blog in whose content folder a command writes. */
export interface OwnBlog {
  readonly settings: Settings;
  readonly origin: string;
  readonly origins: ReadonlySet<string>;
  readonly handles: ReadonlySet<string>;
}

/** Throws `no-content` where there is no content folder. */
export function openOwnBlog(settings: Settings = readSettings(process.env, process.cwd())): OwnBlog {
  const { contentFolder, origin: rule } = settings;
  if (!existsSync(join(contentFolder, 'profile.md'))) {
    throw new PosternError('no-content', `${contentFolder} has no profile.md, so it is not a content folder.`, {
      hint: 'Check POSTERN_CONTENT and the folder you are in; npm run setup writes a profile.md.',
      facts: { contentFolder },
    });
  }
  const { origins, handles } = ownName(rule, readProfileHead(contentFolder, rule).fields);
  const [origin = rule.fallback] = origins;
  return { settings, origin, origins, handles };
}

/** Finds a post of somebody else, in `remote.json` or at its server, and keeps it there. */
export function findObject(blog: OwnBlog, url: string): Promise<Resolved<KnownObject>> {
  return findOne(blog, {
    known: ({ objects }) => objects.get(url),
    ask: (clients, options) => resolveObject(clients, url, options),
    asCache: (object) => ({ actors: new Map(), objects: new Map([[url, object]]) }),
  });
}

/** Finds somebody else by `handle`, in lower case, and asks for `written`. */
export function findPerson(blog: OwnBlog, handle: string, written: string): Promise<Resolved<KnownActor>> {
  return findOne(blog, {
    known: (cache) => peopleOf(cache).get(handle),
    ask: (clients) => resolvePerson(clients, written),
    asCache: (actor) => ({ actors: new Map([[handle, actor]]), objects: new Map() }),
  });
}

interface Question<T> {
  known(cache: RemoteCache): T | undefined;
  ask(clients: ResolveClients, options: ResolveOptions): Promise<Resolved<T>>;
  asCache(value: T): RemoteCache;
}

async function findOne<T>({ settings, origin }: OwnBlog, question: Question<T>): Promise<Resolved<T>> {
  const { cache, faults } = readRemoteCache(settings.contentFolder);
  const [fault] = faults;
  if (fault) {
    throw new PosternError('remote-unreadable', `content/${fault.file}:${fault.line} ${fault.message}.`, {
      hint: 'Mend that file first.',
      facts: { fault },
    });
  }
  const known = question.known(cache);
  if (known !== undefined) return { kind: 'found', value: known };
  if (isOffline(process.env)) return { kind: 'unresolved', reason: 'POSTERN_OFFLINE is set, so nobody was asked' };
  const clients = await openResolveClients(settings, { origin, hasOrigin: origin !== settings.origin.fallback });
  try {
    const found = await question.ask(clients, { now: new Date().toISOString(), actor: addressesOf(origin).actor });
    if (found.kind === 'found') addToRemoteCache(settings.contentFolder, question.asCache(found.value));
    return found;
  } finally {
    clients.close();
  }
}

/** Without what to do about a line of a file, where there is none yet. */
export function shortReason(reason: string): string {
  return reason.split('; ', 1)[0] ?? reason;
}
