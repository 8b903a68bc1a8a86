import { type Author, INTERACTION_KINDS, INTERACTION_STATES, type Interaction } from '../../federation/interaction.ts';
import { isJsonObject } from '../../federation/vocabulary.ts';
import { sha256Hex } from '../crypto.ts';
import type { DocumentKind } from './blobs-documents.ts';
import { MAX_THREAD_CONTENT } from './interaction-store.ts';
import type { InteractionEntry } from './memory-interactions.ts';
import { isAuthor, isContent, isReaction } from './stored-content.ts';
import { timeOf } from './stored-order.ts';
import { hasTexts } from './stored-texts.ts';

/**
 * What lies in one document: something of what is at one target. Replies and quotes are in the main document, so that what
 * the owner decides about a thread is one write; likes, boosts and mentions in one of sixteen side documents by their actor,
 * so that the likes of a post that many see are not all written to one key.
 */
export interface Thread {
  target: string;
  /** Grows with each write of entries: what was worked out from an older state is not written. */
  revision: number;
  /** Grows with each change of what is shown. */
  version: number;
  /** Of a main document: the names of the side documents there are, a hexadecimal digit each. */
  sides: string;
  /** By id, in their order. */
  entries: ReadonlyMap<string, InteractionEntry>;
  /** Of those who said it, with the names and faces that `people` has. */
  authors: ReadonlyMap<string, Author>;
}

/**
 * The most that what was said takes in one document, in characters of JSON, four times what a page shows: each change reads and
 * writes all of it. What finds no room is not kept, as if the owner had removed it, or stays where it was.
 */
export const MAX_SAID = 4 * MAX_THREAD_CONTENT;

const MAIN = 'main';

/** Places of a tick, one for each document of a target: two entries never have the same. */
const PLACES = 32;

export const threadKind: DocumentKind<Thread> = {
  folder: 'threads',
  empty: () => ({ target: '', revision: 0, version: 0, sides: '', entries: new Map(), authors: new Map() }),
  parse: parseThread,
  print: ({ entries, authors, ...facts }) => ({
    ...facts,
    entries: [...entries.values()].map(({ seq, isApproved, interaction }) => [seq, isApproved, interaction]),
    authors: [...authors.values()],
  }),
};

/** The name of the document in which an interaction is. */
export function homeOf({ kind, target, actor }: Pick<Interaction, 'kind' | 'target' | 'actor'>): string {
  const isMain = kind === 'reply' || kind === 'quote';
  return `${folderOf(target)}/${isMain ? MAIN : sha256Hex(actor).charAt(8)}`;
}

/** Whether a text is the name of a document. */
export function isHome(text: string): boolean {
  return /^[0-9a-f]{32}\/(main|[0-9a-f])$/.test(text);
}

export function mainOf(target: string): string {
  return `${folderOf(target)}/${MAIN}`;
}

/** The digit of a side document; undefined for a main one. */
export function sideOf(home: string): string | undefined {
  return home.endsWith(MAIN) ? undefined : home.slice(-1);
}

/** The main document beside a side document. */
export function mainBeside(home: string): string {
  return home.replace(/[^/]+$/, MAIN);
}

/** The names of the side documents that the main document of a target knows of. */
export function sidesOf(target: string, { sides }: Thread): string[] {
  return [...sides].map((side) => `${folderOf(target)}/${side}`);
}

/** A place in the order, later than all in the document. */
export function nextSeq(home: string, { entries }: Thread, tick: number): number {
  const last = Math.max(0, ...[...entries.values()].slice(-1).map(({ seq }) => seq));
  return Math.max(tick * PLACES + Number.parseInt(sideOf(home) ?? '10', 16), last + PLACES);
}

/** Whether pages show two authors alike. */
export function isSameFace(one: Author | undefined, other: Author | undefined): boolean {
  return JSON.stringify(faceOf(one)) === JSON.stringify(faceOf(other));
}

function faceOf(author: Author | undefined): unknown {
  return (
    author && [
      author.name,
      author.handle,
      author.url,
      author.avatar,
      author.emojis.map(({ shortcode, icon }) => [shortcode, icon]),
    ]
  );
}

/** Of two documents of an author the newer; of the same time the second. */
export function newerAuthor(one: Author | undefined, other: Author): Author {
  return one && timeOf(other.at) < timeOf(one.at) ? one : other;
}

function folderOf(target: string): string {
  return sha256Hex(target).slice(0, 32);
}

function parseThread(json: unknown): Thread {
  if (!isJsonObject(json)) throw new TypeError('no thread');
  const { target, revision, version, sides, entries, authors } = json;
  if (typeof target !== 'string' || typeof sides !== 'string') throw new TypeError('no texts');
  if (typeof revision !== 'number' || typeof version !== 'number') throw new TypeError('no numbers');
  if (!Array.isArray(entries) || !Array.isArray(authors)) throw new TypeError('no lists');
  const people: unknown[] = authors;
  if (!people.every(isAuthor)) throw new TypeError('no authors');
  return {
    ...{ target, revision, version, sides },
    entries: new Map(entries.map(parseEntry).map((entry) => [entry.interaction.id, entry])),
    authors: new Map(people.map((author) => [author.actor, author])),
  };
}

function parseEntry(json: unknown): InteractionEntry {
  const [seq, isApproved, interaction]: unknown[] = Array.isArray(json) ? json : [];
  if (typeof seq !== 'number' || typeof isApproved !== 'boolean' || !isInteraction(interaction)) {
    throw new TypeError('no entry');
  }
  return { seq, isApproved, interaction };
}

function isInteraction(json: unknown): json is Interaction {
  if (!isJsonObject(json)) return false;
  const { kind, state, content, emoji } = json;
  return (
    hasTexts(json, ['id', 'target', 'actor', 'activity', 'at'], ['reason', 'inReplyTo']) &&
    INTERACTION_KINDS.some((each) => each === kind) &&
    INTERACTION_STATES.some((each) => each === state) &&
    (content === undefined || isContent(content)) &&
    (emoji === undefined || isReaction(emoji))
  );
}
