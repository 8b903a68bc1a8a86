import { canonicalJson } from './canonical-json.ts';
import { isJsonObject, type Json, type JsonObject, PUBLIC } from './vocabulary.ts';

/** Digests of what peers display of an object, hex SHA-256. */
export interface MeaningDigests {
  readonly digest: string;
  /** The same without the page's address: equal for a file that was renamed. */
  readonly bodyDigest: string;
}

/**
 * Gives the digests of what peers display of an object: title, text, warning, tags, language, pictures, page, visibility,
 * what it answers, names and quotes, the options of a poll, and its text in other languages. It keeps the rule that only a changed meaning is told again, so `updated`, `published`, `source`, who may
 * quote, `replies`, `likes` and `shares` with their counts, the order of keys and the bytes of templates are no part of it, and neither is what the size limit drops:
 * the object must be the whole one. `files` maps the URL of a picture to the digest of its file, for an edited picture
 * keeps its URL. Never fails. (CONTRIBUTING, invariants 1, 2 and 5; RFC 8785)
 */
export function digestMeaning(
  deps: { readonly sha256: (text: string) => string },
  object: JsonObject,
  options: { readonly files?: ReadonlyMap<string, string> } = {},
): MeaningDigests {
  const bodyDigest = deps.sha256(canonicalJson(bodyOf(object, options.files ?? new Map())));
  // The long text is hashed once.
  return { digest: deps.sha256(canonicalJson([bodyDigest, object.url ?? null])), bodyDigest };
}

function bodyOf(object: JsonObject, files: ReadonlyMap<string, string>): JsonObject {
  return {
    name: object.name ?? null,
    content: normaliseHtml(text(object.content)),
    summary: object.summary ?? null,
    sensitive: object.sensitive ?? false,
    tags: list(object.tag).flatMap((tag) => (isMention(tag) ? [] : isJsonObject(tag) ? (tag.name ?? null) : tag)),
    language: isJsonObject(object.contentMap) ? (Object.keys(object.contentMap)[0] ?? null) : null,
    attachments: list(object.attachment).map((picture) => meaningOfPicture(picture, files)),
    image: object.image === undefined ? null : meaningOfPicture(object.image, files),
    visibility: list(object.to).includes(PUBLIC) ? 'public' : 'unlisted',
    // Once every object said that its author alone may quote it, and digests that are in ledgers hold that. What the owner
    // allows now is no part: an upgrade, or a changed rule, would send an Update for every post there is.
    quotes: { canQuote: { automaticApproval: [object.attributedTo ?? null] } },
    ...relationsOf(object),
  };
}

/**
 * What it answers, names, quotes, asks and says in other languages. Each is a member only of what has it: ledgers hold the
 * digests of posts from before there were any.
 */
function relationsOf(object: JsonObject): JsonObject {
  const mentions = list(object.tag).flatMap((tag) => (isMention(tag) ? [tag.href ?? null] : []));
  const poll = pollOf(object);
  const translations = translationsOf(object);
  return {
    ...(object.inReplyTo === undefined ? {} : { inReplyTo: object.inReplyTo }),
    // Their order is nobody's business, and neither is what each is called.
    ...(mentions.length === 0 ? {} : { mentions: mentions.map(String).sort() }),
    ...(object.quote === undefined ? {} : { quote: object.quote }),
    ...(poll === undefined ? {} : { poll }),
    ...(translations.length === 0 ? {} : { translations }),
  };
}

function isMention(tag: Json): tag is JsonObject {
  return isJsonObject(tag) && tag.type === 'Mention';
}

/** The options in their order, and until when; not what was voted. */
function pollOf({ oneOf, anyOf, endTime }: JsonObject): Json | undefined {
  if (oneOf === undefined && anyOf === undefined) return undefined;
  const options = list(anyOf ?? oneOf).map((option) => (isJsonObject(option) ? (option.name ?? null) : option));
  return { multiple: anyOf !== undefined, options, ends: endTime ?? null };
}

function translationsOf({ contentMap, nameMap, summaryMap }: JsonObject): Json[] {
  const [contents, names, summaries] = [contentMap, nameMap, summaryMap].map((map) => (isJsonObject(map) ? map : {}));
  const [, ...languages] = Object.keys(contents ?? {});
  return languages
    .sort()
    .map((language) => [
      language,
      normaliseHtml(text(contents?.[language])),
      names?.[language] ?? null,
      summaries?.[language] ?? null,
    ]);
}

function meaningOfPicture(picture: Json, files: ReadonlyMap<string, string>): Json {
  if (!isJsonObject(picture)) return picture;
  const url = text(picture.url);
  return { url, alt: picture.name ?? null, file: files.get(url) ?? null };
}

/** A tag with two attributes or more: a single one has but one order. */
const TAG = /<([a-z][a-z0-9]*)((?:\s+[^\s=>"'/]+(?:="[^"]*")?){2,})\s*\/?>/gi;
/** Whitespace that is not one plain space already. */
const SPACES = /\s{2,}|[^\S ]/g;
const ATTRIBUTE = /[^\s=>"'/]+(?:="[^"]*")?/g;
const BLOCK_EDGE =
  / ?(<\/?(?:p|ul|ol|li|h[1-6]|blockquote|pre|hr|figure|figcaption|table|thead|tbody|tr|td|th|details|summary|section|div|br)\b[^>]*>) ?/gi;

/** Whitespace means something inside `<pre>` only; the order of attributes means nothing anywhere. */
function normaliseHtml(html: string): string {
  const parts = html.includes('<pre') ? html.split(/(<pre\b[\s\S]*?<\/pre>)/i) : [html];
  return parts
    .map((part, index) => (index % 2 === 1 ? part : part.replace(SPACES, ' ').replace(BLOCK_EDGE, '$1')))
    .join('')
    .replace(TAG, (_, name: string, attributes: string) => `<${name} ${sortAttributes(attributes)}>`)
    .trim();
}

function sortAttributes(attributes: string): string {
  return (attributes.match(ATTRIBUTE) ?? []).sort().join(' ');
}

function list(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
