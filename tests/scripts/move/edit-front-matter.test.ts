import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseFrontMatter } from '../../../build/front-matter.ts';
import { editFrontMatter, type Wanted } from '../../../scripts/move/edit-front-matter.ts';

const edit = (source: string, wanted: Readonly<Record<string, Wanted>>): string => {
  const edited = editFrontMatter(source, wanted);
  return edited.kind === 'edited' ? edited.text : `refused: ${edited.reason}`;
};
const OLD = 'https://social.example/users/mara';
const BODY = '---\nWords.\n';

test.each([
  [
    'a key that is new',
    `---\nname: A # mine\n${BODY}`,
    { movedTo: OLD },
    `---\nname: A # mine\nmovedTo: ${OLD}\n${BODY}`,
  ],
  [
    'a list that is new',
    `---\nname: A\n${BODY}`,
    { alsoKnownAs: [OLD] },
    `---\nname: A\nalsoKnownAs:\n  - ${OLD}\n${BODY}`,
  ],
  [
    'a list that grows keeps its comments and its indent',
    `---\nalsoKnownAs:\n- https://a.example/x # first\nname: A\n${BODY}`,
    { alsoKnownAs: ['https://a.example/x', OLD] },
    `---\nalsoKnownAs:\n- https://a.example/x # first\n- ${OLD}\nname: A\n${BODY}`,
  ],
  [
    'a list on one line',
    `---\nalsoKnownAs: [https://a.example/x]\nname: A\n${BODY}`,
    { alsoKnownAs: ['https://a.example/x', OLD] },
    `---\nalsoKnownAs:\n  - https://a.example/x\n  - ${OLD}\nname: A\n${BODY}`,
  ],
  ['a key that goes', `---\nmovedTo: ${OLD}\nname: A\n${BODY}`, { movedTo: undefined }, `---\nname: A\n${BODY}`],
  [
    'a list that goes',
    `---\nformerUsernames:\n  - a\n\nname: A\n${BODY}`,
    { formerUsernames: undefined },
    `---\n\nname: A\n${BODY}`,
  ],
  [
    'line ends of Windows',
    `---\r\nname: A\r\n---\r\nW\r\n`,
    { movedTo: OLD },
    `---\r\nname: A\r\nmovedTo: ${OLD}\r\n---\r\nW\r\n`,
  ],
  ['what it has already', `---\nmovedTo:   ${OLD}\n${BODY}`, { movedTo: OLD }, `---\nmovedTo:   ${OLD}\n${BODY}`],
])('%s', (_, source, wanted, expected) => expect(edit(source, wanted)).toBe(expected));

test.each([
  ['---toml\nname = "A"\n---\n', 'only YAML'],
  ['No front matter.\n', 'no front matter'],
  ['---\n{ name: A }\n---\n', 'line by line'],
  ['---\nname: [\n---\n', 'line '],
])('%j is left alone', (source, why) => expect(edit(source, { movedTo: OLD })).toContain(why));

test('whatever else stands there stays, and the keys have what was wanted', () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9 ]{0,12}$/);
  const line = fc.oneof(
    word.map((text) => `# ${text}`),
    word.map((text) => `name: "${text}" # c`),
    fc
      .array(word, { minLength: 1, maxLength: 3 })
      .map((items) => `rules:\n${items.map((each) => `  - ${each}`).join('\n')}`),
    fc.constant(''),
    fc.constant(`alsoKnownAs:\n  - ${OLD}`),
    fc.constant('movedTo: https://b.example/y'),
  );
  const value = fc.oneof(fc.constant(undefined), fc.webUrl(), fc.array(fc.webUrl(), { minLength: 1, maxLength: 3 }));
  fc.assert(
    fc.property(
      fc.uniqueArray(line, { selector: (text) => text.split(':')[0], maxLength: 5 }),
      value,
      (lines, wanted) => {
        const source = `---\nusername: blog\n${lines.join('\n')}\n${BODY}`;
        const before = parseFrontMatter(source);
        const edited = editFrontMatter(source, { alsoKnownAs: wanted });
        if (!before.ok || edited.kind === 'refused') return;
        const after = parseFrontMatter(edited.text);
        if (!after.ok) throw new Error('unreadable');
        const { alsoKnownAs: _, ...others } = before.frontMatter.data;
        const { alsoKnownAs, ...same } = after.frontMatter.data;
        expect([alsoKnownAs, same, after.frontMatter.body]).toEqual([wanted, others, before.frontMatter.body]);
        // Once more changes nothing.
        expect(edit(edited.text, { alsoKnownAs: wanted })).toBe(edited.text);
      },
    ),
    { numRuns: 60 },
  );
});
