import type { StateCore, Token } from 'markdown-it';
import { toSlug } from './slugs.ts';

/** Gives each heading an id from its text, or the one written as `{#id}` (Hugo, Zola, kramdown); each id once. */
export function nameHeadings(state: StateCore): void {
  const used = new Set<string>();
  state.tokens.forEach((token, index) => {
    if (token.type !== 'heading_open') return;
    const inline = state.tokens[index + 1];
    const base = (inline && takeExplicitId(inline)) || toSlug(plainText(inline?.children ?? [])) || 'section';
    let id = base;
    for (let number = 2; used.has(id); number += 1) id = `${base}-${number}`;
    used.add(id);
    token.attrSet('id', id);
  });
}

function takeExplicitId(inline: Token): string | undefined {
  const last = inline.children?.at(-1);
  const match = last?.type === 'text' ? /\s*\{#([A-Za-z][\w:.-]*)\}\s*$/.exec(last.content) : null;
  if (!last || !match) return undefined;
  last.content = last.content.slice(0, match.index);
  return match[1];
}

/** The text of inline tokens as a reader hears it. */
export function plainText(children: readonly Token[]): string {
  let text = '';
  for (const child of children) {
    if (child.type === 'softbreak' || child.type === 'hardbreak') text += ' ';
    else if (child.type !== 'html_inline' && child.type !== 'footnote_ref') text += child.content;
  }
  return text.trim();
}

/** Makes a figure of a picture that stands alone and has a title: the title becomes the caption. */
export function captionFigures(state: StateCore): void {
  state.tokens.forEach((inline, index) => {
    const image = inline.children?.length === 1 ? inline.children[0] : undefined;
    const open = state.tokens[index - 1];
    const close = state.tokens[index + 1];
    if (image?.type !== 'image' || open?.type !== 'paragraph_open' || close?.type !== 'paragraph_close' || open.hidden)
      return;
    const title = image.attrGet('title');
    if (title === null || title === '') return;
    image.attrs = image.attrs?.filter(([name]) => name !== 'title') ?? null;
    open.type = 'figure_open';
    open.tag = 'figure';
    close.type = 'figure_close';
    close.tag = 'figure';
    const caption = new state.Token('html_inline', '', 0);
    caption.content = `<figcaption>${state.md.utils.escapeHtml(String(title))}</figcaption>`;
    inline.children?.push(caption);
  });
}
