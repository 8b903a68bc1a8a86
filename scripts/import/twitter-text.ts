import { escapeMarkdown, linkAddress } from './escape-markdown.ts';
import { withoutRuns } from './html-nodes.ts';

/** What a tweet says, and what the links, names and tags in it are. */
export interface TweetWords {
  /** With `&amp;`, `&lt;` and `&gt;`, as the archive has it. */
  readonly text: string;
  /** Whole addresses by the short ones; the empty text takes one out. */
  readonly addresses: ReadonlyMap<string, string>;
  /** Names that are accounts of Twitter, in lower case. */
  readonly names: ReadonlySet<string>;
  /** In lower case, without `#`. */
  readonly hashtags: ReadonlySet<string>;
}

const TOKEN = /https?:\/\/[^\s<>"]+|(?<![\p{L}\p{N}_@/])[@＠]\w{1,20}|[#＃][\p{L}\p{N}\p{M}_]+/giu;

/** What closes a sentence is no part of the address before it. */
const AFTER_ADDRESS = /[.,:;!?'"…)\]}>]+$/u;

/** Turns the text of a tweet into Markdown that shows the same, line for line, with the links where they lead. */
export function tweetMarkdown(words: TweetWords): string {
  const paragraphs = withoutRuns(decode(words.text))
    .replace(/\r\n?/g, '\n')
    .split(/\n[^\S\n]*\n\s*/)
    .map((paragraph) => paragraphText(paragraph, words))
    .filter((paragraph) => paragraph !== '');
  return paragraphs.join('\n\n');
}

function paragraphText(paragraph: string, words: TweetWords): string {
  return paragraph
    .split('\n')
    .map((line) => lineText(line, words))
    .filter((line) => line !== '')
    .join('\\\n');
}

interface Part {
  readonly text: string;
  readonly isPlain: boolean;
}

function lineText(line: string, words: TweetWords): string {
  const parts: Part[] = [];
  let rest = 0;
  for (const match of line.matchAll(TOKEN)) {
    const found = tokenText(match[0], words);
    if (found === undefined) continue;
    parts.push({ text: line.slice(rest, match.index), isPlain: true }, { text: found.text, isPlain: false });
    rest = match.index + found.length;
  }
  parts.push({ text: line.slice(rest), isPlain: true });
  // Marks at the beginning of a line mean more than others; only there is the beginning of a part one.
  return parts
    .map(({ text, isPlain }, index) => (isPlain ? plainText(text, parts[index - 1]?.text ?? '') : text))
    .join('')
    .trim();
}

/** Within a line, marks of lists and headings are none: a full stop before the text says so, and is taken off again. */
function plainText(text: string, before: string): string {
  if (text === '') return '';
  const escaped = before === '' ? escapeMarkdown(text.trimStart()) : escapeMarkdown(`.${text}`).slice(1);
  // A handle of the fediverse in a tweet mentioned nobody.
  return escaped.replace(/@(?=[^\s@]+@)/gu, '\\@');
}

function tokenText(token: string, words: TweetWords): { readonly text: string; readonly length: number } | undefined {
  if (token.startsWith('#') || token.startsWith('＃')) {
    const isTag = words.hashtags.has(token.slice(1).toLowerCase());
    return isTag ? { text: `#${token.slice(1)}`, length: token.length } : undefined;
  }
  if (/^[@＠]/.test(token)) {
    const name = token.slice(1);
    if (!words.names.has(name.toLowerCase())) return undefined;
    return { text: `[@${escapeMarkdown(name)}](https://x.com/${name})`, length: token.length };
  }
  const short = [...words.addresses.keys()].find((address) => token.startsWith(address));
  const whole = short === undefined ? undefined : words.addresses.get(short);
  if (short !== undefined && whole !== undefined)
    return { text: whole === '' ? '' : linkOf(whole), length: short.length };
  const address = token.replace(AFTER_ADDRESS, '');
  return { text: linkOf(address), length: address.length };
}

function linkOf(address: string): string {
  return `<${linkAddress(address)}>`;
}

/** The only entities that Twitter writes. */
export function decode(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
