import { basename } from 'node:path';
import { PosternError } from '../../server/errors.ts';
import { folderOf } from './archive-root.ts';
import { digestOf } from './import-records.ts';
import { jsonDocument, jsonItems, wholeText } from './json-items.ts';
import { listEntries, listOf, type MastodonList, readListFile } from './mastodon-csv.ts';
import { actorSchema, likeSchema, type MastodonActor } from './mastodon-object.ts';
import { outboxEntries } from './mastodon-outbox.ts';
import { createReader, type MastodonReader } from './mastodon-post.ts';
import { dateOf } from './post-text.ts';
import type { Archive, ImportEntry, ImportFormat, ImportInput, ImportOptions, ImportSource } from './source.ts';

const OUTBOX = 'outbox.json';

/** Archives of Mastodon, in whose form Pleroma and Akkoma write theirs too, and its lists as CSV. */
export const mastodon: ImportFormat = {
  name: 'mastodon',
  recognises: (input) =>
    input.kind === 'file'
      ? listOf(input.path, input.head) !== undefined
      : folderOf(input.archive, OUTBOX) !== undefined || listsIn(input.archive).length > 0,
  open: async (input, options) => (input.kind === 'file' ? openList(input) : openArchive(input, options)),
};

function openList({ path, head }: Extract<ImportInput, { kind: 'file' }>): ImportSource {
  const list = listOf(path, head);
  if (list === undefined) {
    throw new PosternError('unknown-list', `${path} is no list of Mastodon that is known.`, {
      hint: 'Call it as Mastodon did, such as following_accounts.csv or blocked_domains.csv.',
      facts: { path },
    });
  }
  return {
    title: `Mastodon list of ${TITLES[list]}`,
    async *entries() {
      yield* listEntries(list, await readListFile(path), basename(path));
    },
    close: async () => {},
  };
}

const TITLES: Readonly<Record<MastodonList, string>> = {
  following: 'accounts that are followed',
  blocks: 'blocked accounts',
  domains: 'blocked domains',
  mutes: 'muted accounts',
  followers: 'followers',
  bookmarks: 'bookmarks',
  lists: 'lists',
};

/** Whoever unpacked an archive may have put the lists beside it. */
function listsIn(archive: Archive): { readonly path: string; readonly list: MastodonList }[] {
  return [...archive.files.keys()].flatMap((path) => {
    const list = path.split('/').length > 2 ? undefined : listOf(path, '');
    return list === undefined ? [] : [{ path, list }];
  });
}

type ArchiveInput = Extract<ImportInput, { kind: 'archive' }>;

async function openArchive(input: ArchiveInput, options: ImportOptions): Promise<ImportSource> {
  const { archive, path } = input;
  const folder = folderOf(archive, OUTBOX) ?? '';
  const actor = await readActor(archive, `${folder}actor.json`, path);
  const total = await totalOf(archive, `${folder}${OUTBOX}`);
  const reader = createReader(archive);
  return {
    title: actor === undefined ? 'Mastodon archive' : `Mastodon archive of ${handleOf(actor)}`,
    ...(total === undefined ? {} : { total }),
    async *entries() {
      if (actor) yield { type: 'profile', profile: profileOf(actor, reader) };
      const pinned = await pinnedIn(input, folder);
      yield* outboxEntries(input, { folder, actor, reader, pinned, includeReplies: options.includeReplies });
      yield* likes(input, folder, actor);
      yield* bookmarks(input, folder);
      for (const { path: file, list } of listsIn(archive)) {
        const text = await wholeText(await archive.open(file));
        yield* listEntries(listOf(file, text.slice(0, 400)) ?? list, text, file);
      }
    },
    close: () => archive.close(),
  };
}

async function readActor(archive: Archive, file: string, path: string): Promise<MastodonActor | undefined> {
  const read = actorSchema.safeParse(await jsonDocument(archive, file, path));
  return read.success ? read.data : undefined;
}

/** How many posts there are stands at the head of the outbox. */
async function totalOf(archive: Archive, file: string): Promise<number | undefined> {
  if (!archive.files.has(file)) return undefined;
  const stream = await archive.open(file);
  let head = '';
  try {
    for await (const chunk of stream) {
      head += String(chunk);
      if (head.length > 4_096) break;
    }
  } finally {
    stream.destroy();
  }
  const found = /"totalItems"\s*:\s*(\d{1,9})\b/.exec(head.slice(0, 4_096))?.[1];
  return found === undefined ? undefined : Number(found);
}

function handleOf({ id, preferredUsername }: MastodonActor): string {
  const host = URL.canParse(id) ? new URL(id).host : undefined;
  return preferredUsername === undefined || host === undefined ? id : `@${preferredUsername}@${host}`;
}

function profileOf(actor: MastodonActor, reader: MastodonReader) {
  const bio = reader.markdown(actor.summary ?? '');
  const picture = (one: MastodonActor['icon']) =>
    one?.url === undefined ? undefined : reader.file(one.url, one.summary ?? one.name ?? '');
  const avatar = picture(actor.icon);
  const header = picture(actor.image);
  return {
    ...(actor.name ? { name: actor.name } : {}),
    ...(bio === '' ? {} : { bio }),
    ...(avatar === undefined ? {} : { avatar }),
    ...(header === undefined ? {} : { header }),
    fields: actor.attachment.map(({ name, value }) => ({ name, value: plainOf(value, reader) })),
    account: actor.id,
  };
}

/** A field holds a text or one address. */
function plainOf(html: string, reader: MastodonReader): string {
  const text = reader.markdown(html);
  return (
    /^<(https?:[^<>\s]+)>$/.exec(text)?.[1] ??
    text.replace(/<(https?:[^<>\s]+)>/g, '$1').replace(/\\([!-/:-@[-`{-~])/g, '$1')
  );
}

/** Which posts are pinned, where the archive says so: Mastodon's does not. */
async function pinnedIn({ archive, path }: ArchiveInput, folder: string): Promise<ReadonlySet<string>> {
  const pinned = new Set<string>();
  const file = `${folder}featured.json`;
  if (!archive.files.has(file)) return pinned;
  for await (const item of jsonItems(await archive.open(file), '$.orderedItems.*', { archive: path, file })) {
    const id = typeof item === 'object' && item !== null && 'id' in item ? item.id : item;
    if (typeof id === 'string') pinned.add(id);
  }
  return pinned;
}

async function* likes(
  { archive, path }: ArchiveInput,
  folder: string,
  actor: MastodonActor | undefined,
): AsyncGenerator<ImportEntry> {
  const file = ['like_activities.json', 'likes.json']
    .map((name) => folder + name)
    .find((name) => archive.files.has(name));
  if (file === undefined) return;
  for await (const item of jsonItems(await archive.open(file), '$.orderedItems.*', { archive: path, file })) {
    const like = likeSchema.safeParse(item);
    if (!like.success) continue;
    const { object: target, originalUrl = likeId(actor, target) } = like.data;
    const said = dateOf(like.data.published ?? '');
    const published = said ?? timeInId(target) ?? actor?.published ?? '1970-01-01T00:00:00Z';
    yield {
      type: 'post',
      post: {
        kind: 'note',
        originalUrl,
        likeOf: target,
        published,
        tags: [],
        markdown: '',
        visibility: 'public',
        media: [],
      },
    };
  }
}

async function* bookmarks({ archive, path }: ArchiveInput, folder: string): AsyncGenerator<ImportEntry> {
  const file = `${folder}bookmarks.json`;
  if (!archive.files.has(file)) return;
  for await (const target of jsonItems(await archive.open(file), '$.orderedItems.*', { archive: path, file })) {
    const where = typeof target === 'string' ? target : file;
    yield {
      type: 'left-out',
      leftOut: { kind: 'bookmark', reason: 'bookmarks are private, and the blog keeps none', where },
    };
  }
}

/** Likes have ids below the actor's (mastodon `app/lib/activitypub/tag_manager.rb`); the archive leaves their numbers out. */
function likeId(actor: MastodonActor | undefined, target: string): string {
  return `${actor?.id ?? target}#likes/${digestOf(target)}`;
}

/** Before this no server numbered its posts by time. */
const FIRST = Date.parse('2016-01-01T00:00:00Z');

/**
 * No archive says when a like was given. The id of the post that was liked holds its own time (mastodon `lib/mastodon/snowflake.rb`:
 * milliseconds, and sixteen bits), which is the earliest that it can have been.
 */
function timeInId(target: string): string | undefined {
  const id = /\/(\d{17,19})(?:$|[/?#])/.exec(target)?.[1];
  const time = id === undefined ? 0 : Number(BigInt(id) >> 16n);
  return time > FIRST && time < 4_102_444_800_000 ? `${new Date(time).toISOString().slice(0, 19)}Z` : undefined;
}
