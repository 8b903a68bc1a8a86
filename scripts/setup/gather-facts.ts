import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseFrontMatter } from '../../build/front-matter.ts';
import { loadPublicKeys } from '../../build/keys.ts';
import type { Settings } from '../../build/settings.ts';
import { shownPath } from '../command.ts';
import { variableSize } from '../doctor/own-side.ts';
import { isLocalHost } from '../doctor/patient.ts';
import type { Facts, HostKind } from './checklist.ts';
import type { Answers } from './edit-profile.ts';
import { type GitFacts, readGit } from './git.ts';
import { lookAtSite } from './live-site.ts';
import { samplesIn } from './samples.ts';

/** Values of the profile that comes with Postern, by which it is known where nobody has written their own. */
const SAMPLE_WORDS: Readonly<Record<string, string>> = {
  description: 'A blog that people on the fediverse follow as they follow a person.',
  avatar: 'media/postern-gate.png',
  header: 'media/postern-at-dusk.jpg',
  fields: 'A static site with an inbox',
};

/** Looks at everything that the checklist tells of: files, git and, with `look`, the site at its origin. */
export async function gatherFacts(settings: Settings, answers: Answers, { look }: { look: boolean }): Promise<Facts> {
  const { contentFolder, dataFolder } = settings;
  const { origin, username } = answers;
  const profile = join(contentFolder, 'profile.md');
  const privateKeys = join(dataFolder, 'keys.json');
  const published = ['keys.json', 'owner.json'].map((name) => join(contentFolder, name)).filter(existsSync);
  const publicKeyPem = (await loadPublicKeys(contentFolder))?.publicKeyPem;
  const looked = { origin, username, ...(publicKeyPem === undefined ? {} : { publicKeyPem }) };
  const [git, live] = await Promise.all([
    readGit(contentFolder, [profile, ...published]),
    look ? lookAtSite(settings, looked) : undefined,
  ]);
  return {
    handle: `@${username}@${new URL(origin).host}`,
    origin,
    content: shownPath(contentFolder),
    profile: shownPath(profile),
    privateKeys: shownPath(privateKeys),
    hasPrivateKeys: existsSync(privateKeys),
    privateKeysSize: existsSync(privateKeys) ? variableSize(readFileSync(privateKeys, 'utf8')) : 0,
    samples: samplesIn(contentFolder).length,
    sampleWords: sampleWordsIn(readFileSync(profile, 'utf8')),
    git,
    host: hostKind(origin, git),
    ...(live ? { live } : {}),
  };
}

/** Who serves the blog, by what only one of the ways leaves behind. */
function hostKind(origin: string, { remote }: GitFacts): HostKind {
  const { hostname } = new URL(origin);
  if (isLocalHost(hostname)) return 'local';
  if (existsSync(resolve('.netlify/state.json')) || hostname.endsWith('.netlify.app')) return 'netlify';
  // docs/self-host.md sets the folder; a clone that pushes to the blog's own machine is the owner's.
  if (process.env.POSTERN_DATA?.trim() || (remote && hostOfRemote(remote.address) === hostname)) return 'own';
  return 'unknown';
}

/** `ssh://me@host/path`, `https://host/path` and `me@host:path`. */
function hostOfRemote(address: string): string | undefined {
  if (URL.canParse(address)) return new URL(address).hostname;
  return /^(?:[^@/:]+@)?([^@/:]+):/.exec(address)?.[1];
}

function sampleWordsIn(profile: string): string[] {
  const read = parseFrontMatter(profile);
  if (!read.ok) return [];
  const { data } = read.frontMatter;
  return Object.entries(SAMPLE_WORDS).flatMap(([key, words]) =>
    JSON.stringify(data[key])?.includes(words) ? [key] : [],
  );
}
