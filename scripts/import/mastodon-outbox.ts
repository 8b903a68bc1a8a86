import { digestOf } from './import-records.ts';
import { jsonItems } from './json-items.ts';
import { activitySchema, type MastodonActor, type MastodonNote, noteSchema, visibilityOf } from './mastodon-object.ts';
import type { MastodonReader } from './mastodon-post.ts';
import type { ImportEntry, ImportInput, LeftOut } from './source.ts';

export interface OutboxOptions {
  /** Where `outbox.json` lies in the archive. */
  readonly folder: string;
  readonly actor: MastodonActor | undefined;
  readonly reader: MastodonReader;
  /** Ids of posts. */
  readonly pinned: ReadonlySet<string>;
  readonly includeReplies: boolean;
}

/** Gives what the outbox holds, post by post. What was not for everybody is counted, and nothing of it is read further. */
export async function* outboxEntries(
  { archive, path }: Extract<ImportInput, { kind: 'archive' }>,
  options: OutboxOptions,
): AsyncGenerator<ImportEntry> {
  const file = `${options.folder}outbox.json`;
  if (!archive.files.has(file)) return;
  const sort = createSorter(options);
  let n = 0;
  for await (const item of jsonItems(await archive.open(file), '$.orderedItems.*', { archive: path, file })) {
    n += 1;
    yield sort(item, `${file}, entry ${n}`);
  }
}

type Sorter = (item: unknown, place: string) => ImportEntry;

function createSorter({ actor, reader, pinned, includeReplies }: OutboxOptions): Sorter {
  /** Posts that stay out: what answers them has lost what it answers. By digest, for there may be many. */
  const leftReplies = new Set<string>();
  const kept = new Set<string>();
  const hidden = new Set<string>();
  const prefixes = [actor?.id, actor?.url].flatMap((one) => (one ? [`${one.replace(/\/$/, '')}/`] : []));
  const isOwn = (id: string): boolean => prefixes.some((prefix) => id.startsWith(prefix)) || kept.has(digestOf(id));
  const ids = ({ id, url }: MastodonNote): string[] => (url === undefined ? [id] : [id, url]).map(digestOf);

  const sortNote = (note: MastodonNote): ImportEntry => {
    const visibility = visibilityOf(note);
    if (visibility === 'followers' || visibility === 'direct') {
      for (const id of ids(note)) hidden.add(id);
      // No address: where a private message was is told nowhere.
      return left(HIDDEN[visibility]);
    }
    const parent = note.inReplyTo;
    const isPart = parent !== undefined && leftReplies.has(digestOf(parent));
    if (parent !== undefined && !includeReplies && (isPart || !(isOwn(parent) || hidden.has(digestOf(parent))))) {
      for (const id of ids(note)) leftReplies.add(id);
      return left(REPLY, note.url ?? note.id);
    }
    if (!prefixes.some((prefix) => note.id.startsWith(prefix))) for (const id of ids(note)) kept.add(id);
    const { inReplyTo, ...post } = reader.post(note, visibility);
    // An answer to what stays private does not say where that is.
    const answers = inReplyTo === undefined || hidden.has(digestOf(inReplyTo)) ? {} : { inReplyTo };
    return { type: 'post', post: { ...post, ...answers, ...(pinned.has(note.id) ? { pinned: true } : {}) } };
  };

  return (item, place) => {
    const read = activitySchema.safeParse(item);
    if (!read.success) return left(BROKEN, place);
    const { type, id, object, published, to, cc, originalUrl = id } = read.data;
    if (type === 'Announce') {
      const target = typeof object === 'string' ? object : idIn(object);
      if (target === undefined || originalUrl === undefined || published === undefined) return left(BROKEN, place);
      const visibility = visibilityOf({ to, cc });
      if (visibility === 'followers' || visibility === 'direct') return left(HIDDEN[visibility]);
      return {
        type: 'post',
        post: {
          kind: 'note',
          originalUrl,
          repostOf: target,
          published,
          tags: [],
          markdown: '',
          visibility,
          media: [],
        },
      };
    }
    const note = noteSchema.safeParse(type === 'Create' ? object : item);
    if (note.success) return sortNote(note.data);
    return left(type === 'Create' ? BROKEN : OTHER, place);
  };
}

const BROKEN: LeftOut = { kind: 'broken entry', reason: 'it lacks what a post has: an id, a type, a date' };
const OTHER: LeftOut = { kind: 'other activity', reason: 'it is neither a post nor a boost' };
const REPLY: LeftOut = {
  kind: 'reply to others',
  reason: 'it is part of a conversation elsewhere; --include-replies takes these',
};
const HIDDEN: Readonly<Record<'followers' | 'direct', LeftOut>> = {
  followers: { kind: 'followers-only post', reason: 'it was for followers alone, and files here are for everybody' },
  direct: { kind: 'private mention', reason: 'it was for those it named, and files here are for everybody' },
};

function left(leftOut: LeftOut, where?: string): ImportEntry {
  return { type: 'left-out', leftOut: where === undefined ? leftOut : { ...leftOut, where } };
}

function idIn(object: unknown): string | undefined {
  return typeof object === 'object' && object !== null && 'id' in object && typeof object.id === 'string'
    ? object.id
    : undefined;
}
