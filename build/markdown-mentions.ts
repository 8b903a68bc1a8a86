import type { StateCore, StateInline, Token } from 'markdown-it';
import type { KnownActor } from '../federation/reference.ts';
import { type Handle, readHandle } from './handles.ts';
import { type FoundText, htmlToken, linkTokens, replaceTexts, textToken } from './markdown-text.ts';

/** Who is behind a handle: somebody elsewhere, or the blog itself. */
export interface Person {
  /** The page of the profile. */
  readonly href: string;
  /** Absent for the blog itself, which nobody needs to tell of its own posts. */
  readonly actor?: KnownActor;
}

/** Undefined when nobody is known by that handle. */
export type FindPerson = (handle: Handle) => Person | undefined;

/** A mention in a text. */
export interface FoundMention {
  /** In lower case. */
  readonly handle: string;
  /** The same with the name as it is written: some servers tell names apart by case. */
  readonly written: string;
  /** 1-based, within the body. */
  readonly line: number;
  readonly person?: Person;
}

const LABEL = String.raw`[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}_-]*[\p{L}\p{M}\p{N}])?`;

/**
 * `@user@host` with nothing around it that would make it part of a word, an address or a path. What is no host after all is
 * told apart by `readHandle`.
 */
const PATTERN =
  String.raw`(?<![\p{L}\p{N}\p{M}_/=@])@([\p{L}\p{N}_](?:[\p{L}\p{M}\p{N}_.-]*[\p{L}\p{M}\p{N}_])?)` +
  String.raw`@((?:${LABEL}(?:\.${LABEL})+|localhost(?=:\d))(?::\d{1,5})?)(?![\p{L}\p{M}\p{N}_@]|\/[\p{L}\p{N}@]|\.[\p{L}\p{N}])`;
const MENTION = new RegExp(PATTERN, 'gu');
const MENTION_HERE = new RegExp(PATTERN, 'yu');
const WORD_BEFORE = /[\p{L}\p{N}\p{M}_/=@]$/u;

/** The core rule that makes links of `@user@host` in text, where the caller asks by `env.mentions`. It runs before `text_join`, while `\@` is still a token of its own. */
export function linkMentions(state: StateCore): void {
  const { mentions } = state.env;
  if (!(mentions instanceof Mentions) || !state.src.includes('@')) return;
  replaceTexts(state, '@', (text) => splitText(text, state, mentions));
}

/** The inline rule that takes a handle whole: the underscores of `@_ann_@a.example` emphasise nothing. */
export function keepHandles(state: StateInline, silent: boolean): boolean {
  if (state.src[state.pos] !== '@' || !(state.env.mentions instanceof Mentions)) return false;
  MENTION_HERE.lastIndex = state.pos;
  const [handle] = MENTION_HERE.exec(state.src) ?? [];
  if (handle === undefined || state.pos + handle.length > state.posMax) return false;
  if (!silent) state.pending += handle;
  state.pos += handle.length;
  return true;
}

/** What `env.mentions` is where mentions are wanted: it takes what is found in one body. */
export class Mentions {
  readonly find: FindPerson;
  readonly found: FoundMention[] = [];

  constructor(find: FindPerson) {
    this.find = find;
  }
}

function splitText({ token, before, line }: FoundText, state: StateCore, { find, found }: Mentions): Token[] {
  const parts: Token[] = [];
  let rest = 0;
  for (const match of token.content.matchAll(MENTION)) {
    const handle = readHandle(match[0]);
    if (!handle || (match.index === 0 && WORD_BEFORE.test(before))) continue;
    const person = find(handle);
    found.push({
      handle: handle.handle,
      written: `@${handle.user}@${handle.host}`,
      line,
      ...(person ? { person } : {}),
    });
    if (!person) continue;
    if (match.index > rest) parts.push(textToken(token.content.slice(rest, match.index), token.level, state));
    parts.push(...mentionTokens(person.href, match[1] ?? '', token.level, state));
    rest = match.index + match[0].length;
  }
  if (rest === 0) return [token];
  if (rest < token.content.length) parts.push(textToken(token.content.slice(rest), token.level, state));
  return parts;
}

/** As Mastodon writes one: it knows a mention by the class of its link, and microformats by the card around it. */
function mentionTokens(href: string, user: string, level: number, state: StateCore): Token[] {
  const inside = [
    textToken('@', level + 1, state),
    htmlToken('<span>', level + 1, state),
    textToken(user, level + 1, state),
    htmlToken('</span>', level + 1, state),
  ];
  const attributes: [string, string][] = [
    ['href', href],
    ['class', 'u-url mention'],
  ];
  return [
    htmlToken('<span class="h-card">', level, state),
    ...linkTokens(attributes, inside, { markup: 'mention', level }, state),
    htmlToken('</span>', level, state),
  ];
}
