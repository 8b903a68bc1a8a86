import type { StateCore, Token } from 'markdown-it';

/** HTML elements whose text is left alone. */
const QUIET = /<(\/?)(?:a|code|pre|kbd|samp|script|style|textarea|svg)(?=[\s/>])[^>]*>/gi;

/** A text of the body that is in no link and no code. */
export interface FoundText {
  readonly token: Token;
  /** The text right before it that is a token of its own, as of `\#`; empty when something else is. */
  readonly before: string;
  /** 1-based, within the body. */
  readonly line: number;
}

/**
 * Puts other tokens in the place of texts that have `mark` in them, where they are in no link, no code and no quiet element
 * of raw HTML. It is for rules before `text_join`, while what is escaped is still a token of its own.
 */
export function replaceTexts(state: StateCore, mark: string, replace: (found: FoundText) => Token[]): void {
  // Raw HTML may open in one block and close in another.
  let depth = 0;
  let line = 1;
  for (const token of state.tokens) {
    if (token.map) line = token.map[0] + 1;
    if (token.type === 'html_block') depth = changeDepth(depth, token.content);
    if (token.type !== 'inline' || !token.children) continue;
    const walk = { children: token.children, mark, depth, line };
    token.children = replaceChildren(walk, replace);
    depth = walk.depth;
  }
}

interface Walk {
  readonly children: Token[];
  readonly mark: string;
  depth: number;
  readonly line: number;
}

function replaceChildren(walk: Walk, replace: (found: FoundText) => Token[]): Token[] {
  const { children, mark } = walk;
  let result: Token[] | undefined;
  let links = 0;
  let breaks = 0;
  children.forEach((child, index) => {
    if (child.type === 'link_open') links += 1;
    else if (child.type === 'link_close') links -= 1;
    else if (child.type === 'softbreak' || child.type === 'hardbreak') breaks += 1;
    else if (child.type === 'html_inline') walk.depth = changeDepth(walk.depth, child.content);
    if (child.type !== 'text' || links > 0 || walk.depth > 0 || !child.content.includes(mark)) result?.push(child);
    else {
      result ??= children.slice(0, index);
      result.push(...replace({ token: child, before: textOf(children[index - 1]), line: walk.line + breaks }));
    }
  });
  return result ?? children;
}

function changeDepth(depth: number, html: string): number {
  let now = depth;
  for (const match of html.matchAll(QUIET)) {
    if (match[1] === '/') now = Math.max(0, now - 1);
    else if (!match[0].endsWith('/>')) now += 1;
  }
  return now;
}

function textOf(token: Token | undefined): string {
  return token?.type === 'text' || token?.type === 'text_special' ? token.content : '';
}

/** Makes a token of plain text. */
export function textToken(content: string, level: number, state: StateCore): Token {
  return tokenOf('text', content, level, state);
}

/** Makes a token of HTML that is ours. */
export function htmlToken(content: string, level: number, state: StateCore): Token {
  return tokenOf('html_inline', content, level, state);
}

function tokenOf(type: string, content: string, level: number, state: StateCore): Token {
  const token = new state.Token(type, '', 0);
  token.content = content;
  token.level = level;
  return token;
}

/** Makes a link around tokens; `markup` says which rule made it. */
export function linkTokens(
  attributes: [string, string][],
  inside: readonly Token[],
  { markup, level }: { readonly markup: string; readonly level: number },
  state: StateCore,
): Token[] {
  const open = new state.Token('link_open', 'a', 1);
  open.attrs = attributes;
  const close = new state.Token('link_close', 'a', -1);
  for (const token of [open, close]) {
    token.markup = markup;
    token.level = level;
  }
  return [open, ...inside, close];
}
