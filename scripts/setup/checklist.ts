import { count } from '../command.ts';
import type { GitFacts } from './git.ts';
import type { LiveSite, Seen } from './live-site.ts';

/** All that was found out about a blog on its way to being followed. */
export interface Facts {
  readonly handle: string;
  readonly origin: string;
  /** Paths as a person would type them. */
  readonly content: string;
  readonly profile: string;
  readonly privateKeys: string;
  /** False where only the public halves are, as in a clone on another machine. */
  readonly hasPrivateKeys: boolean;
  /** Bytes that the private keys take of the environment. */
  readonly privateKeysSize: number;
  readonly samples: number;
  /** Keys of the profile that still have the words of the sample. */
  readonly sampleWords: readonly string[];
  readonly git: GitFacts;
  readonly host: HostKind;
  /** Absent when nobody looked. */
  readonly live?: LiveSite;
}

/** Who serves the blog. `local`: this machine alone, for a look. `unknown`: it cannot be seen from here. */
export type HostKind = 'netlify' | 'own' | 'local' | 'unknown';

export interface Item {
  readonly id: string;
  /** `unknown`: it cannot be seen from here. */
  readonly state: 'done' | 'open' | 'unknown';
  readonly text: string;
  /** What to do, a line each; lines that begin with two spaces are typed or filled in as they stand. */
  readonly todo: readonly string[];
}

/** What all variables of the functions may take together (AWS Lambda). */
export const ENVIRONMENT_LIMIT = 4_096;

/** Gives the way to being followed, in its order, with what is done of it. */
export function checklist(facts: Facts): Item[] {
  return [
    done('profile', `The profile says who you are: ${facts.handle}`),
    ...sampleItems(facts),
    keysItem(facts),
    ...gitItems(facts),
    ...siteItems(facts),
    ...secretItems(facts),
    ...liveItems(facts),
  ];
}

function done(id: string, text: string): Item {
  return { id, state: 'done', text, todo: [] };
}

function open(id: string, text: string, ...todo: string[]): Item {
  return { id, state: 'open', text, todo };
}

function sampleItems({ samples, sampleWords, profile }: Facts): Item[] {
  const items: Item[] = [];
  if (sampleWords.length > 0)
    items.push(open('words', `Say it in your words: ${profile}`, `Still the sample's: ${sampleWords.join(', ')}.`));
  if (samples > 0) {
    const text = `Remove what came to be looked at: ${count(samples, 'post, note or page', 'posts, notes and pages')}`;
    items.push(open('samples', text, '  npm run setup -- --remove-samples'));
  }
  return items;
}

function keysItem({ hasPrivateKeys, privateKeys }: Facts): Item {
  if (hasPrivateKeys) return done('keys', `The keys are made; the private halves are in ${privateKeys}`);
  return {
    id: 'keys',
    state: 'unknown',
    text: 'The keys were made elsewhere: their private halves are not here',
    todo: [`Should they be lost, nobody can make them again: look for ${privateKeys} where they were made.`],
  };
}

function gitItems({ git, content }: Facts): Item[] {
  if (!git.repository) return [open('repository', 'Put the folder under git', '  git init -b main')];
  const committed =
    git.uncommitted.length === 0
      ? done('committed', 'Profile and public keys are committed')
      : open('committed', 'Commit profile and public keys', `  git add ${shellName(content)}`, COMMIT);
  return [done('repository', 'The folder is a git repository'), committed, pushItem(git)];
}

/** What is not committed yet has reached no remote, whatever git last saw there. */
function pushItem({ uncommitted, remote, unpushed }: GitFacts): Item {
  if (remote === undefined) {
    const how = 'Make an empty repository at your git host, and then:';
    return open('pushed', 'Push it to a git host', how, '  git remote add origin <its address>', push('origin'));
  }
  const { name, address } = remote;
  if (uncommitted.length === 0 && unpushed === 0) return done('pushed', `The branch is pushed to ${address}`);
  return open(
    'pushed',
    uncommitted.length > 0 || !unpushed ? 'Push the branch' : `Push ${count(unpushed, 'commit')}`,
    `${name} is ${address}; is it yours? If not, first:`,
    `  git remote set-url ${name} <address of your own repository>`,
    push(name),
  );
}

const COMMIT = '  git commit -m "Set up the blog"';
const OWN_MACHINE = 'On a machine of your own: docs/self-host.md';

function push(remote: string): string {
  return `  git push -u ${remote} HEAD`;
}

function siteItems({ host, live, origin }: Facts): Item[] {
  const netlify = [
    'Choose the repository at https://app.netlify.com/start, and a name or domain',
    `so that the address is ${origin}. The rest is in netlify.toml.`,
  ];
  // What answers is served, and liveItems() says so.
  const isServed = live?.page.ok === true;
  switch (host) {
    case 'netlify':
      return [isServed ? done('site', 'Netlify has the site') : open('site', 'Let Netlify build it', ...netlify)];
    case 'own':
      return isServed ? [] : [open('site', 'Let it be served by this machine', OWN_MACHINE)];
    case 'local':
      return [open('site', 'Let it be served', 'For a look from this machine alone: npm start', OWN_MACHINE)];
    case 'unknown':
      if (isServed) return [];
      return [open('site', 'Let it be served', OWN_MACHINE, 'By Netlify:', ...netlify)];
    default:
      return host satisfies never;
  }
}

function secretItems({ privateKeys, privateKeysSize, hasPrivateKeys, live, host }: Facts): Item[] {
  if (host === 'own' || host === 'local') return [];
  // The Accept was signed with it.
  if (live?.followers) return [done('secret', 'Who serves the blog has the private keys')];
  const give = 'Netlify the private keys, so that it can sign';
  const text = host === 'netlify' ? `Give ${give}` : `If Netlify serves it: give ${give}`;
  if (!hasPrivateKeys) return [{ id: 'secret', state: 'unknown', text, todo: [] }];
  const size = privateKeysSize.toLocaleString('en');
  const limit = ENVIRONMENT_LIMIT.toLocaleString('en');
  const fits = privateKeysSize < ENVIRONMENT_LIMIT ? '' : ', which is too much';
  const todo = [
    'By a command (npx netlify link comes first):',
    `  npx netlify env:set POSTERN_PRIVATE_KEYS "$(cat ${shellName(privateKeys)})" \\`,
    '    --context production --secret',
    'or by a form: Project configuration > Environment variables > Add a variable',
    '  Key     POSTERN_PRIVATE_KEYS, with "Contains secret values"',
    `  Value   for Production only: all that is in ${privateKeys}`,
    `It takes ${size} of the ${limit} bytes that a function's variables have${fits}.`,
    'A variable counts from the next deploy on.',
  ];
  return [{ id: 'secret', state: 'unknown', text, todo }];
}

function liveItems({ live, origin, handle }: Facts): Item[] {
  if (!live) return [];
  const { page, webfinger, key, followers } = live;
  const wait = 'With the first deploy it does. Look again: npm run setup';
  const answers = seen('answers', page, `${origin} answers`, origin, wait);
  // What does not answer at all is said once.
  if (!page.ok) return [answers];
  const items = [
    answers,
    seen('webfinger', webfinger, `WebFinger finds ${handle}`, 'WebFinger', wait),
    seen('key', key, 'The live site shows your key', 'The actor', 'Commit and push content/keys.json.'),
  ];
  if (followers) return [...items, done('followed', `Followed by ${count(followers, 'account')}`)];
  const how = `Search for ${handle} on your server, and follow it.`;
  return [...items, open('followed', 'Be followed: try it from an account of yours', how)];
}

function seen(id: string, look: Seen, text: string, what: string, todo: string): Item {
  return look.ok ? done(id, text) : open(id, `${what} ${look.saw}`, todo);
}

/** A path as a shell takes it, also within `"$(…)"`. */
function shellName(path: string): string {
  return /^[\w./~+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
