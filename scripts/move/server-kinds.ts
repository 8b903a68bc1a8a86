/** Who moves, for what is to be typed there. */
export interface OwnNames {
  /** `@blog@blog.example`. */
  readonly handle: string;
  /** The id of the blog's actor. */
  readonly actor: string;
}

/** What to do at a server, by its software. */
interface ServerKind {
  readonly name: string;
  /** At the old server, to move to the blog. */
  readonly leave: (blog: OwnNames) => readonly string[];
  /** At the new server, so that it takes a move from the blog. */
  readonly welcome: (blog: OwnNames) => readonly string[];
}

const PASSWORD = 'Type the password of the old account there, and confirm.';

const MASTODON: ServerKind = {
  name: 'Mastodon',
  leave: ({ handle }) => [
    'Export first what you want to take along: Preferences → Import and export → Data export.',
    'Preferences → Account → Move to a different account.',
    `Handle of the new account: ${handle}`,
    PASSWORD,
    'The old account then shows where you went and cannot post. It can be moved again after 30 days only.',
  ],
  welcome: ({ handle }) => [
    'Preferences → Account → Moving from a different account: create an account alias.',
    `Handle of the old account: ${handle}`,
  ],
};

const GOTOSOCIAL: ServerKind = {
  name: 'GoToSocial',
  leave: ({ actor }) => [
    'Settings panel (/settings) → User → Migration → Move Account.',
    `Move target URI, which is an address and no handle: ${actor}`,
    PASSWORD,
    'It refuses while one of the two accounts moved in the last 7 days.',
  ],
  welcome: ({ actor }) => [
    'Settings panel (/settings) → User → Migration → Alias Account.',
    `The address of the old account: ${actor}`,
  ],
};

const MISSKEY: ServerKind = {
  name: 'Misskey',
  leave: ({ handle }) => [
    'Settings → Other settings → Account migration → Move this account to a different account.',
    `Account to move to: ${handle}`,
    'Misskey cannot take a move back: the old account stays closed.',
  ],
  welcome: ({ handle }) => [
    'Settings → Other settings → Account migration → Move another account to this one.',
    `Account to move from: ${handle}`,
  ],
};

const AKKOMA: ServerKind = {
  name: 'Akkoma or Pleroma',
  leave: ({ handle }) => [
    'Settings → Security → Move account.',
    `Target account, without the first @: ${handle.slice(1)}`,
    PASSWORD,
  ],
  welcome: ({ handle }) => ['Settings → Security → Account aliases: add an alias.', `It is ${handle.slice(1)}`],
};

const PIXELFED: ServerKind = {
  name: 'Pixelfed',
  leave: ({ handle }) => [
    'Settings → Account → Account migration, where the server has it: many versions offer aliases alone.',
    `The new account: ${handle}`,
    PASSWORD,
  ],
  welcome: ({ handle }) => ['Settings → Account → Account aliases: add one.', `It is ${handle}`],
};

const OTHER: ServerKind = {
  name: 'a server of a kind that is not known here',
  leave: ({ handle, actor }) => [
    'Look in the settings of the account for "move", "migration" or "redirect"; not every software can do it.',
    `The new account is ${handle}; where an address is asked for, ${actor}`,
  ],
  welcome: ({ handle, actor }) => [
    'Look in the settings of the account for "alias" or "moving from another account"; not every software can do it.',
    `The old account is ${handle}; where an address is asked for, ${actor}`,
  ],
};

const KINDS: ReadonlyMap<string, ServerKind> = new Map([
  ...['mastodon', 'hometown', 'glitchsoc', 'fedibird'].map((name) => [name, MASTODON] as const),
  ['gotosocial', GOTOSOCIAL],
  ...['misskey', 'sharkey', 'firefish', 'iceshrimp', 'foundkey', 'cherrypick'].map((name) => [name, MISSKEY] as const),
  ...['akkoma', 'pleroma'].map((name) => [name, AKKOMA] as const),
  ['pixelfed', PIXELFED],
]);

/** What to do at a server of this software, as NodeInfo names it. */
export function kindOf(software: string | undefined): ServerKind {
  return KINDS.get(software ?? '') ?? OTHER;
}
