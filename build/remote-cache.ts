import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { KnownActor, KnownObject } from '../federation/reference.ts';
import { compare } from './fault-report.ts';
import { handleSchema, readHandle } from './handles.ts';
import type { Fault } from './model.ts';

/** What is known of others: committed with the content, so that a build means the same wherever it is made. */
export const REMOTE_CACHE = 'remote.json';

export interface RemoteCache {
  /** By handle, in lower case, as the content names them. */
  readonly actors: ReadonlyMap<string, KnownActor>;
  /** By the address that the content names. */
  readonly objects: ReadonlyMap<string, KnownObject>;
}

const web = z
  .string()
  .max(2_048)
  .refine((text) => /^https?:\/\//i.test(text) && URL.canParse(text), 'must be an http(s) address');

const line = (longest: number) => z.string().min(1).max(longest);

const actorSchema = z.strictObject({
  id: web,
  handle: line(500),
  name: line(200).exactOptional(),
  url: web,
  inbox: web,
  sharedInbox: web.exactOptional(),
}) satisfies z.ZodType<KnownActor>;

const objectSchema = z.strictObject({
  id: web,
  url: web,
  type: line(50),
  author: actorSchema,
  name: line(500).exactOptional(),
  excerpt: line(500).exactOptional(),
  published: z.iso.datetime().exactOptional(),
  refusesQuotes: z.boolean().exactOptional(),
}) satisfies z.ZodType<KnownObject>;

const cacheSchema = z.strictObject({
  version: z.literal(1, 'must be 1: a newer Postern wrote this file; build with that one'),
  actors: z.record(handleSchema, actorSchema),
  objects: z.record(web, objectSchema),
});

export const NOTHING_KNOWN: RemoteCache = { actors: new Map(), objects: new Map() };

export interface RemoteCacheRead {
  readonly cache: RemoteCache;
  readonly faults: readonly Fault[];
}

/** Reads `remote.json` of the content folder; without one nothing is known. A broken file is a fault with its line. */
export function readRemoteCache(contentFolder: string): RemoteCacheRead {
  const text = readText(join(contentFolder, REMOTE_CACHE));
  return text === undefined ? { cache: NOTHING_KNOWN, faults: [] } : parseRemoteCache(text);
}

/** Reads the text of the file. Never throws. */
export function parseRemoteCache(text: string): RemoteCacheRead {
  const fail = (faults: { line: number; message: string }[]): RemoteCacheRead => ({
    cache: NOTHING_KNOWN,
    faults: faults.map((fault) => ({ file: REMOTE_CACHE, ...fault })),
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return fail([{ line: lineOfError(error, text), message: `it is no JSON (${whatIsWrong(error, text)}); ${MEND}` }]);
  }
  const read = cacheSchema.safeParse(value);
  if (!read.success)
    return fail(
      read.error.issues.slice(0, MOST_FAULTS).map(({ path, message }) => ({
        line: lineOfPath(text, path.map(String)),
        message: `${path.map((part) => JSON.stringify(String(part))).join('.') || 'it'}: ${message}; ${MEND}`,
      })),
    );
  const { actors, objects } = read.data;
  return {
    cache: { actors: new Map(Object.entries(actors)), objects: new Map(Object.entries(objects)) },
    faults: [],
  };
}

const MOST_FAULTS = 20;
const MEND = 'take it from git again, or take the entry out: the next build asks for it anew';

/** Gives the text of the file: entries in the order of their names, each member on a line of its own. */
export function printRemoteCache({ actors, objects }: RemoteCache): string {
  const sorted = <T>(entries: ReadonlyMap<string, T>, shape: (value: T) => T): Record<string, T> =>
    Object.fromEntries([...entries].sort(([a], [b]) => compare(a, b)).map(([key, value]) => [key, shape(value)]));
  const value = { version: 1, actors: sorted(actors, inOrder), objects: sorted(objects, objectInOrder) };
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Members in one order, whoever made them. */
function inOrder({ id, handle, name, url, inbox, sharedInbox }: KnownActor): KnownActor {
  return {
    id,
    handle,
    ...(name === undefined ? {} : { name }),
    url,
    inbox,
    ...(sharedInbox === undefined ? {} : { sharedInbox }),
  };
}

function objectInOrder({ id, url, type, author, name, excerpt, published, refusesQuotes }: KnownObject): KnownObject {
  return {
    id,
    url,
    type,
    author: inOrder(author),
    ...(name === undefined ? {} : { name }),
    ...(excerpt === undefined ? {} : { excerpt }),
    ...(published === undefined ? {} : { published }),
    ...(refusesQuotes === undefined ? {} : { refusesQuotes }),
  };
}

/** Who is known by a handle, also as the author of something; in lower case. */
export function peopleOf({ actors, objects }: RemoteCache): ReadonlyMap<string, KnownActor> {
  const people = new Map<string, KnownActor>();
  for (const { author } of objects.values()) {
    const handle = readHandle(author.handle)?.handle;
    if (handle !== undefined && !people.has(handle)) people.set(handle, author);
  }
  for (const [handle, actor] of actors) people.set(handle, actor);
  return people;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function whatIsWrong(error: unknown, text: string): string {
  if (/^<{7} |\n<{7} /.test(text)) return 'git has left both sides of a conflict in it';
  return error instanceof Error ? (error.message.split(/, "| in JSON/, 1)[0] ?? '') : String(error);
}

/** V8 names the position, or quotes what stands around it. */
function lineOfError(error: unknown, text: string): number {
  const conflict = text.search(/^<{7} /m);
  const position = /at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  const at = conflict === -1 ? Number(position ?? text.length) : conflict;
  return text.slice(0, at).split('\n').length;
}

/** Where the last part of a path that the text has stands: each is looked for behind the one before. */
function lineOfPath(text: string, path: readonly string[]): number {
  let at = 0;
  for (const part of path) {
    const next = text.indexOf(`${JSON.stringify(part)}:`, at);
    if (next === -1) break;
    at = next;
  }
  return text.slice(0, at).split('\n').length;
}
