import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseFrontMatter } from '../../../build/front-matter.ts';
import { readPostFields } from '../../../build/post-schema.ts';
import { frontMatterText } from '../../../scripts/import/front-matter-text.ts';

const odd = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc
    .array(
      fc.constantFrom(
        'a',
        'Tür',
        ' ',
        ': ',
        ' #',
        '#',
        '---',
        "'",
        '"',
        '\\',
        '{',
        '}',
        '[',
        ']',
        ',',
        '&',
        '*',
        '!',
        '|',
        '>',
        '%',
        '@',
        '`',
        '\n',
        '\r',
        '\t',
        '\u0085',
        '\u2028',
        '\ufeff',
        '\u007f',
        '\ud800',
        '~',
        '?',
        '-',
        '=',
        '<<',
        'null',
        'true',
        'No',
        '0x1',
        '1e3',
        '.5',
        '12:30',
        '2024-05-06',
        'https://x.example/a#b?c=d:e',
      ),
      { minLength: 1, maxLength: 5 },
    )
    .map((parts) => parts.join('')),
);

test('any values → our reader gives back the same ones', () => {
  fc.assert(
    fc.property(odd, odd, fc.array(odd, { maxLength: 4 }), fc.boolean(), (title, url, tags, draft) => {
      const text = `${frontMatterText({ title, 'original-url': url, tags, draft })}\nBody ---\n---\n`;
      const read = parseFrontMatter(text);
      expect(read.ok, text).toBe(true);
      if (!read.ok) return;
      const { data, body } = read.frontMatter;
      const expected = { title, 'original-url': url, tags, draft };
      const said = Object.entries(expected).filter(
        ([, value]) => value !== '' && !(Array.isArray(value) && value.length === 0),
      );
      expect(data, text).toEqual(Object.fromEntries(said));
      expect(body.trim()).toBe('Body ---\n---');
    }),
    { numRuns: 500 },
  );
});

test('what needs no quotes has none', () => {
  expect(
    frontMatterText({
      title: 'A gate, and a wall',
      date: '2024-05-06T07:08:09Z',
      tags: ['gates', '2024', 'a, b'],
      'original-url': 'https://x.example/@me/1#a',
      draft: true,
      description: 'So: this',
    }),
  ).toBe(
    '---\ntitle: A gate, and a wall\ndate: 2024-05-06T07:08:09Z\ntags: [gates, "2024", "a, b"]\noriginal-url: https://x.example/@me/1#a\ndraft: true\ndescription: "So: this"\n---\n',
  );
});

test('words that are flags or numbers elsewhere → still text', () => {
  for (const word of ['true', 'No', 'null', '~', '12', '1.10', '007']) {
    const read = parseFrontMatter(frontMatterText({ title: word }));
    expect(
      read.ok && readPostFields(read.frontMatter.data, { otherKeys: 'refuse', splitAtSpaces: false }).fields.title,
    ).toBe(word);
  }
});
