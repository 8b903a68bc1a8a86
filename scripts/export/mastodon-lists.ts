import { readBlocks } from '../../build/blocks.ts';
import { csvRow } from '../../build/csv.ts';
import { FOLLOWING_HEADER, readFollowing } from '../../build/following.ts';
import type { Follower } from '../../federation/outcome.ts';
import { toFollowersCsv } from '../follower-files.ts';

export interface MastodonLists {
  readonly files: ReadonlyMap<string, string>;
  readonly following: number;
  readonly blocks: number;
}

/** Gives the lists that Mastodon's *Preferences → Import and export* reads (mastodon `app/models/export.rb`). */
export function mastodonLists(
  contentFolder: string,
  origin: string,
  followers: readonly Pick<Follower, 'handle'>[],
): MastodonLists {
  const { blocks } = readBlocks(contentFolder, origin);
  const { entries } = readFollowing(contentFolder, { ownHandles: new Set(), blocks });
  // Its lists know no degrees: who is only held back is not in them.
  const isBlocked = ({ severity }: { severity: string }): boolean => severity === 'block';
  const accounts = blocks.accounts.filter(isBlocked).map(({ name }) => name.replace(/^@/, ''));
  const hosts = blocks.hosts.filter(isBlocked).map(({ name }) => name);
  const following = entries.map(({ written, showBoosts, notify, languages }) =>
    csvRow([written.replace(/^@/, ''), String(showBoosts), String(notify), languages.join(', ')]),
  );
  return {
    files: new Map([
      ['following_accounts.csv', csvRow([...FOLLOWING_HEADER]) + following.join('')],
      ['blocked_accounts.csv', accounts.map((name) => csvRow([name])).join('')],
      ['blocked_domains.csv', hosts.map((name) => csvRow([name])).join('')],
      ['followers.csv', toFollowersCsv(followers)],
    ]),
    following: entries.length,
    blocks: accounts.length + hosts.length,
  };
}
