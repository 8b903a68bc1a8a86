import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFrontMatter } from '../../../build/front-matter.ts';
import { editProfile, newProfile } from '../../../scripts/setup/edit-profile.ts';

const ANSWERS = { username: 'mara', name: 'Mara Lind', origin: 'https://mara.example' };

function edited(source: string, answers: Parameters<typeof editProfile>[1] = ANSWERS): string {
  const result = editProfile(source, answers);
  if (result.kind === 'refused') throw new Error(result.reason);
  return result.text;
}

/** The lines that are in one text and not in the other. */
function difference(before: string, after: string): string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `- ${line}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+ ${line}`),
  ];
}

test('the profile that comes with Postern → three lines change, and nothing else', () => {
  const before = readFileSync(new URL('../../../content/profile.md', import.meta.url), 'utf8');
  expect(difference(before, edited(before))).toEqual([
    '- # origin: https://blog.example',
    '- username: postern',
    '- name: Postern',
    '+ origin: https://mara.example',
    '+ username: mara',
    '+ name: Mara Lind',
  ]);
});

test('a key that is not there → it goes to the top; the rest keeps its lines', () => {
  const before = '---\n# mine\nusername: mara\nname: "Mara Lind"\n---\nText\n';
  expect(edited(before)).toBe(
    '---\norigin: https://mara.example\n# mine\nusername: mara\nname: "Mara Lind"\n---\nText\n',
  );
});

test('what has its value already is not touched, however it is written', () => {
  const before = '---\nusername: \'mara\' # me\n"name": Mara Lind\norigin: "https://mara.example"\n---\n';
  expect(editProfile(before, ANSWERS)).toEqual({ kind: 'edited', text: before, changes: [] });
});

test.each([
  ['a comment behind the value stays', 'name: Old # why', 'name: Mara Lind # why'],
  ['a comment behind a quoted value stays', 'name: "Old # no comment" # why', 'name: Mara Lind # why'],
  ['a value over several lines goes whole', 'name: >-\n  Old\n\n  and older', 'name: Mara Lind'],
  ['a key without a value is filled', 'name:', 'name: Mara Lind'],
])('%s', (_, before, after) => {
  const around = (line: string): string => `---\nusername: mara\n${line}\nlanguage: de\n---\n\nname: in the body\n`;
  expect(edited(around(before), { name: 'Mara Lind' })).toBe(around(after));
});

test('line ends of Windows stay', () => {
  expect(edited('---\r\nusername: old\r\nname: Old\r\n---\r\nText\r\n', { username: 'mara' })).toBe(
    '---\r\nusername: mara\r\nname: Old\r\n---\r\nText\r\n',
  );
});

test('what changes is told, with what stood there', () => {
  expect(editProfile('---\nusername: old\n---\n', ANSWERS)).toMatchObject({
    changes: [
      { key: 'username', from: 'old', to: 'mara' },
      { key: 'name', to: 'Mara Lind' },
      { key: 'origin', to: 'https://mara.example' },
    ],
  });
});

describe('refused, since more than the keys would change', () => {
  test.each([
    ['TOML', '+++\nusername = "old"\n+++\n', /TOML/],
    ['no front matter', 'Text\n', /no front matter/],
    ['a block that is not closed', '---\nusername: old\n', /never closed/],
    ['one line', '---\n{ username: old, name: Old }\n---\n', /line by line/],
    ['a value that others refer to', '---\nusername: &me old\nname: *me\n---\n', /line by line|cannot be read/],
  ])('%s', (_, source, reason) => {
    expect(editProfile(source, { username: 'mara' })).toEqual({
      kind: 'refused',
      reason: expect.stringMatching(reason),
    });
  });
});

test('any name comes back as it was typed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (typed) => {
      const name = typed.trim();
      fc.pre(name !== '' && !/[\r\n\u0085\u2028\u2029]/.test(name));
      for (const source of ['---\nname: Old\nusername: mara\n---\nBody\n', newProfile({ ...ANSWERS, name: 'x' })]) {
        const read = parseFrontMatter(edited(source, { name }));
        expect(read.ok && read.frontMatter.data.name).toBe(name);
      }
    }),
  );
});
