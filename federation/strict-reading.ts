import { toTime } from './dates.ts';
import { isJsonObject } from './vocabulary.ts';

/** The members of a JSON object that it has itself. */
export type Members = ReadonlyMap<string, unknown>;

/**
 * Reads JSON of which nothing may be other than it should be. Each method takes a value and the path at which it stands,
 * notes a fault where it is of another kind, and gives a value of the right kind in any case. The first fault counts.
 */
export interface Reading {
  fault(): string | undefined;
  note(path: string, what: string): void;
  /** Notes a value that is no object, lacks a `required` member, or has one that is in neither list. */
  members(value: unknown, path: string, names: { required: readonly string[]; optional: readonly string[] }): Members;
  text(value: unknown, path: string): string;
  texts(value: unknown, path: string): string[];
  /** RFC 3339. */
  date(value: unknown, path: string): string;
  /** A whole number from 0 on that is exact. */
  count(value: unknown, path: string): number;
  oneOf<T extends string>(value: unknown, path: string, choices: readonly [T, ...T[]]): T;
  /** Those of the named members that are there. */
  optional<T extends string, D extends string>(
    members: Members,
    path: string,
    names: { texts: readonly T[]; dates: readonly D[] },
  ): { [name in T | D]?: string };
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

type Note = Reading['note'];

/** Begins to read a value from outside. Never throws. */
export function startReading(): Reading {
  let first: string | undefined;
  const note: Note = (path, what) => {
    first ??= `${path} ${what}`;
  };
  const scalars = scalarReading(note);
  return { fault: () => first, note, ...scalars, ...compoundReading(note, scalars) };
}

function scalarReading(note: Note): Pick<Reading, 'text' | 'date' | 'count' | 'oneOf'> {
  return {
    text(value, path) {
      if (typeof value === 'string') return value;
      note(path, 'is no text');
      return '';
    },
    date(value, path) {
      if (typeof value === 'string' && RFC_3339.test(value) && toTime(value) !== undefined) return value;
      note(path, 'is no date such as 2026-11-23T12:00:00Z');
      return '';
    },
    count(value, path) {
      if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
      note(path, 'is no whole number');
      return 0;
    },
    oneOf(value, path, choices) {
      const choice = choices.find((each) => each === value);
      if (choice === undefined) note(path, `is none of ${choices.join(', ')}`);
      return choice ?? choices[0];
    },
  };
}

function compoundReading(
  note: Note,
  { text, date }: Pick<Reading, 'text' | 'date'>,
): Pick<Reading, 'members' | 'texts' | 'optional'> {
  return {
    members(value, path, { required, optional }) {
      if (!isJsonObject(value)) note(path, 'is no object');
      const members = new Map(isJsonObject(value) ? Object.entries(value) : []);
      const missing = required.find((name) => !members.has(name));
      if (missing !== undefined) note(path, `has no ${missing}`);
      for (const name of members.keys()) {
        if (required.includes(name) || optional.includes(name)) continue;
        note(path, `has ${shorten(JSON.stringify(name))}, which is not known here`);
        break;
      }
      return members;
    },
    texts(value, path) {
      if (Array.isArray(value)) return value.map((each, index) => text(each, `${path}[${index}]`));
      note(path, 'is no list');
      return [];
    },
    optional(members, path, { texts, dates }) {
      const found: { [name in (typeof texts)[number] | (typeof dates)[number]]?: string } = {};
      for (const name of texts) if (members.has(name)) found[name] = text(members.get(name), `${path}.${name}`);
      for (const name of dates) if (members.has(name)) found[name] = date(members.get(name), `${path}.${name}`);
      return found;
    },
  };
}

/** Text from outside, for a message. */
export function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
