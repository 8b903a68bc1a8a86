import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineOfKey, parseFrontMatter } from '../../build/front-matter.ts';

const split = (text: string) => {
  const result = parseFrontMatter(text);
  if (!result.ok) throw new Error(`${result.line}: ${result.message}`);
  const { data, body, format } = result.frontMatter;
  return { data, body, format };
};

describe('parseFrontMatter', () => {
  test.each([
    ['YAML', '---\ntitle: A\n---\nBody\n', { data: { title: 'A' }, body: 'Body\n', format: 'yaml' }],
    ['YAML by name', '---yaml\ntitle: A\n---\nBody', { data: { title: 'A' }, body: 'Body', format: 'yaml' }],
    ['TOML', '+++\ntitle = "A"\n+++\nBody', { data: { title: 'A' }, body: 'Body', format: 'toml' }],
    ['JSON by name', '---json\n{"title": "A"}\n---\nBody', { data: { title: 'A' }, body: 'Body', format: 'json' }],
    [
      'JSON between semicolons',
      ';;;\n{"title": "A"}\n;;;\nBody',
      { data: { title: 'A' }, body: 'Body', format: 'json' },
    ],
    [
      'a bare JSON object',
      '{\n"title": "A }",\n"x": {"y": 1}\n}\nBody',
      { data: { title: 'A }', x: { y: 1 } }, body: 'Body', format: 'json' },
    ],
    [
      'a byte order mark and CRLF',
      '\uFEFF---\r\ntitle: A\r\n---\r\nBody\r\n',
      { data: { title: 'A' }, body: 'Body\n', format: 'yaml' },
    ],
    ['none', 'Body\n---\nmore', { data: {}, body: 'Body\n---\nmore', format: 'none' }],
    ['an empty one', '---\n---\nBody', { data: {}, body: 'Body', format: 'yaml' }],
    ['comments alone', '---\n# nothing\n---\nBody', { data: {}, body: 'Body', format: 'yaml' }],
    ['an empty file', '', { data: {}, body: '', format: 'none' }],
    ['no body', '---\ntitle: A\n---', { data: { title: 'A' }, body: '', format: 'yaml' }],
    [
      'a shortcode at the head',
      '{{< figure src="x" >}}\n',
      { data: {}, body: '{{< figure src="x" >}}\n', format: 'none' },
    ],
    ['a rule of four dashes', '----\nBody', { data: {}, body: '----\nBody', format: 'none' }],
  ])('%s', (_, text, expected) => {
    expect(split(text)).toEqual(expected);
  });

  test('plain scalars stay as written: dates, versions, leading zeros', () => {
    expect(split('---\ndate: 2024-05-06\ntitle: 1.10\nid: 007\ndraft: true\nnone: ~\n---\n').data).toEqual({
      date: '2024-05-06',
      title: '1.10',
      id: '007',
      draft: true,
      none: null,
    });
  });

  test('TOML dates stay text that tells whether they have a time', () => {
    const { data } = split('+++\na = 2024-05-06\nb = 2024-05-06T07:08:09\nc = 2024-05-06T07:08:09+02:00\n+++\n');
    expect(data).toEqual({ a: '2024-05-06', b: '2024-05-06T07:08:09.000', c: '2024-05-06T07:08:09.000+02:00' });
  });

  test.each([
    ['YAML', '---\ntitle: A\ntags: [a\ndate: x\n---\n', 4, /YAML front matter cannot be read: /],
    ['a key twice', '---\ntitle: A\ntitle: B\n---\n', 3, /duplicated mapping key/],
    ['TOML', '+++\ntitle = "A"\ndate = \n+++\n', 3, /TOML front matter cannot be read: /],
    ['JSON', '---json\n{\n"title": "A"\n"x": 1\n}\n---\n', 4, /JSON front matter cannot be read: /],
    ['bare JSON', '{\n"title": "A",\n"x": ?\n}\n', 3, /JSON front matter cannot be read: /],
    ['an unclosed one', '---\ntitle: A\n\nBody', 1, /never closed/],
    ['another language', '---js\n{ title: process.exit() }\n---\n', 1, /not taken/],
    ['a list', '---\n- a\n---\n', 1, /not a list of "key: value" lines/],
  ])('a fault of %s has its line', (_, text, line, message) => {
    expect(parseFrontMatter(text)).toEqual({ ok: false, line, message: expect.stringMatching(message) });
  });

  test('no text makes it throw, and the body is always the tail of the text', () => {
    const part = fc.constantFrom(
      '---',
      '+++',
      ';;;',
      '{',
      '}',
      '\n',
      '\r\n',
      'a: b',
      'a = 1',
      '"a": 1',
      ': ',
      '[',
      '&x',
      '*x',
      '!!js',
      '\t',
      '<<: *x',
      '__proto__: 1',
      '# c',
      '\uFEFF',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(part, { maxLength: 14 }).map((parts) => parts.join('')),
        ),
        (text) => {
          const result = parseFrontMatter(text);
          if (!result.ok) {
            expect(result.line).toBeGreaterThan(0);
            return;
          }
          const { frontMatter } = result;
          expect(frontMatter.text.slice(frontMatter.bodyOffset)).toBe(frontMatter.body);
          expect(Object.getPrototypeOf(frontMatter.data)).toBe(Object.prototype);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('lineOfKey', () => {
  test.each([
    ['YAML', '---\ntitle: date\nimage:\n  alt: x\n  src: y\ndate: 1\n---\n', ['date'], 6],
    ['a key within', '---\ntitle: src\nimage:\n  alt: x\n  src: y\n---\n', ['image', 'src'], 5],
    ['an item of a list', '---\nrules:\n  - a\n  - b\n---\n', ['rules', 1], 4],
    [
      'a key of an item',
      '---\nfields:\n  - name: a\n    value: b\n  - name: c\n    value: d\n---\n',
      ['fields', 1, 'value'],
      6,
    ],
    ['TOML', '+++\ntitle = "x"\n[extra]\ndate = 1\n+++\n', ['date'], 4],
    ['JSON', '---json\n{"title": "x", "date":\n 1}\n---\n', ['date'], 2],
    ['a key that is not there', '---\ntitle: x\n---\n', ['date'], 1],
  ])('%s', (_, text, path, line) => {
    const result = parseFrontMatter(text);
    expect(result.ok && lineOfKey(result.frontMatter, path)).toBe(line);
  });
});
