import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isBlurhashValid } from 'blurhash';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { openPictures } from '../../build/pictures.ts';
import { createSiteCache } from '../../build/read-site.ts';
import { contentFolder, PROFILE } from './content-folder.ts';

const plain = (width: number, height: number, colour = '#c02040') =>
  sharp({ create: { width, height, channels: 3, background: colour } });
const png = await plain(60, 40).png().toBuffer();
const jpeg = await plain(40, 90, '#2040c0').jpeg().toBuffer();
const post = (body: string, more = '') => `---\ntitle: T\ndate: 2024-05-06\n${more}---\n${body}`;

describe('pictures of a post', () => {
  test('beside the Markdown, in media/, and where other generators keep them → copied, measured, shown with size', async () => {
    const blog = contentFolder({
      'posts/x/index.md': post(
        '![One](./a.png)\n\n![Two](/media/b%20c.jpg) <img src="a.png" alt="again">\n\n![Three](/images/d.png)\n',
      ),
      'posts/x/a.png': png,
      'media/b c.jpg': jpeg,
      'static/images/d.png': png,
    });
    const { site, copies } = await blog.read();
    const [found] = site.posts;
    expect(
      found?.pictures.map(({ path, alt, mediaType, width, height }) => [path, alt, mediaType, width, height]),
    ).toEqual([
      ['/media/posts/x/a.png', 'One', 'image/png', 60, 40],
      ['/media/b%20c.jpg', 'Two', 'image/jpeg', 40, 90],
      ['/media/static/images/d.png', 'Three', 'image/png', 60, 40],
    ]);
    for (const picture of found?.pictures ?? []) {
      expect(isBlurhashValid(picture.blurhash ?? '').result).toBe(true);
      expect(picture.digest).toMatch(/^[0-9a-f]{64}$/);
    }
    expect(found?.html).toContain('<img src="/media/posts/x/a.png" alt="One" width="60" height="40" loading="lazy">');
    expect(copies).toEqual([
      { from: join(blog.folder, 'media/b c.jpg'), to: 'media/b c.jpg' },
      { from: join(blog.folder, 'posts/x/a.png'), to: 'media/posts/x/a.png' },
      { from: join(blog.folder, 'static/images/d.png'), to: 'media/static/images/d.png' },
    ]);
  });

  test('the featured picture and its alt, written either way', async () => {
    const { site } = await contentFolder({
      'media/a.png': png,
      'posts/a.md': post('', 'image: media/a.png\nimageAlt: One\n'),
      'posts/b.md': post('', 'image:\n  src: /media/a.png\n  alt: Two\n'),
      'posts/c.md': post('', 'cover: a.png\n'),
    }).read();
    expect(site.posts.map(({ image }) => [image?.path, image?.alt])).toEqual([
      ['/media/a.png', 'One'],
      ['/media/a.png', 'Two'],
      ['/media/a.png', ''],
    ]);
  });

  test('avatar and header of the profile', async () => {
    const blog = contentFolder({
      'profile.md': PROFILE.replace(
        'origin:',
        'avatar: media/me.png\nheader:\n  src: media/h.jpg\n  alt: Hills\norigin:',
      ),
      'media/me.png': png,
      'media/h.jpg': jpeg,
    });
    const { profile } = (await blog.read()).site;
    expect([profile.avatar?.path, profile.header?.path, profile.header?.alt]).toEqual([
      '/media/me.png',
      '/media/h.jpg',
      'Hills',
    ]);
  });

  test('a JPEG that lies on its side is measured as it is shown', async () => {
    const turned = await plain(80, 20).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    const { site } = await contentFolder({ 'posts/a.md': post('![x](t.jpg)'), 'posts/t.jpg': turned }).read();
    expect(site.posts[0]?.pictures).toMatchObject([{ width: 20, height: 80 }]);
  });

  test('SVG, GIF and WebP are pictures too', async () => {
    const { site } = await contentFolder({
      'posts/a.md': post('![s](s.svg) ![g](g.gif) ![w](w.webp)'),
      'posts/s.svg':
        '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="10"><rect width="30" height="10"/></svg>',
      'posts/g.gif': await plain(8, 8).gif().toBuffer(),
      'posts/w.webp': await plain(8, 9).webp().toBuffer(),
    }).read();
    expect(site.posts[0]?.pictures.map(({ mediaType, width, height }) => [mediaType, width, height])).toEqual([
      ['image/svg+xml', 30, 10],
      ['image/gif', 8, 8],
      ['image/webp', 8, 9],
    ]);
  });

  test('a picture that says where it was taken → a warning; the file stays as it is', async () => {
    const tagged = await plain(10, 10)
      .jpeg()
      .withExif({ IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' } })
      .toBuffer();
    const { warnings } = await contentFolder({
      'posts/a.md': post('\n![x](t.jpg)\n![y](u.jpg)'),
      'posts/t.jpg': tagged,
      'posts/u.jpg': jpeg,
    }).read();
    expect(warnings).toEqual([
      {
        file: 'posts/a.md',
        line: 6,
        message: expect.stringContaining('posts/t.jpg says where it was taken (EXIF GPS)'),
      },
    ]);
  });

  test('pictures of other sites are left alone, in the text and as featured picture', async () => {
    const { site, warnings, copies } = await contentFolder({
      'posts/a.md': post(
        '![x](https://x.example/a.png) ![y](data:image/png;base64,AA==)',
        'image: https://x.example/b.png\n',
      ),
    }).read();
    expect(site.posts[0]).not.toHaveProperty('image');
    expect(site.posts[0]?.pictures).toEqual([]);
    expect(site.posts[0]?.html).toContain('<img src="https://x.example/a.png" alt="x" loading="lazy">');
    expect(warnings.map(({ line }) => line)).toEqual([4]);
    expect(copies).toEqual([]);
  });

  test('missing, unreadable and outside pictures are faults with their lines', async () => {
    const blog = contentFolder({
      'posts/a.md': post(
        'one\n![x](gone.png)\n<img src="broken.png">\n![x](../../../secret.png)\n',
        'cover: lost.png\n',
      ),
      'posts/broken.png': 'no picture',
      'profile.md': PROFILE.replace('origin:', 'avatar: none.png\norigin:'),
    });
    const faults = await blog.faults();
    expect(faults.map((fault) => fault.split(' ').slice(0, 3).join(' '))).toEqual([
      'posts/a.md:4 picture "lost.png"',
      'posts/a.md:7 picture "gone.png"',
      'posts/a.md:8 picture "broken.png"',
      'posts/a.md:9 picture "../../../secret.png"',
      'profile.md:4 picture "none.png"',
    ]);
    expect(faults[3]).toContain('lies outside the content folder');
  });

  test('two files for one place on the site → a fault that names both', async () => {
    const blog = contentFolder({ 'posts/a.md': post('![x](x.png)'), 'posts/x.png': png, 'media/posts/x.png': jpeg });
    expect(await blog.faults()).toEqual([
      'posts/x.png:1 it would be copied to the place of media/posts/x.png; rename one of them',
    ]);
  });

  test('an edited picture is seen in watch mode though its post was not touched', async () => {
    const blog = contentFolder({ 'posts/a.md': post('![x](x.png)'), 'posts/x.png': png });
    const cache = createSiteCache();
    const before = await blog.read({ cache });
    blog.write('posts/x.png', await plain(70, 70).png().toBuffer());
    const after = await blog.read({ cache });
    expect([before, after].map(({ site }) => site.posts[0]?.pictures[0]?.width)).toEqual([60, 70]);
  });
});

describe('the cache of pictures', () => {
  test('a picture is decoded once: what the cache says is believed as long as size and time stand', async () => {
    const blog = contentFolder({ 'media/x.png': png });
    const file = join(blog.folder, 'media/x.png');
    const data = blog.options.dataFolder;
    const first = await openPictures(data);
    const facts = await first.read(file);
    await first.save();
    const path = join(data, 'cache/pictures.json');
    const written = readFileSync(path, 'utf8');
    await (await openPictures(data)).read(file).then((again) => expect(again).toEqual(facts));
    // A cache that tells another width shows that the file itself was not read.
    writeFileSync(path, written.replace('"width":60', '"width":61'));
    expect(await (await openPictures(data)).read(file)).toMatchObject({ ok: true, facts: { width: 61 } });
    utimesSync(file, new Date(0), new Date(0));
    writeFileSync(file, await plain(62, 5).png().toBuffer());
    expect(await (await openPictures(data)).read(file)).toMatchObject({ ok: true, facts: { width: 62, height: 5 } });
  });

  test('a cache that cannot be read is begun anew', async () => {
    const blog = contentFolder({ 'posts/a.md': post('![x](x.png)'), 'posts/x.png': png });
    const path = join(blog.options.dataFolder, 'cache/pictures.json');
    await blog.read();
    writeFileSync(path, '{"version":9');
    expect((await blog.read()).site.posts[0]?.pictures[0]?.width).toBe(60);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ version: 1 });
  });

  test('a build without pictures writes no cache; one that learnt nothing leaves it alone', async () => {
    const blog = contentFolder({ 'posts/a.md': post('x') });
    await blog.read();
    expect(existsSync(blog.options.dataFolder)).toBe(false);
    blog.write('posts/b.md', post('![x](x.png)'));
    blog.write('posts/x.png', png);
    await blog.read();
    const path = join(blog.options.dataFolder, 'cache/pictures.json');
    const { ino } = statSync(path);
    await blog.read();
    expect(statSync(path).ino).toBe(ino);
  });
});
