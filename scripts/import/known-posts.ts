import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { type ContentFile, listContent } from '../../build/content-files.ts';
import { type FrontMatter, parseFrontMatter } from '../../build/front-matter.ts';

/** The posts of the content folder by where they stood before; grows by a hundred bytes a post. */
export interface KnownPosts {
  /** The file of the post that had this address, relative to the content folder. */
  fileOf(originalUrl: string): string | undefined;
  add(originalUrl: string, file: string): void;
  /** Another address of the same post. */
  alias(address: string, originalUrl: string): void;
}

/**
 * The id of the post that stood at an address: the same in every import, so that a file without its `original-url` is known
 * as well, and an id is never given twice.
 */
export function idOf(originalUrl: string): string {
  return `imported-${keyOf(originalUrl)}`;
}

/** What tells one address from another, in 16 letters that hold on to nothing else: hundreds of thousands are kept. */
export function keyOf(address: string): string {
  return createHash('sha256').update(address).digest().toString('hex', 0, 8);
}

/** Makes an address for what had none of its own: the same for the same words. */
export function urnOf(format: string, kind: string, ...words: readonly string[]): string {
  const digest = createHash('sha256').update(JSON.stringify(words)).digest('hex').slice(0, 32);
  return `urn:postern:${format}:${kind}:${digest}`;
}

/** Reads the front matter of every post and note there is. */
export function readKnownPosts(contentFolder: string): KnownPosts {
  const files = new Map<string, string>();
  for (const document of listContent(contentFolder).documents) {
    if (document.kind === 'page') continue;
    for (const key of keysOf(document)) files.set(key, flat(document.source));
  }
  return {
    fileOf: (originalUrl) => files.get(keyOf(originalUrl)),
    add: (originalUrl, file) => files.set(keyOf(originalUrl), flat(file)),
    alias(address, originalUrl) {
      const file = files.get(keyOf(originalUrl));
      if (file !== undefined && address !== originalUrl) files.set(keyOf(address), file);
    },
  };
}

/** A text put together of others keeps them all until it is read as one. */
function flat(text: string): string {
  return Buffer.from(text).toString();
}

const IMPORTED = /^imported-([0-9a-f]{16})$/;

function keysOf({ file }: ContentFile): string[] {
  const head = readHead(file);
  // Most blogs have posts that were never elsewhere: their front matter needs no look.
  if (!/original[-_]?url|imported-/i.test(head)) return [];
  const lines = simpleLines(head);
  const values = lines ?? valuesOf(parseFrontMatter(head));
  const key = IMPORTED.exec(values.id ?? '')?.[1];
  const keys = [...(values.url === undefined ? [] : [keyOf(values.url)]), ...(key === undefined ? [] : [flat(key)])];
  return [...new Set(keys)];
}

interface Values {
  readonly url?: string | undefined;
  readonly id?: string | undefined;
}

/** As an import writes them: thousands of files need no parser. */
function simpleLines(head: string): Values | undefined {
  const url = /^original-url: ((?:https?|urn):[^\s"'#]+)$/m.exec(head)?.[1];
  const id = /^id: ([\w-]+)$/m.exec(head)?.[1];
  return head.startsWith('---\n') && url !== undefined && id !== undefined ? { url, id } : undefined;
}

function valuesOf(parsed: { readonly ok: true; readonly frontMatter: FrontMatter } | { readonly ok: false }): Values {
  if (!parsed.ok) return {};
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(parsed.frontMatter.data))
    if (typeof value === 'string') found.set(key.toLowerCase().replace(/[-_]/g, ''), value.trim());
  return { url: found.get('originalurl'), id: found.get('id') };
}

const STEP = 4_096;
/** Longer front matter is nobody's. */
const MOST = 1_024 * 1_024;
const CLOSED = /^(?:---|\+\+\+|;;;)[^\n]*\n(?:[\s\S]*?\n)??(?:---|\+\+\+|;;;)[ \t]*(?:\n|$)/;

/** As much of a file as its front matter takes; all of it where that is JSON without fences. */
function readHead(file: string): string {
  const opened = openSync(file, 'r');
  try {
    let bytes = Buffer.alloc(0);
    for (let size = STEP; ; size *= 4) {
      const next = Buffer.alloc(size);
      const read = readSync(opened, next, 0, size, bytes.length);
      bytes = Buffer.concat([bytes, next.subarray(0, read)]);
      const text = bytes
        .toString('utf8')
        .replace(/^\uFEFF/, '')
        .replace(/\r\n?/g, '\n');
      const whole = CLOSED.exec(text)?.[0];
      if (whole !== undefined) return whole;
      if (read < size || bytes.length >= MOST || !/^(?:---|\+\+\+|;;;|\{)/.test(text)) return text;
    }
  } finally {
    closeSync(opened);
  }
}
