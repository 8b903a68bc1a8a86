import { z } from 'zod';
import { createMarkdown } from '../../build/markdown.ts';
import { escapeHtml } from './html-nodes.ts';

/** Deeper ones nobody wrote. */
const DEEPEST = 60;

const record = z.record(z.string(), z.unknown());
type Fields = z.output<typeof record>;

/**
 * The text of what Ghost's editor keeps (Lexical, with its own cards) as HTML; undefined for what is none. Cards that only mails
 * and members got are left out.
 */
export function lexicalHtml(written: string): string | undefined {
  const document = record.safeParse(parsed(written));
  const root = document.success ? record.safeParse(document.data.root) : undefined;
  return root?.success ? childrenHtml(root.data, 0) : undefined;
}

export function parsed(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return undefined;
  }
}

function childrenHtml({ children }: Fields, depth: number): string {
  if (!Array.isArray(children) || depth > DEEPEST) return '';
  return children.map((child) => nodeHtml(child, depth + 1)).join('');
}

const TAGS: Readonly<Record<string, string>> = {
  paragraph: 'p',
  quote: 'blockquote',
  'extended-quote': 'blockquote',
  aside: 'blockquote',
  listitem: 'li',
};

function nodeHtml(value: unknown, depth: number): string {
  const read = record.safeParse(value);
  if (!read.success) return '';
  const node = read.data;
  const type = text(node.type);
  const inner = (): string => childrenHtml(node, depth);
  const tag = TAGS[type];
  if (tag !== undefined) return `<${tag}>${inner()}</${tag}>`;
  switch (type) {
    case 'text':
    case 'extended-text':
      return formatted(escapeHtml(text(node.text)), Number(node.format) || 0);
    case 'linebreak':
      return '<br>';
    case 'link':
    case 'autolink':
      return `<a href="${escapeHtml(text(node.url))}">${inner()}</a>`;
    case 'heading':
    case 'extended-heading': {
      const level = /^h[1-6]$/.test(text(node.tag)) ? text(node.tag) : 'h2';
      return `<${level}>${inner()}</${level}>`;
    }
    case 'list': {
      const list = node.listType === 'number' || node.tag === 'ol' ? 'ol' : 'ul';
      return `<${list}>${inner()}</${list}>`;
    }
    default:
      return cardHtml(type, node) || inner();
  }
}

/** Bits of Lexical's text nodes. */
const FORMATS: readonly (readonly [bit: number, tag: string])[] = [
  [16, 'code'],
  [1, 'strong'],
  [2, 'em'],
  [4, 's'],
  [32, 'sub'],
  [64, 'sup'],
];

function formatted(html: string, format: number): string {
  return FORMATS.reduce((inner, [bit, tag]) => ((format & bit) === 0 ? inner : `<${tag}>${inner}</${tag}>`), html);
}

/** A card of the editor: a picture, code, or a piece of another page. Those of before 5.0 (Mobiledoc) have the same names. */
export function cardHtml(type: string, card: Fields): string {
  if (isGated(card)) return '';
  switch (type) {
    case 'image':
      return figure(picture(card), card.caption);
    case 'gallery': {
      const images = Array.isArray(card.images) ? card.images : [];
      return figure(images.map((image) => pictureOf(image)).join(''), card.caption);
    }
    case 'markdown':
    case 'card-markdown':
      return rendered(text(card.markdown));
    case 'html':
      return text(card.html);
    case 'code':
    case 'codeblock':
      return `<pre><code${languageClass(text(card.language))}>${escapeHtml(text(card.code))}</code></pre>`;
    case 'hr':
    case 'horizontalrule':
      return '<hr>';
    case 'callout':
      return `<blockquote><p>${escapeHtml(text(card.calloutEmoji))} ${text(card.calloutText)}</p></blockquote>`;
    case 'toggle':
      return `<h4>${text(card.heading)}</h4><p>${text(card.content)}</p>`;
    case 'video':
    case 'audio':
      return figure(
        `<${type} src="${escapeHtml(text(card.src))}" title="${escapeHtml(text(card.title))}"></${type}>`,
        card.caption,
      );
    case 'file':
      return link(text(card.src), text(card.fileTitle) || text(card.fileName));
    case 'bookmark':
      return link(text(card.url), text(record.safeParse(card.metadata).data?.title));
    case 'embed':
      return link(text(card.url), '');
    case 'button':
      return link(text(card.buttonUrl), text(card.buttonText));
    default:
      return '';
  }
}

/** `visibility.web` says who sees it: since 5.113 a card may be for members alone. */
function isGated({ visibility }: Fields): boolean {
  const web = record.safeParse(record.safeParse(visibility).data?.web);
  return web.success && web.data.nonMember === false;
}

const markdown = createMarkdown();

function rendered(body: string): string {
  return markdown.render(markdown.parse(body, { name: 'card', hashtags: false }));
}

function pictureOf(value: unknown): string {
  const read = record.safeParse(value);
  return read.success ? picture(read.data) : '';
}

function picture({ src, alt }: Fields): string {
  return `<p><img src="${escapeHtml(text(src))}" alt="${escapeHtml(text(alt))}"></p>`;
}

/** Captions are HTML. */
function figure(html: string, caption: unknown): string {
  return `<figure>${html}${text(caption) === '' ? '' : `<figcaption>${text(caption)}</figcaption>`}</figure>`;
}

function link(address: string, words: string): string {
  return address === '' ? '' : `<p><a href="${escapeHtml(address)}">${escapeHtml(words || address)}</a></p>`;
}

function languageClass(language: string): string {
  return /^[\w+#.-]{1,30}$/.test(language) ? ` class="language-${language}"` : '';
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
