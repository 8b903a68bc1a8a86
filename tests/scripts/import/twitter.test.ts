import { expect, test } from 'vitest';
import type { ImportOptions } from '../../../scripts/import/source.ts';
import { makeBlog, readExport, writeFolder, zipOf } from './format-world.ts';
import {
  ACCOUNT_ID,
  entitiesOf,
  mentionOf,
  pictureOf,
  script,
  type TweetFacts,
  tweetOf,
  twitterFiles,
  USER,
  wholeTwitterArchive,
} from './twitter-archive.ts';

const own = { in_reply_to_user_id_str: ACCOUNT_ID, in_reply_to_screen_name: USER };
const toAnn = { in_reply_to_user_id_str: '9', in_reply_to_screen_name: 'ann' };

async function read(tweets: readonly TweetFacts[], options: Partial<ImportOptions> = {}, more = {}) {
  return readExport(writeFolder(twitterFiles({ tweets: tweets.map(tweetOf), ...more })), options);
}

async function markdownOf(text: string, entities: Record<string, unknown> = {}): Promise<string | undefined> {
  return (await read([{ id: '1', text, more: { entities: entitiesOf(entities) } }])).posts[0]?.markdown;
}

test('a whole archive → files that the build takes; again → nothing', async () => {
  const path = await zipOf(wholeTwitterArchive());
  const blog = makeBlog();
  const report = await blog.import(path);
  expect(report.kinds).toEqual({ note: 3 });
  expect(Object.fromEntries(report.leftOut.map(({ kind, count }) => [kind, count]))).toEqual({
    like: 7,
    conversation: 2,
    retweet: 1,
    'reply to others': 1,
  });
  const files = blog.files();
  expect(files['notes/20181010-201924.md']).toContain(
    'Stones & #gates: <https://example.com/a_b?c=1&d=2> \\<3\n\nSeen with [@ann](https://x.com/ann)\n',
  );
  expect(files['notes/20181010-201924.md']).toContain('original-url: https://twitter.com/mara/status/101\n');
  expect(files['notes/20181010-202100.md']).toContain('in-reply-to: ./20181010-201924.md\n');
  expect(files['notes/20181011-080000.md']).toMatch(
    /\nLook!\n\n!\[A gate\]\(\.\.\/media\/import\/twitter\/\w+\.png\)\n$/,
  );
  expect(await blog.build()).toEqual([]);
  const again = await blog.import(path);
  expect(again.posts).toMatchObject({ imported: 0, there: 3, changed: 0 });
  expect(blog.files()).toMatchObject(files);
});

test('the folder that somebody unpacked, named or its data folder → the same posts', async () => {
  const files = wholeTwitterArchive();
  const zip = await readExport(await zipOf(files));
  const folder = await readExport(writeFolder(files.map(({ name, data }) => ({ name: `twitter-2024/${name}`, data }))));
  const data = await readExport(
    writeFolder(files.map(({ name, data }) => ({ name: name.replace('data/', ''), data }))),
  );
  const bare = (posts: typeof zip.posts) => JSON.stringify(posts);
  expect(bare(folder.posts)).toBe(bare(zip.posts));
  expect(bare(data.posts)).toBe(bare(zip.posts));
  expect(zip.title).toBe('Twitter archive of @mara');
});

test('the profile → name, words, place, site and picture', async () => {
  const { entries } = await read([]);
  expect(entries[0]).toMatchObject({
    type: 'profile',
    profile: {
      name: 'Mara & gates',
      bio: 'Gates & walls.',
      fields: [
        { name: 'Website', value: 'https://mara.example' },
        { name: 'Location', value: 'Bremen' },
      ],
      avatar: { name: '4242-face.png' },
      account: 'https://twitter.com/mara',
    },
  });
});

test('addresses: short ones are whole again, those of before stay, the end of a sentence is none', async () => {
  const urls = [{ url: 'https://t.co/a', expanded_url: 'https://example.com/x', indices: ['0', '1'] }];
  expect(await markdownOf('See (https://t.co/a). And http://old.example/y_z*!', { urls })).toBe(
    'See (<https://example.com/x>). And <http://old.example/y_z*>!',
  );
  expect(await markdownOf('https://t.co/unknown')).toBe('<https://t.co/unknown>');
});

test('names: only those of accounts lead somewhere, and a handle of the fediverse mentions nobody', async () => {
  const user_mentions = [mentionOf('Ann_')];
  expect(await markdownOf('@ann_ and @bob, me@mail.example, @me@social.example', { user_mentions })).toBe(
    '[@ann\\_](https://x.com/ann_) and @bob, me@mail.example, \\@me@social.example',
  );
});

test('hashtags: those of the tweet are tags; other # are none', async () => {
  expect(await markdownOf('#Gates #1 C# #no', { hashtags: [{ text: 'gates' }] })).toBe('#Gates \\#1 C# \\#no');
});

test('marks of Markdown, lines and paragraphs → what the tweet showed', async () => {
  expect(await markdownOf('- *a* &amp;amp; [b]\n1. c\n   # d\n\n\n> e https://t.co/x - f')).toBe(
    '\\- \\*a\\* &amp; \\[b\\]\\\n1\\. c\\\n\\# d\n\n\\> e <https://t.co/x> - f'.replace('&amp;', '\\&amp;'),
  );
});

test('a thread to oneself → a chain, in whatever order it comes; its own name before it goes', async () => {
  const { posts } = await read([
    { id: '3', text: '@mara third', more: { ...own, in_reply_to_status_id_str: '2' } },
    { id: '2', text: 'second', more: { ...own, in_reply_to_status_id_str: '1' } },
    { id: '1', text: 'first' },
  ]);
  expect(posts.map(({ markdown, inReplyTo }) => [markdown, inReplyTo])).toEqual([
    ['third', 'https://twitter.com/mara/status/2'],
    ['second', 'https://twitter.com/mara/status/1'],
    ['first', undefined],
  ]);
});

test('a reply to oneself below a reply to others → left out with it, and taken with it', async () => {
  const tweets = [
    { id: '3', more: { ...own, in_reply_to_status_id_str: '2' } },
    { id: '2', text: '@ann no', more: { ...toAnn, in_reply_to_status_id_str: '1' } },
  ];
  const { posts, leftOut } = await read(tweets);
  expect(posts).toEqual([]);
  expect(leftOut.map(({ kind }) => kind)).toEqual(['reply to others', 'reply to others']);
  const all = await read(tweets, { includeReplies: true });
  expect(all.posts.map(({ inReplyTo }) => inReplyTo)).toEqual([
    'https://twitter.com/mara/status/2',
    'https://twitter.com/ann/status/1',
  ]);
});

test('an answer to an own tweet that is gone → a note that answers nothing', async () => {
  const { posts } = await read([{ id: '5', more: { ...own, in_reply_to_status_id_str: '4' } }]);
  expect(posts[0]?.inReplyTo).toBeUndefined();
});

test('answers in a circle → an end, and none answers itself', async () => {
  const { posts } = await read([
    { id: '1', more: { ...own, in_reply_to_status_id_str: '2' } },
    { id: '2', more: { ...own, in_reply_to_status_id_str: '1' } },
    { id: '3', more: { ...own, in_reply_to_status_id_str: '3' } },
  ]);
  expect(posts.map(({ inReplyTo }) => inReplyTo)).toEqual([undefined, 'https://twitter.com/mara/status/1', undefined]);
});

test('a long tweet → its whole text, by its time and its beginning', async () => {
  const long = `${'Stone on stone &amp; more. '.repeat(20)}See https://t.co/z @ann #Walls`;
  const note = (text: string, createdAt: string) => ({
    noteTweet: {
      noteTweetId: '999',
      updatedAt: createdAt,
      lifecycle: { value: '1', name: 'Active', originalName: 'Active', annotations: {} },
      createdAt,
      core: {
        styletags: [],
        urls: [
          {
            expandedUrl: 'https://example.com/z',
            toIndex: '9',
            shortUrl: 'https://t.co/z',
            displayUrl: 'z',
            fromIndex: '1',
          },
        ],
        text,
        mentions: [{ screenName: 'ann', fromIndex: '1', toIndex: '2' }],
        cashtags: [],
        hashtags: [{ text: 'Walls', fromIndex: '1', toIndex: '2' }],
      },
    },
  });
  const { posts } = await read(
    [
      { id: '1', text: `${long.slice(0, 230)}… https://t.co/whole` },
      { id: '2', text: 'Short' },
    ],
    {},
    {
      files: [
        {
          name: 'data/note-tweet.js',
          data: script('note_tweet', [
            note('Another text of the same second', '2018-10-10T20:19:24.000Z'),
            note(long, '2018-10-10T20:19:24.813Z'),
          ]),
        },
      ],
    },
  );
  expect(posts[0]?.markdown).toBe(
    `${'Stone on stone & more. '.repeat(20)}See <https://example.com/z> [@ann](https://x.com/ann) #Walls`,
  );
  expect(posts[1]?.markdown).toBe('Short');
});

test('an edited tweet → its last version, known by the address of each', async () => {
  const edit_info = { edit: { initialTweetId: '1', editControlInitial: { editTweetIds: ['1', '2'] } } };
  const { posts, leftOut } = await read([
    { id: '1', text: 'Frist', more: { edit_info: { initial: { editTweetIds: ['1', '2'] } } } },
    { id: '2', text: 'First', more: { edit_info } },
  ]);
  expect(posts.map(({ markdown }) => markdown)).toEqual(['First']);
  expect(posts[0]?.aliases).toEqual([
    'https://x.com/mara/status/2',
    'https://twitter.com/mara/status/1',
    'https://x.com/mara/status/1',
  ]);
  expect(leftOut.map(({ kind }) => kind)).toEqual(['earlier version']);
});

test('a film → its best file that is there; without any, its address', async () => {
  const film = pictureOf('1', 'thumb.jpg', {
    type: 'video',
    video_info: {
      variants: [
        { content_type: 'application/x-mpegURL', url: 'https://video.twimg.com/a.m3u8' },
        { bitrate: '256000', content_type: 'video/mp4', url: 'https://video.twimg.com/low.mp4?tag=1' },
        { bitrate: '832000', content_type: 'video/mp4', url: 'https://video.twimg.com/high.mp4?tag=1' },
      ],
    },
  });
  const more = { extended_entities: { media: [film] } };
  const file = { name: 'data/tweets_media/1-low.mp4', data: 'film' };
  const there = await read([{ id: '1', more }], {}, { files: [file] });
  expect(there.posts[0]?.media).toMatchObject([{ name: '1-low.mp4', open: expect.any(Function) }]);
  const gone = await read([{ id: '1', more }]);
  expect(gone.posts[0]?.media).toEqual([
    { name: '1-high.mp4', alt: '', open: undefined, url: 'https://video.twimg.com/high.mp4?tag=1' },
  ]);
});
