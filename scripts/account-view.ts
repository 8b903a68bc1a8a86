import pc from 'picocolors';
import { count } from './command.ts';
import { printable } from './printable.ts';

/** What `npm run account` says of an account, as JSON too. */
export interface AccountShown {
  readonly state: 'live' | 'deleted' | 'gone';
  readonly handle: string;
  readonly actor: string;
  readonly since: string;
  readonly followers: number;
  readonly deleted?: string;
  readonly gone?: string;
}

export function stateOf({ deleted, gone }: Pick<AccountShown, 'deleted' | 'gone'>): AccountShown['state'] {
  return gone !== undefined ? 'gone' : deleted !== undefined ? 'deleted' : 'live';
}

export function tellAccount({ handle, actor, since, followers, deleted, gone }: AccountShown): void {
  console.log(`${pc.bold(printable(handle))}  ${pc.dim(printable(actor))}`);
  const left = deleted ? ' on record, following nobody here any more' : '';
  console.log(`  since ${printable(since.slice(0, 10))}, ${count(followers, 'follower')}${left}`);
  if (deleted) {
    console.log(`  ${pc.red('deleted')} from the network at ${printable(deleted)}: nothing new is sent any more`);
  }
  if (gone) console.log(`  ${pc.red('gone')} since ${printable(gone)}: every document of the account answers 410`);
}
