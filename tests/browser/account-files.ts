const BOB = {
  id: 'https://social.example/users/bob',
  handle: '@bob@social.example',
  name: 'Bob of a rather long name, which he gave himself',
  url: 'https://social.example/@bob',
  inbox: 'https://social.example/users/bob/inbox',
};
const SAID = 'https://social.example/@bob/1';

/** What the build knows of others, so that it asks nobody. */
const REMOTE = {
  version: 1,
  actors: { [BOB.handle]: BOB },
  objects: {
    [SAID]: {
      id: 'https://social.example/users/bob/statuses/1',
      url: SAID,
      type: 'Note',
      author: BOB,
      excerpt: `What Bob says about gates, with ${'averyLongWord'.repeat(6)} in it.`,
      published: '2026-11-01T08:00:00.000Z',
    },
  },
};

const note = (head: string, text = 'So do I.'): string => `---\ndate: 2026-11-03T10:00:00Z\n${head}\n---\n${text}\n`;

const OPTIONS = `options: [Tea, "${'A long answer that goes over the line. '.repeat(3)}", "${'w'.repeat(90)}"]`;

/** The files of a blog that says, likes, follows and asks. */
export const ACCOUNT_FILES: Readonly<Record<string, string>> = {
  'profile.md': '---\nusername: blog\nname: A blog\norigin: https://blog.example\nblogroll: true\n---\nHello.\n',
  'following.csv': `Account address,Show boosts,Notify on new posts,Languages\n${BOB.handle.slice(1)},true,false,\n`,
  'remote.json': JSON.stringify(REMOTE),
  'notes/reply.md': note(`in-reply-to: ${SAID}`),
  'notes/like.md': note(`like-of: ${SAID}`, ''),
  'notes/boost.md': note(`repost-of: ${SAID}`, ''),
  'notes/quote.md': note(`quotation-of: ${SAID}`, `Read this, ${BOB.handle}.`),
  'notes/asked.md': note(`poll:\n  ${OPTIONS}\n  ends: 2099-01-01T00:00Z`, 'Which?'),
  'notes/over.md': note(`poll:\n  ${OPTIONS}\n  multiple: true\n  ends: 1h`, 'Which?'),
  'notes/thread.md': note('thread: true', 'One.\n\n---\n\nTwo.\n\n---\n\nThree.'),
  'posts/tor.md':
    '---\ntitle: Ein Tor\ndate: 2026-11-01T11:00:00Z\nlang: de\ntranslation-of: ./hello.md\n---\nEin Tor steht offen.\n',
};

/** The pages of these files, and those that list them. */
export const ACCOUNT_PAGES = [
  ...['reply', 'like', 'quote', 'asked', 'over', 'thread'].map((name) => `/notes/${name}/`),
  ...['/posts/tor/', '/following/', '/notes/'],
];
