import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeBlog, makeFolder, outcomeOf, readExport, saysOf, takenBy, writeFile } from './format-world.ts';

function write(text: string | Buffer, name = 'feed.xml'): string {
  return writeFile(join(makeFolder(), name), text);
}

const ITEM = `<item><title>The gate &amp;amp; me</title><link>https://old.example/2020/01/the-gate/</link><guid isPermaLink="false">https://old.example/?p=1</guid><pubDate>Thu, 02 Jan 2020 02:04:05 GMT</pubDate><category>Walls</category><category>Walls</category><description>A gate [&amp;#8230;]</description><content:encoded><![CDATA[<p>A <b>gate</b>. <img src="/i.png" alt="I"></p>]]></content:encoded></item>`;
const NOTE = `<item><link>https://old.example/@mara/1</link><pubDate>Fri, 3 Jan 20 03:00 EST</pubDate><description>&lt;p&gt;Short.&lt;/p&gt;</description><enclosure url="https://old.example/a%20b.mp3" length="1" type="audio/mpeg"/></item>`;

function rss(...items: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?><?xml-stylesheet href="x.xsl"?><!-- a comment --><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Gates</title><link>https://old.example</link><description>Stone &amp;amp; stone</description><language>en-us</language>${items.join('')}</channel></rss>`;
}

function atom(...entries: readonly string[]): string {
  return `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Tore</title><link rel="self" href="https://old.example/feed.atom"/><link href="https://old.example/"/>${entries.join('')}</feed>`;
}

test('an RSS feed → files that the build takes; again → nothing', async () => {
  const path = write(rss(ITEM, NOTE));
  const blog = makeBlog();
  const report = await blog.import(path);
  expect(report.title).toBe('RSS feed of Gates (most feeds have the newest posts alone)');
  expect(report.kinds).toEqual({ article: 1, note: 1 });
  const files = blog.files();
  expect(saysOf(files['posts/the-gate.md'])).toEqual({
    title: 'The gate & me',
    id: expect.stringMatching(/^imported-\w{16}$/),
    date: '2020-01-02T02:04:05Z',
    tags: ['Walls'],
    redirects: ['/2020/01/the-gate/'],
    'original-url': 'https://old.example/2020/01/the-gate/',
    federate: 'silent',
    body: '\nA **gate**. [I](https://old.example/i.png)\n',
  });
  expect(files['notes/20200103-080000.md']).toContain('\nShort.\n\n[a b.mp3](https://old.example/a%20b.mp3)\n');
  expect(await blog.build()).toEqual([]);
  const again = await blog.import(path);
  expect(again.posts).toMatchObject({ imported: 0, there: 2, changed: 0 });
  expect(blog.files()).toMatchObject(files);
});

test('RSS 1.0, and a feed without its namespaces → read', async () => {
  const rdf = `<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://old.example/"><title>Old</title></channel><item rdf:about="https://old.example/1"><title>One</title><dc:date>2005-01-02T03:04:05+01:00</dc:date><dc:subject>Walls</dc:subject><description>x</description></item></rdf:RDF>`;
  expect((await readExport(write(rdf))).posts).toMatchObject([
    {
      originalUrl: 'https://old.example/1',
      title: 'One',
      published: '2005-01-02T02:04:05Z',
      tags: ['Walls'],
      markdown: 'x',
    },
  ]);
  const bare = rss(ITEM).replace(/ xmlns:content="[^"]*"/, '');
  expect((await readExport(write(bare))).posts[0]?.markdown).toContain('A **gate**.');
});

test('an Atom feed: text, HTML and XHTML, its dates, links and language', async () => {
  const { posts } = await readExport(
    write(
      atom(
        '<entry><title type="html">A &amp;lt;b&gt;</title><id>tag:old.example,2020:1</id><link rel="alternate" href="https://old.example/1.html"/><link rel="enclosure" href="https://old.example/a.pdf"/><published>2020-01-02T03:04:05+01:00</published><updated>2021-01-01T00:00:00Z</updated><category term="walls" label="Walls"/><summary>What it is</summary><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>a &lt; <em>b</em><br/>c</p></div></content></entry>',
        '<entry><title/><id>urn:uuid:2</id><updated>2020-01-02T03:04:05Z</updated><content>5 &lt; 6</content></entry>',
        '<entry><title>T</title><id>https://old.example/3</id><updated>2020-01-02T03:04:05Z</updated><summary type="html">&lt;p&gt;s&lt;/p&gt;</summary></entry>',
      ),
    ),
  );
  expect(posts).toMatchObject([
    {
      kind: 'article',
      title: 'A <b>',
      originalUrl: 'https://old.example/1.html',
      redirects: ['/1.html'],
      published: '2020-01-02T02:04:05Z',
      updated: '2021-01-01T00:00:00Z',
      language: 'de',
      description: 'What it is',
      tags: ['Walls'],
      markdown: 'a \\< *b*\\\nc\n\n[a.pdf](https://old.example/a.pdf)',
    },
    { kind: 'note', originalUrl: expect.stringMatching(/^urn:postern:feed:item:/), markdown: '5 \\< 6' },
    { originalUrl: 'https://old.example/3', markdown: 's' },
  ]);
});

test("Blogger's backup → its posts; comments, settings, pages and the trash stay out", async () => {
  const kind = (name: string) =>
    `<category scheme="http://schemas.google.com/g/2005#kind" term="http://schemas.google.com/blogger/2008/kind#${name}"/>`;
  const entry = (n: number, more: string) =>
    `<entry><id>tag:blogger.com,1999:${n}</id><title>T${n}</title><published>2020-01-02T03:04:05Z</published><content type="html">x</content>${more}</entry>`;
  const { posts, leftOut } = await readExport(
    write(
      atom(
        entry(1, `${kind('post')}<category scheme="http://www.blogger.com/atom/ns#" term="Walls"/>`),
        entry(
          2,
          `${kind('post')}<app:control xmlns:app="http://purl.org/atom/app#"><app:draft>yes</app:draft></app:control>`,
        ),
        entry(3, kind('comment')),
        entry(4, kind('settings')),
        entry(5, '<blogger:type xmlns:blogger="http://schemas.google.com/blogger/2018">PAGE</blogger:type>'),
        entry(
          6,
          '<blogger:status xmlns:blogger="http://schemas.google.com/blogger/2018">SOFT_TRASHED</blogger:status>',
        ),
      ),
    ),
  );
  expect(posts.map(({ title, tags, draft }) => [title, tags, draft])).toEqual([
    ['T1', ['Walls'], undefined],
    ['T2', [], true],
  ]);
  expect(leftOut.map(({ where }) => where?.split(':')[0])).toEqual(['comment', 'settings', 'page', 'trash']);
});

test('a JSON feed: HTML, text, attachments; items that are none are counted', async () => {
  const { posts, leftOut, title } = await readExport(
    write(
      JSON.stringify({
        version: 'https://jsonfeed.org/version/1.1',
        title: 'Gates "and" walls',
        home_page_url: 'https://old.example/',
        language: 'de-DE',
        items: [
          {
            id: '1',
            url: 'https://old.example/one',
            title: 'One & <b>',
            content_html: '<p>a</p>',
            date_published: '2020-01-02T03:04:05Z',
            tags: ['x', 'x'],
            summary: 'S',
          },
          {
            id: 2,
            content_text: 'a *b*\n\nc\nd',
            date_published: '2020-01-02T03:04:05-01:00',
            attachments: [{ url: 'https://old.example/x.mp3', mime_type: 'audio/mpeg' }],
          },
          { id: '3', content_text: 'no date' },
          null,
        ],
      }),
      'feed.json',
    ),
  );
  expect(title).toContain('JSON Feed of Gates "and" walls');
  expect(posts).toMatchObject([
    { title: 'One & <b>', slug: 'one', tags: ['x'], description: 'S', language: 'de-DE' },
    {
      kind: 'note',
      published: '2020-01-02T04:04:05Z',
      markdown: 'a \\*b\\*\n\nc\\\nd\n\n[x.mp3](https://old.example/x.mp3)',
    },
  ]);
  expect(leftOut.map(({ kind, where }) => [kind, where?.replace(/^.*feed\.json/, '')])).toEqual([
    ['broken entry', ', entry 3'],
    ['broken entry', ', entry 4'],
  ]);
});

test('entities that a DOCTYPE declares → never expanded, and no file is read', async () => {
  const lol = Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join('');
  const doctype = `<!DOCTYPE rss [<!ENTITY l0 "lol">${lol}<!ENTITY file SYSTEM "file:///etc/passwd">]>`;
  const text = rss(ITEM.replace('The gate', 'a &l9; &file;')).replace('<?xml-stylesheet href="x.xsl"?>', doctype);
  expect((await readExport(write(text))).posts[0]?.title).toBe('a &l9; &file; & me');
});

test('UTF-16 → read; half a file, or letters that are none → an error', async () => {
  const wide = Buffer.from(`\uFEFF${rss(ITEM.replace('gate', 'tör')).replace('UTF-8', 'UTF-16')}`, 'utf16le');
  expect((await readExport(write(wide))).posts[0]?.title).toBe('The tör & me');
  for (const broken of [rss(ITEM).slice(0, -9), Buffer.concat([Buffer.from(rss(ITEM)), Buffer.from([0xff])])])
    expect(await outcomeOf(write(broken))).toMatchObject({
      code: 'archive-damaged',
      message: expect.stringContaining('feed.xml'),
    });
});

test('what is no feed → not taken for one', async () => {
  for (const text of [
    '<html><body>x</body></html>',
    '<?xml version="1.0"?><opml version="2.0"/>',
    '<urlset><rss/></urlset>',
    '{"version":"1"}',
    'rss',
    '',
  ])
    expect(await takenBy(write(text)), text).toEqual([]);
  expect(await takenBy(write(rss()))).toEqual(['feed']);
  expect(await takenBy(write(atom()))).toEqual(['feed']);
});
