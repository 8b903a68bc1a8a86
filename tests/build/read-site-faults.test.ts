import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { contentFolder } from './content-folder.ts';

const post = (more = '', body = 'Text.\n') => `---\ntitle: T\ndate: 2024-05-06\n${more}---\n${body}`;

describe('faults', () => {
  test('all of all files come at once, sorted, each with file and line', async () => {
    const blog = contentFolder({
      'profile.md': '---\nusername: Blog\nnmae: x\n---\n',
      'posts/a.md': '---\ntitle: A\ndate: 06/05/2024\n---\n',
      'posts/b.md': '---\ntitle: B\n\ntitel: B\n---\n',
      'posts/c.md': '---\ntitle: [\n---\n',
      'posts/d.md': 'Nothing at all.\n',
      'posts/e.md': post('', 'one\n\n![x](gone.png)\n'),
      'posts/f.mdx': 'x',
    });
    expect((await blog.faults()).map((fault) => fault.slice(0, 60))).toEqual([
      'posts/a.md:3 date: "06/05/2024" can be read with the month o',
      'posts/b.md:4 unknown key "titel"; did you mean "title"?',
      'posts/c.md:2 the YAML front matter cannot be read: unexpecte',
      'posts/d.md:1 a date is missing; add "date: 2024-05-06" (the ',
      'posts/e.md:7 picture "gone.png" is not there; put it beside ',
      'posts/f.mdx:1 posts are Markdown; .mdx is not read. Turn it ',
      'profile.md:1 name is missing: it is the name that people see',
      'profile.md:2 username must be 1 to 30 of a-z, 0-9 and _; oth',
      'profile.md:3 unknown key "nmae"; did you mean "name"?',
    ]);
  });

  test('what is wrong with the body of a file comes with what is wrong with its front matter', async () => {
    const blog = contentFolder({
      'posts/a.md': post('draft: perhaps\n', '![x](gone.png)\n'),
      'posts/b.md': post('titel: x\n', '![x](gone.png)\n'),
    });
    expect((await blog.faults()).map((fault) => fault.split(' ', 1)[0])).toEqual([
      'posts/a.md:4',
      'posts/a.md:6',
      'posts/b.md:4',
      'posts/b.md:6',
    ]);
  });

  test('the error prints them as a path that can be opened and the line, and carries them', async () => {
    const blog = contentFolder({ 'posts/a.md': post('titel: x\n') });
    const fault = { file: 'posts/a.md', line: 4, message: 'unknown key "titel"; did you mean "title"?' };
    await expect(blog.read()).rejects.toMatchObject({
      code: 'content-faults',
      message: `1 fault in 1 file:\n${blog.folder}/posts/a.md:4 ${fault.message}`,
      facts: { faults: [fault] },
    });
  });

  test('a file that is neither Markdown nor a thing to copy is named; a page of plain HTML is a thing to copy', async () => {
    const blog = contentFolder({
      'posts/a.mdx': 'x',
      'posts/b.html': '---\ntitle: B\n---\n<p>x</p>',
      'posts/c/chart.html': '<p>x</p>',
    });
    expect((await blog.faults()).map((fault) => fault.slice(0, 55))).toEqual([
      'posts/a.mdx:1 posts are Markdown; .mdx is not read. Tur',
      'posts/b.html:1 posts are Markdown; .html is not read. T',
    ]);
  });

  test('no profile.md → a fault that says what to write', async () => {
    const blog = contentFolder();
    rmSync(join(blog.folder, 'profile.md'));
    expect(await blog.faults()).toEqual([
      'profile.md:1 the file is missing; write it with "username: …" and "name: …" in its front matter',
    ]);
  });

  test.each([
    [
      'the same slug',
      { 'posts/2024/x.md': post(), 'posts/x.md': post() },
      'posts/x.md:1 its address /posts/x/ is that of posts/2024/x.md too; give one of them another "slug: …"',
    ],
    [
      'the same slug but for case',
      { 'posts/a.md': post('slug: Same\n'), 'posts/b.md': post('slug: same\n') },
      'posts/b.md:4 its address /posts/same/ is that of posts/a.md too; give one of them another "slug: …"',
    ],
    [
      'the same permalink',
      { 'posts/a.md': post('permalink: /x/\n'), 'pages/x.md': '# X' },
      'pages/x.md:1 its address /x/ is that of posts/a.md too; give one of them another "slug: …"',
    ],
    [
      'the same id',
      { 'posts/a.md': post('id: one\n'), 'posts/b.md': post('id: one\n') },
      'posts/b.md:4 its id "one" is that of posts/a.md too; an id names one post for ever: give the newer one another',
    ],
    [
      'an id that is another slug',
      { 'posts/a.md': post(), 'posts/b.md': post('id: a\n') },
      'posts/b.md:4 its id "a" is that of posts/a.md too; an id names one post for ever: give the newer one another',
    ],
  ])('%s names both files', async (_, files, fault) => {
    expect(await contentFolder(files).faults()).toEqual([fault]);
  });

  test('an article and a note may share a key: their addresses differ', async () => {
    expect((await contentFolder({ 'posts/a.md': post(), 'notes/a.md': post() }).read()).site.posts).toHaveLength(2);
  });

  test.each([
    ['ap/x', 4, 'is kept for the site'],
    ['/media/', 4, 'is kept for the site'],
    ['/', 4, 'home page'],
    ['../up', 4, 'must not contain ".."'],
    ['https://x.example/', 4, 'must be a path on this site'],
  ])('permalink %s is refused', async (permalink, line, message) => {
    const [fault] = await contentFolder({ 'posts/a.md': post(`permalink: ${permalink}\n`) }).faults();
    expect(fault).toMatch(new RegExp(`^posts/a\\.md:${line} `));
    expect(fault).toContain(message);
  });
});
