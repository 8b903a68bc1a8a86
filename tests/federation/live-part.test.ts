import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findPart, markPart } from '../../federation/live-part.ts';

const ID = 'https://blog.example/ap/posts/a--b-!.json';

test('what is marked is found, with its object, whatever stands around it', () => {
  const text = fc.oneof(fc.string(), fc.constantFrom(markPart('other', 'x\n'), '<!--live ', '-->\n', '<!--/live-->\n'));
  const after = fc.string().filter((rest) => !rest.includes('<!--'));
  const part = fc.string().filter((inner) => !inner.includes('<!--'));
  fc.assert(
    fc.property(text, part, after, (before, inner, rest) => {
      const page = `${before}${markPart(ID, `${inner}\n`)}${rest}`;
      const found = findPart(page);
      expect(found?.id).toBe(ID);
      expect(page.slice(found?.from, found?.to)).toBe(`${inner}\n`);
    }),
  );
});

test('a page without a whole mark has no part, whatever is in it', () => {
  expect(findPart('<!--live x-->\n')).toBeUndefined();
  expect(findPart('<!--live x--><!--/live-->\n')).toBeUndefined();
  fc.assert(fc.property(fc.string(), (page) => findPart(page) === undefined || page.includes('<!--live ')));
});

test.each(['-->', 'a b', '<!--', 'x-->\n<script>'])('what would end the mark is not marked: %j', (id) => {
  expect(markPart(id, '<p></p>\n')).toBe('<p></p>\n');
});
