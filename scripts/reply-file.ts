import { randomBytes } from 'node:crypto';
import { PLACEHOLDER } from '../build/placeholder.ts';
import { toSlug } from '../build/slugs.ts';
import { seemlyText } from '../federation/inbox/plain-text.ts';
import type { KnownObject } from '../federation/reference.ts';

/** What a note does to the post of somebody. */
export type ReplyKind = 'reply' | 'like' | 'boost' | 'quote';

const KEYS = { reply: 'in-reply-to', like: 'like-of', boost: 'repost-of', quote: 'quotation-of' } as const;
const WORDS = { reply: 're', like: 'like', boost: 'boost', quote: 'quote' } as const;

export interface NewReply {
  readonly kind: ReplyKind;
  /** The address as it was given. */
  readonly url: string;
  /** Absent when nobody could say what is there, or when it is a post of this blog. */
  readonly object?: KnownObject | undefined;
  /** What to say; without it, a line that is left out of the site until it is replaced. */
  readonly text?: string | undefined;
  readonly now: Date;
}

const LONGEST_NAME = 40;

/** Gives the text of a new note and the name of its file, without an ending. */
export function newReply(reply: NewReply): { readonly name: string; readonly text: string } {
  const { kind, url, object, now } = reply;
  const date = now.toISOString().replace(/\.\d+Z$/, 'Z');
  const moment = date.replace(/[-:]/g, '').replace('T', '-').slice(0, 13);
  const whom = toSlug(object?.author.handle.split('@')[1] ?? '').slice(0, LONGEST_NAME) || 'post';
  const name = `${moment}-${WORDS[kind]}-${whom}`;
  const id = `${/^[\w-]+$/.test(name) ? name : `${moment}-${WORDS[kind]}`}-${randomBytes(3).toString('hex')}`;
  const head = [`id: ${id}`, `date: ${date}`, `${KEYS[kind]}: ${JSON.stringify(url)}`];
  const says = kind === 'reply' || kind === 'quote' ? [reply.text ?? PLACEHOLDER] : (reply.text ?? []);
  const body = [object === undefined ? [] : commentOf(object), says].flat();
  return { name, text: ['---', ...head, '---', '', ...body.flatMap((part) => [part, ''])].join('\n') };
}

/** A comment is for whoever writes: a build takes it out. */
function commentOf({ author, published, name, excerpt }: KnownObject): string {
  const when = published === undefined ? '' : ` on ${published.slice(0, 10)}`;
  const said = [name, excerpt].flatMap((text) => (text === undefined ? [] : wrapText(text)));
  // What ends a comment would let the rest of it into the note; template code could take the rest of the note with it.
  const lines = [`${author.handle} wrote${when}:`, ...said].map((line) =>
    seemlyText(line)
      .replace(/--+(?=!?>)/g, '–')
      .replace(/\{(?=[{%])/g, '{ '),
  );
  return `<!-- ${lines.join('\n')}\n-->`;
}

function wrapText(text: string, width = 78): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
