import { describe, expect, test } from 'vitest';
import type { Post } from '../../build/model.ts';
import { blogOf, contentFolder, PROFILE } from './content-folder.ts';

const brief = ({ title, path, published, dateOnly, updated, tags, redirects, language }: Post) => ({
  title,
  path,
  published,
  dateOnly,
  updated,
  language,
  tags: tags.map(({ name }) => name),
  redirects,
});

describe('posts written for another generator build as they are', () => {
  test('Eleventy: collection tags are dropped, JSON front matter and permalinks are taken, drafts stay out', async () => {
    const { site, warnings } = await blogOf('eleventy').read();
    expect(site.posts.map(brief)).toEqual([
      {
        title: 'This is my third post.',
        path: '/blog/third-post/',
        published: '2018-08-24T10:00:00Z',
        dateOnly: false,
        updated: undefined,
        language: 'en',
        tags: ['SecondTag', 'PostsWithTwoTags'],
        redirects: [],
      },
      {
        title: 'This is my first post.',
        path: '/posts/firstpost/',
        published: '2018-05-01T00:00:00Z',
        dateOnly: true,
        updated: undefined,
        language: 'en',
        tags: ['AnotherTag'],
        redirects: [],
      },
    ]);
    expect(site.posts[1]?.html).toContain('<a href="/blog/third-post/">third</a>');
    expect(warnings).toEqual([]);
  });

  test('Hugo: TOML, bare JSON, bundles, aliases, languages in names and keys in capitals are taken', async () => {
    const { site, warnings } = await blogOf('hugo').read();
    expect(site.posts.map(brief)).toEqual([
      {
        title: 'Troisième',
        path: '/fr/troisieme/',
        published: '2023-05-06T07:08:09Z',
        dateOnly: false,
        updated: undefined,
        language: 'fr',
        tags: [],
        redirects: [],
      },
      {
        title: 'Second',
        path: '/posts/second/',
        published: '2023-03-04T00:00:00Z',
        dateOnly: true,
        updated: undefined,
        language: 'en',
        tags: ['Development', 'VIM'],
        redirects: [],
      },
      {
        title: 'My First Bundle',
        path: '/posts/first-bundle/',
        published: '2023-01-15T16:00:00Z',
        dateOnly: false,
        updated: '2023-02-01T00:00:00Z',
        language: 'en',
        tags: ['red', 'blue', 'Sports'],
        redirects: ['/old/first/', '/2023/first.html'],
      },
    ]);
    const html = site.posts[2]?.html ?? '';
    expect(html).toContain('<a href="/posts/second/">a link</a>');
    expect(html).toContain('<pre><code class="language-go">');
    expect(html).not.toContain('/tags/');
    expect(html).toContain('<a href="https://www.youtube.com/watch?v=w7Ft2ymGmfc">');
    expect(warnings).toEqual([]);
  });

  test('Zola: taxonomies, dates in names, @/ links and explicit heading ids are taken', async () => {
    const { site, warnings } = await blogOf('zola').read();
    expect(site.posts.map(brief)).toEqual([
      {
        title: 'With assets',
        path: '/articles/with-assets/',
        published: '2021-04-05T06:07:08Z',
        dateOnly: false,
        updated: undefined,
        language: 'en',
        tags: [],
        redirects: [],
      },
      {
        title: 'Zola post',
        path: '/posts/zola-post/',
        published: '2021-03-04T00:00:00Z',
        dateOnly: true,
        updated: '2021-03-05T00:00:00Z',
        language: 'en',
        tags: ['rust', 'WebDev', 'programming'],
        redirects: [],
      },
    ]);
    expect(site.posts[1]?.html).toContain('<a href="/articles/with-assets/#part">the other</a>');
    expect(site.posts[1]?.html).toContain('<h2 id="part">Part</h2>');
    expect(warnings).toEqual([]);
  });

  test('Jekyll: dated names, spaces between categories, Liquid, and .html addresses are taken', async () => {
    const { site, warnings } = await blogOf('jekyll').read();
    expect(site.posts.map(brief)).toEqual([
      {
        title: 'Welcome to Jekyll!',
        path: '/posts/welcome-to-jekyll/',
        published: '2014-05-06T05:08:09Z',
        dateOnly: false,
        updated: undefined,
        language: 'en',
        tags: ['jekyll', 'update'],
        redirects: [],
      },
      {
        title: 'Older',
        path: '/2013/12/24/older/',
        published: '2013-12-24T00:00:00Z',
        dateOnly: true,
        updated: '2014-01-02T03:04:05Z',
        language: 'en',
        tags: ['one', 'TwoWords'],
        redirects: ['/p/12/', '/2013/12/24/older.html'],
      },
    ]);
    const [welcome, older] = site.posts;
    expect(welcome?.html).toContain('<a href="/2013/12/24/older/">last year</a>');
    expect(welcome?.html).toContain('<pre><code class="language-ruby">');
    expect(welcome?.html).toContain('<a href="/docs/">docs</a>');
    expect(older?.html).toContain('<p>{{ kept }} and <code>{% raw %}</code>.</p>');
    expect(older?.html).not.toContain('secret');
    expect(warnings.map(({ file, line }) => `${file}:${line}`)).toEqual([
      'posts/2014-05-06-welcome-to-jekyll.markdown:6',
      'posts/2014-05-06-welcome-to-jekyll.markdown:17',
    ]);
  });

  test("Astro: pubDate with a month's name, updatedDate and theme keys are taken", async () => {
    const { site, warnings } = await blogOf('astro').read();
    expect(site.posts.map(brief)).toEqual([
      {
        title: 'Adding new posts',
        path: '/posts/adding-new-posts/',
        published: '2022-09-23T15:22:00Z',
        dateOnly: false,
        updated: '2023-12-21T09:12:47Z',
        language: 'en',
        tags: ['docs'],
        redirects: [],
      },
      {
        title: 'First post',
        path: '/posts/first-post/',
        published: '2022-07-08T00:00:00Z',
        dateOnly: true,
        updated: '2022-07-10T00:00:00Z',
        language: 'en',
        tags: ['astro', 'blogging', 'LearningInPublic'],
        redirects: [],
      },
    ]);
    expect(warnings).toEqual([]);
  });
});

describe('a folder of several hundred mixed posts', () => {
  const date = (index: number): string =>
    `20${String(10 + (index % 14)).padStart(2, '0')}-0${1 + (index % 9)}-1${index % 10}`;
  const forms: readonly ((index: number) => [string, string])[] = [
    (i) => [
      `${date(i)}-jekyll-${i}.md`,
      `---\nlayout: post\ntitle: "Post ${i}"\ncategories: a b\n---\nText {% highlight c %}x{% endhighlight %}\n`,
    ],
    (i) => [
      `hugo-${i}/index.md`,
      `+++\ntitle = "Post ${i}"\ndate = ${date(i)}T10:00:00+01:00\nweight = ${i}\ntags = ["x${i % 7}"]\n+++\nText\n`,
    ],
    (i) => [
      `eleventy-${i}.md`,
      `---\r\ntitle: Post ${i}\r\ndate: ${date(i)}\r\ntags:\r\n  - post\r\n  - y\r\nlayout: base.njk\r\n---\r\nText\r\n`,
    ],
    (i) => [
      `zola/${i}-zola.md`,
      `+++\ntitle = 'Post ${i}'\ndate = ${date(i)}\n[taxonomies]\ntags = ["z"]\n[extra]\nlead = "x"\n+++\nText\n`,
    ],
    (i) => [
      `astro-${i}.md`,
      `\uFEFF---\ntitle: Post ${i}\npubDate: ${date(i)}\nheroImageAlt: x\nmood: ${i}\n---\nText\n`,
    ],
    (i) => [
      `2020/01/${String(1 + (i % 28)).padStart(2, '0')}/plain-${i}.md`,
      `# Post ${i}\n\nNo front matter at all.\n`,
    ],
  ];
  const files = Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => {
      const [name, text] = forms[index % forms.length]?.(index) ?? ['', ''];
      return [`posts/${name}`, text];
    }),
  );

  test('without a setting, each file with a key nobody knows is named, with the line to add to profile.md', async () => {
    const faults = await contentFolder(files).faults();
    expect(faults).toHaveLength(50);
    for (const fault of faults)
      expect(fault).toMatch(
        /^posts\/astro-\d+\.md:5 unknown key "mood".*add the line "otherKeys: ignore" to profile\.md/,
      );
  });

  test('with otherKeys: ignore all of them build', async () => {
    const blog = contentFolder({
      ...files,
      'profile.md': PROFILE.replace('name: A blog', 'name: A blog\notherKeys: ignore'),
    });
    const { site } = await blog.read();
    expect(site.posts).toHaveLength(300);
    expect(new Set(site.posts.map(({ path }) => path)).size).toBe(300);
    expect(site.posts.every(({ published }) => /^20\d\d-\d\d-\d\dT/.test(published))).toBe(true);
  });
});
