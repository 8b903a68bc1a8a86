import type { Author, CustomEmoji, Interaction, InteractionContent } from '../../federation/interaction.ts';
import { RICH_TAGS, type RichNode } from '../../federation/rich-text.ts';
import { isJsonObject } from '../../federation/vocabulary.ts';
import { hasTexts } from './stored-texts.ts';

/** Whether a JSON value is content as it was stored: a file can be changed by other hands. */
export function isContent(value: unknown): value is InteractionContent {
  if (!isJsonObject(value)) return false;
  const { text, title, contentWarning, sensitive, language, published, updated, url, emojis, attachments } = value;
  return (
    Array.isArray(text) &&
    text.every(isRichNode) &&
    [published, url].every(isText) &&
    [title, contentWarning, language, updated].every((each) => each === undefined || isText(each)) &&
    typeof sensitive === 'boolean' &&
    isEmojis(emojis) &&
    Array.isArray(attachments) &&
    attachments.every((each) => isJsonObject(each) && isText(each.url) && isText(each.alt))
  );
}

/** Whether a JSON value is somebody who said something, as it was stored. */
export function isAuthor(json: unknown): json is Author {
  return (
    hasTexts(json, ['actor', 'handle', 'url', 'at'], ['name', 'avatar']) && 'emojis' in json && isEmojis(json.emojis)
  );
}

/** Whether a JSON value is the emoji of a reaction. */
export function isReaction(value: unknown): value is NonNullable<Interaction['emoji']> {
  return isJsonObject(value) && isText(value.text) && (value.icon === undefined || isText(value.icon));
}

/** Whether a JSON value is a list of custom emoji. */
export function isEmojis(value: unknown): value is CustomEmoji[] {
  return (
    Array.isArray(value) && value.every((each) => isJsonObject(each) && isText(each.shortcode) && isText(each.icon))
  );
}

const TAGS: ReadonlySet<unknown> = new Set(RICH_TAGS);

function isRichNode(value: unknown): value is RichNode {
  if (typeof value === 'string') return true;
  if (!isJsonObject(value) || !TAGS.has(value.tag)) return false;
  const { href, children } = value;
  return (href === undefined || isText(href)) && Array.isArray(children) && children.every(isRichNode);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
