import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder, outcomeOf, readExport, takenBy, writeFile } from './format-world.ts';
import { type ItemFacts, item, wholeWordPressExport, wxr } from './wordpress-export.ts';

function write(text: string | Buffer): string {
  return writeFile(join(makeFolder(), 'gates.wordpress.2024-01-02.xml'), text);
}

async function read(...items: readonly ItemFacts[]) {
  return readExport(write(wxr(items)));
}

async function markdownOf(content: string): Promise<string | undefined> {
  return (await read({ id: 1, content })).posts[0]?.markdown;
}

test('letters that no XML has, entities of HTML and a prefix of a plugin → read on', async () => {
  const odd = item({ id: 1, content: '<!-- wp:p --><p>a\u0008b ]]> c</p>' })
    .replace('<title><![CDATA[Post 1]]></title>', '<title>Caf&eacute; &nbsp;&amp; co</title>')
    .replace('</item>', '<yoast:thing>x</yoast:thing></item>');
  const { posts } = await readExport(write(wxr([odd])));
  expect(posts).toMatchObject([{ title: 'Café & co', markdown: 'a\u0008b \\]\\]> c' }]);
});

test('Latin-1 as the declaration says, and UTF-16 → read; another encoding than it says → an error', async () => {
  const head = '<?xml version="1.0" encoding="ISO-8859-1"?>';
  const text = wxr([{ id: 1, title: 'Tör' }], { head });
  expect((await readExport(write(Buffer.from(text, 'latin1')))).posts[0]?.title).toBe('Tör');
  expect(await outcomeOf(write(Buffer.from(wxr([{ id: 1, title: 'Tör' }]), 'latin1')))).toMatchObject({
    code: 'archive-damaged',
    message: expect.stringContaining('utf-8'),
  });
});

test('entities that a DOCTYPE declares → never expanded, and no file is read', async () => {
  const lol = Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join('');
  const doctype = `<!DOCTYPE rss [<!ENTITY l0 "lol">${lol}<!ENTITY file SYSTEM "file:///etc/passwd">]>`;
  const head = `<?xml version="1.0" encoding="UTF-8" ?>${doctype}`;
  const items = [item({ id: 1 }).replace('<![CDATA[Post 1]]>', 'a &l9; &file; b')];
  const { posts } = await readExport(write(wxr(items, { head })));
  expect(posts[0]?.title).toBe('a &l9; &file; b');
});

test.each([
  ['half of it', wholeWordPressExport().slice(0, 3_000)],
  ['no end', wholeWordPressExport().replace('</rss>', '')],
  ['tags that cross', wholeWordPressExport().replace('</wp:post_id>', '</wp:status>')],
])('%s → an error with line and column', async (_, text) => {
  const outcome = await outcomeOf(write(text));
  expect(outcome).toMatchObject({
    code: 'archive-damaged',
    message: expect.stringMatching(/gates\.wordpress.*\d+:\d+/),
  });
});

test('elements in elements without end, in the XML and in a post → an error, and a post that is left out', async () => {
  const deep = '<a>'.repeat(2_000);
  expect(await outcomeOf(write(wxr([deep])))).toMatchObject({
    code: 'archive-damaged',
    message: expect.stringContaining('deep'),
  });
  const { posts, leftOut } = await read({ id: 1, content: '<div>'.repeat(50_000) }, { id: 2 });
  expect(posts.map(({ title }) => title)).toEqual(['Post 2']);
  expect(leftOut).toMatchObject([{ kind: 'broken entry' }]);
});

test('text of nothing but beginnings → read in time', async () => {
  for (const text of [
    '[caption ',
    '[caption]',
    '[gallery "',
    '<pre>',
    '<div',
    '\n ',
    '[a ',
    '[code]',
    '<!--',
    '&',
    '<a href="',
    '\\',
    '\u00a0',
  ])
    await markdownOf(text.repeat(20_000));
});

test('a feed, or XML of another kind → not taken for one', async () => {
  expect(await takenBy(write('<?xml version="1.0"?><rss version="2.0"><channel/></rss>'))).not.toContain('wordpress');
  expect(await takenBy(write(wholeWordPressExport()))).toContain('wordpress');
});
