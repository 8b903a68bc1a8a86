import type { Message } from '../federation/interaction.ts';
import { RICH_TAGS, type RichNode, type RichText } from '../federation/rich-text.ts';
import { isJsonObject, type JsonObject } from '../federation/vocabulary.ts';

/** As deep as `renderRichText` goes; what lies deeper is left out. */
const MAX_DEPTH = 32;

/**
 * Reads a message out of its JSON. An earlier or later version may have sealed it, so what is missing or wrong becomes empty:
 * half a message is better than none. Throws when it is no object at all.
 */
export function parseMessage(value: unknown): Message {
  if (!isJsonObject(value)) throw new TypeError('A message is an object');
  const { kind, about, contentWarning, inReplyTo, url, attachments } = value;
  return {
    id: textOf(value, 'id'),
    kind: kind === 'report' ? 'report' : 'message',
    actor: textOf(value, 'actor'),
    handle: textOf(value, 'handle'),
    about: Array.isArray(about) ? about.filter((each) => typeof each === 'string') : [],
    text: readNodes(value.text, 0),
    ...(typeof contentWarning === 'string' ? { contentWarning } : {}),
    ...(typeof inReplyTo === 'string' ? { inReplyTo } : {}),
    ...(typeof url === 'string' ? { url } : {}),
    attachments: Array.isArray(attachments)
      ? attachments.filter(isJsonObject).map((each) => ({ url: textOf(each, 'url'), alt: textOf(each, 'alt') }))
      : [],
    published: textOf(value, 'published'),
    at: textOf(value, 'at'),
  };
}

function readNodes(value: unknown, depth: number): RichText {
  if (!Array.isArray(value) || depth > MAX_DEPTH) return [];
  return value.flatMap((node): RichNode[] => {
    if (typeof node === 'string') return [node];
    const tag = isJsonObject(node) ? RICH_TAGS.find((each) => each === node.tag) : undefined;
    if (tag === undefined || !isJsonObject(node)) return [];
    const { href } = node;
    return [{ tag, ...(typeof href === 'string' ? { href } : {}), children: readNodes(node.children, depth + 1) }];
  });
}

function textOf(value: JsonObject, name: string): string {
  const text = value[name];
  return typeof text === 'string' ? text : '';
}
