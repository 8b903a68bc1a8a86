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
  /** `netlify link` was run here. */
  readonly linked: boolean;
  /** Absent when nobody looked. */
  readonly live?: LiveSite;
}

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
    siteItem(facts),
    secretItem(facts),
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
  const { uncommitted, remote, unpushed } = git;
  const committed =
    uncommitted.length === 0
      ? done('committed', 'Profile and public keys are committed')
      : open('committed', 'Commit profile and public keys', `  git add ${shellName(content)}`, COMMIT);
  const items = [done('repository', 'The folder is a git repository'), committed];
  if (remote === undefined) {
    const how = 'Make an empty repository at your git host, and then:';
    items.push(open('pushed', 'Push it to a git host', how, '  git remote add origin <its address>', PUSH));
  } else if (unpushed === undefined || unpushed > 0) {
    const what = unpushed === undefined ? 'Push the branch' : `Push ${count(unpushed, 'commit')}`;
    items.push(open('pushed', `${what} to ${remote}`, unpushed === undefined ? PUSH : '  git push'));
  } else items.push(done('pushed', `The branch is pushed to ${remote}`));
  return items;
}

const COMMIT = '  git commit -m "Set up the blog"';
const PUSH = '  git push -u origin HEAD';

function siteItem({ linked, live, origin }: Facts): Item {
  if (linked || live?.page.ok) return done('site', 'Netlify has the site');
  return open(
    'site',
    'Let Netlify build it',
    'Choose the repository at https://app.netlify.com/start, and a name or domain',
    `so that the address is ${origin}. The rest is in netlify.toml.`,
  );
}

function secretItem({ privateKeys, privateKeysSize, hasPrivateKeys, live }: Facts): Item {
  // The Accept was signed with it.
  if (live?.followers) return done('secret', 'Netlify has the private keys');
  const text = 'Give Netlify the private keys, so that it can sign';
  if (!hasPrivateKeys) return { id: 'secret', state: 'unknown', text, todo: [] };
  const size = privateKeysSize.toLocaleString('en');
  const limit = ENVIRONMENT_LIMIT.toLocaleString('en');
  const fits = privateKeysSize < ENVIRONMENT_LIMIT ? '' : ', which is too much';
  return {
    id: 'secret',
    state: 'unknown',
    text,
    todo: [
      'By a command (npx netlify link comes first):',
      `  npx netlify env:set POSTERN_PRIVATE_KEYS "$(cat ${shellName(privateKeys)})" \\`,
      '    --context production --secret',
      'or by a form: Project configuration > Environment variables > Add a variable',
      '  Key     POSTERN_PRIVATE_KEYS, with "Contains secret values"',
      `  Value   for Production only: all that is in ${privateKeys}`,
      `It takes ${size} of the ${limit} bytes that a function's variables have${fits}.`,
      'A variable counts from the next deploy on.',
    ],
  };
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
