import { type RemoteActor, readRemoteActor } from '../federation/inbox/remote-actor.ts';
import type { WebfingerAnswer, WebfingerClient } from './http/webfinger-client.ts';
import type { DocumentClient, Fetched } from './ports.ts';

export interface ResolveDeps {
  readonly webfinger: WebfingerClient;
  readonly documents: DocumentClient;
}

/** What a handle leads to. `reason` is for people. */
export type ResolvedHandle =
  | { readonly kind: 'found'; readonly actor: RemoteActor }
  /** The server says that nobody is there: 404 or 410. */
  | { readonly kind: 'absent'; readonly reason: string }
  /** The server's answers do not fit together, or are unusable. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Worth trying again. */
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * Finds the actor behind `@user@host`: WebFinger, then the actor's document, then its inbox.
 *
 * The document must be got from its own id and its inbox be of its own origin (`readRemoteActor`). When the actor lives on
 * another host than the handle, that host must say the same of the handle: else anybody's domain could name anybody's
 * actor as its own. Never throws for what a server does.
 */
export async function resolveHandle(deps: ResolveDeps, handle: string): Promise<ResolvedHandle> {
  const bare = handle.replace(/^@/, '');
  const asked = await deps.webfinger.get(bare);
  if (asked.kind !== 'answer') return unanswered(asked);
  const fetched = await deps.documents.get(asked.self);
  if (fetched.kind !== 'document') return unfetched(asked.self, fetched);
  const read = readRemoteActor(fetched.document, fetched.url);
  if (read.kind === 'fault') return { kind: 'refused', reason: `${fetched.url}: ${read.reason}` };
  const { actor } = read;
  if (!sameHost(bare, actor.id)) {
    const doubt = await confirmOtherHost(deps, bare, actor);
    if (doubt) return doubt;
  }
  return { kind: 'found', actor: { ...actor, handle: `@${bare}` } };
}

/** A handle of a domain that is not its server's: the server must know it by that handle too. */
async function confirmOtherHost(
  deps: ResolveDeps,
  handle: string,
  actor: RemoteActor,
): Promise<ResolvedHandle | undefined> {
  const refused = (reason: string): ResolvedHandle => ({ kind: 'refused', reason });
  if (actor.handle === undefined) return refused(`${actor.id} has no name to be asked for at its own server`);
  const confirmed = await deps.webfinger.get(actor.handle);
  if (confirmed.kind !== 'answer') return unanswered(confirmed);
  const isSame = confirmed.self === actor.id && confirmed.subject?.toLowerCase() === handle.toLowerCase();
  return isSame ? undefined : refused(`it leads to ${actor.id}, whose own server does not call it so`);
}

function sameHost(handle: string, id: string): boolean {
  const host = handle.slice(handle.lastIndexOf('@') + 1);
  return URL.canParse(`https://${host}`) && new URL(`https://${host}`).host === new URL(id).host;
}

function unanswered(answer: Exclude<WebfingerAnswer, { kind: 'answer' }>): ResolvedHandle {
  if (answer.kind === 'failed') return { kind: 'failed', reason: `its server did not answer: ${answer.reason}` };
  if (answer.kind === 'blocked') return { kind: 'refused', reason: `its address may not be asked: ${answer.reason}` };
  if (answer.status === 404 || answer.status === 410)
    return { kind: 'absent', reason: `its server answers ${answer.status}: nobody of that name is there` };
  const what = answer.reason === 'status' ? `status ${answer.status}` : answer.reason;
  return { kind: 'refused', reason: `its server cannot be asked for handles: ${what}` };
}

function unfetched(url: string, fetched: Exclude<Fetched, { kind: 'document' }>): ResolvedHandle {
  if (fetched.kind === 'failed') return { kind: 'failed', reason: `${url} cannot be had: ${fetched.reason}` };
  if (fetched.kind === 'blocked') return { kind: 'refused', reason: `${url} may not be asked: ${fetched.reason}` };
  if (fetched.status === 404 || fetched.status === 410)
    return { kind: 'absent', reason: `${url} answers ${fetched.status}: the account is no more` };
  const what = fetched.reason === 'status' ? `status ${fetched.status}` : fetched.reason;
  return { kind: 'refused', reason: `${url} is no actor that can be used: ${what}` };
}
