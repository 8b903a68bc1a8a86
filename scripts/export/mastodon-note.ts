import render from 'dom-serializer';
import { type Element, isTag, isText } from 'domhandler';
import { DomUtils, parseDocument } from 'htmlparser2';
import { isJsonObject, type Json, type JsonObject } from '../../federation/vocabulary.ts';

/** A file that posts show. */
export interface ShownFile {
  /** In the archive. */
  readonly name: string;
  /** On the disk. */
  readonly file: string;
}

/** Finds the file behind an address of the blog; undefined for what lies elsewhere. */
export type FindFile = (url: string) => ShownFile | undefined;

export interface MastodonNote {
  readonly note: JsonObject;
  readonly files: readonly ShownFile[];
}

const SHOWS_FILES = ['img', 'audio', 'video'];

/**
 * Gives an object of the blog as Mastodon's archive has it (mastodon `app/serializers/activitypub/note_serializer.rb`,
 * `app/services/backup_service.rb`): its files are attachments, for a text there has no pictures in it, and their addresses are
 * paths of the archive.
 */
export function toMastodonNote(object: JsonObject, findFile: FindFile): MastodonNote {
  const { id, type, url, attributedTo, to, cc, published, updated, sensitive, tag, name, inReplyTo } = object;
  const files = new Map<string, ShownFile>();
  const words = takeFiles(textOf(object.content), findFile);
  const known = listOf(object.attachment).filter(isJsonObject);
  const shown = [...known.map((each) => textOf(each.url)), ...words.files.map((each) => each.url)];
  const attachment = [...new Set(shown)].flatMap((address): JsonObject[] => {
    const facts = known.find((each) => each.url === address);
    const file = findFile(address);
    if (file === undefined) return facts ? [facts] : [];
    files.set(file.name, file);
    const alt = words.files.find((each) => each.url === address)?.alt;
    return [attachmentOf(file, facts, alt)];
  });
  const maps = isJsonObject(object.contentMap) ? Object.entries(object.contentMap) : [];
  const polls = [
    'oneOf',
    'anyOf',
    'endTime',
    'closed',
    'votersCount',
    'quote',
    'quoteUrl',
    'quoteUri',
    '_misskey_quote',
  ];
  return {
    note: {
      id: textOf(id),
      type: textOf(type),
      ...(name === undefined ? {} : { name }),
      summary: object.summary ?? null,
      inReplyTo: inReplyTo ?? null,
      published: textOf(published),
      ...(updated === undefined ? {} : { updated }),
      url: textOf(url),
      attributedTo: textOf(attributedTo),
      to: listOf(to),
      cc: listOf(cc),
      sensitive: sensitive === true,
      atomUri: textOf(id),
      inReplyToAtomUri: inReplyTo ?? null,
      content: words.html,
      contentMap: Object.fromEntries(
        maps.map(([language, html]) => [language, takeFiles(textOf(html), findFile).html]),
      ),
      attachment,
      tag: listOf(tag),
      ...Object.fromEntries(polls.flatMap((key) => (object[key] === undefined ? [] : [[key, object[key]]]))),
      replies: repliesOf(textOf(id)),
    },
    files: [...files.values()],
  };
}

/** What the archive of Mastodon has for the replies, which are not in it. */
function repliesOf(id: string): JsonObject {
  const replies = `${id.replace(/\.json$/, '')}/replies`;
  return { id: replies, type: 'Collection', first: { type: 'CollectionPage', partOf: replies, items: [] } };
}

function attachmentOf({ name }: ShownFile, facts: JsonObject | undefined, alt: string | undefined): JsonObject {
  const { mediaType, blurhash, width, height } = facts ?? {};
  const words = textOf(facts?.name) || (alt ?? '');
  return {
    type: 'Document',
    mediaType: mediaType ?? mediaTypeOf(name),
    url: `/${name}`,
    name: words === '' ? null : words,
    ...(blurhash === undefined ? {} : { blurhash }),
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
  };
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  ...{ mp3: 'audio/mpeg', m4a: 'audio/mp4', ogg: 'audio/ogg', oga: 'audio/ogg', opus: 'audio/ogg', flac: 'audio/flac' },
  ...{ wav: 'audio/wav', aac: 'audio/aac', mp4: 'video/mp4', m4v: 'video/mp4', mov: 'video/quicktime' },
  ...{
    webm: 'video/webm',
    ogv: 'video/ogg',
    png: 'image/png',
    jpg: 'image/jpeg',
    jpeg: 'image/jpeg',
    gif: 'image/gif',
  },
  ...{ webp: 'image/webp', avif: 'image/avif', svg: 'image/svg+xml' },
};

function mediaTypeOf(name: string): string {
  return MEDIA_TYPES[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream';
}

interface TakenFile {
  readonly url: string;
  readonly alt: string;
}

/** Takes what shows files of the blog out of a text, and with it the paragraph that held nothing else. */
function takeFiles(html: string, findFile: FindFile): { readonly html: string; readonly files: readonly TakenFile[] } {
  if (!SHOWS_FILES.some((tag) => html.includes(`<${tag}`))) return { html, files: [] };
  const document = parseDocument(html);
  const files: TakenFile[] = [];
  const found = DomUtils.findAll((element) => SHOWS_FILES.includes(element.name), document.children);
  for (const element of found) {
    const url = addressOf(element);
    if (findFile(url) === undefined) continue;
    files.push({ url, alt: element.attribs.alt ?? DomUtils.textContent(element).trim() });
    removeWithParent(element);
  }
  return { html: render(document, { encodeEntities: 'utf8' }), files };
}

function addressOf(element: Element): string {
  const source = DomUtils.findOne((each) => each.name === 'source', element.children);
  return element.attribs.src ?? source?.attribs.src ?? '';
}

/** What held it alone: a paragraph, a link to the file, a figure without words. */
function removeWithParent(element: Element): void {
  let gone: Element = element;
  for (let parent = gone.parent; parent !== null && isTag(parent); parent = gone.parent) {
    const isAlone = parent.children.every((child) => child === gone || (isText(child) && child.data.trim() === ''));
    if (!isAlone || !['p', 'a', 'figure', 'picture'].includes(parent.name)) break;
    gone = parent;
  }
  DomUtils.removeElement(gone);
}

function textOf(json: Json | undefined): string {
  return typeof json === 'string' ? json : '';
}

function listOf(json: Json | undefined): Json[] {
  if (json === undefined || json === null) return [];
  return Array.isArray(json) ? [...json] : [json];
}
