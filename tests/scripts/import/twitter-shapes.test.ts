import { expect, test } from 'vitest';
import type { ImportOptions } from '../../../scripts/import/source.ts';
import { outcomeOf, readExport, takenBy, writeFolder } from './format-world.ts';
import { PNG } from './mastodon-archive.ts';
import {
  ACCOUNT_ID,
  entitiesOf,
  pictureOf,
  script,
  type TweetFacts,
  tweetOf,
  twitterFiles,
} from './twitter-archive.ts';

async function read(tweets: readonly TweetFacts[], options: Partial<ImportOptions> = {}, more = {}) {
  return readExport(writeFolder(twitterFiles({ tweets: tweets.map(tweetOf), ...more })), options);
}

async function _markdownOf(text: string, entities: Record<string, unknown> = {}): Promise<string | undefined> {
  return (await read([{ id: '1', text, more: { entities: entitiesOf(entities) } }])).posts[0]?.markdown;
}

test('retweets: one with pictures says what it shares; others are left out', async () => {
  const picture = pictureOf('1', 'a.jpg', { source_status_id_str: '77' });
  const { posts, leftOut } = await read([
    { id: '1', text: 'RT @ann: Look https://t.co/pic1', more: { entities: entitiesOf({ media: [picture] }) } },
    { id: '2', text: 'RT @ann: Words' },
  ]);
  expect(posts).toMatchObject([{ repostOf: 'https://twitter.com/ann/status/77', markdown: '', media: [] }]);
  expect(leftOut.map(({ kind }) => kind)).toEqual(['retweet']);
});

test('parts, old names of files and tweets without a wrapper → all of them', async () => {
  const part = (id: string) => script('tweet', [tweetOf({ id }).tweet]);
  const { posts } = await readExport(
    writeFolder([
      ...twitterFiles({ folder: '' }).filter(({ name }) => name !== 'tweets.js'),
      { name: 'tweet.js', data: part('1') },
      { name: 'tweet-part10.js', data: part('3') },
      { name: 'tweet-part2.js', data: `${part('2')};\n` },
      { name: 'tweet_media/1-a.png', data: PNG },
    ]),
  );
  expect(posts.map(({ originalUrl }) => originalUrl.slice(-1))).toEqual(['1', '2', '3']);
});

test('a name that the account had → known by its addresses, too', async () => {
  const renamed = script('screen_name_change', [
    {
      screenNameChange: {
        accountId: ACCOUNT_ID,
        screenNameChange: { changedAt: '2019', changedFrom: 'mara_old', changedTo: 'mara' },
      },
    },
  ]);
  const { posts } = await read([{ id: '1' }], {}, { files: [{ name: 'data/screen-name-change.js', data: renamed }] });
  expect(posts[0]?.aliases).toContain('https://twitter.com/mara_old/status/1');
});

test('a protected account → refused; one that is open again → read', async () => {
  const history = (...actions: string[]) => ({
    name: 'data/protected-history.js',
    data: script(
      'protected_history',
      actions
        .map((action, n) => ({ protectedHistory: { protectedAt: `2020-01-0${n + 1}T00:00:00.000Z`, action } }))
        .reverse(),
    ),
  });
  const outcome = await outcomeOf(writeFolder(twitterFiles({ files: [history('Unprotect', 'Protect')] })));
  expect(outcome).toMatchObject({ code: 'account-protected', message: expect.stringContaining('@mara') });
  expect(await outcomeOf(writeFolder(twitterFiles({ files: [history('Protect', 'Unprotect')] })))).toBe('read');
});

test.each([
  ['no assignment', '[{"tweet": {}}]'],
  ['another assignment', 'window.location = "https://evil.example"'],
  ['half of it', script('tweets', [tweetOf({ id: '1' })]).slice(0, -30)],
  ['nothing', ''],
  ['binary', Buffer.from([0, 159, 146, 150])],
  ['more after it', `${script('tweets', [])} alert(1)`],
])('tweets.js with %s → an error that names it', async (_, data) => {
  const files = twitterFiles({}).map((file) => (file.name === 'data/tweets.js' ? { ...file, data } : file));
  expect(await outcomeOf(writeFolder(files))).toMatchObject({
    code: 'archive-damaged',
    message: expect.stringContaining('data/tweets.js'),
  });
});

test('entries that are no tweets → counted, with their place; the rest is read', async () => {
  const tweets = [null, 7, { tweet: { id_str: 'x' } }, tweetOf({ id: '1', at: 'yesterday' }), tweetOf({ id: '2' })];
  const { posts, leftOut } = await readExport(writeFolder(twitterFiles({ tweets })));
  expect(posts).toHaveLength(1);
  expect(leftOut.map(({ where }) => where)).toEqual([
    'data/tweets.js, entry 1',
    'data/tweets.js, entry 2',
    'data/tweets.js, entry 3',
    'https://twitter.com/mara/status/1',
  ]);
});

test('a folder without account.js, or without tweets → not taken for one', async () => {
  const files = twitterFiles({});
  for (const gone of ['data/account.js', 'data/tweets.js'])
    expect(await takenBy(writeFolder(files.filter(({ name }) => name !== gone)))).toEqual([]);
  expect(await takenBy(writeFolder(files))).toEqual(['twitter']);
});
