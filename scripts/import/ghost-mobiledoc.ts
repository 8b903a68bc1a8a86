import { z } from 'zod';
import { cardHtml, parsed } from './ghost-lexical.ts';
import { escapeHtml } from './html-nodes.ts';

const marker = z.tuple([z.number(), z.array(z.number()), z.number(), z.unknown()]);

/** Mobiledoc 0.3 (bustle/mobiledoc-kit `MOBILEDOC.md`): what Ghost's editor kept before 5.0. */
const schema = z.object({
  markups: z
    .array(z.tuple([z.string()]).rest(z.unknown()))
    .catch([])
    .default([]),
  atoms: z
    .array(z.tuple([z.string(), z.string()]).rest(z.unknown()))
    .catch([])
    .default([]),
  cards: z
    .array(z.tuple([z.string(), z.record(z.string(), z.unknown())]))
    .catch([])
    .default([]),
  sections: z.array(z.array(z.unknown())),
});

type Document = z.output<typeof schema>;

/** Gives the text as HTML; undefined for what is none. */
export function mobiledocHtml(written: string): string | undefined {
  const read = schema.safeParse(parsed(written));
  return read.success ? read.data.sections.map((section) => sectionHtml(section, read.data)).join('') : undefined;
}

/** In all the tags that it may have. */
const SECTIONS = new Set(['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'aside', 'ul', 'ol']);
const MARKUPS = new Set(['a', 'b', 'strong', 'em', 'i', 's', 'code', 'sub', 'sup']);

function sectionHtml([kind, first, second]: readonly unknown[], document: Document): string {
  const tag = typeof first === 'string' && SECTIONS.has(first) ? first : 'p';
  if (kind === 1) return `<${tag}>${markersHtml(second, document)}</${tag}>`;
  if (kind === 2 && typeof first === 'string') return `<p><img src="${escapeHtml(first)}" alt=""></p>`;
  if (kind === 3 && Array.isArray(second))
    return `<${tag}>${second.map((item) => `<li>${markersHtml(item, document)}</li>`).join('')}</${tag}>`;
  const card = kind === 10 && typeof first === 'number' ? document.cards[first] : undefined;
  return card === undefined ? '' : cardHtml(card[0], card[1]);
}

function markersHtml(value: unknown, { markups, atoms }: Document): string {
  if (!Array.isArray(value)) return '';
  const open: string[] = [];
  let html = '';
  for (const each of value) {
    const read = marker.safeParse(each);
    if (!read.success) continue;
    const [kind, opened, closed, what] = read.data;
    for (const index of opened) {
      const [tag = '', attributes] = markups[index] ?? [];
      const name = MARKUPS.has(tag) ? tag : 'span';
      const href = Array.isArray(attributes) ? attributes[attributes.indexOf('href') + 1] : undefined;
      html += name === 'a' && typeof href === 'string' ? `<a href="${escapeHtml(href)}">` : `<${name}>`;
      open.push(name);
    }
    if (kind === 0 && typeof what === 'string') html += escapeHtml(what);
    else if (kind === 1 && typeof what === 'number')
      html += atoms[what]?.[0] === 'soft-return' ? '<br>' : escapeHtml(atoms[what]?.[1] ?? '');
    for (let n = 0; n < closed && open.length > 0; n += 1) html += `</${open.pop()}>`;
  }
  return (
    html +
    open
      .reverse()
      .map((name) => `</${name}>`)
      .join('')
  );
}
