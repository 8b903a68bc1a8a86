import { createWriteStream, existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseFrontMatter } from '../../build/front-matter.ts';
import { readProfileHead } from '../../build/profile.ts';
import type { Settings } from '../../build/settings.ts';
import { addressesOf } from '../../federation/addresses.ts';
import { isDeedType } from '../../federation/deeds.ts';
import type { ManifestObject } from '../../federation/manifest.ts';
import type { Follower } from '../../federation/outcome.ts';
import { isJsonObject, type JsonObject } from '../../federation/vocabulary.ts';
import { openSite } from '../../server/site.ts';
import type { Store } from '../../server/store/store.ts';
import { build } from '../blog.ts';
import { lookIntoStore } from '../store-file.ts';
import type { ExportOf } from './export-blog.ts';
import { announceOf, likeOf, readDeeds, type WrittenDeed } from './mastodon-deeds.ts';
import { createOnce, isPinned, originalUrlIn } from './mastodon-head.ts';
import { mastodonLists } from './mastodon-lists.ts';
import { type FindFile, type ShownFile, toMastodonNote } from './mastodon-note.ts';
import { assertFree, type Packed, type PackedArchive, packArchive } from './pack-archive.ts';

export interface MastodonOptions {
  readonly target: (of: ExportOf) => string;
  /** Where the followers are, instead of the data folder. */
  readonly elsewhere?: Store;
  readonly onProgress?: (what: string, done: number) => void;
  readonly signal?: AbortSignal;
}

export interface MastodonExported extends PackedArchive {
  readonly file: string;
  readonly posts: number;
  readonly boosts: number;
  readonly likes: number;
  readonly media: number;
  readonly followers: number;
  readonly following: number;
  readonly blocks: number;
}

const CONTEXT = [
  'https://www.w3.org/ns/activitystreams',
  {
    ...{ sensitive: 'as:sensitive', Hashtag: 'as:Hashtag', votersCount: 'toot:votersCount' },
    ...{ toot: 'http://joinmastodon.org/ns#', blurhash: 'toot:blurhash', atomUri: 'ostatus:atomUri' },
    ...{ ostatus: 'http://ostatus.org#', inReplyToAtomUri: 'ostatus:inReplyToAtomUri' },
  },
];

/**
 * Puts what was written, liked, boosted, followed and blocked into an archive in the shape of Mastodon's (mastodon
 * `app/services/backup_service.rb`), with the lists that it takes in beside it. The site is built for it, so that it says what the
 * pages say. Throws what the build and `packArchive` throw.
 */
export async function exportMastodon(settings: Settings, options: MastodonOptions): Promise<MastodonExported> {
  await assertFree(resolve(options.target({})));
  await mkdir(settings.dataFolder, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(settings.dataFolder, '.export-'));
  try {
    const site = join(folder, 'site');
    await build(site, options.signal ? { signal: options.signal } : {});
    const followers = await followersOf(settings, options.elsewhere);
    return await packSite(settings, { folder, site, followers }, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Built {
  readonly folder: string;
  readonly site: string;
  readonly followers: readonly Follower[];
}

async function packSite(settings: Settings, built: Built, options: MastodonOptions): Promise<MastodonExported> {
  const { contentFolder } = settings;
  const { folder, site, followers } = built;
  const { onProgress = () => {}, signal } = options;
  const { origin, objects, actor } = await openSite(site).manifest();
  const posts = objects.filter(({ type }) => !isDeedType(type)).toReversed();
  const deeds = await readDeeds(contentFolder);
  const { media, pinned } = await writeCollections({ origin, contentFolder, folder, site, posts, deeds });
  const since = [...posts, ...deeds].map(({ published }) => published).sort()[0];
  const person = await actorOf(settings, join(site, 'ap/actor.json'), since);
  const lists = mastodonLists(contentFolder, origin, followers);
  const files = function* (): Generator<Packed> {
    for (const name of [...media.keys()].sort()) yield { name, file: media.get(name) ?? '', mode: 0o644 };
    for (const name of COLLECTIONS) if (existsSync(join(folder, name))) yield { name, file: join(folder, name) };
    if (pinned.length > 0) yield { name: 'featured.json', data: JSON.stringify(collectionOf('featured.json', pinned)) };
    for (const [name, data] of lists.files) yield { name, data };
    yield* person.pictures;
    yield { name: 'actor.json', data: JSON.stringify(person.actor) };
  };
  const file = resolve(options.target({ origin, handle: `@${actor.username}@${addressesOf(origin).host}` }));
  const packed = await packArchive(file, files(), {
    onProgress: (done) => onProgress('files', done),
    ...(signal ? { signal } : {}),
  });
  const boosts = deeds.filter(isBoost).length;
  return {
    ...{ file, ...packed, posts: posts.length, boosts, likes: deeds.length - boosts, media: media.size },
    ...{ followers: followers.length, following: lists.following, blocks: lists.blocks },
  };
}

/** Mastodon's likes are addresses alone; what else is known of them is in a file of our own. */
const COLLECTIONS = ['outbox.json', 'likes.json', 'bookmarks.json', 'like_activities.json'] as const;

interface Said {
  readonly origin: string;
  readonly contentFolder: string;
  readonly folder: string;
  readonly site: string;
  /** Oldest first, as are deeds. */
  readonly posts: readonly ManifestObject[];
  readonly deeds: readonly WrittenDeed[];
}

interface Written {
  /** The files that posts show, by their names in the archive. */
  readonly media: ReadonlyMap<string, string>;
  /** What the owner pinned: the blog's own collection has the newest posts where nothing is. */
  readonly pinned: readonly string[];
}

/** Writes what was said as files, post by post. */
async function writeCollections(said: Said): Promise<Written> {
  const { origin, contentFolder, folder, site, posts, deeds } = said;
  const findFile = fileFinder(origin, contentFolder, site);
  const media = new Map<string, string>();
  const pinned: string[] = [];
  const once = createOnce();
  const boosts = deeds.filter(isBoost);
  const announce = (deed: WrittenDeed) => ({ ...announceOf(deed, origin), ...once(deed.originalUrl) });
  const outbox = async function* () {
    const rest = boosts.values();
    let boost = rest.next();
    for (const { id, url, published, source } of posts) {
      for (; !boost.done && boost.value.published < published; boost = rest.next()) yield announce(boost.value);
      const head = await headOf(join(contentFolder, source));
      if (isPinned(head)) pinned.push(id);
      const { note, files } = toMastodonNote(await readJson(join(site, new URL(id).pathname)), findFile);
      for (const { name, file } of files) media.set(name, file);
      // The later parts of a thread are places on the page of the first, whose file it is.
      yield createOf({ ...note, ...(url.includes('#') ? {} : once(originalUrlIn(head))) });
    }
    for (; !boost.done; boost = rest.next()) yield announce(boost.value);
  };
  const likes = deeds.filter((deed) => !isBoost(deed));
  const write = (
    name: (typeof COLLECTIONS)[number],
    total: number,
    items: Iterable<unknown> | AsyncIterable<unknown>,
  ) => writeCollection(join(folder, name), total, items);
  await write('outbox.json', posts.length + boosts.length, outbox());
  await write(
    'likes.json',
    likes.length,
    likes.map(({ target }) => target),
  );
  await write('bookmarks.json', 0, []);
  const activities = likes.map((deed) => ({ ...likeOf(deed, origin), ...once(deed.originalUrl) }));
  if (likes.length > 0) await write('like_activities.json', likes.length, activities);
  return { media, pinned };
}

function isBoost({ type }: WrittenDeed): boolean {
  return type === 'Announce';
}

async function followersOf(settings: Settings, elsewhere: Store | undefined): Promise<Follower[]> {
  const read = async (store: Store): Promise<Follower[]> => {
    const all: Follower[] = [];
    for await (const each of store.followers.all()) all.push(each);
    return all;
  };
  return (await (elsewhere ? read(elsewhere) : lookIntoStore(settings, read))) ?? [];
}

/** What is below `media/` has the same path in the content folder and in the site; other pictures are the build's. */
export function fileFinder(origin: string, contentFolder: string, site: string): FindFile {
  return (url) => {
    if (!url.startsWith(`${origin}/`) || !URL.canParse(url)) return undefined;
    const path = decoded(new URL(url).pathname).slice(1);
    // What is written as an address may lead anywhere once it is read as a path.
    if (path.split(/[/\\]/).includes('..') || path.includes('\0')) return undefined;
    const file = [contentFolder, site].map((folder) => join(folder, path)).find((each) => isFile(each));
    const name = `media_attachments/files/${path.replace(/^media\//, '')}`;
    return file === undefined ? undefined : { name, file };
  };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function createOf(note: JsonObject): JsonObject {
  const { id, attributedTo = null, published = null, to = null, cc = null } = note;
  return { id: `${String(id)}#create`, type: 'Create', actor: attributedTo, published, to, cc, object: note };
}

function collectionOf(id: string, items: readonly unknown[]): JsonObject {
  const orderedItems = items.map((each) => String(each));
  return { '@context': CONTEXT, id, type: 'OrderedCollection', totalItems: items.length, orderedItems };
}

/** One item a line, as they come. */
async function writeCollection(
  file: string,
  total: number,
  items: Iterable<unknown> | AsyncIterable<unknown>,
): Promise<void> {
  const text = async function* () {
    const id = file.slice(file.lastIndexOf('/') + 1);
    const head = { '@context': CONTEXT, id, type: 'OrderedCollection', totalItems: total };
    yield `${JSON.stringify(head).slice(0, -1)},"orderedItems":[`;
    let isFirst = true;
    for await (const item of items) {
      yield `${isFirst ? '\n' : ',\n'}${JSON.stringify(item)}`;
      isFirst = false;
    }
    yield '\n]}\n';
  };
  await pipeline(Readable.from(text()), createWriteStream(file, { mode: 0o600 }));
}

interface Person {
  readonly actor: JsonObject;
  readonly pictures: readonly ShownFile[];
}

/** The account, with the names of the other files where Mastodon has them. */
async function actorOf(settings: Settings, file: string, since: string | undefined): Promise<Person> {
  const actor = await readJson(file);
  const { fields } = readProfileHead(settings.contentFolder, settings.origin);
  const pictures: ShownFile[] = [];
  const put = (key: 'icon' | 'image', src: string | undefined, name: string): JsonObject => {
    const shown = actor[key];
    const path = src === undefined ? undefined : join(settings.contentFolder, src);
    if (!isJsonObject(shown) || path === undefined || !existsSync(path)) return {};
    const picture = { name: name + extname(path), file: path };
    pictures.push(picture);
    return { [key]: { ...shown, url: picture.name } };
  };
  return {
    actor: {
      ...actor,
      ...(since === undefined ? {} : { published: since }),
      ...put('icon', fields?.avatar?.src, 'avatar'),
      ...put('image', fields?.header?.src, 'header'),
      ...{ outbox: 'outbox.json', likes: 'likes.json', bookmarks: 'bookmarks.json' },
    },
    pictures,
  };
}

/** The front matter of a post, where it says anything that is looked for here. */
async function headOf(file: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(file, 'utf8').catch(() => '');
  if (!/pinned|original[-_]?url/i.test(text)) return {};
  const parsed = parseFrontMatter(text);
  return parsed.ok ? parsed.frontMatter.data : {};
}

async function readJson(file: string): Promise<JsonObject> {
  const json: unknown = JSON.parse(await readFile(file, 'utf8'));
  if (!isJsonObject(json)) throw new TypeError(`${file} is no object`);
  return json;
}
