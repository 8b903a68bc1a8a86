import { SAID_KINDS } from '../../federation/interaction.ts';
import { isJsonObject, type Json, type JsonObject } from '../../federation/vocabulary.ts';
import { PosternError } from '../errors.ts';

/** One row as the driver gives it: nothing is known of its values until a reader below has looked. */
export type Row = Readonly<Record<string, unknown>>;

/** What may be bound. The driver aborts the process on a boolean, so none gets through the type. */
export type Value = string | number | null | Uint8Array;

/** Gives a text column. Throws `store-damaged` when the value is of another type, as do all readers here. */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw damaged(column, value);
  return value;
}

/** Gives a numeric column. */
export function integer(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw damaged(column, value);
  return value;
}

/** Gives a text column that may be NULL, as an object that has the property only when it is not. */
export function maybeText<K extends string>(row: Row, column: string, key: K): { [P in K]?: string } {
  return row[column] === null ? {} : property(key, text(row, column));
}

/** Gives a numeric column that may be NULL, as an object that has the property only when it is not. */
export function maybeInteger<K extends string>(row: Row, column: string, key: K): { [P in K]?: number } {
  return row[column] === null ? {} : property(key, integer(row, column));
}

/** Gives a text column whose value is one of a fixed set. */
export function oneOf<T extends string>(row: Row, column: string, allowed: readonly T[]): T {
  const value = text(row, column);
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw damaged(column, value);
  return found;
}

/** Gives a text column that holds a JSON object. */
export function jsonObject(row: Row, column: string): JsonObject {
  return parsedObject(text(row, column), column);
}

/** Gives the JSON object of a text that was read from `column`. */
export function parsedObject(source: string, column: string): JsonObject {
  const value = parseJson(source);
  if (!isJsonObject(value)) throw damaged(column, value);
  return value;
}

/** Gives the rows of a text that SQLite made of them. */
export function parsedRows(source: string, column: string): Row[] {
  const value = parseJson(source);
  if (!Array.isArray(value) || !value.every(isJsonObject)) throw damaged(column, value);
  return value;
}

/** Gives a text column that holds a JSON list of strings. */
export function textList(row: Row, column: string): string[] {
  const value = parseJson(text(row, column));
  if (!Array.isArray(value)) throw damaged(column, value);
  return value.map((each) => {
    if (typeof each !== 'string') throw damaged(column, each);
    return each;
  });
}

/** The kinds of interactions that have words, for `IN`. */
export const SAID = SAID_KINDS.map((kind) => `'${kind}'`).join(', ');

/** Gives what a text column holds as JSON, when `isThat` says so. */
export function jsonOf<T>(row: Row, column: string, isThat: (value: unknown) => value is T): T {
  const value: unknown = parseJson(text(row, column));
  if (!isThat(value)) throw damaged(column, value);
  return value;
}

/** The same for a column that may be NULL, as an object that has the property only when it is not. */
export function maybeJson<T, K extends string>(
  row: Row,
  column: string,
  key: K,
  isThat: (value: unknown) => value is T,
): { [P in K]?: T } {
  return row[column] === null ? {} : property(key, jsonOf(row, column, isThat));
}

/** Gives a column of bytes. */
export function blob(row: Row, column: string): Uint8Array {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw damaged(column, value);
  return new Uint8Array(value);
}

/** Gives the first `limit` of rows of which one more was asked for, and where the next page begins. They have a `seq`. */
export function pageOf<T>(rows: readonly Row[], limit: number, read: (row: Row) => T): { items: T[]; cursor?: string } {
  const shown = rows.slice(0, limit);
  const items = shown.map(read);
  const end = shown.at(-1);
  return rows.length > limit && end ? { items, cursor: String(integer(end, 'seq')) } : { items };
}

/**
 * Text as SQLite can give it back. The driver cuts a text at U+0000 when it reads and turns a lone surrogate into
 * U+FFFD when it writes; both become U+FFFD here, in ids and in look-ups alike, so that no two ids fold into one prefix.
 * JSON texts are not affected: `JSON.stringify` escapes both.
 */
export function storable(value: string): string {
  return MAYBE_UNSTORABLE.test(value) ? value.replace(UNSTORABLE, '\uFFFD') : value;
}

/** Quicker, for all that is bound comes by: a pair of surrogates, which can be stored, is found as well. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: U+0000 is what is looked for.
const MAYBE_UNSTORABLE = /[\u0000\ud800-\udfff]/;

// biome-ignore lint/suspicious/noControlCharactersInRegex: U+0000 is what is looked for.
const UNSTORABLE = /[\u0000\p{Surrogate}]/gu;

function property<K extends string, V>(key: K, value: V): { [P in K]?: V } {
  const object: { [P in K]?: V } = {};
  object[key] = value;
  return object;
}

function parseJson(source: string): Json | undefined {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

function damaged(column: string, value: unknown): PosternError {
  return new PosternError('store-damaged', `The store holds a value in "${column}" that Postern never writes there.`, {
    hint: 'Stop the server, run `sqlite3 FILE "PRAGMA integrity_check"`, and restore the file from a backup if it fails.',
    facts: { column, type: value === null ? 'null' : typeof value },
  });
}
