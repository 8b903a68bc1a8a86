import { randomBytes } from 'node:crypto';
import { addressesOf } from '../federation/addresses.ts';
import { escapeXml } from '../federation/html-text.ts';
import type { Author, Interaction, Notification } from '../federation/interaction.ts';
import { isWebUrl, plainRichText } from '../federation/rich-text.ts';
import { sha256Hex } from './crypto.ts';

/** One notification, with what the store knows of it. */
export interface FeedNotification {
  readonly notification: Notification;
  readonly interaction: Interaction | undefined;
  readonly author: Author | undefined;
  /** The post that it is about, and its page. */
  readonly post: { readonly title: string; readonly url: string } | undefined;
}

/** Makes the secret part of the feed's address: nobody guesses it, and whoever has it reads the feed. */
export function newFeedSecret(): string {
  return randomBytes(32).toString('hex');
}

/** Longer texts are cut: the original is a click away. */
const MAX_TEXT = 2_000;

/**
 * Writes the owner's notifications as an Atom feed (RFC 4287): text alone, nothing that a feed reader could run or fetch. Ids
 * are made of the notification's key, so that what is sent twice is read once. Messages and reports show that they came:
 * what they say is sealed. The feed's own address is not in it: who has it can read it.
 */
export function notificationFeed(origin: string, list: readonly FeedNotification[]): string {
  const { host } = addressesOf(origin);
  // Of what no entry has changed, the feed has not either.
  const updated = list.map(({ notification }) => notification.at).reduce(later, '1970-01-01T00:00:00Z');
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>${escapeXml(`${origin}/ap/notifications`)}</id>
<title>${escapeXml(`Notifications of ${host}`)}</title>
<link rel="alternate" type="text/html" href="${escapeXml(`${origin}/`)}"/>
<updated>${escapeXml(updated)}</updated>
<generator>Postern</generator>
${list.map((item) => entry(item, origin)).join('')}</feed>
`;
}

function later(one: string, other: string): string {
  return Date.parse(other) > Date.parse(one) ? other : one;
}

function entry(item: FeedNotification, origin: string): string {
  const { key, actor, at } = item.notification;
  const name = isSealed(item) ? 'Somebody' : whoOf(item);
  const uri = item.author?.url ?? actor;
  const text = textOf(item);
  return `<entry>
<id>${uuidOf(key)}</id>
<title>${escapeXml(`${titleOf(item)}${waitsOf(item)}`)}</title>
<link rel="alternate" type="text/html" href="${escapeXml(linkOf(item, origin))}"/>
<author><name>${escapeXml(name)}</name>${isWebUrl(uri) ? `<uri>${escapeXml(uri)}</uri>` : ''}</author>
<published>${escapeXml(at)}</published>
<updated>${escapeXml(at)}</updated>
<content type="text">${escapeXml(text)}</content>
</entry>
`;
}

/** A name that is made of the key alone (RFC 9562 §5.8, version 8). */
function uuidOf(key: string): string {
  const digest = sha256Hex(key);
  const variant = ((Number.parseInt(digest.charAt(16), 16) & 3) | 8).toString(16);
  return `urn:uuid:${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}

function whoOf({ notification, author }: FeedNotification): string {
  return oneLine(notification.handle ?? author?.handle ?? notification.actor);
}

function titleOf(item: FeedNotification): string {
  const who = whoOf(item);
  const what = item.post === undefined ? 'a post' : oneLine(item.post.title);
  const { kind } = item.notification;
  switch (kind) {
    case 'follow':
      return `${who} follows the blog`;
    case 'follow-request':
      return `${who} asks to follow the blog`;
    case 'unfollow':
      return `${who} follows the blog no more`;
    case 'reply':
      return `${who} replied to ${what}`;
    case 'mention':
      return `${who} mentioned the blog`;
    case 'quote':
      return `${who} quoted ${what}`;
    case 'quote-request':
      return `${who} asks to quote ${what}`;
    case 'like': {
      const emoji = item.interaction?.emoji;
      return emoji === undefined ? `${who} liked ${what}` : `${who} reacted with ${oneLine(emoji.text)} to ${what}`;
    }
    case 'boost':
      return `${who} boosted ${what}`;
    case 'message':
      return 'Somebody sent a message that is not public';
    case 'report':
      return 'Somebody reported something';
    case 'move':
      return `${who} moved to another account`;
    case 'follow-accepted':
      return `${who} accepted that the blog follows`;
    case 'follow-rejected':
      return `${who} does not let the blog follow`;
    case 'follow-ended':
      return `${who} ended that the blog follows`;
    case 'quote-accepted':
      return `${who} consents to the quote in ${what}`;
    case 'quote-rejected':
      return `${who} does not consent to the quote in ${what}`;
    case 'quote-revoked':
      return `${who} took back the consent to the quote in ${what}`;
    default:
      return kind satisfies never;
  }
}

/** A list of titles shows what is to be decided. */
function waitsOf({ interaction }: FeedNotification): string {
  return interaction?.state === 'held' ? ' (waits for you)' : '';
}

/** What was said, and whether others see it. */
function textOf({ notification, interaction }: FeedNotification): string {
  if (isSealed({ notification })) return 'Read it with npm run messages.';
  const { content, state, reason } = interaction ?? {};
  const standing = state === undefined || state === 'shown' ? '' : `(${state}${reason ? `: ${reason}` : ''})`;
  if (content === undefined) return standing;
  const { title, contentWarning, text } = content;
  const said = cut(plainRichText(text));
  const warning = contentWarning === undefined ? undefined : `Content warning: ${contentWarning}`;
  return [standing, title, warning, said].filter((part) => part !== undefined && part !== '').join('\n\n');
}

function linkOf({ notification, interaction, author, post }: FeedNotification, origin: string): string {
  const { kind, actor } = notification;
  const isOfPost = kind === 'like' || kind === 'boost';
  const wanted = isOfPost ? [post?.url, author?.url] : [interaction?.content?.url, author?.url];
  return wanted.find(isWebUrl) ?? (isWebUrl(actor) ? actor : `${origin}/`);
}

/** Not even who sent it is stored in the clear. */
function isSealed({ notification: { kind } }: Pick<FeedNotification, 'notification'>): boolean {
  return kind === 'message' || kind === 'report';
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 200);
}

function cut(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)} …` : text;
}
