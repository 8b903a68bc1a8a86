import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDate } from '../../build/dates.ts';
import { parseFrontMatter } from '../../build/front-matter.ts';
import { isWebAddress } from '../../build/reference-schema.ts';
import { asText } from '../../build/schema-values.ts';
import { addressesOf } from '../../federation/addresses.ts';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { filesBelow } from './folder-files.ts';
import { originalUrlIn } from './mastodon-head.ts';

/** Something that was liked or boosted: a file of the content folder without an object of its own. */
export interface WrittenDeed {
  readonly type: 'Like' | 'Announce';
  /** As the file has it. */
  readonly target: string;
  /** RFC 3339 UTC. */
  readonly published: string;
  readonly visibility: 'public' | 'unlisted';
  /** Relative to the content folder. */
  readonly source: string;
  /** Where it was done first. */
  readonly originalUrl?: string;
}

/** Gives what was liked and boosted, oldest first: also what was never told, which no manifest has. */
export async function readDeeds(contentFolder: string): Promise<WrittenDeed[]> {
  const deeds: WrittenDeed[] = [];
  for await (const name of filesBelow(join(contentFolder, 'notes'))) {
    if (!name.endsWith('.md')) continue;
    const deed = deedIn(await readFile(join(contentFolder, 'notes', name), 'utf8'), `notes/${name}`);
    if (deed) deeds.push(deed);
  }
  return deeds.sort((a, b) => (a.published < b.published ? -1 : a.published > b.published ? 1 : 0));
}

function deedIn(text: string, source: string): WrittenDeed | undefined {
  if (!/(?:like|repost)-of/.test(text)) return undefined;
  const parsed = parseFrontMatter(text);
  if (!parsed.ok) return undefined;
  const { data } = parsed.frontMatter;
  const [liked, boosted] = [data['like-of'], data['repost-of']];
  const target = typeof liked === 'string' ? liked : boosted;
  const date = parseDate(asText(data.date));
  if (typeof target !== 'string' || !isWebAddress(target) || data.draft === true || !date.ok) return undefined;
  const originalUrl = originalUrlIn(data);
  return {
    type: typeof liked === 'string' ? 'Like' : 'Announce',
    target,
    published: date.date.instant,
    visibility: data.visibility === 'unlisted' ? 'unlisted' : 'public',
    source,
    ...(originalUrl === undefined ? {} : { originalUrl }),
  };
}

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';

export function announceOf({ target, published, visibility, source }: WrittenDeed, origin: string): JsonObject {
  const { actor, followers } = addressesOf(origin);
  const [to, cc] = visibility === 'public' ? [[PUBLIC], [followers]] : [[followers], [PUBLIC]];
  return { id: deedId(actor, source), type: 'Announce', actor, published, to, cc, object: target };
}

export function likeOf({ target, published, source }: WrittenDeed, origin: string): JsonObject {
  const { actor } = addressesOf(origin);
  return { id: deedId(actor, source), type: 'Like', actor, published, object: target };
}

/** Below the account, as there: by it an import knows what is its own. */
function deedId(actor: string, source: string): string {
  return `${actor}#${source.replace(/\.md$/, '')}`;
}
