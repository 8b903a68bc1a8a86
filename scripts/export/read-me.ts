export interface ReadMeFacts {
  readonly handle: string | undefined;
  readonly origin: string | undefined;
  /** RFC 3339. */
  readonly at: string;
  readonly version: string;
  readonly files: ReadonlySet<string>;
}

const WHAT: readonly (readonly [string, string])[] = [
  ['content/', 'all that was written: posts, notes, pages, media, profile'],
  ['keys/keys.json', 'THE PRIVATE KEYS of the account: who has them can speak for it'],
  ['keys/owner.json', 'the private key of its owner: opens messages, releases publishes'],
  ['store/postern.db', 'all that the server remembers, as one SQLite file'],
  ['actor.json', 'the account as other servers see it'],
  ['followers.csv', 'who follows: a list that other programs read'],
  ['followers.json', 'the same with inboxes and dates'],
  ['following.csv', "who is followed, in Mastodon's form"],
  ['blocks.csv', 'who is blocked'],
  ['ledger.json', 'what the network was told: ids, dates, and what was deleted'],
  ['replies.json', 'what others said, liked and boosted, and what became of it'],
  ['receipts.json', 'what was sent where, and what came of it'],
];

/** The text that says what is in the archive, and how to come back. Lines of 78 letters at most. */
export function readMe({ handle, origin, at, version, files }: ReadMeFacts): string {
  const has = (name: string): boolean =>
    name.endsWith('/') ? [...files].some((file) => file.startsWith(name)) : files.has(name);
  const there = WHAT.filter(([name]) => has(name));
  const width = Math.max(...there.map(([name]) => name.length));
  return `${handle ?? 'A blog'}${origin === undefined ? '' : ` at ${origin}`}

Exported ${at.slice(0, 10)} by Postern ${version}.

What is what
------------

${there.map(([name, what]) => `${name.padEnd(width)}  ${what}`).join('\n')}

${
  has('keys/')
    ? `This archive holds private keys. Keep it as you would keep a password: not in a
repository, not in a mail, not on a disk that others read.
`
    : `The private keys are not in this archive. Without them the account cannot go
on: see that you have keys.json and owner.json somewhere else.
`
}
How to come back
----------------

On a machine of your own, in a folder with the program:

  npm ci
  npm run restore -- <this archive>
  npm run plan
  npm start

On Netlify, before its first deploy with the private keys:

  npm run restore -- <this archive> --netlify <site-id>

"nothing to send" of npm run plan is the proof that nothing was lost: ids,
followers and history are as they were. Never let two servers run with the same
account: stop the old one first, export, and start the new one.

The files beside store/ are for people and other programs. npm run restore
reads store/, keys/ and content/ alone.
`;
}
