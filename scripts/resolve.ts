import { setTimeout as sleep } from 'node:timers/promises';
import pc from 'picocolors';
import type { Fault } from '../build/model.ts';
import { NOT_KNOWN } from '../build/post-relations.ts';
import { REMOTE_CACHE, type RemoteCache } from '../build/remote-cache.ts';
import type { Settings } from '../build/settings.ts';
import { findWanted, type Wanted, type WantedMemory } from '../build/wanted.ts';
import { addressesOf } from '../federation/addresses.ts';
import type { KnownActor, KnownObject } from '../federation/reference.ts';
import type { Agents } from '../server/http/agents.ts';
import { count } from './command.ts';
import { printable } from './printable.ts';
import { addToRemoteCache } from './remote-cache-file.ts';
import { openResolveClients, type ResolveClients } from './resolve-clients.ts';
import { type Resolved, resolveObject, resolvePerson } from './resolve-reference.ts';

/** Why something is not known, by what the content names. */
export type Reasons = ReadonlyMap<string, string>;

/** What a process that builds again and again remembers: files that it has looked into, and who just failed. */
export interface ResolveMemory {
  readonly wanted: WantedMemory;
  /** `until`: milliseconds since the epoch. */
  readonly failed: Map<string, { readonly reason: string; readonly until: number }>;
}

export interface ResolveStepOptions {
  /** Ask for everything anew. What cannot be had stays as it was. */
  readonly refresh?: boolean | undefined;
  readonly memory?: ResolveMemory | undefined;
  /** For all of it; what was not asked for by then waits for the next build. */
  readonly deadlineMs?: number | undefined;
  /** What opens connections; made for this unless given. */
  readonly agents?: Agents | undefined;
}

export function createResolveMemory(): ResolveMemory {
  return { wanted: new Map(), failed: new Map() };
}

const AT_ONCE = 8;
const DEADLINE_MS = 30_000;

/** A server that has just failed is left alone, however often somebody saves a file. */
const FAILED_MS = 300_000;

const OFFLINE = 'POSTERN_OFFLINE is set, so nobody was asked';
const NO_TIME = 'there was no time left to ask its server; the next build does';

/**
 * Asks for whatever the content names of others and `remote.json` does not have, and puts it there. Gives why the rest is
 * not known. Nothing is asked, and no file is touched, when all of it is known.
 */
export async function resolveRemote(settings: Settings, options: ResolveStepOptions = {}): Promise<Reasons> {
  const { refresh = false, memory = createResolveMemory() } = options;
  const { wanted, remote, own } = findWanted(settings, memory.wanted);
  const asked = refresh ? wanted : wanted.filter(({ isKnown }) => !isKnown);
  // What the build says of a broken file comes first: it may have all of them.
  if (asked.length === 0 || remote.faults.length > 0) return new Map();
  if (isOffline(process.env)) return new Map(asked.map(({ what }) => [what, OFFLINE]));
  const failed = asked.flatMap(({ what }): [string, string][] => {
    const { reason, until = 0 } = memory.failed.get(what) ?? {};
    return reason !== undefined && until > Date.now() ? [[what, reason]] : [];
  });
  const reasons = new Map(failed);
  const fresh = asked.filter(({ what }) => !reasons.has(what));
  if (fresh.length === 0) return reasons;
  const [origin = settings.origin.fallback] = own.origins;
  const clients = await openResolveClients(settings, {
    origin,
    hasOrigin: origin !== settings.origin.fallback,
    agents: options.agents,
  });
  try {
    const results = await askAll(clients, fresh, { ...options, actor: addressesOf(origin).actor });
    for (const {
      wanted: { what },
      resolved,
    } of results) {
      if (resolved.kind === 'found') continue;
      reasons.set(what, resolved.reason);
      if (resolved.reason !== NO_TIME)
        memory.failed.set(what, { reason: resolved.reason, until: Date.now() + FAILED_MS });
    }
    keep(settings, results);
    return reasons;
  } finally {
    clients.close();
  }
}

/** True where nobody is to be asked. */
export function isOffline(env: NodeJS.ProcessEnv): boolean {
  return !['', '0', 'false'].includes(env.POSTERN_OFFLINE?.trim() ?? '');
}

/** Says in the warnings of a build why what they are about is not known. */
export function explain(warnings: readonly Fault[], reasons: Reasons): Fault[] {
  return warnings.map((warning) => {
    const reason = warning.about === undefined ? undefined : reasons.get(warning.about);
    return reason === undefined
      ? warning
      : { ...warning, message: warning.message.replace(NOT_KNOWN, () => printable(reason)) };
  });
}

interface Result {
  readonly wanted: Wanted;
  readonly resolved: Resolved<KnownActor | KnownObject>;
}

async function askAll(
  clients: ResolveClients,
  asked: readonly Wanted[],
  { deadlineMs = DEADLINE_MS, actor }: ResolveStepOptions & { readonly actor: string },
): Promise<Result[]> {
  const progress = createProgress(asked.length);
  const ending = new AbortController();
  const late: Promise<Resolved<never>> = sleep(deadlineMs, undefined, { signal: ending.signal })
    .catch(() => undefined)
    .then(() => ({ kind: 'unresolved', reason: NO_TIME }));
  const end = Date.now() + deadlineMs;
  const results: Result[] = [];
  const waiting = asked.values();
  const work = async (): Promise<void> => {
    for (const wanted of waiting) {
      const now = new Date().toISOString();
      const asking = Date.now() < end ? [askOne(clients, wanted, { now, actor })] : [];
      results.push({ wanted, resolved: await Promise.race([...asking, late]) });
      progress.step();
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    ending.abort();
    progress.end();
  }
  return results;
}

function askOne(
  clients: ResolveClients,
  { kind, asked }: Wanted,
  options: { readonly now: string; readonly actor: string },
): Promise<Resolved<KnownActor | KnownObject>> {
  return kind === 'person' ? resolvePerson(clients, asked) : resolveObject(clients, asked, options);
}

/** Writes what was found. */
function keep({ contentFolder }: Settings, results: readonly Result[]): void {
  const actors = new Map<string, KnownActor>();
  const objects = new Map<string, KnownObject>();
  for (const { wanted, resolved } of results) {
    if (resolved.kind !== 'found') continue;
    if ('author' in resolved.value) objects.set(wanted.what, resolved.value);
    else actors.set(wanted.what, resolved.value);
  }
  tellWritten(contentFolder, { actors, objects });
}

function tellWritten(contentFolder: string, found: RemoteCache): void {
  const added = addToRemoteCache(contentFolder, found);
  const { actors, objects } = found;
  const what = [
    ...(objects.size > 0 ? [count(objects.size, 'post')] : []),
    ...(actors.size > 0 ? [count(actors.size, 'account')] : []),
  ].join(' and ');
  if (added === 'written')
    console.error(pc.dim(`found ${what} of others, now in content/${REMOTE_CACHE}: commit that file`));
  if (added === 'unwritable')
    console.error(
      `${pc.yellow('note')}  content/${REMOTE_CACHE} cannot be written, so ${what} of others are not kept.`,
    );
}

interface Progress {
  step(): void;
  end(): void;
}

function createProgress(total: number): Progress {
  const { stderr } = process;
  if (!stderr.isTTY) return { step: () => {}, end: () => {} };
  let done = 0;
  const show = (): unknown => stderr.write(pc.dim(`\r\u001b[K… asks for what others said ${done} of ${total}`));
  show();
  return {
    step: () => {
      done += 1;
      show();
    },
    end: () => stderr.write('\r\u001b[K'),
  };
}
