/** What posts of microblogs are made of: paragraphs, line ends, links, and spans without a meaning of their own. */
const TOKEN = /<(\/?)(p|br|a|span)((?:\s+[a-z-]+="[^"<>]*")*)\s*\/?>|([^<]+)/gy;
const ATTRIBUTE = /([a-z-]+)="([^"]*)"/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", apos: "'" };

/** White space that a browser folds, or cuts off: its rules are the slow way's. */
const FOLDED = /[^\S ]| {2}/;

/** A link as `linkText` looks at it. */
export interface SimpleLink {
  readonly textContent: string;
  getAttribute(name: string): string | null;
}

export interface SimpleParts {
  text(text: string): string;
  link(content: string, link: SimpleLink): string;
}

/**
 * Turns HTML of nothing but paragraphs, line ends and links into Markdown, ten times as fast as by a tree of it; undefined for
 * all other HTML, and wherever white space would have to be folded.
 */
export function simpleMarkdown(html: string, parts: SimpleParts): string | undefined {
  const paragraphs: string[] = [];
  let paragraph: string | undefined;
  let link:
    | { content: string; shown: string; readonly spans: number; readonly attributes: ReadonlyMap<string, string> }
    | undefined;
  /** Whether what comes next begins a line. */
  let isStart = true;
  let spans = 0;
  let end = 0;
  for (const token of html.matchAll(TOKEN)) {
    const [whole, slash, name, attributes = '', text] = token;
    end += whole.length;
    if (text !== undefined) {
      const plain = decoded(text);
      if (plain === undefined || paragraph === undefined || FOLDED.test(plain)) return undefined;
      const isEdge = isStart || link !== undefined || spans > 0;
      const next = html[end] === '<' ? html.slice(end, end + 4) : '';
      const endsLine = link !== undefined || spans > 0 || /^<(?:\/p|br)/.test(next);
      if ((isEdge && plain.startsWith(' ')) || (endsLine && plain.endsWith(' '))) return undefined;
      if (link) {
        link.content += parts.text(plain);
        link.shown += plain;
      } else paragraph += parts.text(plain);
      isStart = false;
    } else if (name === 'p') {
      if (attributes !== '' || link || spans > 0 || (slash === '/') !== (paragraph !== undefined)) return undefined;
      if (slash === '/') {
        if (paragraph === undefined || paragraph === '' || isStart) return undefined;
        paragraphs.push(paragraph);
        paragraph = undefined;
      } else paragraph = '';
      isStart = true;
    } else if (paragraph === undefined) return undefined;
    else if (name === 'br') {
      if (isStart || link || spans > 0 || slash === '/') return undefined;
      paragraph += '\\\n';
      isStart = true;
    } else if (name === 'span') spans += slash === '/' ? -1 : 1;
    else if (slash === '/') {
      if (link?.spans !== spans || link.content === '') return undefined;
      const { content, shown, attributes: own } = link;
      paragraph += parts.link(content, { textContent: shown, getAttribute: (each) => own.get(each) ?? null });
      link = undefined;
      isStart = false;
    } else {
      const own = link ? undefined : attributesOf(attributes);
      if (own === undefined) return undefined;
      link = { content: '', shown: '', spans, attributes: own };
    }
    if (spans < 0) return undefined;
  }
  return end === html.length && paragraph === undefined ? paragraphs.join('\n\n') : undefined;
}

function attributesOf(written: string): ReadonlyMap<string, string> | undefined {
  const found = new Map<string, string>();
  for (const [, name = '', value = ''] of written.matchAll(ATTRIBUTE)) {
    const plain = decoded(value);
    if (plain === undefined || found.has(name)) return undefined;
    found.set(name, plain);
  }
  return found;
}

/** Undefined for what takes a whole table to know. */
function decoded(text: string): string | undefined {
  if (!text.includes('&')) return text;
  let isKnown = true;
  const plain = text.replace(/&(?:(#?\w+);)?/g, (_, name: string | undefined) => {
    const letter = name === undefined ? undefined : ENTITIES[name];
    if (letter === undefined) isKnown = false;
    return letter ?? '';
  });
  return isKnown ? plain : undefined;
}
