import {
  type AccountDeletion,
  type AccountDeps,
  deleteAccount,
  finishAccountDeletion,
  planAccountDeletion,
} from './account.ts';

/** The account as its owner sees it, with what deleting it would mean. */
export interface AccountView extends AccountDeletion {
  /** When federation began. RFC 3339 UTC. */
  readonly since: string;
}

/** What came of the owner's word to delete the account. */
export type AccountDeleted =
  | { readonly kind: 'not-begun' }
  /** What was typed is another handle: nothing was done. */
  | { readonly kind: 'not-confirmed'; readonly handle: string }
  /** `gone`: every server that knows it was told, or given up, and the account answers 410. */
  | {
      readonly kind: 'deleted';
      readonly handle: string;
      readonly activityId: string;
      readonly deleted: string;
      readonly gone: boolean;
      /** That are still to be told. */
      readonly pending: number;
    };

/** What the owner can learn of the account, and its end: by way of `POST /ap/owner/sending` of a blog that runs elsewhere. */
export interface OwnerAccount {
  /** Undefined before federation has begun. */
  account(): Promise<AccountView | undefined>;
  /** Deletes it for ever, if `handle` is its handle; whoever sends what is queued goes on from there. */
  deleteAccount(handle: string): Promise<AccountDeleted>;
}

/** Gives access to the account of a store that is at hand. */
export function openOwnerAccount(deps: AccountDeps): OwnerAccount {
  const account = async (): Promise<AccountView | undefined> => {
    const known = await deps.store.ledger.outline();
    return known && { ...(await planAccountDeletion(deps)), since: known.ledger.begun };
  };
  return {
    account,
    async deleteAccount(typed) {
      const planned = await account();
      if (!planned) return { kind: 'not-begun' };
      const { handle } = planned;
      if (!isHandle(typed, handle)) return { kind: 'not-confirmed', handle };
      const { activityId, deleted } = await deleteAccount(deps);
      // Where nobody is to be told it is over at once.
      const finished = await finishAccountDeletion(deps);
      return {
        ...{ kind: 'deleted', handle, activityId, deleted },
        gone: finished?.gone === true,
        pending: finished?.pending ?? 0,
      };
    },
  };
}

/** The handle, typed: nothing shorter proves that this very account is meant. */
export function isHandle(typed: string, handle: string): boolean {
  return typed.trim().replace(/^@/, '') === handle.replace(/^@/, '');
}
