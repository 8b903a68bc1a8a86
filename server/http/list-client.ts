import { type GetOptions, type Got, type GuardedGet, guardedGet } from './guarded-get.ts';

export type ListClientOptions = GetOptions;

export type FetchedList =
  | { readonly kind: 'list'; readonly text: string }
  /** `reason` is for people. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Gets lists of blocks that others publish. Never throws for what a server does. */
export interface ListClient {
  get(url: string): Promise<FetchedList>;
}

/** The longest lists that are published have some thousands of lines. */
const MAX_BYTES = 8_388_608;

/** A page of HTML is no list. */
const PAGE = /^\s*(?:text\/html|application\/xhtml)/i;

/**
 * Makes the client that gets published lists, each hop guarded and limited. Redirects may lead to another host: what is
 * published on code forges comes from elsewhere.
 */
export function createListClient(options: ListClientOptions): ListClient {
  const settings: GuardedGet = {
    deadlineMs: 30_000,
    maxBytes: MAX_BYTES,
    ...options,
    accept: 'text/csv, text/plain',
    wants: (contentType) => !PAGE.test(contentType),
  };
  return {
    async get(url) {
      const got = await guardedGet(settings, url);
      if (got.kind === 'body') return { kind: 'list', text: new TextDecoder().decode(got.bytes) };
      return { kind: 'failed', reason: reasonOf(got, settings) };
    },
  };
}

function reasonOf(got: Exclude<Got, { kind: 'body' }>, { maxBytes }: GuardedGet): string {
  if (got.kind === 'blocked') return `not allowed: ${got.reason}`;
  if (got.kind === 'not-asked') return 'it was asked too often';
  if (got.kind === 'failed') return got.status === undefined ? got.reason : `it answered ${got.status}`;
  const { reason } = got;
  switch (reason) {
    case 'status':
      return `it answered ${got.status}`;
    case 'redirect-without-location':
      return 'it leads nowhere';
    case 'too-many-redirects':
      return 'it leads on too often';
    case 'unwanted-content-type':
      return 'it answered with a page, not with a list';
    case 'too-large':
      return `it is larger than ${Math.floor(maxBytes / 1_048_576)} MB`;
    default:
      return reason satisfies never;
  }
}
