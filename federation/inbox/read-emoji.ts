import type { CustomEmoji } from '../interaction.ts';
import { isWebUrl } from '../rich-text.ts';
import { isJsonObject, type Json } from '../vocabulary.ts';
import { own } from './bounds.ts';
import { listOf, stringsOf } from './references.ts';

const MAX_EMOJIS = 32;
/** Of the addresses of all, in characters; those of Mastodon's servers come to 120. */
const MAX_ADDRESSES = 8_192;
const SHORTCODE = /^:?([\w+.-]{1,64}):?$/;

/**
 * Reads the custom emoji that an actor or object brings in its tags: at most 32, each once, with an https picture.
 * Anything else in `tag` is passed over; never throws (Mastodon's and Misskey's `Emoji`, FEP-9098).
 */
export function readEmojis(tags: Json | undefined): CustomEmoji[] {
  const emojis = new Map<string, CustomEmoji>();
  let room = MAX_ADDRESSES;
  for (const tag of listOf(tags)) {
    if (emojis.size >= MAX_EMOJIS) break;
    const emoji = emojiOf(tag);
    if (emoji === undefined || emojis.has(emoji.shortcode)) continue;
    room -= emoji.icon.length;
    if (room < 0) break;
    emojis.set(emoji.shortcode, emoji);
  }
  return [...emojis.values()];
}

/** Gives the https URL of a picture: a URL, an Image, or a list of which the first that has one counts. */
export function pictureUrl(value: Json | undefined): string | undefined {
  for (const item of listOf(value)) {
    const url = typeof item === 'string' ? item : linkOf(item);
    if (isWebUrl(url) && new URL(url).protocol === 'https:') return url;
  }
  return undefined;
}

/** Gives the first web address in the `url` or `href` of an object. */
export function linkOf(item: Json): string | undefined {
  if (!isJsonObject(item)) return undefined;
  for (const each of [...listOf(own(item, 'url')), ...listOf(own(item, 'href'))]) {
    const url = isJsonObject(each) ? own(each, 'href') : each;
    if (isWebUrl(url)) return url;
  }
  return undefined;
}

function emojiOf(tag: Json): CustomEmoji | undefined {
  if (!isJsonObject(tag) || !stringsOf(own(tag, 'type')).includes('Emoji')) return undefined;
  const name = own(tag, 'name');
  const shortcode = typeof name === 'string' ? SHORTCODE.exec(name.trim())?.[1] : undefined;
  const icon = pictureUrl(own(tag, 'icon'));
  return shortcode === undefined || icon === undefined ? undefined : { shortcode, icon };
}
