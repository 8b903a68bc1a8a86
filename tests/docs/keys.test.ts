import { CORE_SCHEMA, load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { parseFrontMatter } from '../../build/front-matter.ts';
import { FIELDS, meaningOfKey } from '../../build/front-matter-keys.ts';
import { readPostFields } from '../../build/post-schema.ts';
import { readProfileFields } from '../../build/profile-schema.ts';
import { RULE_KEYS } from '../../build/rules-schema.ts';
import { RELEASABLE } from '../../federation/holds.ts';
import { blocksOf, codeIn, readDoc, tableBelow } from './tables.ts';

const WRITE = readDoc('write.md');
const MODERATE = readDoc('moderate.md');
const FRONT_MATTER = tableBelow(WRITE, 'Front matter');
const PROFILE = tableBelow(WRITE, 'Profile and settings');
const RULES = tableBelow(MODERATE, 'Rules');
const NEEDED = { username: 'mara', name: 'Mara Lind' };
const OPTIONS = { otherKeys: 'refuse', splitAtSpaces: false } as const;

const namesOf = (rows: ReturnType<typeof tableBelow>): string[] => rows.flatMap(({ names }) => names).sort();

/** What the fault of an unknown key says is known, at the top or below one of the keys that have some. */
function knownKeys(below?: string): string[] {
  const unknown = { 'no such key at all': 1 };
  const { faults } = readProfileFields(below === undefined ? unknown : { ...NEEDED, [below]: unknown }, false);
  const list = faults.map(({ message }) => /; known are (.+)$/.exec(message)?.[1]).find((found) => found !== undefined);
  return list?.split(', ').sort() ?? [];
}

/** Settings with one of them set: `keep.replies` is one below another. */
function settings(path: string, value: unknown): Record<string, unknown> {
  const [key = '', below] = path.split('.');
  return { ...NEEDED, [key]: below === undefined ? value : { [below]: value } };
}

const readYaml = (text: string): unknown => load(text, { schema: CORE_SCHEMA });

describe('the keys of a post', () => {
  test('each that the table names means something, and none is left out', () => {
    const fields = namesOf(FRONT_MATTER).map((name) => {
      const meaning = meaningOfKey(name);
      return meaning.kind === 'field' ? meaning.field : `${name} means nothing`;
    });
    expect([...new Set(fields)].sort()).toEqual([...FIELDS].sort());
  });

  test('each table and example of values is read as it is written', () => {
    const values = (key: string): string[] =>
      codeIn(FRONT_MATTER.find(({ names }) => names.includes(key))?.cells[1] ?? '');
    const pairs = ['visibility', 'federate', 'lang', 'date'].flatMap((key) =>
      values(key).map((value) => [key, value] as const),
    );
    expect(pairs.length).toBeGreaterThan(10);
    for (const [key, value] of pairs)
      expect([key, value, readPostFields({ [key]: value }, OPTIONS).faults]).toEqual([key, value, []]);
    const examples = blocksOf(WRITE, 'markdown');
    expect(examples).not.toEqual([]);
    for (const example of examples) {
      const split = parseFrontMatter(example);
      expect(split.ok && readPostFields(split.frontMatter.data, OPTIONS).faults).toEqual([]);
    }
  });
});

describe('the settings', () => {
  test('the table names all of them, and no other', () => {
    expect(namesOf(PROFILE)).toEqual(knownKeys());
  });

  test('the table of rules names each key below each, and nothing that is not read', () => {
    const below = Object.entries(RULE_KEYS).flatMap(([key, names]) => names.map((name) => `${key}.${name}`));
    expect(namesOf(RULES)).toEqual([...below, 'approveFollowers', 'avatars', 'quotes'].sort());
    const row = PROFILE.find(({ names }) => names.includes('quotes'));
    expect([...new Set(namesOf(RULES).map((name) => name.split('.')[0]))]).toEqual([...(row?.names ?? [])].sort());
  });

  test('the amounts that are held are named by their keys', () => {
    const row = PROFILE.find(({ names }) => names.includes('holds'));
    expect(Object.keys(Object(readYaml(codeIn(row?.cells[1] ?? '')[0] ?? ''))).sort()).toEqual(knownKeys('holds'));
  });

  test('what the tables call the default is what a profile without the key means', () => {
    const silent = readProfileFields(NEEDED, false);
    const rows = [...PROFILE, ...RULES].flatMap(({ names, cells }) =>
      codeIn(cells[1] ?? '').flatMap((value) => names.map((name) => [name, value] as const)),
    );
    expect(rows.length).toBeGreaterThan(18);
    for (const [name, value] of rows)
      expect([name, readProfileFields(settings(name, readYaml(value)), false)]).toEqual([name, silent]);
  });

  test('what the table of rules offers besides is read, and differs', () => {
    const silent = readProfileFields(NEEDED, false).rules;
    for (const { names, cells } of RULES)
      for (const value of codeIn(cells[2] ?? '')) {
        const { rules, faults } = readProfileFields(settings(names[0] ?? '', readYaml(value)), false);
        expect([names, value, faults]).toEqual([names, value, []]);
        expect([names, value, rules]).not.toEqual([names, value, silent]);
      }
    for (const example of blocksOf(MODERATE, 'yaml'))
      expect(readProfileFields({ ...NEEDED, ...Object(readYaml(example)) }, false).faults).toEqual([]);
  });
});

test('the table of holds names each that can be released', () => {
  expect(namesOf(tableBelow(WRITE, 'What is held'))).toEqual([...RELEASABLE].sort());
});
