import { type PackedFile, PNG } from './mastodon-archive.ts';

export const USER = 'mara';
export const ACCOUNT_ID = '4242';

export interface TweetFacts {
  readonly id: string;
  readonly text?: string;
  readonly at?: string;
  /** Members that differ from what a plain tweet has. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** A tweet as archives since 2022 have it: numbers are texts. */
export function tweetOf({ id, text = 'Hello', at = 'Wed Oct 10 20:19:24 +0000 2018', more }: TweetFacts) {
  return {
    tweet: {
      edit_info: {
        initial: {
          editTweetIds: [id],
          editableUntil: '2018-10-10T21:19:24.000Z',
          editsRemaining: '5',
          isEditEligible: true,
        },
      },
      retweeted: false,
      source: '<a href="https://mobile.twitter.com" rel="nofollow">Twitter Web App</a>',
      entities: { hashtags: [], symbols: [], user_mentions: [], urls: [] },
      display_text_range: ['0', String(text.length)],
      favorite_count: '3',
      id_str: id,
      truncated: false,
      retweet_count: '0',
      id,
      created_at: at,
      favorited: false,
      full_text: text,
      lang: 'en',
      ...more,
    },
  };
}

export function entitiesOf(some: Readonly<Record<string, unknown>>) {
  return { hashtags: [], symbols: [], user_mentions: [], urls: [], ...some };
}

export function mentionOf(name: string) {
  return { name, screen_name: name, indices: ['0', '1'], id_str: '9', id: '9' };
}

/** A file of an archive: a script that assigns. */
export function script(name: string, value: unknown): string {
  return `window.YTD.${name}.part0 = ${JSON.stringify(value, null, 2)}`;
}

export interface ArchiveFacts {
  readonly tweets?: readonly unknown[];
  readonly folder?: string;
  readonly files?: readonly PackedFile[];
}

/** The files of an archive, as a zip of 2024 has them. */
export function twitterFiles({ tweets = [], folder = 'data/', files = [] }: ArchiveFacts): PackedFile[] {
  return [
    { name: `${folder}tweets.js`, data: script('tweets', tweets) },
    {
      name: `${folder}account.js`,
      data: script('account', [
        {
          account: {
            email: 'mara@mara.example',
            createdVia: 'web',
            username: USER,
            accountId: ACCOUNT_ID,
            createdAt: '2011-06-23T13:04:14.000Z',
            accountDisplayName: 'Mara &amp; gates',
          },
        },
      ]),
    },
    {
      name: `${folder}profile.js`,
      data: script('profile', [
        {
          profile: {
            description: { bio: 'Gates &amp; walls.', website: 'https://mara.example', location: 'Bremen' },
            avatarMediaUrl: 'https://pbs.twimg.com/profile_images/77/face.png',
            headerMediaUrl: 'https://pbs.twimg.com/profile_banners/4242/1600',
          },
        },
      ]),
    },
    { name: `${folder}profile_media/${ACCOUNT_ID}-face.png`, data: PNG },
    ...files,
  ];
}

/** A picture of a tweet, and the file that belongs to it. */
export function pictureOf(id: string, name: string, more: Readonly<Record<string, unknown>> = {}) {
  return {
    expanded_url: `https://twitter.com/${USER}/status/${id}/photo/1`,
    indices: ['6', '29'],
    url: `https://t.co/pic${id}`,
    media_url: `http://pbs.twimg.com/media/${name}`,
    media_url_https: `https://pbs.twimg.com/media/${name}`,
    id_str: `${id}9`,
    id: `${id}9`,
    type: 'photo',
    display_url: 'pic.twitter.com/abc',
    sizes: {},
    ...more,
  };
}

/** One of everything, as the end-to-end test takes it. */
export function wholeTwitterArchive(): PackedFile[] {
  const picture = pictureOf('103', 'Gate1.png', { ext_alt_text: 'A gate' });
  return twitterFiles({
    tweets: [
      tweetOf({
        id: '102',
        text: 'And another thing',
        at: 'Wed Oct 10 20:21:00 +0000 2018',
        more: { in_reply_to_status_id_str: '101', in_reply_to_user_id_str: ACCOUNT_ID, in_reply_to_screen_name: USER },
      }),
      tweetOf({
        id: '101',
        text: 'Stones &amp; #gates: https://t.co/abc &lt;3\n\nSeen with @ann',
        more: {
          entities: entitiesOf({
            hashtags: [{ text: 'gates', indices: ['0', '1'] }],
            user_mentions: [mentionOf('ann')],
            urls: [
              {
                url: 'https://t.co/abc',
                expanded_url: 'https://example.com/a_b?c=1&d=2',
                display_url: 'example.com/a…',
              },
            ],
          }),
        },
      }),
      tweetOf({
        id: '103',
        text: 'Look! https://t.co/pic103',
        at: 'Thu Oct 11 08:00:00 +0000 2018',
        more: { entities: entitiesOf({ media: [picture] }), extended_entities: { media: [picture] } },
      }),
      tweetOf({
        id: '104',
        text: 'RT @ann: Walls are…',
        more: { entities: entitiesOf({ user_mentions: [mentionOf('ann')] }) },
      }),
      tweetOf({
        id: '105',
        text: '@ann no',
        more: { in_reply_to_status_id_str: '88', in_reply_to_user_id_str: '9', in_reply_to_screen_name: 'ann' },
      }),
    ],
    files: [
      { name: 'data/tweets_media/103-Gate1.png', data: PNG },
      { name: 'data/direct-messages.js', data: 'nobody reads this' },
      { name: 'data/like.js', data: 'nor this' },
      {
        name: 'data/manifest.js',
        data: `window.__THAR_CONFIG = ${JSON.stringify({ dataTypes: { like: { files: [{ fileName: 'data/like.js', globalName: 'YTD.like.part0', count: '7' }] }, directMessages: { files: [{ fileName: 'data/direct-messages.js', globalName: 'YTD.direct_messages.part0', count: '2' }] } } })}`,
      },
      { name: 'Your archive.html', data: '<html></html>' },
    ],
  });
}
