import { toTime } from '../dates.ts';
import type { InteractionContent } from '../interaction.ts';
import { isWebUrl, plainRichText, type RichElement, type RichText } from '../rich-text.ts';
import { isJsonObject, type Json, type JsonObject } from '../vocabulary.ts';
import { own } from './bounds.ts';
import { plainLine } from './plain-text.ts';
import { pageOf } from './read-author.ts';
import { linkOf, readEmojis } from './read-emoji.ts';
import { listOf, stringsOf } from './references.ts';

const MAX_TITLE = 300;
const MAX_WARNING = 500;
const MAX_ALT = 1_500;
const MAX_ATTACHMENTS = 8;
/** Of the addresses and descriptions of all, in characters. */
const MAX_ATTACHED = 8_192;
/** Mastodon reads up to 500 options of a poll; its own have at most 4. */
const MAX_OPTIONS = 20;
const MAX_OPTION = 200;

const TITLED: ReadonlySet<string> = new Set(['Article', 'Page']);
const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/;
const LANGUAGE = /^[a-z]{2,3}(?:-[a-z0-9]{1,8}){0,4}$/i;

export interface ReadContentOptions {
  /** RFC 3339 UTC. */
  readonly now: string;
  /** Reads remote HTML, bounded. */
  readonly readText: (html: string) => RichText;
}

/**
 * Reads what an object says, ready to be shown: the text of a Note, Article, Page or Question, what it warns of, when and
 * in which language it was written, and where its page is.
 *
 * `id` is the object's. The text is `content`, else the first of `contentMap`; the options of a Question follow it. The
 * `summary` of a Note is a content warning, that of an Article or Page only when it is `sensitive`: else it is a teaser
 * (Mastodon, WordPress, Ghost). Nothing was written later than `now`. Never fails: what is not usable is left out.
 */
export function readContent(object: JsonObject, id: string, options: ReadContentOptions): InteractionContent {
  const types = stringsOf(own(object, 'type'));
  const isTitled = types.some((type) => TITLED.has(type));
  const isSensitive = own(object, 'sensitive') === true;
  const { html, language } = textOf(object);
  const title = isTitled ? nameOf(object, MAX_TITLE) : undefined;
  const warning = isTitled && !isSensitive ? undefined : warningOf(object, options);
  const { published, updated } = datesOf(object, options.now);
  return {
    text: [...options.readText(html), ...(types.includes('Question') ? pollOf(object) : [])],
    ...(title === undefined ? {} : { title }),
    ...(warning === undefined ? {} : { contentWarning: warning }),
    sensitive: isSensitive,
    ...(language === undefined ? {} : { language }),
    published,
    ...(updated === undefined ? {} : { updated }),
    url: pageOf(object, id),
    emojis: readEmojis(own(object, 'tag')),
    attachments: attachmentsOf(object),
  };
}

/** The language is that of the entry in the map which is the text; Mastodon writes one entry, Lemmy names it in an object. */
function textOf(object: JsonObject): { html: string; language?: string } {
  const map = entriesOf(own(object, 'contentMap'));
  const content = own(object, 'content');
  const entry = typeof content === 'string' ? (map.find(([, text]) => text === content) ?? map[0]) : map[0];
  const html = typeof content === 'string' ? content : (entry?.[1] ?? '');
  const named = own(object, 'language');
  const language = languageOf(entry?.[0]) ?? languageOf(isJsonObject(named) ? own(named, 'identifier') : named);
  return { html, ...(language === undefined ? {} : { language }) };
}

function entriesOf(map: Json | undefined): [string, string][] {
  if (!isJsonObject(map)) return [];
  return Object.entries(map).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
}

/** `und` says that it is not known, and says no more to a reader than nothing. */
function languageOf(tag: Json | undefined): string | undefined {
  return typeof tag === 'string' && LANGUAGE.test(tag) && tag.toLowerCase() !== 'und' ? tag : undefined;
}

function nameOf(object: JsonObject, limit: number): string | undefined {
  return plainLine(own(object, 'name'), limit) ?? plainLine(entriesOf(own(object, 'nameMap'))[0]?.[1], limit);
}

/** Most write plain text here, some HTML: as text it is the same. */
function warningOf(object: JsonObject, { readText }: ReadContentOptions): string | undefined {
  const summary = own(object, 'summary') ?? entriesOf(own(object, 'summaryMap'))[0]?.[1];
  return typeof summary === 'string' ? plainLine(plainRichText(readText(summary)), MAX_WARNING) : undefined;
}

/** An `updated` that is not later than `published` tells of no edit. */
function datesOf(object: JsonObject, now: string): { published: string; updated?: string } {
  const latest = toTime(now) ?? 0;
  const published = Math.min(timeOf(own(object, 'published')) ?? latest, latest);
  const updated = Math.min(timeOf(own(object, 'updated')) ?? published, latest);
  const edit = updated > published ? { updated: new Date(updated).toISOString() } : {};
  return { published: new Date(published).toISOString(), ...edit };
}

function timeOf(value: Json | undefined): number | undefined {
  return typeof value === 'string' && RFC_3339.test(value) ? toTime(value) : undefined;
}

function pollOf(object: JsonObject): RichText {
  const options = [...listOf(own(object, 'oneOf')), ...listOf(own(object, 'anyOf'))].flatMap((option) => {
    const name = isJsonObject(option) ? plainLine(own(option, 'name'), MAX_OPTION) : undefined;
    return name === undefined ? [] : [name];
  });
  if (options.length === 0) return [];
  const items = options.slice(0, MAX_OPTIONS).map((name): RichElement => ({ tag: 'li', children: [name] }));
  return [{ tag: 'ul', children: items }];
}

/** Pictures, sounds, films and links; what Mastodon, GoToSocial and Akkoma read as the description comes first. */
function attachmentsOf(object: JsonObject): InteractionContent['attachments'] {
  const found = listOf(own(object, 'attachment')).flatMap((item) => {
    const url = linkOf(item);
    if (!isJsonObject(item) || !isWebUrl(url)) return [];
    const alt = plainLine(own(item, 'summary'), MAX_ALT) ?? plainLine(own(item, 'name'), MAX_ALT) ?? '';
    return [{ url, alt }];
  });
  let room = MAX_ATTACHED;
  return found.slice(0, MAX_ATTACHMENTS).filter(({ url, alt }) => {
    room -= url.length + alt.length;
    return room >= 0;
  });
}
