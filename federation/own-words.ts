import { readRichText } from './inbox/read-html.ts';
import type { InteractionContent } from './interaction.ts';
import { isJsonObject, type Json, type JsonObject } from './vocabulary.ts';

/** A post of the blog that answers something, with its words. */
export interface OwnReply {
  readonly id: string;
  readonly inReplyTo: string;
  readonly content: InteractionContent;
}

/**
 * Reads a post of the blog as a thread shows it, by the same reader as what others say. Takes the object's document as it was
 * built; undefined for one that answers nothing. Never fails.
 */
export function readOwnReply(document: JsonObject): OwnReply | undefined {
  const { id, inReplyTo, content, published, updated, url, name, summary, sensitive } = document;
  if (typeof id !== 'string' || typeof inReplyTo !== 'string' || typeof content !== 'string') return undefined;
  const language = languageOf(document);
  return {
    id,
    inReplyTo,
    content: {
      text: readRichText(content),
      ...(typeof name === 'string' ? { title: name } : {}),
      // A teaser of an Article is no warning.
      ...(typeof summary === 'string' && sensitive === true ? { contentWarning: summary } : {}),
      sensitive: sensitive === true,
      ...(language === undefined ? {} : { language }),
      published: typeof published === 'string' ? published : '',
      ...(typeof updated === 'string' ? { updated } : {}),
      url: typeof url === 'string' ? url : id,
      emojis: [],
      attachments: list(document.attachment).flatMap(linkOf),
    },
  };
}

/** Gives the language of a post's document: the first key of `contentMap`, or of `nameMap` where it was too long for both. Never fails. */
export function languageOf({ contentMap, nameMap }: JsonObject): string | undefined {
  const [language] = [contentMap, nameMap].flatMap((map) => (isJsonObject(map) ? Object.keys(map) : []));
  return language;
}

function linkOf(picture: Json): { url: string; alt: string }[] {
  if (!isJsonObject(picture) || typeof picture.url !== 'string') return [];
  return [{ url: picture.url, alt: typeof picture.name === 'string' ? picture.name : '' }];
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
