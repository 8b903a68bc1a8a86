import { leaveUnknownAddresses, replaceKnown } from './foreign-tags.ts';

/** What a body of another generator became. */
export interface PlainBody {
  readonly body: string;
  /** 1-based lines, within the body, of template code that stays as text. */
  readonly warnings: readonly { readonly line: number; readonly message: string }[];
}

const ANY = /\{[%{:]|\[\[?toc\]|\[![a-z]+\]/i;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const LIST_ITEM = /^ {0,3}(?:[-*+]|\d{1,9}[.)])\s/;
const OPEN_BLOCK =
  /^\s*(?:\{%-?\s*codeblock(?:\s+(?:[^%]*?\blang:([\w+#.-]+))?[^%]*)?%\}|\{%-?\s*highlight\s+["']?([\w+#.-]+)[^%]*%\}|\{\{[<%]\s*highlight\s+"?([\w+#.-]+)"?[^}]*[>%]\}\})\s*$/;
const CLOSE_BLOCK = /^\s*(?:\{%-?\s*end(?:highlight|codeblock)\s*-?%\}|\{\{[<%]\s*\/\s*highlight\s*[>%]\}\})\s*$/;
const OPEN_COMMENT = /\{%-?\s*comment\s*-?%\}|\{\{\/\*/;
const CLOSE_COMMENT = /^.*?(?:\{%-?\s*endcomment\s*-?%\}|\*\/\}\})/;
const LEFT = /\{%-?\s*(\S+)|\{\{[<%]\s*\/?\s*(\S+)|\{\{-?\s*([^}\s]+)/;
const CODE_SPAN = /(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g;
/** Longer than any fence that code is likely to hold. */
const CODE_FENCE = '~~~~~~';

/**
 * Takes the template code out of a body, as far as its meaning is clear without the engine that ran it. Line numbers
 * stay. Known are blocks of code, `raw` and comments, and what `foreign-tags.ts` holds; `data` is the file's front
 * matter, whose values the body may name. Anything else stays as text, with a warning. Code is never touched.
 */
export function readForeignMarkup(body: string, data: Readonly<Record<string, unknown>> = {}): PlainBody {
  if (!ANY.test(body)) return { body, warnings: [] };
  const warnings: { line: number; message: string }[] = [];
  const reader = new LineReader(data, (line, message) => warnings.push({ line, message }));
  const lines = body.split('\n').map((text, index) => reader.read(text, index + 1));
  return { body: lines.join('\n'), warnings };
}

type Mode = { readonly kind: 'text' | 'block' | 'comment' | 'raw' } | { readonly kind: 'fence'; readonly mark: string };

class LineReader {
  private mode: Mode = { kind: 'text' };
  /** Indented lines of a list item are text, where others are code. */
  private inList = false;
  private readonly data: Readonly<Record<string, unknown>>;
  private readonly warn: (line: number, message: string) => void;

  constructor(data: Readonly<Record<string, unknown>>, warn: (line: number, message: string) => void) {
    this.data = data;
    this.warn = warn;
  }

  read(text: string, line: number): string {
    switch (this.mode.kind) {
      case 'fence':
        if (closesFence(text, this.mode.mark)) this.mode = { kind: 'text' };
        return text;
      case 'block':
        if (!CLOSE_BLOCK.test(text)) return text.replace(/\{%-?\s*(?:end)?raw\s*-?%\}/g, '');
        this.mode = { kind: 'text' };
        return CODE_FENCE;
      case 'comment':
        if (!CLOSE_COMMENT.test(text)) return '';
        this.mode = { kind: 'text' };
        return this.readText(text.replace(CLOSE_COMMENT, ''), line);
      case 'raw':
        return this.readRaw(text, line);
      default:
        return this.readText(text, line);
    }
  }

  private readText(text: string, line: number): string {
    const fence = FENCE.exec(text)?.[1];
    if (fence) {
      this.mode = { kind: 'fence', mark: fence };
      return text;
    }
    if (/^\S| {0,3}\S/.test(text.slice(0, 4))) this.inList = LIST_ITEM.test(text);
    if (!ANY.test(text) || (/^(?: {4}|\t)/.test(text) && !this.inList)) return text;
    const block = OPEN_BLOCK.exec(text);
    if (block) {
      this.mode = { kind: 'block' };
      return `${CODE_FENCE}${block[1] ?? block[2] ?? block[3] ?? ''}`;
    }
    const masked = text.replace(CODE_SPAN, (code) => ' '.repeat(code.length));
    const raw = /\{%-?\s*raw\s*-?%\}/.exec(masked);
    if (raw) {
      this.mode = { kind: 'raw' };
      return this.readText(text.slice(0, raw.index), line) + this.readRaw(text.slice(raw.index + raw[0].length), line);
    }
    const comment = OPEN_COMMENT.exec(masked);
    if (comment) {
      const rest = text.slice(comment.index);
      if (CLOSE_COMMENT.test(rest))
        return this.readText(text.slice(0, comment.index) + rest.replace(CLOSE_COMMENT, ''), line);
      this.mode = { kind: 'comment' };
      return text.slice(0, comment.index);
    }
    return this.replaceOutsideCode(text, line);
  }

  private readRaw(text: string, line: number): string {
    const end = /\{%-?\s*endraw\s*-?%\}/.exec(text);
    if (!end) return text;
    this.mode = { kind: 'text' };
    return text.slice(0, end.index) + this.readText(text.slice(end.index + end[0].length), line);
  }

  private replaceOutsideCode(text: string, line: number): string {
    let result = '';
    let rest = 0;
    for (const code of text.matchAll(CODE_SPAN)) {
      result += this.replacePlain(text.slice(rest, code.index), line) + code[0];
      rest = code.index + code[0].length;
    }
    return result + this.replacePlain(text.slice(rest), line);
  }

  private replacePlain(text: string, line: number): string {
    const plain = leaveUnknownAddresses(replaceKnown(text, this.data), (address) =>
      this.warn(line, `an address made by template code (${address}) cannot be known here; its link is left out`),
    );
    const left = LEFT.exec(plain);
    if (left) this.warn(line, `template code "${left[0]}…" is not run here and stays as text`);
    return plain;
  }
}

function closesFence(text: string, mark: string): boolean {
  const close = FENCE.exec(text)?.[1];
  return close !== undefined && close[0] === mark[0] && close.length >= mark.length && text.trim() === close;
}
