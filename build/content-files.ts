import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from './model.ts';

/** What a Markdown file becomes: the first folder says so. */
export type DocumentKind = 'article' | 'note' | 'page';

export interface ContentFile {
  readonly kind: DocumentKind;
  /** Relative to the content folder, with `/`. */
  readonly source: string;
  readonly file: string;
}

export interface ContentListing {
  /** In the order of their names. */
  readonly documents: readonly ContentFile[];
  /** Every file under `media/`, relative to the content folder. */
  readonly media: readonly string[];
  /** Files that look like posts and are in no form that is read. */
  readonly faults: readonly Fault[];
}

const FOLDERS: readonly (readonly [string, DocumentKind])[] = [
  ['posts', 'article'],
  ['notes', 'note'],
  ['pages', 'page'],
];
const MARKDOWN = /\.(?:md|markdown|mdown)$/i;
const OTHER_MARKUP = /\.(mdx|html|adoc|asciidoc|org|rst|textile|njk|liquid|pug|hbs)$/i;

/**
 * Lists the content folder. Left out: names that begin with a dot, `_drafts` (Jekyll), and Markdown whose name begins
 * with `_` (`_index.md` describes a section in Hugo and Zola, which has no page here).
 */
export function listContent(contentFolder: string): ContentListing {
  const documents: ContentFile[] = [];
  const faults: Fault[] = [];
  for (const [folder, kind] of FOLDERS) {
    for (const source of walk(contentFolder, folder)) {
      const name = source.slice(source.lastIndexOf('/') + 1);
      if (name.startsWith('_')) continue;
      if (MARKDOWN.test(name)) documents.push({ kind, source, file: join(contentFolder, source) });
      const other = OTHER_MARKUP.exec(name)?.[1];
      if (other && (other !== 'html' || hasFrontMatter(join(contentFolder, source))))
        faults.push({
          file: source,
          line: 1,
          message: `posts are Markdown; .${other} is not read. Turn it into a .md file, or move it out of ${folder}/`,
        });
    }
  }
  return { documents, media: walk(contentFolder, 'media'), faults };
}

/** HTML with front matter is a post (Jekyll, Eleventy); without, it is a file that a post shows or links to. */
function hasFrontMatter(file: string): boolean {
  const head = Buffer.alloc(4);
  const opened = openSync(file, 'r');
  readSync(opened, head);
  closeSync(opened);
  return /^---\r?\n?/.test(head.toString('latin1'));
}

/** A file's size and time as one text; empty when there is no such file. */
export function stampOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat?.isFile() ? `${stat.size}:${stat.mtimeMs}` : '';
}

function walk(root: string, folder: string): string[] {
  const found: string[] = [];
  const entries = readEntries(join(root, folder)).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith('.') || entry.name === '_drafts' || entry.name === 'node_modules') continue;
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) found.push(...walk(root, path));
    else if (entry.isFile() || (entry.isSymbolicLink() && stampOf(join(root, path)) !== '')) found.push(path);
  }
  return found;
}

function readEntries(folder: string) {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder, { withFileTypes: true }) : [];
}
