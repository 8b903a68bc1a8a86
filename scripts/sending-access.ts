import { readSettings, type Settings } from '../build/settings.ts';
import type { Follower } from '../federation/outcome.ts';
import { MOST_ITEMS } from '../server/owner-commands.ts';
import { type OwnerSending, openOwnerSending } from '../server/owner-sending.ts';
import { openSite } from '../server/site.ts';
import { siteFolder, withStore } from './blog.ts';
import { ownOrigin } from './own-origin.ts';
import { openRemote } from './owner-access.ts';
import { openRemoteSending } from './remote-sending.ts';

export interface SendingContext {
  readonly sending: OwnerSending;
  readonly settings: Settings;
  /** Of a blog that runs elsewhere. */
  readonly at?: string;
  /** Of the blog that is meant. */
  origin(): Promise<string>;
}

/** Lets a command look at what was sent and to whom: by the blog in this folder, or by one that runs at `at`. */
export async function withSending<T>(
  at: string | undefined,
  work: (context: SendingContext) => Promise<T>,
): Promise<T> {
  if (at !== undefined) {
    const settings = readSettings(process.env, process.cwd());
    const remote = await openRemote(settings, at);
    const { origin } = remote;
    return work({ sending: openRemoteSending(remote), settings, at: origin, origin: async () => origin });
  }
  return withStore((store, settings) => {
    const site = openSite(siteFolder(settings));
    const sending = openOwnerSending({ store, site, clock: Date.now, log: () => {} });
    const origin = async () => (await store.ledger.read())?.ledger.origin ?? ownOrigin(settings);
    return work({ sending, settings, origin });
  });
}

/** A name of a command of ours, as it is typed for a blog elsewhere or for the one in this folder. */
export function typed(what: string, at: string | undefined): string {
  if (at === undefined) return `npm run ${what}`;
  const [name = '', ...rest] = what.split(' -- ');
  return [`npm run ${name} -- --at ${at}`, ...rest].join(' ');
}

/** The newest followers, as many as are wanted, page by page, and how many there are. */
export async function readFollowers(
  sending: Pick<OwnerSending, 'followers'>,
  wanted = Number.POSITIVE_INFINITY,
): Promise<{ items: Follower[]; total: number; accountDeleted?: string }> {
  const items: Follower[] = [];
  for (let before: string | undefined; ; ) {
    const limit = Math.max(1, Math.min(MOST_ITEMS, wanted - items.length));
    const page = await sending.followers({ limit, ...(before === undefined ? {} : { before }) });
    items.push(...page.items.slice(0, wanted - items.length));
    const { total, accountDeleted } = page;
    if (page.cursor === undefined || items.length >= wanted)
      return { items, total, ...(accountDeleted === undefined ? {} : { accountDeleted }) };
    before = page.cursor;
  }
}
