import { cutHtml } from './html-cut.ts';
import { escapeHtml } from './html-text.ts';
import { isJsonObject, type Json, type JsonObject } from './vocabulary.ts';

/** Bytes of one activity: Misskey's inbox takes 64 KiB. */
export const ACTIVITY_LIMIT = 60 * 1024;

/** Bytes of the object inside an activity; the rest is for ids, addressing and contexts, with the longest host name. */
export const EMBEDDED_LIMIT = ACTIVITY_LIMIT - 2 * 1024;

/** Bytes of an object's own document: an older Misskey reads 256 KB, Mastodon and Lemmy 1 MB. */
export const DOCUMENT_LIMIT = 250 * 1024;

/** What had to go: nothing, members, pictures and tags, the end of the text, or all but the id. */
export type Degradation = 'none' | 'source' | 'translations' | 'content-map' | 'lists' | 'content' | 'object';

/** An object that fits, with its JSON text, so that nobody writes it twice. A bare id when nothing else fits. */
export interface LimitedObject {
  readonly object: JsonObject | string;
  readonly json: string;
  readonly degradation: Degradation;
}

/** An object's own document, cut to size: always an object, for the bare id would say nothing at its own address. */
export interface LimitedDocument extends LimitedObject {
  readonly object: JsonObject;
}

interface LimitOptions {
  readonly maxBytes: number;
  /** The object's JSON text, when the caller has it. */
  readonly json?: string;
}

/**
 * Makes an object fit into `maxBytes` of UTF-8 for an activity. As {@link limitDocument}, and at last the bare id, which
 * Mastodon, Misskey and Ghost fetch. Takes the object without `@context`, with string `id` and `url`. In the usual case
 * the text is measured, not written. Never fails. (Misskey inbox limit)
 */
export function limitObject(object: JsonObject, options: LimitOptions): LimitedObject {
  const limited = limitDocument(object, options);
  if (fits(limited.json, options.maxBytes)) return limited;
  const id = String(object.id);
  return { object: id, json: JSON.stringify(id), degradation: 'object' };
}

/**
 * Makes an object's own document fit into `maxBytes` of UTF-8. What peers need least goes first: `source`, then
 * translations, the last of them first, then `contentMap` (the language moves to `nameMap`), then the last pictures and tags where each are more than a quarter of it
 * all, then the end of the text, which becomes a link to the page. It stays an object even when that is not enough, as with
 * a title of that size. Takes what {@link limitObject} takes; never fails. (Mastodon, Lemmy and Misskey document limits)
 */
export function limitDocument(object: JsonObject, options: LimitOptions): LimitedDocument {
  const { maxBytes } = options;
  const json = options.json ?? JSON.stringify(object);
  if (fits(json, maxBytes)) return { object, json, degradation: 'none' };

  const { source: _, ...withoutSource } = object;
  const original = keepLanguages(withoutSource, 1);
  const withoutMap = moveLanguage(original);
  const listed = shortenLists(withoutMap, Math.floor(maxBytes / 4));
  const steps: [Degradation, JsonObject][] = [
    ['source', withoutSource],
    ...fewerLanguages(withoutSource).map((each): [Degradation, JsonObject] => ['translations', each]),
    ['content-map', withoutMap],
    ['lists', listed],
  ];
  for (const [degradation, candidate] of steps) {
    const text = JSON.stringify(candidate);
    if (fits(text, maxBytes)) return { object: candidate, json: text, degradation };
  }
  const shortened = shortenContent(listed, maxBytes);
  return { object: shortened, json: JSON.stringify(shortened), degradation: 'content' };
}

/** The maps that hold a post's text in several languages, each with the original first. */
const LANGUAGE_MAPS = ['contentMap', 'nameMap', 'summaryMap'] as const;

/** The object with ever fewer languages, down to its own. Empty for one that has no other. */
function fewerLanguages(object: JsonObject): JsonObject[] {
  const count = languagesOf(object.contentMap).length;
  return Array.from({ length: Math.max(0, count - 1) }, (_, dropped) => keepLanguages(object, count - 1 - dropped));
}

/** The first languages of `contentMap`; with the original alone there is no other map. */
function keepLanguages(object: JsonObject, count: number): JsonObject {
  const languages = languagesOf(object.contentMap);
  if (languages.length <= count) return object;
  const kept = new Set(languages.slice(0, count));
  const shown: JsonObject = {};
  for (const [key, value] of Object.entries(object)) {
    const isMap = LANGUAGE_MAPS.some((map) => map === key) && isJsonObject(value);
    if (!isMap) shown[key] = value;
    else if (key === 'contentMap' || count > 1)
      shown[key] = Object.fromEntries(Object.entries(value).filter(([language]) => kept.has(language)));
  }
  return shown;
}

function languagesOf(map: Json | undefined): string[] {
  return isJsonObject(map) ? Object.keys(map) : [];
}

/** Gives the UTF-8 length of text in bytes; a lone surrogate counts as the three bytes of its replacement. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x80) continue;
    if (code < 0x800) bytes += 1;
    else if (code >= 0xd800 && code < 0xdc00 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00) {
      bytes += 2;
      index += 1;
    } else bytes += 2;
  }
  return bytes;
}

/** Most texts are decided by their length: a UTF-16 unit is one to three bytes of UTF-8. */
function fits(text: string, maxBytes: number): boolean {
  if (text.length > maxBytes) return false;
  return text.length * 3 <= maxBytes || utf8Length(text) <= maxBytes;
}

/** Mastodon reads the language from the first key of `contentMap`, else of `nameMap`: the title costs less than the text. */
function moveLanguage(object: JsonObject): JsonObject {
  const { contentMap, ...rest } = object;
  const language = Object.keys(typeof contentMap === 'object' && contentMap !== null ? contentMap : {})[0];
  if (language === undefined || typeof rest.name !== 'string') return rest;
  return { ...rest, nameMap: { [language]: rest.name } };
}

/** Keeps the first pictures and the first tags, each as many as fit into `maxBytes`: Mastodon shows four pictures. */
function shortenLists(object: JsonObject, maxBytes: number): JsonObject {
  let shortened = object;
  for (const key of ['attachment', 'tag'] as const) {
    const items = object[key];
    if (!Array.isArray(items)) continue;
    let bytes = 0;
    const end = items.findIndex((item) => {
      bytes += utf8Length(JSON.stringify(item)) + 1;
      return bytes > maxBytes;
    });
    if (end < 0) continue;
    const { [key]: _, ...rest } = shortened;
    shortened = end === 0 ? rest : { ...shortened, [key]: items.slice(0, end) };
  }
  return shortened;
}

function shortenContent(object: JsonObject, maxBytes: number): JsonObject {
  const content = typeof object.content === 'string' ? object.content : '';
  const url = escapeHtml(String(object.url));
  const onward = `<p>… <a href="${url}">${url}</a></p>`;
  const room = maxBytes - utf8Length(JSON.stringify({ ...object, content: onward }));
  return { ...object, content: cutToBytes(content, room) + onward };
}

/** JSON escapes quotes and line breaks, so the cut is measured and tightened; each round takes off at least a tenth. */
function cutToBytes(html: string, room: number): string {
  for (let limit = room; limit > 64; limit = Math.floor(limit * 0.9)) {
    const cut = cutHtml(html, limit);
    if (utf8Length(JSON.stringify(cut)) - 2 <= room) return cut;
  }
  return '';
}
